"""Several images in one file: listed without decoding, read by number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from cases import IMAGES, noise

from bims_desktop.errors import FileTooLarge, UnreadableFile
from bims_desktop.files import ome_tiff
from bims_desktop.files.guard import Budget
from bims_desktop.files.readers import Series, read, series_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "wells.ome.tif"
    with tifffile.TiffWriter(path, ome=True) as writer:
        writer.write(noise("uint16", 3, 40, 30), metadata={"axes": "ZYX", "Name": "A1"}, compression="zlib")
        writer.write(noise("uint8", 50, 60, 3), metadata={"axes": "YXS", "Name": "overview"}, photometric="rgb")
        writer.write(noise("float32", 2, 1, 5, 6), metadata={"axes": "CZYX", "Name": "B 2"})
    return path


def test_what_is_listed_is_what_is_read(path: Path) -> None:
    listed = series_of(path)
    assert [one.name for one in listed] == ["A1", "overview", "B 2"]
    assert [(one.axes, one.shape, one.dtype) for one in listed] == [
        ("ZYX", (3, 40, 30), "uint16"), ("YXS", (50, 60, 3), "uint8"), ("CYX", (2, 5, 6), "float32"),
    ]  # fmt: skip
    for one in listed:
        found = read(path, series=one.number)
        assert found.series == one.number
        assert (found.image.axes, found.image.shape, found.image.dtype.name) == (one.axes, one.shape, one.dtype)
        assert "3 series" in found.notes[0]


def test_nothing_is_decoded(path: Path) -> None:
    with tifffile.TiffFile(path) as tiff:
        offset, count = tiff.pages[0].dataoffsets[0], tiff.pages[0].databytecounts[0]
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(b"\xff" * count)
    assert len(series_of(path)) == 3
    with pytest.raises(UnreadableFile):
        read(path, series=0)
    assert read(path, series=2).image.shape == (2, 5, 6)


@pytest.mark.parametrize("name", ["uint16", "rgb", "five", "tall"])
def test_one_series(tmp_path: Path, name: str) -> None:
    path, image = tmp_path / "image.ome.tif", IMAGES[name]
    ome_tiff.write(path, image)
    (found,) = series_of(path)
    assert (found.number, found.dtype) == (0, image.dtype.name)
    assert found.shape == image.shape


def test_a_png(tmp_path: Path) -> None:
    from PIL import Image as Pillow

    Pillow.fromarray(noise("uint8", 7, 9)).save(tmp_path / "a.png")
    assert series_of(tmp_path / "a.png") == (Series(0, "", "YX", (7, 9), "uint8"),)


@pytest.mark.parametrize("number", [3, -1, 99])
def test_a_series_that_is_not_there(path: Path, number: int) -> None:
    with pytest.raises(UnreadableFile, match=rf"no series {number} \(it has 3\)"):
        read(path, series=number)


def test_bounded(path: Path) -> None:
    with pytest.raises(FileTooLarge):
        series_of(path, budget=Budget(max_pages=2))
    with pytest.raises(UnreadableFile):
        series_of(path.with_name("none.tif"))


def test_a_plain_stack_of_pages_of_two_sizes(tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(np.zeros((4, 5), np.uint8), metadata=None)
        writer.write(np.zeros((6, 7), np.uint16), metadata=None)
    assert [(one.shape, one.dtype) for one in series_of(path)] == [((4, 5), "uint8"), ((6, 7), "uint16")]
