"""An exported view names its records, and a verification says what of them is known, and nothing of its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture

from bims_desktop.app.data import Data
from bims_desktop.app.export_view import Shown, export_view, record_of
from bims_desktop.app.home import Home
from bims_desktop.app.pictured import Pictured, pictured, records_in, shown_by
from bims_desktop.app.restore import restore
from bims_desktop.app.save import Report
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.verify import verify
from bims_desktop.app.withdraw import retract
from bims_desktop.errors import NoRecord, SaveRefused
from bims_desktop.files.derived import read_derived

PIXELS = np.zeros((10, 12, 4), np.uint8)


@pytest.fixture
def session(home: Home, cells: Path, tmp_path: Path) -> Iterator[Session]:
    with Session(tmp_path / "session", home=home) as session:
        session.run("gaussian", session.open(cells), sigma=1.0)
        yield session


@pytest.fixture
def smooth(session: Session) -> Data:
    return session.data(session.layers[-1].version)


@pytest.fixture
def report(session: Session, smooth: Data, tmp_path: Path) -> Report:
    return session.save(smooth, tmp_path / "smooth.ome.tif")


@pytest.mark.parametrize("name", ["view.png", "view.jpg"])
def test_a_view_of_a_saved_image_names_its_record(
    session: Session, smooth: Data, report: Report, home: Home, tmp_path: Path, name: str
) -> None:
    shown = Shown(smooth, {"colormap": "viridis", "limits": [0.0, 200.0]}, {"low": [0, 0], "high": [9, 9]})
    export_view(session, tmp_path / name, PIXELS, [shown], others=["points"])
    note = read_derived(tmp_path / name)
    assert note is not None
    assert note["layers"] == [
        {
            "crop": {"high": [9, 9], "low": [0, 0]},
            "look": {"colormap": "viridis", "limits": [0, 200]},
            "pixels": smooth.digest,
            "record": report.record_digest,
        }
    ]
    verdicts = verify(tmp_path / name, home=home)
    assert (verdicts.ledger.state, verdicts.signature.state, verdicts.pixels.state) == ("good", "good", "unknown")
    assert not verdicts.good
    assert "made from cells.tif; nothing vouches for its own pixels; what it names is known" in verdicts.summary
    assert "viridis" in verdicts.pixels.details["layer 1, look"]
    assert session.actions[-1].sentence == f"Exported the view as {name}"
    assert pictured(tmp_path / name, home) == (Pictured(report.record_digest, (report.path,)),)
    assert verdicts.pixels.text.startswith("a picture derived from 1 recorded image (smooth.ome.tif), made from")
    assert verdicts.macro.text == "a picture says nothing of this; verify smooth.ome.tif"
    assert verdicts.pixels.details["layer 1, file"] == "smooth.ome.tif"
    with pytest.raises(NoRecord, match=r"is a picture: it carries no steps.* open one of them"):
        read_record(tmp_path / name)


def test_each_image_of_a_picture_is_named_once_and_the_front_one_first(
    session: Session, smooth: Data, report: Report, home: Home, tmp_path: Path
) -> None:
    inverted = session.run("invert", smooth)
    front = session.save(inverted, tmp_path / "front.ome.tif")
    export_view(session, tmp_path / "view.png", PIXELS, [Shown(smooth), Shown(smooth), Shown(inverted)])
    report.path.unlink()
    first, second = pictured(tmp_path / "view.png", home)
    assert (first.name, second.name) == ("front.ome.tif", f"record {report.record_digest[7:15]}…")
    assert records_in(tmp_path / "view.png") == (front.record_digest, report.record_digest)
    assert pictured(front.path, home) == ()


@pytest.mark.parametrize("layer", [3, {}, {"record": "sha256:../../x"}, {"record": 3, "pixels": "sha256:" + 64 * "a"}])
def test_what_a_picture_says_is_no_path(layer: Any, home: Home) -> None:
    assert shown_by({"layers": [layer]}, home) == ()
    known = shown_by({"layers": [{"record": "sha256:" + 64 * "a", "pixels": "sha256:../../x"}]}, home)
    assert [one.files for one in known] == [()]


def test_another_computer_does_not_know_the_record(
    session: Session, smooth: Data, report: Report, tmp_path: Path
) -> None:
    export_view(session, tmp_path / "view.png", PIXELS, [Shown(smooth)])
    verdicts = verify(tmp_path / "view.png", home=Home(tmp_path / "elsewhere"))
    assert "does not know the record" in verdicts.ledger.text
    assert (verdicts.ledger.state, verdicts.signature.state) == ("unknown", "unknown")


def test_a_withdrawn_record_is_bad(session: Session, smooth: Data, report: Report, home: Home, tmp_path: Path) -> None:
    export_view(session, tmp_path / "view.png", PIXELS, [Shown(smooth)])
    retract(home, report.record_digest, "a wrong slide")
    assert verify(tmp_path / "view.png", home=home).ledger.state == "bad"


def test_what_was_never_saved_is_said(session: Session, smooth: Data, home: Home, tmp_path: Path) -> None:
    assert record_of(session, smooth) == ""
    export_view(session, tmp_path / "view.png", PIXELS, [Shown(smooth)])
    verdicts = verify(tmp_path / "view.png", home=home)
    assert "1 layer never saved with provenance" in verdicts.summary
    assert verdicts.ledger.text == "it names no record"
    assert pictured(tmp_path / "view.png", home) == ()


def test_a_file_that_carries_a_record_is_named_by_it(session: Session, report: Report) -> None:
    again = session.open(report.path)
    assert record_of(session, again) == report.record_digest


def test_a_damaged_note_is_bad(session: Session, smooth: Data, home: Home, tmp_path: Path) -> None:
    path = export_view(session, tmp_path / "view.jpg", PIXELS, [Shown(smooth)])
    path.write_bytes(path.read_bytes().replace(b'"v":1', b'"v":7'))
    assert verify(path, home=home).pixels.state == "bad"


def test_refusals(session: Session, smooth: Data, cells: Path, tmp_path: Path) -> None:
    (tmp_path / "there.png").write_bytes(b"somebody's")
    linked = tmp_path / "linked.png"
    linked.hardlink_to(cells)
    for target, words in (
        (tmp_path / "view.tif", "neither"),
        (linked, "is an input"),
        (tmp_path / "there.png", "exist"),
    ):
        with pytest.raises(SaveRefused, match=words):
            export_view(session, target, PIXELS, [Shown(smooth)], overwrite=False)
    assert (tmp_path / "there.png").read_bytes() == b"somebody's"


def test_a_recovery_says_where_the_records_of_a_view_are(
    session: Session, smooth: Data, report: Report, home: Home, tmp_path: Path
) -> None:
    export_view(session, tmp_path / "view.png", PIXELS, [Shown(smooth, {}, {})], others=())
    with pytest.raises(NoRecord, match=r"still names the records of what it shows. See them with bims verify view.png"):
        restore(tmp_path / "view.png", home)
    Picture.fromarray(PIXELS).save(tmp_path / "stripped.png")
    with pytest.raises(NoRecord, match="in no ledger: recover the images that it shows"):
        restore(tmp_path / "stripped.png", home)
