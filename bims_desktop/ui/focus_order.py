"""`lead_through`: where Tab goes, for what was put into a window after the rest of it was there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def lead_through(*parts: QWidget) -> None:
    """Let Tab go through `parts` one after the other, and in each through what lies in it; then on as before.

    Qt goes from widget to widget as they were put in, which is not as they lie where one replaces another.
    All must stand in their window already: put there later, they spoil the ring of widgets of Qt 6.11, and it crashes.
    """
    stops = [stop for part in parts for stop in _stops(part)]
    for one, next_one in pairwise(dict.fromkeys(stops)):
        QWidget.setTabOrder(one, next_one)


def _stops(part: QWidget) -> Iterator[QWidget]:
    """What takes Tab in `part`, as Qt would go through it now."""
    if _takes_tab(part):
        yield part
    widget = part.nextInFocusChain()
    while widget is not None and widget is not part:
        if part.isAncestorOf(widget) and _takes_tab(widget):
            yield widget
        widget = widget.nextInFocusChain()


def _takes_tab(widget: QWidget) -> bool:
    wanted = Qt.FocusPolicy.TabFocus
    return widget.focusPolicy() & wanted == wanted and widget.focusProxy() is None
