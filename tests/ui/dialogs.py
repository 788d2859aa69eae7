"""Every dialog of ours, with something in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from bims_desktop.ui.closing_question import ClosingQuestion
from bims_desktop.ui.ledger.attest_dialog import open_attest_dialog
from bims_desktop.ui.ledger.browser import open_ledger_browser
from bims_desktop.ui.ledger.recover_dialog import open_recover_dialog
from bims_desktop.ui.ledger.settings import open_ledger_settings
from bims_desktop.ui.macro_player import open_macro_player
from bims_desktop.ui.memory_question import MemoryQuestion
from bims_desktop.ui.question import Answer, Question
from bims_desktop.ui.save_dialog import open_save_dialog
from bims_desktop.ui.verify_dialog import open_verify_dialog

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def open_dialogs(
    desktop: Desktop, image: Path, folder: Path, pump: Callable[..., None], deed: str = "retract"
) -> list[QDialog]:
    """All of them on a screen at once, over a session that opened `image` and saved into `folder`."""
    session = desktop.session
    cells = session.open(image)
    labels = session.run("label", session.run("threshold_otsu", session.run("gaussian", cells)))
    session.run("regionprops_table", labels, cells)
    saved = session.save(labels, folder / "labels.ome.tif").path
    dialogs = [
        open_save_dialog(desktop, labels),
        open_save_dialog(desktop, cells, labels),
        open_verify_dialog(desktop),
        open_verify_dialog(desktop, [saved, image]),
        open_macro_player(desktop, saved),
        browser := open_ledger_browser(desktop),
        recover := open_recover_dialog(desktop),
        open_attest_dialog(desktop),
        settings := open_ledger_settings(desktop),
        *_questions(desktop, cells),
    ]
    settings.consortium.setChecked(True)
    _settle(desktop, pump)
    recover.file.choose(saved)
    browser.entries.table.selectRow(0)
    browser.ask(deed)
    _settle(desktop, pump)
    return dialogs


def _questions(desktop: Desktop, data: object) -> list[QDialog]:
    """What blocks its window; shown, not opened, as one would block the other."""
    answers = (Answer("One", "The first answer.", lambda: None), Answer("Two", "The second.", lambda: None))
    questions = [
        ClosingQuestion(desktop, [data], lambda: None),
        MemoryQuestion(desktop),
        Question(desktop, "Title", "Text", "Detail", answers),
    ]
    for question in questions:
        question.show()
    return questions


def _settle(desktop: Desktop, pump: Callable[..., None]) -> None:
    for _ in range(3):
        desktop.wait()
        pump(20)
