"""Images that a reader of somebody else gave: recorded with their origin, replayed by calling it once trusted."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from bims_desktop.app.bound import Bound
from bims_desktop.app.home import Home
from bims_desktop.app.origin import Origin, origin_in
from bims_desktop.app.recover import recover
from bims_desktop.app.replay import Replay, replay
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.verify import verify
from bims_desktop.errors import FileChanged, MissingInput, NotTrusted, ReplayStopped
from bims_desktop.files.whole import whole_digest
from bims_desktop.model.image import Image
from tests.conftest import put
from tests.reader_plugin import NAME, PACKAGE, install, plane

MICRO = ("µm", "µm")


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    install(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("NAPARI_CONFIG", str(tmp_path / "napari.yaml"))
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return plane(tmp_path / "cells.plane")


def taken(session: Session, path: Path) -> object:
    """Its labels, the third of its layers, as the window takes them."""
    pixels = np.array([[0, 0, 0], [1, 1, 1]], np.int32)
    image = Image(pixels, "YX", scale=(0.5, 0.25), units=MICRO, kind="labels")
    return session.take(path, image, Origin(NAME, PACKAGE, 2, whole_digest(path)))


@pytest.fixture
def saved(home: Home, path: Path, tmp_path: Path) -> Path:
    with Session(tmp_path / "session", home=home) as session:
        grown = session.run("expand_labels", taken(session, path))
        return session.save(grown, tmp_path / "grown.ome.tif").path


def test_the_record_names_reader_version_and_file(saved: Path, path: Path, home: Home) -> None:
    content = read_record(saved).content
    entry = content["steps"][0]["entry"]
    assert (entry["operation"], entry["status"], entry["package"]) == ("load", "replayable", PACKAGE)
    assert entry["found"] == {"file": whole_digest(path), "layer": 2, "reader": NAME}
    (told,) = content["inputs"]
    assert (told["file"], told["size"], told["parent"]) == ("cells.plane", path.stat().st_size, None)
    lineage = verify(saved, home=home).lineage
    assert lineage.state == "good"
    assert "cells.plane" in lineage.text


def test_it_runs_only_once_it_is_trusted(saved: Path, reader: Path, home: Home) -> None:
    with pytest.raises(NotTrusted, match=NAME):
        replay(saved, home=home)
    assert replay(saved, home=home, trust=[NAME]).verdict == "identical"


def test_a_moved_and_renamed_file_is_found_by_its_size_and_bytes(saved: Path, path: Path, reader: Path) -> None:
    nobody = Home(saved.parent / "nobody")
    path.rename(path.with_name("renamed.plane"))
    assert replay(saved, home=nobody, trust=["plane_reader"]).verdict == "identical"


def test_another_file_goes_through_the_same_reader(saved: Path, reader: Path, tmp_path: Path, home: Home) -> None:
    other = plane(tmp_path / "other.plane", "9 0 9\n0 0 0\n")
    result = replay(saved, {"cells": other}, trust=[NAME], home=home)
    assert result.verdict == "derived"
    assert result.image is not None
    assert result.image.units == MICRO
    tiff = put(tmp_path / "other.tif", Image(np.eye(3, dtype=np.int32), "YX", kind="labels"))
    assert replay(saved, {"cells": tiff}, home=home).verdict == "derived"


def test_another_file_is_kept_with_its_own_bytes(saved: Path, reader: Path, tmp_path: Path, home: Home) -> None:
    other = plane(tmp_path / "other.plane", "9 0 9\n0 0 0\n")
    own = Replay(saved, home)
    own.trust = frozenset({NAME})
    own.bind("cells", other)
    found = own.chosen(own.plan.inputs["cells"])
    assert found is not None
    assert found.origin == Origin(NAME, PACKAGE, 2, whole_digest(other))
    bound = Bound.to(found)
    entry = bound.again()
    assert entry is not None
    assert entry[0].origin == found.origin
    plane(other, "7 7 7\n")
    with pytest.raises(FileChanged, match=r"other\.plane changed"):
        bound.again()


def test_a_reader_that_is_gone_or_reads_otherwise_stops_the_replay(saved: Path, reader: Path, home: Home) -> None:
    code = reader / "plane_reader" / "__init__.py"
    code.write_text(code.read_text().replace("pixels > 3", "pixels > 4"))
    with pytest.raises(ReplayStopped, match="makes other pixels") as caught:
        replay(saved, home=home, trust=[NAME])
    assert caught.value.todo == f"Install {PACKAGE}."
    shutil.rmtree(reader)
    with pytest.raises(ReplayStopped, match="could not run"):
        replay(saved, home=home, trust=[NAME])


def test_a_changed_or_missing_file_is_told_apart(saved: Path, path: Path, home: Home) -> None:
    plane(path, "7 7 7\n")
    with pytest.raises(FileChanged):
        replay(saved, home=home, trust=[NAME])
    path.unlink()
    with pytest.raises(MissingInput, match=r"cells\.plane cannot be found"):
        replay(saved, home=home, trust=[NAME])


def test_a_session_is_recovered_and_what_one_signed_oneself_is_proven(
    home: Home, path: Path, reader: Path, tmp_path: Path
) -> None:
    session = Session(tmp_path / "session", home=home)
    taken(session, path)
    session.abandon()
    moved = path.rename(path.with_name("moved.plane"))
    home.remember_input(session.data(1).digest, moved)
    with recover(tmp_path / "session", home) as again:
        assert again.inputs[1].path == moved
        report = again.save(again.data(1), tmp_path / "labels.ome.tif")
        assert again.prove(report).verdict == "identical"


@pytest.mark.parametrize(
    "found",
    [{}, {"reader": "x"}, {"reader": 1, "layer": 0, "file": "f"}, {"reader": "x", "layer": -1, "file": "f"}],
)
def test_what_is_no_origin(found: dict[str, object]) -> None:
    assert origin_in(found, "x 1") is None


def test_a_folder_has_a_digest(tmp_path: Path) -> None:
    folder = tmp_path / "image.zarr"
    (folder / "0").mkdir(parents=True)
    (folder / "0" / "c").write_bytes(b"1")
    before = whole_digest(folder)
    assert before == whole_digest(shutil.copytree(folder, tmp_path / "copy.zarr"))
    (folder / "0" / "c").rename(folder / "0" / "d")
    assert whole_digest(folder) != before
