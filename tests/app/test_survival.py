"""A saved file through other people's tools: the verdict is right each time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from bims_desktop.app.home import Home
from bims_desktop.app.session import Session
from bims_desktop.app.verify import verify
from bims_desktop.files.readers import read
from bims_desktop.model.digest import pixel_digest
from tests.app.forge import saved
from tests.conftest import put
from tests.images import textured

TIFFCP = pytest.mark.skipif(shutil.which("tiffcp") is None, reason="needs tiffcp of libtiff-tools")


def tiffcp(*options: str) -> Callable[[Path, Path], None]:
    def copy(source: Path, target: Path) -> None:
        subprocess.run(["tiffcp", *options, str(source), str(target)], check=True, capture_output=True, timeout=60)

    return copy


def pillow_bare(source: Path, target: Path) -> None:
    with PillowImage.open(source) as image:
        image.save(target)


def pillow_with_tags(source: Path, target: Path) -> None:
    with PillowImage.open(source) as image:
        image.save(target, tiffinfo=image.tag_v2)


def pillow_changed(source: Path, target: Path) -> None:
    with PillowImage.open(source) as image:
        changed = image.transpose(PillowImage.Transpose.FLIP_LEFT_RIGHT)
        changed.save(target, tiffinfo=image.tag_v2)


def tifffile_bare(source: Path, target: Path) -> None:
    tifffile.imwrite(target, tifffile.imread(source))


def tifffile_with_description(source: Path, target: Path) -> None:
    with tifffile.TiffFile(source) as tiff:
        page = tiff.pages.first
        tifffile.imwrite(
            target, tiff.asarray(), description=page.description.encode(), metadata=None, photometric="minisblack",
            resolution=page.resolution, resolutionunit=page.resolutionunit, compression="lzw",
        )  # fmt: skip


def tifffile_changed(source: Path, target: Path) -> None:
    shutil.copy(source, target)
    pixels = tifffile.memmap(target, mode="r+")
    pixels[..., 0, 0] ^= 1
    pixels.flush()


MATCH, STALE, NONE = "match", "stale", "no record"
TOOLS = [
    pytest.param(tiffcp(), MATCH, id="tiffcp", marks=TIFFCP),
    pytest.param(tiffcp("-c", "lzw"), MATCH, id="tiffcp lzw", marks=TIFFCP),
    pytest.param(tiffcp("-c", "zip:2", "-B"), MATCH, id="tiffcp zip, big-endian", marks=TIFFCP),
    pytest.param(tiffcp("-t", "-w", "16", "-l", "16"), MATCH, id="tiffcp tiles", marks=TIFFCP),
    pytest.param(tiffcp("-8"), MATCH, id="tiffcp BigTIFF", marks=TIFFCP),
    pytest.param(pillow_bare, NONE, id="Pillow"),
    pytest.param(pillow_with_tags, MATCH, id="Pillow with tiffinfo"),
    pytest.param(pillow_changed, STALE, id="Pillow, flipped, with tiffinfo"),
    pytest.param(tifffile_bare, NONE, id="tifffile"),
    pytest.param(tifffile_with_description, MATCH, id="tifffile with the description"),
    pytest.param(tifffile_changed, STALE, id="tifffile, a pixel changed"),
]


def verdict(path: Path, home: Home) -> str:
    found = verify(path, home=home)
    if found.pixels.state == "good":
        assert found.good, dict(found)
        assert found.ledger.state == "good"
        return MATCH
    assert not found.good
    return STALE if found.pixels.state == "bad" and "stale" in found.pixels.text else found.pixels.text


@pytest.mark.parametrize(("tool", "expected"), TOOLS)
def test_one_plane(tool: Callable[[Path, Path], None], expected: str, home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    tool(report.path, tmp_path / "copy.tif")
    assert expected in verdict(tmp_path / "copy.tif", home)


STACK_TOOLS = [
    pytest.param(tiffcp("-c", "lzw"), MATCH, id="tiffcp lzw", marks=TIFFCP),
    pytest.param(tiffcp("-t", "-w", "16", "-l", "16"), MATCH, id="tiffcp tiles", marks=TIFFCP),
    pytest.param(tifffile_bare, NONE, id="tifffile"),
    pytest.param(pillow_bare, NONE, id="Pillow"),
]


@pytest.mark.parametrize(("tool", "expected"), STACK_TOOLS)
def test_a_stack(tool: Callable[[Path, Path], None], expected: str, home: Home, volume: Path, tmp_path: Path) -> None:
    report = saved(home, volume, tmp_path / "smooth.ome.tif")
    tool(report.path, tmp_path / "copy.tif")
    assert expected in verdict(tmp_path / "copy.tif", home)


def test_pillow_saves_one_page_of_a_stack(home: Home, volume: Path, tmp_path: Path) -> None:
    """It keeps the record, which then says that the pixels are others."""
    report = saved(home, volume, tmp_path / "smooth.ome.tif")
    pillow_with_tags(report.path, tmp_path / "copy.tif")
    found = verify(tmp_path / "copy.tif", home=home)
    assert (found.pixels.state, found.good) == ("bad", False)


@pytest.mark.parametrize(
    ("axes", "kind"), [("YX", "bool"), ("YX", "labels"), ("YXS", "uint8"), ("CYX", "float32"), ("TCZYX", "uint16")]
)
@pytest.mark.skipif(shutil.which("tiffcp") is None, reason="needs tiffcp of libtiff-tools")
def test_every_kind_of_image_through_tiffcp(axes: str, kind: str, home: Home, tmp_path: Path) -> None:
    source = put(tmp_path / "image.tif", textured(axes, kind, 3))
    with Session(tmp_path / "session", home=home) as session:
        report = session.save(session.duplicate(session.open(source)), tmp_path / "saved.ome.tif")
    tiffcp("-c", "lzw")(report.path, tmp_path / "copy.tif")
    assert verdict(tmp_path / "copy.tif", home) == MATCH


def test_a_saved_file_is_an_ordinary_tiff(home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    pixels = read(report.path).image.array()
    np.testing.assert_array_equal(tifffile.imread(report.path), pixels)
    with PillowImage.open(report.path) as image:
        np.testing.assert_array_equal(np.asarray(image), pixels)
    assert pixel_digest(read(report.path).image) == report.pixel_digest
