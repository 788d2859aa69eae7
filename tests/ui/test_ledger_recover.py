"""Recover and Attest, in the real window: a record that was lost comes back, a replay is attested."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tifffile
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bims_desktop.app.prove import Proof
from bims_desktop.app.save import Report
from bims_desktop.app.source import read_record
from bims_desktop.app.verify import verify
from bims_desktop.ui import Desktop
from bims_desktop.ui.ledger.attest_dialog import AttestDialog, open_attest_dialog
from bims_desktop.ui.ledger.deeds import MENDED, outcome
from bims_desktop.ui.ledger.recover_dialog import RecoverDialog, open_recover_dialog


@pytest.fixture
def saved(desktop: Desktop, nuclei: Path, tmp_path: Path) -> Report:
    session = desktop.session
    return session.save(session.run("threshold_otsu", session.open(nuclei)), tmp_path / "mask.ome.tif")


@pytest.fixture
def stripped(saved: Report, tmp_path: Path) -> Path:
    """The saved pixels as another program would write them."""
    path = tmp_path / "from a messenger.tif"
    tifffile.imwrite(path, tifffile.imread(saved.path))
    return path


def recover(desktop: Desktop, pump: Any, path: Path | None = None) -> RecoverDialog:
    desktop.viewer.layers.selection.active = None
    dialog = open_recover_dialog(desktop)
    if path is not None:
        dialog.file.choose(path)
    desktop.wait()
    pump(10)
    return dialog


def attest(desktop: Desktop, pump: Any) -> AttestDialog:
    dialog = open_attest_dialog(desktop)
    for _ in range(2):
        desktop.wait()
        pump(10)
    return dialog


def test_recover_says_how_to_begin(desktop: Desktop, pump: Any) -> None:
    dialog = recover(desktop, pump)
    assert "drop it here" in dialog.empty.text()
    assert dialog.empty.isVisible()
    assert not dialog.restore_button.isEnabled()


def test_a_lost_record_is_found_and_put_back(
    desktop: Desktop, saved: Report, stripped: Path, tmp_path: Path, pump: Any
) -> None:
    before = stripped.read_bytes()
    dialog = recover(desktop, pump, stripped)
    assert [dialog.model.index(0, column).data() for column in (0, 3)] == ["stands", "yes"]
    assert dialog.model.index(0, 4).data() == "entry 1 of this computer's ledger"
    assert dialog.target.text() == str(tmp_path / "from a messenger-recovered.ome.tif")
    dialog.restore_button.click()
    desktop.wait()
    assert (dialog.restore_button.isEnabled(), dialog.restore_button.property("role")) == (False, "")
    assert dialog.notice.answer.property("role") == "primary"
    new = Path(dialog.target.text())
    assert read_record(new).digest == saved.record_digest
    assert verify(new, home=desktop.session.home).good
    assert stripped.read_bytes() == before
    layers = len(desktop.viewer.layers)
    dialog.notice.answer.click()
    desktop.wait()
    pump(20)
    assert len(desktop.viewer.layers) == layers + 1


def test_a_file_that_is_there_is_replaced_only_when_that_is_agreed(
    desktop: Desktop, saved: Report, stripped: Path, pump: Any
) -> None:
    dialog, before = recover(desktop, pump, stripped), stripped.read_bytes()
    there = Path(dialog.target.text())
    there.write_text("mine")
    dialog.restore_button.click()
    desktop.wait()
    assert "exists already" in dialog.notice.text
    assert there.read_text() == "mine"
    dialog.notice.answer.click()
    desktop.wait()
    assert read_record(there).digest == saved.record_digest
    dialog.target.setText(str(stripped))
    dialog.restore_button.click()
    desktop.wait()
    assert "stays as it is" in dialog.notice.text
    assert stripped.read_bytes() == before
    assert dialog.restore_button.property("role") == "primary"


@pytest.mark.parametrize("name", ["unknown.tif", "notes.txt"])
def test_what_no_ledger_knows_is_said(
    desktop: Desktop, saved: Report, tmp_path: Path, stack: Path, name: str, pump: Any
) -> None:
    path = tmp_path / name
    path.write_bytes(stack.read_bytes() if name == "unknown.tif" else b"not an image")
    dialog = recover(desktop, pump, path)
    assert name in dialog.notice.text
    assert not dialog.restore_button.isEnabled()


def test_recover_begins_with_the_file_of_the_selected_image(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    desktop.viewer.layers.selection.active = desktop.viewer.layers[0]
    dialog = open_recover_dialog(desktop)
    desktop.wait()
    assert dialog.file.path == nuclei


def test_attest_begins_with_the_file_that_the_selected_image_was_saved_as(
    desktop: Desktop, saved: Report, pump: Any
) -> None:
    desktop.viewer.layers.selection.active = desktop.viewer.layers[-1]
    dialog = attest(desktop, pump)
    assert dialog.file.path == saved.path
    assert dialog.empty.isVisible()
    line = dialog.file.line
    dialog.attest_button.setFocus()
    line.deselect()
    QApplication.sendEvent(line, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.MouseFocusReason))
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    QTest.keyClicks(line, "/nowhere/mask.tif")
    assert dialog.file.path == Path("/nowhere/mask.tif"), "what is typed takes the place of what stood there"
    assert dialog.notice.text == "There is no file /nowhere/mask.tif; choose the image again."
    dialog.file.choose(saved.path)
    assert (dialog.notice.text, line.selectedText()) == ("", str(saved.path))
    dialog.attest_button.click()
    desktop.wait()
    assert "exactly the same pixels" in dialog.verdict.text()
    assert dialog.verdict.property("role") == "verdict-good"
    ((entry),) = desktop.session.home.ledger.find(kind="attestation")
    assert dict(entry.entry.body)["verdict"] == "exact"


def test_what_could_not_be_replayed_is_said_in_words_of_the_window_and_written_down(
    desktop: Desktop, saved: Report, nuclei: Path, pump: Any
) -> None:
    nuclei.unlink()
    dialog = attest(desktop, pump)
    dialog.file.choose(saved.path)
    dialog.attest_button.click()
    desktop.wait()
    assert dialog.verdict.text() == "It could not be replayed here."
    cause, kept = dialog.words.text().splitlines()
    assert cause == f"The input {nuclei.name} cannot be found. Locate it in the MacroPlayer, then attest again."
    assert kept.startswith("That it could not be replayed here is written down in the ledger")
    ((entry),) = desktop.session.home.ledger.find(kind="attestation")
    assert dict(entry.entry.body)["verdict"] == "not replayable"


@pytest.mark.parametrize("problem", MENDED)
def test_a_window_names_no_option(problem: str) -> None:
    _, said = outcome(Proof("not replayable", reason="It stopped.", problem=problem, todo="With --input x=PATH."))
    assert f"It stopped. {MENDED[problem]}" in said
    assert "--" not in said


def test_what_carries_no_record_cannot_be_attested(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    dialog = attest(desktop, pump)
    assert not dialog.attest_button.isEnabled()
    dialog.file.choose(nuclei)
    dialog.attest_button.click()
    desktop.wait()
    assert "carries no record" in dialog.notice.text
    assert desktop.session.home.ledger.size == 0
