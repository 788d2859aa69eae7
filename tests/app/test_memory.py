"""The budget that a person chose: kept, forgiving, and used by the next session."""

from __future__ import annotations

from pathlib import Path

import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.memory import FILE, LEAST, MIB, keep_budget, kept_budget
from bims_desktop.app.session import Session
from bims_desktop.provenance.budget import VARIABLE, memory_budget


def test_the_next_session_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    keep_budget(tmp_path, 128 * MIB)
    with Session(home=Home(tmp_path)) as session:
        assert session.recorder.versions.budget == 128 * MIB
    with Session(home=Home(tmp_path), memory=5) as session:
        assert session.recorder.versions.budget == 5
    monkeypatch.setenv(VARIABLE, "77")
    with Session(home=Home(tmp_path)) as session:
        assert session.recorder.versions.budget == 77 * MIB
    monkeypatch.delenv(VARIABLE)
    keep_budget(tmp_path, None)
    with Session(home=Home(tmp_path)) as session:
        assert session.recorder.versions.budget == memory_budget()


@pytest.mark.parametrize(
    "text",
    ["", "no json", "[]", '{"mib": "4096"}', '{"mib": true}', '{"mib": -5}', f'{{"mib": {LEAST - 1}}}', " " * 2000],
)
def test_what_cannot_be_read_was_not_chosen(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert kept_budget(tmp_path) is None
