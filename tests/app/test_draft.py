"""What a save says before it writes: warnings name steps by the numbers that the log shows."""

from __future__ import annotations

from pathlib import Path

from bims_desktop.app.home import Home
from bims_desktop.app.session import Session


def test_warnings_number_steps_as_the_log_does(home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(cells)
        session.run("invert", data)
        session.run("gaussian", data)
        taken = session.snapshot(data, data.image, cause="a plugin")
        (foreign,) = session.call("somebody.smooth", {"image": taken}, [(taken.image, "smooth")], package="somebody 1")
        draft = session.draft(foreign)
    assert [explained.action.number for explained in draft.slice.kept] == [4, 5]
    assert draft.warnings == (
        "Step 4 is a snapshot (a plugin): the lineage will be incomplete.",
        "Step 5 needs somebody 1 to replay.",
    )
