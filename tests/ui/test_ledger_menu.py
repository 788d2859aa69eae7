"""The Ledger menu: its lines, the command palette, and what export and import say."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog

from bims_desktop.app.home import Home
from bims_desktop.app.session import Session
from bims_desktop.app.transfer import export_home
from bims_desktop.ui import Desktop
from bims_desktop.ui.capture.napari_menus import application
from bims_desktop.ui.ledger.menu import commands
from bims_desktop.ui.ledger.transfer import export_ledger, import_ledger

LINES = [
    "Ledger Browser…",
    "Recover Record of This Image…",
    "Attest by Replay…",
    "Supersede…",
    "Retract…",
    "Export Ledger…",
    "Import Ledger…",
    "Ledger Settings…",
]
WINDOWS = {
    "bims.ledger.browse": "Ledger",
    "bims.ledger.recover": "Recover record",
    "bims.ledger.attest": "Attest by replay",
    "bims.ledger.retract": "Ledger",
    "bims.ledger.supersede": "Ledger",
    "bims.ledger.settings": "Ledger settings",
}


def test_it_stands_between_macro_and_plugins(desktop: Desktop) -> None:
    bar = {action.text().replace("&", ""): action.menu() for action in desktop.viewer.window.main_menu.actions()}
    titles = list(bar)
    assert titles.index("Macro") + 1 == titles.index("Ledger") == titles.index("Plugins") - 1
    menu: Any = bar["Ledger"]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if not action.isSeparator()] == LINES


def test_every_line_is_a_command_without_a_shortcut(desktop: Desktop) -> None:
    app = application()
    for command in commands():
        assert command.id in app.commands
        assert app.keybindings.get_keybinding(command.id) is None


@pytest.mark.parametrize(("id", "title"), WINDOWS.items())
def test_a_line_opens_its_window(desktop: Desktop, id: str, title: str, pump: Any) -> None:
    application().commands.execute_command(id)
    desktop.wait()
    pump(10)
    assert title in [dialog.windowTitle() for dialog in desktop.main_window.findChildren(QDialog)]


def test_export_and_import_of_anothers_ledger(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any) -> None:
    session = desktop.session
    session.save(session.run("threshold_otsu", session.open(nuclei)), tmp_path / "mask.ome.tif")
    export_ledger(desktop, tmp_path / "mine.bimslog")
    desktop.wait()
    assert desktop.viewer.status == "1 entry exported to mine.bimslog: 1 record."
    import_ledger(desktop, tmp_path / "mine.bimslog")
    desktop.wait()
    assert desktop.viewer.status == "mine.bimslog holds nothing that your ledger does not."

    with Session(tmp_path / "other session", home=Home(tmp_path / "other home")) as other:
        other.save(other.open(nuclei), tmp_path / "copy.ome.tif")
        other.save(other.run("invert", other.open(nuclei)), tmp_path / "inverted.ome.tif")
        export_home(other.home, tmp_path / "theirs.bimslog")
    import_ledger(desktop, tmp_path / "theirs.bimslog")
    desktop.wait()
    assert "a copy of its 2 entries is kept" in desktop.viewer.status


def test_a_lost_ledger_comes_back(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any) -> None:
    """The same user on a new computer: the keys are there, the ledger is not."""
    keys = desktop.session.home.folder / "keys"
    assert desktop.session.home.agent.public_key
    old = Home(tmp_path / "old home")
    shutil.copytree(keys, old.folder / "keys")
    with Session(tmp_path / "old session", home=old) as session:
        report = session.save(session.open(nuclei), tmp_path / "copy.ome.tif")
        export_home(old, tmp_path / "mine.bimslog")
    import_ledger(desktop, tmp_path / "mine.bimslog")
    desktop.wait()
    pump(100)
    (found,) = desktop.session.home.ledger.find(kind="record")
    assert found.entry.body["record"] == report.record_digest
    assert desktop.viewer.status == "1 entry came back; your ledger holds 1 record."


def test_a_file_that_is_no_ledger_is_told(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    import_ledger(desktop, nuclei)
    desktop.wait()
    assert "export" in desktop.viewer.status
    assert desktop.session.home.ledger.size == 0
