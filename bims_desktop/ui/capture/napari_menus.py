"""The menu model of napari, which has no public name yet."""

from __future__ import annotations

from typing import cast

from app_model import Application
from napari._app_model import get_app_model
from napari._app_model.constants import MenuGroup, MenuId
from napari._qt._qapp_model import build_qmodel_menu
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

FILE = str(MenuId.MENUBAR_FILE)
LAYERS = str(MenuId.MENUBAR_LAYERS)
HELP = str(MenuId.MENUBAR_HELP)
WINDOW = str(MenuId.MENUBAR_WINDOW)
FILE_OPEN = str(MenuGroup.OPEN)
FILE_SAVE = str(MenuGroup.SAVE)


def application() -> Application:
    """The application model in use now; tests of napari swap it, so nobody shall keep it."""
    return cast(Application, get_app_model())


def forget_closed_windows(app: Application) -> None:
    """Stop telling command palettes of closed windows about new commands, which napari leaves connected."""
    changed = app.menus.menus_changed
    for slot in tuple(changed._slots):
        callback = slot.dereference()
        owner = getattr(callback, "__self__", None)
        if isinstance(owner, QObject) and not isValid(owner):
            changed.disconnect(callback)


def forget_withdrawn(app: Application) -> None:
    """Let go of actions that were taken back, and of what they hold; app-model keeps them to the end of the program."""
    app._disposers[:] = [(id, end) for id, end in app._disposers if id in app.registered_actions]


def build_menu(id: str, title: str, parent: QWidget) -> QMenu:
    """A Qt menu over the menu `id`, which follows what is registered."""
    return cast(QMenu, build_qmodel_menu(id, title=title, parent=parent))
