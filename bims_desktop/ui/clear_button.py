"""`let_clear`: the button within a search box that empties it."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from bims_desktop.ui.icons import icon
from bims_desktop.ui.theme import Palette

_QTS_NAME = "_q_qlineeditclearaction"


def let_clear(line: QLineEdit, palette: Palette) -> None:
    """Give `line` that button, in the colour of the icons; again after the theme changed.

    Qt draws one of its own that the dark theme swallows.
    """
    line.setClearButtonEnabled(True)
    button = line.findChild(QAction, _QTS_NAME)
    assert button is not None
    button.setIcon(icon("clear", palette.icon))
