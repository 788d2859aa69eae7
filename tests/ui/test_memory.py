"""How much memory the steps may take: said in the status bar, set by a click on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bims_desktop.app.memory import MIB, kept_budget
from bims_desktop.provenance.budget import memory_budget
from bims_desktop.ui import Desktop
from bims_desktop.ui.memory_question import MemoryQuestion


def test_the_budget_is_set_where_it_is_said(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    session, said = desktop.session, desktop._status.versions
    desktop.main_window.resize(1500, 900)  # a narrow one shortens what it says
    versions = session.recorder.versions
    session.run("invert", session.open(nuclei))
    versions.allow(3000)
    pump(100)
    assert said.text() == "2 versions, 2 kB of 3 kB, 2 kB on disk"
    assert "Click to allow more" in said.toolTip()
    said.click()
    question = desktop.main_window.findChild(MemoryQuestion)
    assert question is not None
    question.amount.setValue(0.5)
    question.answer(2)
    desktop.wait()
    assert versions.budget == kept_budget(session.home.folder) == 476 * MIB
    said.click()
    again = next(one for one in desktop.main_window.findChildren(MemoryQuestion) if one is not question)
    again.answer(1)
    desktop.wait()
    assert (versions.budget, kept_budget(session.home.folder)) == (memory_budget(), None)
