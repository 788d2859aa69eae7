"""`give_mnemonics`: Alt and a letter for every label, button and tick box of a window."""

from __future__ import annotations

from collections.abc import Iterator, Set

from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QWidget

Lettered = QPushButton | QCheckBox | QLabel


def give_mnemonics(window: QWidget) -> None:
    """Underline a letter of each, no letter twice; who comes too late for any of theirs is reached by Tab."""
    taken: set[str] = set()
    for widget in sorted(_lettered(window), key=_rank):
        _give(widget, taken)


def _lettered(window: QWidget) -> Iterator[Lettered]:
    for widget in window.findChildren(QWidget):
        if isinstance(widget, (QPushButton, QCheckBox)) or (isinstance(widget, QLabel) and widget.buddy() is not None):
            yield widget


def _rank(widget: Lettered) -> int:
    """The main button has the first choice, labels the last."""
    if not isinstance(widget, QPushButton):
        return 2
    return 0 if widget.property("role") == "primary" else 1


def _give(widget: Lettered, taken: set[str]) -> None:
    text = widget.text()
    if "&" not in text:
        place = best(text, taken)
        if place < 0:
            return
        text = f"{text[:place]}&{text[place:]}"
        widget.setText(text)
    taken.add(text[text.index("&") + 1].lower())


def best(text: str, taken: Set[str]) -> int:
    """Place of the letter to underline: where a word begins if one is free, else any; -1 if none is.

    Examples
    --------
    >>> best("Copy macro", set()), best("Copy macro", {"c"}), best("Copy macro", {"c", "m"})
    (0, 5, 1)
    >>> best("By", {"b", "y"})
    -1
    """
    free = [place for place, letter in enumerate(text) if letter.isalpha() and letter.lower() not in taken]
    begins = [place for place in free if place == 0 or text[place - 1] == " "]
    return next(iter(begins or free), -1)
