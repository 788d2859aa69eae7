"""Icons of our menu commands, in the colour of the theme that the menu is opened in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from bims_desktop.ui.icons import icon
from bims_desktop.ui.theme import Palette

if TYPE_CHECKING:
    import napari

ICONS = {
    "bims.save": "save",
    "bims.verify": "verify",
    "bims.export_view": "picture",
    "bims.macro_player": "player",
    "bims.undo": "undo",
    "bims.redo": "redo",
    "bims.search": "search",
    "bims.repeat": "repeat",
    "bims.tables": "table",
    "bims.run": "run",
    "bims.acquisition": "microscope",
    "bims.guide": "guide",
    "bims.tutorial": "run",
    "bims.all_operations": "picture",
    "bims.ledger.browse": "ledger",
    "bims.ledger.recover": "recover",
    "bims.ledger.attest": "attest",
    "bims.ledger.supersede": "supersede",
    "bims.ledger.retract": "retract",
    "bims.ledger.export": "export",
    "bims.ledger.import": "import",
    "bims.ledger.settings": "settings",
}
"""By the id of the command; none for operations and recent files, whose menus are read, nor for docks with ticks."""


_INDENTED = "QMenu::icon { padding-left: 6px; }"


def show_icons(viewer: napari.Viewer, menus: Iterable[QMenu]) -> None:
    """Give our commands in `menus` their icons, each time that a menu opens: it may have been built anew."""
    for menu in menus:
        menu.setStyleSheet(_INDENTED)
        menu.aboutToShow.connect(partial(_draw, viewer, menu))


def _draw(viewer: napari.Viewer, menu: QMenu) -> None:
    colour = Palette.of(viewer).icon
    for action in menu.actions():
        if name := ICONS.get(action.objectName()):
            action.setIcon(icon(name, colour))
