"""Save with Provenance, in the real window."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from bims_desktop.app.settings import Settings
from bims_desktop.app.source import read_record
from bims_desktop.app.table_title import titles
from bims_desktop.app.verify import verify
from bims_desktop.ui import Desktop
from bims_desktop.ui.code_view import as_read
from bims_desktop.ui.destination_form import folder_of
from bims_desktop.ui.save_dialog import SaveDialog, open_save_dialog
from bims_desktop.ui.table_dock import open_tables
from bims_desktop.ui.verify_dialog import open_verify_dialog
from bims_desktop.ui.view_export import ask_where, export
from bims_desktop.ui.words import typed_path
from tests.ui.conftest import pump_until


@pytest.fixture
def dialog(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> SaveDialog:
    session = desktop.session
    cells = session.open(nuclei)
    mask = session.run("threshold_otsu", session.run("gaussian", cells, sigma=2))
    session.run("invert", cells)
    session.undo()
    opened = open_save_dialog(desktop, mask)
    desktop.wait()
    pump()
    return opened


def column(dialog: SaveDialog, number: int) -> list[str]:
    model = dialog.steps
    return [model.index(row, number).data() for row in range(model.rowCount())]


def test_it_shows_what_is_kept_and_why(dialog: SaveDialog) -> None:
    assert dialog.count.text() == "3 steps kept, 2 left out"
    assert dict(zip(column(dialog, 0), column(dialog, 2), strict=True))["3"] == "made this image"
    struck = [
        dialog.steps.index(row, 0).data()
        for row in range(dialog.steps.rowCount())
        if getattr(dialog.steps.index(row, 1).data(Qt.ItemDataRole.FontRole), "strikeOut", bool)()
    ]
    assert struck == ["4", "5"]
    dialog.show_dropped.setChecked(False)
    assert column(dialog, 0) == ["1", "2", "3"]


def test_the_tabs_show_what_goes_into_the_file(dialog: SaveDialog) -> None:
    assert dialog.draft is not None
    assert dialog.tabs.macro.toPlainText() == dialog.draft.macro
    assert "op.gaussian(" in dialog.tabs.macro.toPlainText()
    assert dialog.tabs.inputs.topLevelItem(0).text(0) == "nuclei"  # type: ignore[union-attr]
    assert "ImageJ" in dialog.tabs.raw.toPlainText()


def test_saving_writes_verifies_and_closes(desktop: Desktop, dialog: SaveDialog, pump: Any) -> None:
    path = dialog.destination.path
    assert path.name == "threshold_otsu_1.ome.tif"
    dialog.destination.agent_line.setText("A. Robert")
    dialog.destination.organisation_line.setText("Institute of Cells")
    dialog.save_button.click()
    desktop.wait()
    pump(50)
    assert verify(path, home=desktop.session.home).good
    kept = Settings.load(desktop.session.home.folder)
    assert (kept.agent, kept.organisation) == ("A. Robert", "Institute of Cells")
    assert "saved by A. Robert of Institute of Cells on 2" in verify(path, home=desktop.session.home).summary
    again = open_save_dialog(desktop, dialog.data)
    assert (again.destination.agent, again.destination.organisation) == ("A. Robert", "Institute of Cells")
    assert "replay proven identical" in str(desktop.viewer.status)


def test_it_opens_at_the_first_kept_step_beside_its_own_file(
    desktop: Desktop, nuclei: Path, stack: Path, tmp_path: Path, pump: Any
) -> None:
    session = desktop.session
    (tmp_path / "elsewhere").mkdir()
    other = session.open(nuclei)
    for _ in range(40):
        session.view("Moved the camera")
    wanted = session.run("max_projection", session.open(stack.rename(tmp_path / "elsewhere" / "stack.tif")))
    dialog = open_save_dialog(desktop, wanted)
    desktop.wait()
    pump(20)
    first = dialog.steps.first_kept()
    assert (first.siblingAtColumn(0).data(), dialog.count.text()) == ("42", "2 steps kept, 41 left out")
    assert dialog.steps_view.viewport().rect().contains(dialog.steps_view.visualRect(first))
    assert dialog.destination.path.parent == tmp_path / "elsewhere"
    several = SaveDialog(desktop, wanted, other)
    assert several.destination.path == tmp_path / "elsewhere"
    assert folder_of(session) == folder_of(session, other) == tmp_path


def test_dialogs_begin_where_the_person_saved_last(
    desktop: Desktop, dialog: SaveDialog, tmp_path: Path, pump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    results, begun = tmp_path / "results", []
    results.mkdir()
    dialog.destination.file.setText(str(results / "mask"))
    dialog.save()
    desktop.wait()
    pump(50)
    session = desktop.session
    assert SaveDialog(desktop, dialog.data).destination.path.parent == results
    assert SaveDialog(desktop, dialog.data, dialog.data).destination.path == results

    def note(asked: QFileDialog) -> int:
        saving = asked.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        begun.append(Path(asked.selectedFiles()[0] if saving else asked.directory().absolutePath()))
        folders = [Path(url.toLocalFile()) for url in asked.sidebarUrls()]
        assert (folders[1:3], asked.isSizeGripEnabled()) == ([Path.home(), results], False)
        return 0

    monkeypatch.setattr(QFileDialog, "exec", note)
    session.run("regionprops_table", session.run("label", dialog.data))
    tables = open_tables(desktop)
    tables.ask_where()
    ask_where(desktop)
    open_verify_dialog(desktop).add_button.click()
    assert begun == [results / "label_1 measured.csv", results / "view.png", results]
    (tmp_path / "tables").mkdir()
    tables.save(tmp_path / "tables" / "areas.csv")
    desktop.wait()
    pump(50)
    assert folder_of(session) == tmp_path / "tables"
    export(desktop, results / "view.png")
    assert folder_of(session) == results
    shutil.rmtree(results)
    assert folder_of(session) == tmp_path


def test_where_nothing_can_be_saved_the_home_is_offered(
    desktop: Desktop, nuclei: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = desktop.session.open(nuclei)
    assert folder_of(desktop.session, cells) == nuclei.parent
    monkeypatch.setattr("bims_desktop.app.last_folder.os.access", lambda path, mode: path != nuclei.parent)
    assert folder_of(desktop.session, cells) == Path.home()


def test_the_macro_is_shown_with_its_letters_and_copied_as_stored(desktop: Desktop, nuclei: Path) -> None:
    session = desktop.session
    labels = session.run("label", session.run("threshold_otsu", session.open(nuclei)))
    kept = session.run("select_labels", labels, minimum=10.0)
    dialog = open_save_dialog(desktop, kept)
    desktop.wait()
    assert "at least 10 µm²" in dialog.tabs.macro.toPlainText()
    dialog.tabs.copy.click()
    assert dialog.draft is not None
    assert QGuiApplication.clipboard().text() == dialog.draft.macro
    assert dialog.draft.macro.isascii()
    assert as_read("# 1. \\x41 \\xad \\u2016 \\Uffffffff\nx = '\\xb5'") == "# 1. \\x41 \\xad ‖ \\Uffffffff\nx = '\\xb5'"


def test_nothing_moves_when_the_yellow_line_comes(dialog: SaveDialog, pump: Any) -> None:
    parts = (dialog.destination, dialog.save_button, dialog.steps_view)
    before = [part.geometry() for part in parts]
    dialog.destination.file.setText("")
    pump()
    assert dialog.notice.isVisible()
    assert [part.geometry() for part in parts] == before
    dialog.notice.ask("It exists already.", "Replace it")
    pump()
    assert [part.geometry() for part in parts] == before


def test_the_vendor_text_can_be_left_out(desktop: Desktop, dialog: SaveDialog) -> None:
    assert dialog.tabs.stays.isHidden()
    dialog.tabs.keep_vendor.setChecked(False)
    assert not dialog.tabs.stays.isHidden()
    fingerprint = dialog.draft.inputs[0].source.acquisition.digest  # type: ignore[union-attr]
    assert fingerprint.removeprefix("sha256:")[:8] in dialog.tabs.stays.text()
    path = dialog.destination.path
    dialog.save()
    desktop.wait()
    assert b"ImageJ=" not in read_record(path).payload
    assert fingerprint.encode() in read_record(path).payload


def test_replacing_a_file_is_asked_in_place(desktop: Desktop, dialog: SaveDialog) -> None:
    path = dialog.destination.path
    path.write_bytes(b"somebody's")
    dialog.save()
    desktop.wait()
    assert path.read_bytes() == b"somebody's"
    assert "exists already" in dialog.notice.text
    dialog.notice.answer.click()
    desktop.wait()
    assert verify(path, home=desktop.session.home).good


def test_an_input_is_never_replaced(desktop: Desktop, dialog: SaveDialog, tmp_path: Path, nuclei: Path) -> None:
    before = nuclei.read_bytes()
    linked = tmp_path / "other.ome.tif"
    linked.hardlink_to(nuclei)
    dialog.destination.file.setText(str(linked))
    assert dialog.notice.text == "other.ome.tif is an input of this session; choose another name."
    assert (dialog.save_button.isEnabled(), dialog.notice.answer.isVisible()) == (False, False)
    linked.unlink()
    linked.write_bytes(b"somebody's")
    dialog.destination.file.setText(str(linked))
    dialog.destination.changed.emit()
    dialog.save()
    assert dialog.notice.answer.isVisible()
    linked.unlink()
    linked.hardlink_to(nuclei)
    dialog.notice.answer.click()
    desktop.wait()
    assert "is an input of this session" in dialog.notice.text
    assert dialog.isVisible()
    assert nuclei.read_bytes() == before


@pytest.mark.parametrize(("typed", "reason"), [("", "Give the file a name"), ("/no/such/x.tif", "There is no folder")])
def test_a_bad_destination_disables_save(dialog: SaveDialog, typed: str, reason: str) -> None:
    dialog.destination.file.setText(typed)
    assert not dialog.save_button.isEnabled()
    assert reason in dialog.notice.text


def test_a_folder_that_is_not_there_is_made_on_request(desktop: Desktop, dialog: SaveDialog, tmp_path: Path) -> None:
    path = tmp_path / "results" / "today" / "mask.ome.tif"
    dialog.destination.file.setText(str(path))
    assert not dialog.save_button.isEnabled()
    assert dialog.notice.text == f"There is no folder {path.parent}; make it, or choose another."
    assert not path.parent.exists()
    dialog.notice.answer.click()
    assert dialog.notice.isHidden()
    assert dialog.focusWidget() is dialog.save_button
    dialog.save()
    desktop.wait()
    assert verify(path, home=desktop.session.home).good


def test_a_folder_that_cannot_be_made_is_told_of(dialog: SaveDialog, tmp_path: Path) -> None:
    (tmp_path / "results").write_bytes(b"a file")
    dialog.destination.file.setText(str(tmp_path / "results" / "mask.ome.tif"))
    assert dialog.notice.text.endswith("results; choose another.")
    assert not dialog.notice.answer.isVisible()
    dialog.destination.file.setText(str(tmp_path / "other" / "mask.ome.tif"))
    (tmp_path / "other").write_bytes(b"made meanwhile")
    dialog.notice.answer.click()
    assert dialog.notice.text.startswith(f"{tmp_path / 'other'} cannot be made: File exists.")
    assert dialog.isVisible()


@pytest.mark.parametrize("typed", ["x" * 300, f"{'x' * 300}/mask.ome.tif"])
def test_a_name_that_is_too_long_is_told_of(dialog: SaveDialog, tmp_path: Path, typed: str) -> None:
    dialog.destination.file.setText(str(tmp_path / typed))
    assert "File name too long" in dialog.notice.text
    assert not dialog.save_button.isEnabled()
    assert not dialog.notice.answer.isVisible()


def test_what_was_made_elsewhere_is_seen_when_one_comes_back(
    desktop: Desktop, dialog: SaveDialog, tmp_path: Path
) -> None:
    folder = tmp_path / "results"
    dialog.destination.file.setText(str(folder / "mask.ome.tif"))
    desktop.main_window.activateWindow()
    pump_until(lambda: not dialog.isActiveWindow())
    folder.mkdir()
    dialog.activateWindow()
    pump_until(lambda: dialog.save_button.isEnabled())
    assert dialog.notice.isHidden()


@pytest.mark.parametrize("typed", ["result", "result.tif", "result.ome.tif", "result.png"])
def test_the_file_gets_the_suffix_of_its_format(dialog: SaveDialog, tmp_path: Path, typed: str) -> None:
    dialog.destination.file.setText(str(tmp_path / typed))
    assert dialog.destination.path == tmp_path / "result.ome.tif"
    assert ("saved as result.ome.tif" in dialog.notice.text) == typed.endswith("png")


def test_a_name_that_is_typed_replaces_the_one_that_stands_there(dialog: SaveDialog, qtbot: Any) -> None:
    line = dialog.destination.file
    assert dialog.focusWidget() is line
    folder = dialog.destination.path.parent
    qtbot.keyClicks(line, "nuclei mask")
    assert dialog.destination.path == folder / "nuclei mask.ome.tif"


def test_it_says_what_continued_work_goes_on_from(desktop: Desktop, dialog: SaveDialog, tmp_path: Path) -> None:
    assert dialog.before.isHidden()
    path = tmp_path / "mask.ome.tif"
    desktop.session.save(dialog.data, path)
    later = open_save_dialog(desktop, desktop.session.run("invert", desktop.session.open(path)))
    desktop.wait()
    assert later.count.text() == "2 steps kept, 6 left out"
    assert later.before.isVisible()
    assert later.before.text() == "after 3 steps of mask.ome.tif"


def test_a_snapshot_is_warned_of(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    changed = desktop.session.snapshot(cells, cells.image, cause="a script")
    dialog = open_save_dialog(desktop, changed)
    desktop.wait()
    assert "snapshot" in dialog.warning.text


def test_a_missing_input_is_warned_of(desktop: Desktop, nuclei: Path) -> None:
    smooth = desktop.session.run("gaussian", desktop.session.open(nuclei), sigma=1)
    nuclei.unlink()
    dialog = open_save_dialog(desktop, smooth)
    desktop.wait()
    assert "nuclei.tif was changed or moved" in dialog.warning.text


def test_without_anything_to_mind_there_is_no_yellow_line(dialog: SaveDialog) -> None:
    assert not dialog.warning.isVisible()


def test_escape_closes_without_a_trace(desktop: Desktop, dialog: SaveDialog, qtbot: Any, pump: Any) -> None:
    path = dialog.destination.path
    gone = []
    dialog.destroyed.connect(lambda: gone.append(True))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    pump(50)
    desktop.viewer.theme = "light"
    assert gone
    assert not path.exists()


def test_several_are_saved_into_one_folder(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any) -> None:
    session = desktop.session
    mask = session.run("threshold_otsu", session.open(nuclei))
    labels = session.run("label", mask)
    session.rename(labels, mask.name)
    session.run("regionprops_table", labels)
    (table,) = session.tables
    (tmp_path / "areas.csv").write_text("somebody's")
    pump()
    desktop.viewer.layers.selection = set(desktop.viewer.layers[1:])
    desktop.save()
    (first,) = desktop.main_window.findChildren(SaveDialog)
    assert first.windowTitle() == "Save 2 layers with provenance"
    first.close()
    dialog = open_save_dialog(desktop, mask, labels, session.tables[0])
    desktop.wait()
    assert [item.name for item in dialog.files.items] == [
        "threshold_otsu_1.ome.tif",
        "threshold_otsu_1 2.ome.tif",
        "threshold_otsu_1 measured.csv",
    ]
    headings = [dialog.files.headerData(column, Qt.Orientation.Horizontal) for column in range(3)]
    assert all(headings), "no column is without a heading"
    assert dialog.files.index(2, 0).data() == open_tables(desktop).chooser.currentText() == titles(session)[table]
    assert dialog.count.text() == "2 steps kept, 3 left out"
    dialog.list.selectRow(2)
    assert dialog.count.text() == "4 steps kept, 1 left out"
    assert not dialog.tabs.keep_vendor.isEnabled()
    dialog.files.setData(dialog.files.index(1, 1), "threshold_otsu_1.tif")
    assert not dialog.save_button.isEnabled()
    assert dialog.notice.text.startswith("Two files are called threshold_otsu_1.ome.tif")
    dialog.files.setData(dialog.files.index(1, 1), "nuclei")
    dialog.files.setData(dialog.files.index(2, 1), "../areas")
    assert dialog.files.items[2].name == "_areas.csv"
    assert dialog.notice.text.startswith("It is saved as _areas.csv: no file name holds / ")
    dialog.files.setData(dialog.files.index(1, 1), "nuclei.png")
    assert dialog.notice.text.startswith("It is saved as nuclei.ome.tif: an image keeps its record")
    dialog.files.setData(dialog.files.index(1, 1), "nuclei.tif")
    assert dialog.notice.text == ""
    dialog.files.setData(dialog.files.index(2, 1), "areas.csv")
    dialog.save_button.click()
    assert dialog.notice.text == f"areas.csv exists already in {tmp_path}."
    dialog.notice.answer.click()
    desktop.wait()
    pump(50)
    names = ("threshold_otsu_1.ome.tif", "nuclei.ome.tif", "areas.csv")
    assert [verify(tmp_path / name, home=session.home).good for name in names] == [True] * 3
    assert [entry.entry.kind for entry in session.ledger.find(kind="attestation")] == ["attestation"] * 3
    assert not desktop.main_window.findChildren(SaveDialog)


def test_one_that_fails_does_not_stop_the_rest(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any) -> None:
    session = desktop.session
    mask = session.run("threshold_otsu", session.open(nuclei))
    dialog = open_save_dialog(desktop, mask, session.run("invert", mask))
    desktop.wait()
    (tmp_path / "threshold_otsu_1.ome.tif").hardlink_to(nuclei)
    dialog.save()
    dialog.notice.answer.click()
    desktop.wait()
    pump(50)
    assert [item.state for item in dialog.files.items] == ["not saved", "record 1"]
    assert "1 of 2 was not saved. threshold_otsu_1.ome.tif is an input of this session" in dialog.notice.text
    assert verify(tmp_path / "invert_1.ome.tif", home=session.home).good
    dialog.files.setData(dialog.files.index(0, 1), "other")
    dialog.save()
    desktop.wait()
    pump(50)
    assert verify(tmp_path / "other.ome.tif", home=session.home).good
    assert len(session.ledger.find(kind="record")) == 2


@pytest.mark.parametrize(
    ("typed", "meant"), [("~/a", Path.home() / "a"), ("~no such person/a", Path("~no such person/a"))]
)
def test_a_tilde_that_names_nobody_is_part_of_the_name(typed: str, meant: Path) -> None:
    assert typed_path(typed) == meant
