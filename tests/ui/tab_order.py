"""Where Tab goes in a window, compared with where its widgets lie: from top to bottom, from left to right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

INNER = ("qt_", "ScrollLeftButton", "ScrollRightButton")
_kept: list[QWidget] = []
"""PySide 6.11 crashes later where what stands for Qt's inner widgets in Python is taken away before they are."""


def stops(face: QWidget) -> list[QWidget]:
    """What Tab reaches within `face`, in its order, until it leaves or comes back: by pressing the key."""
    window, found = face.window(), list[QWidget]()
    can = list(focusable(face))
    now: QWidget | None = next(widget for widget in ring(window) if widget in can)
    now.setFocus(Qt.FocusReason.TabFocusReason)
    while now is not None and now not in found and (now is face or face.isAncestorOf(now)):
        found.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
        now = window.focusWidget()
    return found


def focusable(face: QWidget) -> Iterator[QWidget]:
    """Every widget of `face` that can be seen and takes Tab, in the order of their making."""
    for widget in [face, *face.findChildren(QWidget)]:
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        inner = widget.objectName().startswith(INNER) or widget.window() is not face.window()
        passed_on = widget.focusProxy() is not None
        if takes and not inner and not passed_on and widget.isVisible() and widget.isEnabled():
            yield widget


def missed(face: QWidget) -> list[str]:
    """What Tab should reach within `face`, and does not."""
    reached = stops(face)
    return [named(widget, face) for widget in focusable(face) if widget not in reached]


def leaps(face: QWidget) -> list[str]:
    """Pairs of stops that Tab reaches against the order of reading."""
    return [
        f"{named(before, face)} comes before {named(after, face)}"
        for before, after in combinations(stops(face), 2)
        if not _reads(before, after, face)
    ]


def across(face: QWidget) -> list[str]:
    """What the buttons of `face` say that can be seen, from left to right."""
    buttons = [button for button in face.findChildren(QPushButton) if not button.isHidden()]
    return [button.text().replace("&", "") for button in sorted(buttons, key=lambda button: button.x())]


def named(widget: QWidget, face: QWidget) -> str:
    """For a person: what it is, what it says, and in what it lies."""
    text = getattr(widget, "text", None)
    words = widget.accessibleName() or (text() if callable(text) else "")
    return f"{type(widget).__name__} {words!r} of {type(face).__name__}"


def ring(window: QWidget) -> Iterator[QWidget]:
    """All other widgets of the window, as Qt goes through them."""
    widget = window.nextInFocusChain()
    while widget is not window:
        _kept.append(widget)
        yield widget
        widget = widget.nextInFocusChain()


def _reads(before: QWidget, after: QWidget, face: QWidget) -> bool:
    """Whether `after` lies below `before`, or beside it on its right; of two boxes what holds them is compared."""
    one, other = _siblings(before, after)
    if one is other:
        return True
    first, second = _place(one, face), _place(other, face)
    if second.top() > first.bottom() or second.bottom() < first.top():
        return second.top() > first.bottom()
    return second.left() > first.right()


def _siblings(one: QWidget, other: QWidget) -> tuple[QWidget, QWidget]:
    """The two themselves, or what they lie in, so that both lie in the same; one, if it holds the other."""
    ones, others = _lineage(one), _lineage(other)
    apart = next((pair for pair in zip(ones, others, strict=False) if pair[0] is not pair[1]), None)
    return apart or (one, one)


def _lineage(widget: QWidget) -> list[QWidget]:
    """The widget and all that it lies in, outermost first."""
    above = [widget]
    while (parent := above[-1].parentWidget()) is not None:
        above.append(parent)
    return above[::-1]


def _place(widget: QWidget, face: QWidget) -> QRect:
    return QRect(widget.mapTo(face, QPoint()), widget.size())
