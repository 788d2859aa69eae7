"""A file that carries a record is opened: its steps are told, and what is saved next continues its lineage."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile

from bims_desktop.app.earlier import earlier, parented
from bims_desktop.app.history import history_of
from bims_desktop.app.home import Home
from bims_desktop.app.replay import Replay, replay
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.verify import verify
from bims_desktop.errors import MissingInput, NoRecord
from bims_desktop.files.embedding import embed
from tests.conftest import put
from tests.images import textured


@pytest.fixture
def first(home: Home, cells: Path, tmp_path: Path) -> Path:
    with Session(tmp_path / "first", home=home) as session:
        smooth = session.run("gaussian", session.open(cells), sigma=1.0)
        return session.save(smooth, tmp_path / "smooth.ome.tif").path


@pytest.fixture
def second(home: Home, first: Path, tmp_path: Path) -> Path:
    with Session(tmp_path / "second", home=home) as session:
        mask = session.run("threshold_otsu", session.open(first))
        assert session.inputs[1].damage == ()
        return session.save(mask, tmp_path / "mask.ome.tif").path


def test_the_steps_before_are_told(first: Path, second: Path, cells: Path) -> None:
    assert [step.partition(",")[0] for step in history_of(first).steps] == [
        "Opened cells.tif",
        "Smoothed cells with a Gaussian",
    ]
    assert history_of(second).steps[0] == "Opened smooth.ome.tif"
    with pytest.raises(NoRecord):
        history_of(cells)


def test_the_lineage_goes_on_through_the_earlier_record(home: Home, first: Path, second: Path, cells: Path) -> None:
    lineage = verify(second, home=home).lineage
    assert (lineage.state, lineage.text) == (
        "good",
        "every step back to cells.tif is recorded, through 1 earlier record",
    )
    earlier = {first.name: f"the earlier record {read_record(first).digest}"}
    assert lineage.details == earlier | {"cells.tif": f"here, unchanged since: {cells}"}
    cells.unlink()
    moved = {"cells.tif": f"changed or moved away from {cells}"}
    assert verify(second, home=home).lineage.details == earlier | moved


def test_a_raw_file_that_is_here_under_another_name_is_said_to_be(home: Home, first: Path, cells: Path) -> None:
    other = cells.rename(cells.with_name("xy_8bit__cells.tif"))
    with Session(cells.parent / "other", home=home) as session:
        session.open(other)
    said = {"cells.tif": f"here under another name, unchanged since: {other}"}
    assert verify(first, home=home).lineage.details == said
    shutil.copy2(other, cells)
    with Session(cells.parent / "again", home=home) as session:
        session.open(cells)
        session.open(other)
    assert verify(first, home=home).lineage.details == {"cells.tif": f"here, unchanged since: {cells}"}


def test_what_goes_on_says_after_which_steps(home: Home, first: Path, second: Path, tmp_path: Path) -> None:
    content = read_record(second).content
    assert earlier(parented(content), home) == "after 2 steps of smooth.ome.tif"
    assert earlier(parented(read_record(first).content), home) == ""
    first.rename(tmp_path / "moved.ome.tif")
    assert earlier(parented(content), home) == "after the steps of smooth.ome.tif"
    known = next(parented(content))
    assert list(parented({"inputs": [known, 7, {"file": "x", "digest": known[1], "parent": "../../x"}]})) == []


def test_who_has_only_the_file_is_told_what_is_missing(first: Path, second: Path, tmp_path: Path) -> None:
    stranger = Home(tmp_path / "stranger")
    lineage = verify(second, home=stranger).lineage
    assert lineage.state == "unknown"
    assert "smooth.ome.tif was itself made by another record" in lineage.text
    with Session(tmp_path / "third", home=stranger) as session:
        session.open(first)
    assert verify(second, home=stranger).lineage.details == {
        first.name: f"the earlier record {read_record(first).digest}",
        "cells.tif": "not seen on this computer",
    }
    assert verify(second, home=stranger).lineage.state == "good"


def test_a_snapshot_in_an_earlier_record_is_a_gap_in_the_later(home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        opened = session.open(cells)
        taken = session.snapshot(opened, opened.image, cause="painted elsewhere")
        session.save(taken, tmp_path / "taken.ome.tif")
        again = session.run("invert", session.open(tmp_path / "taken.ome.tif"))
        session.save(again, tmp_path / "inverted.ome.tif")
    lineage = verify(tmp_path / "inverted.ome.tif", home=home).lineage
    assert (lineage.state, lineage.text) == (
        "unknown",
        "incomplete: step 1 of the record of taken.ome.tif is a snapshot",
    )


def test_a_record_that_is_stale_or_damaged_is_said_and_the_file_opens(first: Path, home: Home, tmp_path: Path) -> None:
    with tifffile.TiffFile(first) as tiff:
        text, pixels = tiff.pages.first.description, tiff.asarray()
    stale = tmp_path / "stale.ome.tif"
    tifffile.imwrite(stale, pixels[::-1], description=text.encode(), metadata=None)
    damaged = put(tmp_path / "damaged.ome.tif", textured("YX", seed=3))
    embed(damaged, b"no envelope", {})
    with Session(tmp_path / "session", home=home) as session:
        session.open(stale)
        session.open(damaged)
        told = [source.damage for source in session.inputs.values()]
        assert [bool(source.parent) for source in session.inputs.values()] == [True, False]
    assert told[0] == ("The record that it carries is about other pixels.",)
    assert told[1][0].startswith("The record that it carries cannot be read: ")


def test_an_input_that_moved_is_looked_for(first: Path, cells: Path, tmp_path: Path) -> None:
    nobody, deep = Home(tmp_path / "nobody"), tmp_path / "archive" / "2026" / "run"
    deep.mkdir(parents=True)
    (deep / "decoy.tif").write_bytes(b"x" * cells.stat().st_size)
    cells.rename(deep / "renamed.tif")
    with pytest.raises(MissingInput, match="cannot be found") as caught:
        replay(first, home=nobody)
    assert "where it lies now" in caught.value.todo
    assert replay(first, home=nobody, look_in=[tmp_path / "archive"]).verdict == "identical"
    assert replay(first, home=nobody).verdict == "identical", "it is remembered where it was found"
    (seen,) = nobody.seen_inputs(history_input(first))
    assert seen.path == deep / "renamed.tif"
    assert seen.unchanged()


@pytest.mark.parametrize(("named", "taken"), [((), "beside/cells.tif"), (("archive",), "archive/deep/cells.tif")])
def test_of_files_with_the_recorded_pixels_the_one_of_the_recorded_name_is_taken(
    first: Path, home: Home, cells: Path, tmp_path: Path, named: tuple[str, ...], taken: str
) -> None:
    (tmp_path / "archive" / "deep").mkdir(parents=True)
    (tmp_path / "beside").mkdir()
    for place in ("archive/0.tif", "archive/deep/cells.tif", "beside/0.tif", "beside/cells.tif", "seen.tif"):
        shutil.copy(cells, tmp_path / place)
    home.remember_input(history_input(first), tmp_path / "seen.tif")
    cells.unlink()
    prepared = Replay(Path(shutil.move(first, tmp_path / "beside" / first.name)), home)
    prepared.look_in = tuple(tmp_path / name for name in named)
    assert prepared.find(prepared.plan.inputs["cells"]).path == tmp_path / taken


def test_a_seen_file_of_the_recorded_name_comes_before_one_seen_later(
    first: Path, home: Home, cells: Path, tmp_path: Path
) -> None:
    (tmp_path / "result").mkdir()
    home.remember_input(history_input(first), Path(shutil.copy(cells, tmp_path / "later.tif")))
    prepared = Replay(Path(shutil.move(first, tmp_path / "result" / first.name)), home)
    assert prepared.find(prepared.plan.inputs["cells"]).path == cells


def history_input(path: Path) -> str:
    return str(read_record(path).content["inputs"][0]["digest"])


def test_which_image_of_a_file_stands_in_can_be_said(first: Path, home: Home, tmp_path: Path) -> None:
    plate = tmp_path / "plate.ome.tif"
    with tifffile.TiffWriter(plate, ome=True) as writer:
        for number in range(3):
            writer.write(np.full((20 + number, 20), number, np.uint8), metadata={"axes": "YX", "Name": f"A{number}"})
    sizes = [
        replay(first, {"cells": plate}, series=series, home=home).value.shape
        for series in (None, {"cells": 1}, {"cells": 2})
    ]
    assert sizes == [(20, 20), (21, 20), (22, 20)]


def test_the_record_names_the_image_of_a_file_that_holds_several(home: Home, tmp_path: Path) -> None:
    plate = tmp_path / "plate.ome.tif"
    with tifffile.TiffWriter(plate, ome=True) as writer:
        for number in range(2):
            writer.write(textured("YX", seed=number).array(), metadata={"axes": "YX", "Name": f"A{number}"})
    with Session(tmp_path / "session", home=home) as session:
        session.save(session.open(plate), tmp_path / "a.ome.tif")
        session.save(session.open(plate, series=1), tmp_path / "b.ome.tif")
    assert history_of(tmp_path / "a.ome.tif").steps == ("Opened plate.ome.tif, series 0",)
    assert history_of(tmp_path / "b.ome.tif").steps == ("Opened plate.ome.tif, series 1",)
