"""Several files as one series, recorded step by step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.recent import FILE, MOST, forget_all, recent, remember
from bims_desktop.app.recover import recover
from bims_desktop.app.series import alike, join, name_of
from bims_desktop.app.session import Session
from bims_desktop.app.verify import verify
from bims_desktop.errors import BadParameter, UnreadableFile
from bims_desktop.files.folder import inside, natural
from tests.conftest import put


@pytest.mark.parametrize("count", [2, 4, 5, 9, 17])
@pytest.mark.parametrize("axis", ["T", "Z"])
def test_a_series_is_joined_in_order_and_saved_with_all_its_inputs(
    home: Home, tmp_path: Path, count: int, axis: str
) -> None:
    files = [put(tmp_path / f"t{n}.tif", np.full((6, 5), n, np.uint8)) for n in range(count)]
    with Session(tmp_path / "session", home=home) as session:
        series = join(session, [session.open(path) for path in natural(files)], axis)
        assert series.image.axes == f"{axis}YX"
        assert series.image.array()[:, 0, 0].tolist() == list(range(count))
        assert [(layer.name, layer.version) for layer in session.layers] == [(tmp_path.name, series.version)]
        report = session.save(series, tmp_path / "series.ome.tif")
        assert sum(action.operation == "load" for action, _ in report.kept) == count
        assert session.prove(report).verdict == "identical" if count == 5 else True
    assert verify(tmp_path / "series.ome.tif", home=home).lineage.state == "good"


def test_what_differs_is_no_series(home: Home, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        one = session.open(put(tmp_path / "one.tif", np.zeros((6, 5), np.uint8)))
        other = session.open(put(tmp_path / "other.tif", np.zeros((6, 6), np.uint8)))
        volume = session.open(put(tmp_path / "volume.tif", np.zeros((2, 6, 5), np.uint8)))
        assert not alike([one, other], "T")
        assert not alike([one], "T")
        assert alike([volume, volume], "T")
        assert not alike([volume, volume], "Z")
        with pytest.raises(BadParameter, match="one series"):
            join(session, [one, other], "T")


NAMES = {
    "what stands before the number": (["run 1/HeLa_t01.tif", "run 1/HeLa_t02.tif"], "HeLa"),
    "numbers that do not count": (["x/W0002--P001--T0009--Z0.tif", "x/W0002--P001--T0010--Z0.tif"], "W0002--P001"),
    "a letter that belongs to a word": (["x/plant1.ome.tif", "x/plant2.ome.tif"], "plant"),
    "nothing but a counter": (["run 1/t9.tif", "run 1/t10.tif"], "run 1"),
    "nothing but a number": (["run 1/9.tif", "run 1/10.tif"], "run 1"),
    "other words": (["run 1/before.tif", "run 1/belated.tif"], "run 1"),
    "one name in two folders": (["1/cells.tif", "2/cells.tif"], "cells"),
    "nothing at all": (["1/a.tif", "2/b.tif"], "series"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_series_is_called_after_its_files_or_their_folder(name: str) -> None:
    paths, expected = NAMES[name]
    assert name_of([Path(path) for path in paths]) == expected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six planes, t6 to t11, beside what is no image of theirs."""
    folder = tmp_path / "run 1"
    folder.mkdir()
    for time in range(6, 12):
        put(folder / f"t{time}.tif", np.full((6, 5), time, np.uint8))
    (folder / "._t6.tif").write_bytes(b"what macOS leaves")
    (folder / "notes.txt").write_text("no image")
    (folder / "t12.tif").mkdir()
    return folder


def test_one_undo_takes_the_whole_series_back_and_a_crash_changes_nothing_of_that(
    home: Home, tmp_path: Path, folder: Path
) -> None:
    session = Session(tmp_path / "session", home=home)
    images = [session.open(path) for path in inside(folder)]
    files = session.layers
    series = join(session, images, "T", "HeLa")
    joined, steps = session.layers, session.actions[len(images) :]
    assert [(step.operation, step.sentence) for step in steps] == [
        ("stack", "Joined images 1 to 4 of 6 along T"),
        ("stack", "Joined images 5 to 6 of 6 along T"),
        ("concatenate", "Joined 6 images along T as HeLa"),
    ]
    assert [session.data(version).name for version in steps[-1].reads] == ["HeLa (1 to 4)", "HeLa (5 to 6)"]
    undone = session.undo()
    assert undone is not None
    assert undone.sentence == "Undid step 9: Joined 6 images along T as HeLa"
    assert (session.layers, session.undone) == (files, frozenset({7, 8, 9}))
    session.abandon()
    with recover(tmp_path / "session", home) as again:
        assert (again.layers, again.undone) == (files, frozenset({7, 8, 9}))
        again.redo()
        assert (again.layers, again.undone) == (joined, frozenset())
        report = again.save(again.data(series.version), tmp_path / "series.ome.tif")
        assert again.prove(report).verdict == "identical"
        again.undo()
        again.undo()
        assert again.layers == files[:-1], "then file by file"


def test_a_folder_is_opened_as_a_series(home: Home, tmp_path: Path, folder: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        series = session.open_series(folder)
        assert (series.name, series.image.axes) == ("run 1", "TYX")
        assert series.image.array()[:, 0, 0].tolist() == list(range(6, 12))
        assert [layer.version for layer in session.layers] == [series.version]
        assert [source.name for source in session.inputs.values()] == [f"t{time}.tif" for time in range(6, 12)]
        report = session.save(series, tmp_path / "series.ome.tif")
        assert [action.operation for action, _ in report.kept] == ["load"] * 6 + ["stack", "stack", "concatenate"]
        session.undo()
        assert session.layers == ()
        depths = session.open_series(reversed(inside(folder)[:3]), axis="Z", name="depths")
        assert (depths.name, depths.image.array()[:, 0, 0].tolist()) == ("depths", [6, 7, 8])


def test_what_makes_no_series_is_refused_by_name(home: Home, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty").mkdir()
    with Session(tmp_path / "session", home=home) as session:
        with pytest.raises(UnreadableFile, match=r"The folder empty holds no image\. Choose"):
            session.open_series(tmp_path / "empty")
        with pytest.raises(BadParameter, match="two or more"):
            session.open_series(folder / "t6.tif")
        with pytest.raises(BadParameter, match="one of Z, T"):
            session.open_series(folder, axis="C")
        put(folder / "t8.tif", np.zeros((6, 6), np.uint8))
        with pytest.raises(BadParameter, match=r"t8\.tif differs from t6\.tif"):
            session.open_series(folder)
        assert session.layers == ()


def test_recent_files_stand_newest_first_each_once(home: Home, tmp_path: Path) -> None:
    files = [tmp_path / f"{n} ü.tif" for n in range(MOST + 3)]
    for path in files:
        path.touch()
        remember(home, path)
    remember(home, files[-2])
    assert recent(home)[:3] == (files[-2], files[-1], files[-3])
    assert len(recent(home)) == MOST
    files[-1].unlink()
    assert files[-1] not in recent(home)
    forget_all(home)
    assert recent(home) == ()


@pytest.mark.parametrize("text", [b"", b"{}", b"[1, null]", b"\xff"])
def test_a_damaged_list_is_an_empty_one(home: Home, text: bytes) -> None:
    home.folder.mkdir(parents=True, exist_ok=True)
    (home.folder / FILE).write_bytes(text)
    assert recent(home) == ()
