"""Verify Provenance, in the real window."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tifffile
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel

from bims_desktop.app.source import read_record
from bims_desktop.app.verdicts import TableVerdicts, Verdict, Verdicts
from bims_desktop.errors import BimsError
from bims_desktop.files.sidecar import sidecar_of
from bims_desktop.ledger.base import Entry
from bims_desktop.ui import Desktop
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.verdict_line import QUESTIONS, VerdictLine
from bims_desktop.ui.verify_dialog import VerifyDialog, open_verify_dialog
from bims_desktop.ui.view_export import export

KEY = QEvent.Type.KeyPress


@pytest.fixture
def saved(desktop: Desktop, nuclei: Path, tmp_path: Path) -> Path:
    session = desktop.session
    path = tmp_path / "mask.ome.tif"
    session.save(session.run("threshold_otsu", session.open(nuclei)), path, compression="none")
    return path


def opened(desktop: Desktop, pump: Callable[..., None], *paths: Path) -> VerifyDialog:
    dialog = open_verify_dialog(desktop, paths)
    desktop.wait()
    pump(20)
    return dialog


def states(dialog: VerifyDialog) -> dict[str, str]:
    answer: Any = dialog.answers[0][1]
    return {name: verdict.state for name, verdict in answer}


def test_it_says_how_to_begin(desktop: Desktop, pump: Callable[..., None]) -> None:
    dialog = opened(desktop, pump)
    assert "Drop saved images, tables" in dialog.area.widget().text()  # type: ignore[attr-defined]
    assert not dialog.replay_button.isEnabled()
    assert dialog.focusWidget() is dialog.add_button


def test_enter_closes_nothing_while_files_are_checked_or_after(desktop: Desktop, saved: Path, pump: Any) -> None:
    dialog = opened(desktop, pump)
    dialog.verify([saved])
    assert not dialog.add_button.isEnabled()
    for _ in range(2):
        assert dialog.focusWidget() is dialog.area
        QApplication.sendEvent(dialog.area, QKeyEvent(KEY, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier))
        desktop.wait()
        pump(20)
        assert dialog.isVisible()
    dialog.clear_button.click()
    assert dialog.focusWidget() is dialog.add_button


def test_what_is_added_last_is_shown_unless_another_is_looked_at(
    desktop: Desktop, saved: Path, nuclei: Path, pump: Any
) -> None:
    dialog = opened(desktop, pump, saved)
    dialog.verify([nuclei])
    desktop.wait()
    pump(20)
    assert titles(dialog)[0] == "nuclei.tif"
    assert [index.row() for index in dialog.table.selectionModel().selectedRows()] == [1]
    content = saved.read_bytes()
    saved.write_bytes(b"no image any more")
    dialog.verify([nuclei, saved, nuclei])
    dialog.table.selectRow(0)
    desktop.wait()
    pump(20)
    assert ([path for path, _ in dialog.answers], titles(dialog)[0]) == ([saved, nuclei], "mask.ome.tif")
    assert (dialog.table.currentRow(), dialog.table.rowCount(), dialog.table.item(0, 1)) == (0, 2, None)
    assert isinstance(dialog.answers[0][1], BimsError)
    saved.write_bytes(content)
    dialog.verify([saved])
    desktop.wait()
    pump(20)
    assert (len(dialog.answers), states(dialog)["pixels"]) == (2, "good"), "checked again in place"


def test_it_offers_the_file_of_the_selected_layer(desktop: Desktop, saved: Path, pump: Any) -> None:
    dialog = opened(desktop, pump)
    assert (dialog.layer_button.isVisible(), saved.name in dialog.layer_button.toolTip()) == (True, True)
    dialog.layer_button.click()
    desktop.wait()
    pump(20)
    assert ([path for path, _ in dialog.answers], dialog.layer_button.isVisible()) == ([saved], False)
    desktop.viewer.layers.selection.active = desktop.viewer.layers["nuclei.tif"]
    assert not opened(desktop, pump).layer_button.isVisible()


def test_a_file_whose_record_was_replaced_leads_to_the_better_one(
    desktop: Desktop, saved: Path, tmp_path: Path, pump: Any
) -> None:
    session, better = desktop.session, tmp_path / "better.ome.tif"
    session.save(session.run("invert", session.open(saved)), better)
    old, new = (read_record(path).digest for path in (saved, better))
    session.ledger.append(Entry("supersede", {"record": old, "by": new, "reason": "made again"}))
    dialog = opened(desktop, pump, saved)
    assert dialog.card is not None
    assert "better.ome.tif" in dialog.card.summary.text()
    dialog.card.better.click()
    desktop.wait()
    pump(20)
    assert titles(dialog)[0] == "better.ome.tif"
    assert not dialog.card.better.isVisible()


def test_names_of_files_in_details_are_as_they_are(desktop: Desktop, qtbot: Any) -> None:
    said = Verdict("good", "recorded", {"xy_8bit__nuclei.tif": "here under another name, unchanged since: /a/b.tif"})
    line = VerdictLine("lineage", Verdicts(*[said] * 6), Palette.of(desktop.viewer))
    qtbot.addWidget(line)
    assert "xy_8bit__nuclei.tif" in [label.text() for label in line.details.findChildren(QLabel)]


def titles(dialog: VerifyDialog) -> list[str]:
    assert dialog.card is not None
    return [label.text().replace("\u200b", "") for label in dialog.card.findChildren(QLabel) if label.text()]


def test_a_card_shows_six_lines(desktop: Desktop, saved: Path, pump: Callable[..., None]) -> None:
    dialog = opened(desktop, pump, saved)
    assert dialog.card is not None
    assert list(dialog.card.lines) == list(QUESTIONS)
    assert states(dialog)["pixels"] == "good"
    assert re.fullmatch(
        r"These are the pixels that were saved by you on \d\d? \w{3} \d{4} \d\d:\d\d; "
        r"the macro of \d steps is intact; not yet reproduced by anyone this computer knows of\.",
        dialog.card.summary.text(),
    )
    assert not dialog.table.isVisible()


def test_a_line_opens_into_its_details(desktop: Desktop, saved: Path, pump: Callable[..., None], qtbot: Any) -> None:
    dialog = opened(desktop, pump, saved)
    assert dialog.card is not None
    line = dialog.card.lines["signature"]
    assert not line.details.isVisible()
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(150, 6))
    assert line.details.isVisible()
    line.arrow.click()
    assert not line.details.isVisible()


def test_changed_pixels_are_bad(desktop: Desktop, saved: Path, pump: Callable[..., None]) -> None:
    with tifffile.TiffFile(saved) as file:
        (start, *_) = file.pages[0].dataoffsets  # type: ignore[union-attr]
    content = bytearray(saved.read_bytes())
    content[start] ^= 0xFF
    saved.write_bytes(content)
    dialog = opened(desktop, pump, saved)
    assert states(dialog)["pixels"] == "bad"
    assert "Do not rely" in dialog.card.summary.text()  # type: ignore[union-attr]


def test_several_files_are_a_table(desktop: Desktop, saved: Path, nuclei: Path, tmp_path: Path, pump: Any) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not an image")
    dialog = opened(desktop, pump, saved, nuclei, text)
    assert dialog.table.isVisible()
    assert [dialog.table.item(row, 1).text() if dialog.table.item(row, 1) else "" for row in range(3)] == [  # type: ignore[union-attr]
        "good",
        "unknown",
        "",
    ]
    dialog.table.selectRow(2)
    assert dialog.card is not None
    assert not dialog.card.lines
    assert not dialog.replay_button.isEnabled()


def test_dropping_a_file_verifies_it(desktop: Desktop, saved: Path, pump: Callable[..., None]) -> None:
    dialog = opened(desktop, pump)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(saved))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    dialog.dropEvent(QDropEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))
    desktop.wait()
    pump(20)
    assert [path for path, _ in dialog.answers] == [saved]


def test_times_and_keys_are_said_as_people_say_them(desktop: Desktop, saved: Path, pump: Callable[..., None]) -> None:
    dialog = opened(desktop, pump, saved)
    assert dialog.card is not None
    shown = " ".join(line.text.text() for line in dialog.card.lines.values())
    assert "T" not in shown.split("since ")[1][:16]
    assert "SHA256:" not in shown


def test_clear_forgets_all(desktop: Desktop, saved: Path, pump: Callable[..., None]) -> None:
    dialog = opened(desktop, pump, saved)
    dialog.clear_button.click()
    assert dialog.card is None
    assert not dialog.clear_button.isEnabled()


def test_it_opens_the_player(desktop: Desktop, saved: Path, pump: Callable[..., None]) -> None:
    from bims_desktop.ui.macro_player import MacroPlayer

    dialog = opened(desktop, pump, saved)
    dialog.replay_button.click()
    desktop.wait()
    (player,) = desktop.main_window.findChildren(MacroPlayer)
    assert player.windowTitle() == "MacroPlayer: mask.ome.tif"


def test_a_dropped_folder_is_verified_file_by_file_and_a_picture_leads_to_what_it_shows(
    desktop: Desktop, saved: Path, tmp_path: Path, pump: Callable[..., None]
) -> None:
    from bims_desktop.ui.macro_player import MacroPlayer

    desktop.viewer.layers[0].visible = False  # the raw image is in no record
    export(desktop, tmp_path / "view.png")
    (tmp_path / "notes.txt").write_text("none of its business")
    (tmp_path / "none").mkdir()
    dialog = opened(desktop, pump)
    dialog.drop([tmp_path, tmp_path / "none"])
    desktop.wait()
    pump(20)
    assert [path.name for path, _ in dialog.answers] == ["mask.ome.tif", "nuclei.tif", "view.png", "none"]
    assert str(dialog.answers[3][1]).startswith("none is a folder, not an image.")
    dialog.table.selectRow(2)
    assert dialog.card is not None
    assert "1 recorded image (mask.ome.tif)" in dialog.card.summary.text()
    dialog.replay_button.click()
    desktop.wait()
    (player,) = desktop.main_window.findChildren(MacroPlayer)
    assert player.windowTitle() == "MacroPlayer: mask.ome.tif"
    player.drop([tmp_path / "view.png", saved])
    assert player.windowTitle() == "MacroPlayer: mask.ome.tif"
    assert player.notice.text == "view.png is a picture; these are the steps of mask.ome.tif, which it shows."
    desktop.wait()
    player.drop([saved, tmp_path / "view.png"])
    assert player.notice.text == "One file at a time: of the 2 that were dropped, mask.ome.tif was taken."
    desktop.wait()


def test_a_long_word_in_a_verdict_breaks(desktop: Desktop, qtbot: Any) -> None:
    transaction = "d0" * 64  # 128 letters without a place to break
    said = Verdict("good", f"in transaction {transaction}, Org1MSP and Org2MSP agree", {"transaction": transaction})
    line = VerdictLine("ledger", Verdicts(*[said] * 6), Palette.of(desktop.viewer))
    qtbot.addWidget(line)
    line.open(True)
    assert line.minimumSizeHint().width() < 800


def test_markup_in_a_file_name_is_shown_as_it_is(desktop: Desktop, saved: Path, pump: Callable[..., None]) -> None:
    hostile = saved.rename(saved.with_name("<b>good<img src=x>.ome.tif"))
    dialog = opened(desktop, pump, hostile)
    assert dialog.card is not None
    labels = dialog.card.findChildren(QLabel)
    assert hostile.name in [label.text() for label in labels]
    assert {label.textFormat() for label in labels if "<" in label.text()} == {Qt.TextFormat.PlainText}
    assert "&lt;img" in dialog.table.item(0, 0).toolTip()  # type: ignore[union-attr]


def test_tables_and_pictures_are_told_apart_and_a_dropped_table_is_verified(
    desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Callable[..., None]
) -> None:
    session = desktop.session
    session.run("regionprops_table", session.run("label", session.run("threshold_otsu", session.open(nuclei))))
    table = session.save_table(session.tables[0], tmp_path / "areas.csv").path
    pump()
    export(desktop, tmp_path / "view.png")
    canvas = desktop.viewer.window._qt_viewer
    canvas._qt_open([str(sidecar_of(table))], stack=False)
    desktop.wait()
    pump(20)
    (dialog,) = desktop.main_window.findChildren(VerifyDialog)
    assert isinstance(dialog.answers[0][1], TableVerdicts)
    assert dialog.card is not None
    titles = [label.text() for label in dialog.card.lines["pixels"].findChildren(QLabel)]
    assert "Values" in titles
    assert dialog.replay_button.isEnabled()
    dialog.verify([tmp_path / "view.png"])
    desktop.wait()
    pump(20)
    dialog.table.selectRow(1)
    titles = [label.text() for label in dialog.card.lines["pixels"].findChildren(QLabel)]
    assert "Picture" in titles
    assert not dialog.replay_button.isEnabled()
    assert dialog.replay_button.toolTip() == "This file carries no steps to run again."
