"""`pane`: a heading with widgets below, and the other small pieces that windows are put together from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from bims_desktop.ui.theme import GRID, assign


def pane(title: str, *parts: QWidget, end: bool = False) -> QWidget:
    """`parts` below a heading; they share the height, or keep to the top where there is an `end`."""
    whole, heading = QWidget(), QLabel(title, indent=0)
    assign(heading, "heading")
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID)
    layout.addWidget(heading)
    for part in parts:
        layout.addWidget(part, 0 if end else 1)
    if end:
        layout.addStretch(1)
    return whole


def scrolled(widget: QWidget, name: str = "") -> QScrollArea:
    """`widget` in an area that scrolls downwards only; with a `name` it takes Tab, so that keys scroll a text."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(name)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus if name else Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    return area


def quiet(text: str, where: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignTop) -> QLabel:
    """A quiet text, such as what an empty list says."""
    label = QLabel(text, wordWrap=True, indent=0)
    label.setAlignment(where)
    assign(label, "quiet")
    return label
