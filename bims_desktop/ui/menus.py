"""Menus, shortcuts and the command palette, as tables of app-model actions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import napari
from app_model import Application
from app_model.types import (
    Action,
    CommandRule,
    KeyBindingRule,
    KeyCode,
    KeyMod,
    MenuItem,
    MenuRule,
    SubmenuItem,
    ToggleRule,
)

from bims_desktop.operations import registry
from bims_desktop.operations.aliases import ALIASES
from bims_desktop.operations.search import offered, summary
from bims_desktop.operations.spec import Operation
from bims_desktop.ui import docks, recent
from bims_desktop.ui.capture.napari_menus import (
    FILE,
    FILE_OPEN,
    FILE_SAVE,
    HELP,
    LAYERS,
    WINDOW,
    application,
    build_menu,
    forget_closed_windows,
    forget_withdrawn,
)
from bims_desktop.ui.ledger import menu as ledger_menu
from bims_desktop.ui.menu_icons import show_icons
from bims_desktop.ui.menu_order import place_of
from bims_desktop.ui.words import tip

if TYPE_CHECKING:
    from bims_desktop.ui.window import Desktop

OPERATIONS, MACRO, LEDGER = "bims/operations", "bims/macro", "bims/ledger"
_TITLES = {OPERATIONS: "&Operations", MACRO: "&Macro", LEDGER: "Le&dger"}
_FIRST = None  # napari's first lines of help are in no group
_HISTORY, _FIND, _MENUS = "1_history", "2_find", "3_menus"
_CTRL, _CTRL_SHIFT = int(KeyMod.CtrlCmd), int(KeyMod.CtrlCmd | KeyMod.Shift)

Command = Action[[], None]

_desktops: list[Desktop] = []
_registered: dict[str, Callable[[], None]] = {}


def install(desktop: Desktop) -> Callable[[], None]:
    """Put our menus into the menu bar of `desktop`; returns how to take the commands away with the last window."""
    app = application()
    _desktops.append(desktop)  # whose docks are asked for as soon as the menu knows of them
    if app.name not in _registered:
        _registered[app.name] = _register(app)
    window = desktop.viewer.window
    bar, before = window.main_menu, window.plugins_menu.menuAction()
    menus = [build_menu(id, title, bar) for id, title in _TITLES.items()]
    for menu in menus:
        bar.insertMenu(before, menu)
    show_icons(desktop.viewer, [window.file_menu, window.layers_menu, window.help_menu, *menus])

    def remove() -> None:
        _desktops.remove(desktop)
        if not _desktops:
            _registered.pop(app.name)()

    return remove


def current() -> Desktop:
    """The window that the person works in."""
    viewer = napari.current_viewer()
    return next((desktop for desktop in _desktops if desktop.viewer is viewer), _desktops[-1])


def _register(app: Application) -> Callable[[], None]:
    forget_closed_windows(app)
    actions = [*_commands(), *_operations(), *_ledger(), *_toggles()]
    submenus, sought = [*_submenus(), _recent()], _sought(app.menus.COMMAND_PALETTE_ID)
    with _told_once(app):
        ends = [app.register_actions(actions), app.menus.append_menu_items([*submenus, *sought])]

    def dispose() -> None:
        forget_closed_windows(app)
        recent.withdraw()
        with _told_once(app):
            for end in reversed(ends):
                end()
        forget_withdrawn(app)

    return dispose


def _told_once(app: Application) -> AbstractContextManager[None]:
    """Menus hear of a change when all is done: napari's command palette compares all commands whenever it hears."""
    return app.menus.menus_changed.paused(lambda earlier, later: (earlier[0] | later[0],))


def _commands() -> list[Command]:
    def command(
        id: str, title: str, menu: str, group: str | None, order: int, key: int, run: Callable[[], None]
    ) -> Command:
        rule = MenuRule(id=menu, group=group, order=order)
        keys = [KeyBindingRule(primary=key)] if key else None
        return Command(id=id, title=title, callback=run, menus=[rule], keybindings=keys)

    shift = _CTRL_SHIFT
    return [
        command("bims.save", "Save with Provenance…", FILE, FILE_SAVE, -2, shift | KeyCode.KeyS, _save),
        command("bims.export_view", "Export View with its Record…", FILE, FILE_SAVE, 1, 0, _export_view),
        command("bims.verify", "Verify Provenance…", FILE, FILE_SAVE, -1, shift | KeyCode.KeyV, _verify),
        command("bims.macro_player", "MacroPlayer…", MACRO, _FIND, 0, shift | KeyCode.KeyM, _play),
        command("bims.undo", "Undo", OPERATIONS, _HISTORY, 0, _CTRL | KeyCode.KeyZ, _undo),
        command("bims.redo", "Redo", OPERATIONS, _HISTORY, 1, shift | KeyCode.KeyZ, _redo),
        command("bims.search", "Search Operations…", OPERATIONS, _FIND, 0, shift | KeyCode.KeyF, _search),
        command("bims.repeat", "Repeat Last Operation", OPERATIONS, _FIND, 2, shift | KeyCode.KeyR, _repeat),
        command("bims.tables", "Show Tables", OPERATIONS, _FIND, 3, 0, _tables),
        command("bims.acquisition", "Acquisition…", LAYERS, _FIND, 0, shift | KeyCode.KeyI, _acquisition),
        command("bims.run", "Run Operation", OPERATIONS, _FIND, 1, _CTRL | KeyCode.Enter, _run),
        command("bims.guide", "BIMS Desktop Guide and Keys…", HELP, _FIRST, -3, 0, _guide("guide")),
        command("bims.tutorial", "BIMS Desktop in Five Minutes…", HELP, _FIRST, -2, 0, _guide("tutorial")),
        command("bims.all_operations", "All Operations, with Pictures…", HELP, _FIRST, -1, 0, _guide("operations")),
    ]


def _operations() -> list[Command]:
    return [
        Command(
            id=f"bims.operation.{operation.id}",
            title=f"{operation.title}…",
            callback=_chooser(operation.id),
            menus=[MenuRule(id=f"{OPERATIONS}/{operation.menu}", order=order)],
            palette=False,
        )
        for order, operation in enumerate(registry.operations())
        if operation.menu
    ]


def _sought(palette: str) -> list[tuple[str, MenuItem]]:
    """The operations in the command palette, which looks through titles only: with their other names.

    They stand in the order of the menus: the palette does not weigh what it finds.
    """

    def title(operation: Operation) -> str:
        known = ALIASES.get(operation.id)
        return f"{operation.title}… ({known})" if known else f"{operation.title}…"

    sought = sorted(offered(), key=lambda operation: place_of(operation.menu))
    rules = (
        CommandRule(id=f"bims.operation.{operation.id}", title=title(operation), tooltip=tip(summary(operation)))
        for operation in sought
    )
    return [(palette, MenuItem(command=rule)) for rule in rules]


def _ledger() -> list[Command]:
    def command(place: int, said: ledger_menu.LedgerCommand) -> Command:
        rule = MenuRule(id=LEDGER, group=said.group, order=place)
        return Command(id=said.id, title=said.title, callback=lambda: _run_ledger(said), menus=[rule])

    return [command(place, said) for place, said in enumerate(ledger_menu.commands())]


def _toggles() -> list[Command]:
    """Our docks in the menu where napari lists its own, ticked where they are in sight."""

    def command(place: int, name: str) -> Command:
        return Command(
            id=f"bims.window.{name.lower().replace(' ', '_')}",
            title=name,
            callback=lambda: docks.toggle(current(), name),
            toggled=ToggleRule(get_current=lambda: docks.shown(current(), name)),
            menus=[MenuRule(id=WINDOW, group=_FIND, order=place)],
        )

    return [command(place, name) for place, name in enumerate(docks.NAMES)]


def _run_ledger(said: ledger_menu.LedgerCommand) -> None:
    said.run(current())


def _submenus() -> list[tuple[str, SubmenuItem]]:
    """Each menu path of the registry with all its parents; within a menu in the order of the registry."""
    paths: dict[str, None] = {}
    for operation in registry.operations():
        parts = operation.menu.split("/") if operation.menu else []
        for depth in range(len(parts)):
            paths["/".join(parts[: depth + 1])] = None
    return [
        (
            "/".join((OPERATIONS, *path.split("/")[:-1])),
            SubmenuItem(submenu=f"{OPERATIONS}/{path}", title=path.split("/")[-1], group=_MENUS, order=order),
        )
        for order, path in enumerate(sorted(paths, key=place_of))
    ]


def _recent() -> tuple[str, SubmenuItem]:
    return FILE, SubmenuItem(submenu=recent.MENU, title="Open Recent", group=FILE_OPEN)


def _chooser(operation: str) -> Callable[[], None]:
    def choose() -> None:
        current().choose(operation)

    return choose


def _guide(page: str) -> Callable[[], None]:
    def show() -> None:
        from bims_desktop.ui.guide import open_guide

        open_guide(current(), page)

    return show


def _save() -> None:
    current().save()


def _verify() -> None:
    current().verify()


def _play() -> None:
    current().play()


def _export_view() -> None:
    from bims_desktop.ui.view_export import ask_where

    ask_where(current())


def _tables() -> None:
    from bims_desktop.ui.table_dock import open_tables

    open_tables(current())


def _acquisition() -> None:
    from bims_desktop.ui.acquisition.dock import open_acquisition

    open_acquisition(current())


def _undo() -> None:
    current().undo()


def _redo() -> None:
    current().redo()


def _search() -> None:
    current().search()


def _run() -> None:
    current().panel.run()


def _repeat() -> None:
    current().repeat()
