"""Verify Provenance, in the real window."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tifffile
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from bims_desktop.app.verdicts import TableVerdicts, Verdict, Verdicts
from bims_desktop.files.sidecar import sidecar_of
from bims_desktop.ui import Desktop
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.verdict_line import QUESTIONS, VerdictLine
from bims_desktop.ui.verify_dialog import VerifyDialog, open_verify_dialog
from bims_desktop.ui.view_export import export


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
