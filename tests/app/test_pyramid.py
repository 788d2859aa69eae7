"""A saved image with a pyramid: an altered level is seen and named, one that is left out is no alarm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from bims_desktop.app.home import Home
from bims_desktop.app.replay import replay
from bims_desktop.app.session import Session
from bims_desktop.app.verify import verify
from bims_desktop.files import ome_tiff, pyramid
from bims_desktop.files.readers import read
from bims_desktop.files.tiff import bound_fields
from bims_desktop.model.image import Image


@pytest.fixture
def saved(home: Home, tmp_path: Path) -> Path:
    pixels = np.random.default_rng(2).integers(0, 4000, (24, 5000), np.uint16)
    ome_tiff.write(tmp_path / "slide.ome.tif", Image(pixels, "YX", (0.5, 0.5), ("µm", "µm")))
    with Session(tmp_path / "session", home=home) as session:
        smooth = session.run("gaussian", session.open(tmp_path / "slide.ome.tif"), sigma=1.0)
        return session.save(smooth, tmp_path / "smooth.ome.tif", compression="none").path


def test_saved_verified_replayed(home: Home, saved: Path) -> None:
    assert list(bound_fields(saved)["levels"]) == ["0.1", "0.2", "0.3"]  # type: ignore[arg-type]
    verdicts = verify(saved, home=home)
    assert (verdicts.pixels.state, verdicts.macro.state, verdicts.signature.state) == ("good", "good", "good")
    assert replay(saved, home=home).verdict == "identical"


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_forged_level_is_named(home: Home, saved: Path, level: int) -> None:
    with tifffile.TiffFile(saved) as tiff:
        offset = tiff.series[0].levels[level].pages[0].dataoffsets[0]
    with saved.open("r+b") as stream:
        stream.seek(offset)
        stream.write(b"\xff\xff")
    verdict = verify(saved, home=home).pixels
    assert verdict.state == "bad"
    assert verdict.text == f"the pixels match, but overview 0.{level} changed since the save"


def test_a_level_that_was_put_in_is_seen(home: Home, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pyramid, "FROM", 1 << 20)
        with Session(home=home) as session:
            again = session.run("invert", session.open(saved))
            plain = session.save(again, saved.with_name("plain.ome.tif")).path
    assert bound_fields(plain)["levels"] == {}
    with tifffile.TiffFile(plain) as tiff:
        text, pixels = tiff.pages.first.description, tiff.asarray()
        resolution = tiff.pages.first.resolution
    with tifffile.TiffWriter(plain) as writer:
        writer.write(
            pixels, subifds=1, description=text.encode(), metadata=None, resolution=resolution, resolutionunit=3
        )
        writer.write(pixels[::2, ::2], subfiletype=1, metadata=None)
    verdict = verify(plain, home=home).pixels
    assert (verdict.state, "overview 0.1" in verdict.text) == ("bad", True)


def test_a_copy_without_levels_is_no_alarm(home: Home, saved: Path) -> None:
    with tifffile.TiffFile(saved) as tiff:
        page = tiff.pages.first
        text, pixels, resolution = page.description, page.asarray(), page.resolution
    tifffile.imwrite(
        saved,
        pixels,
        description=text.encode(),
        metadata=None,
        resolution=resolution,
        resolutionunit=3,
        tile=(512, 512),
    )
    assert verify(saved, home=home).pixels.state == "good"


@pytest.mark.parametrize("compression", ["none", "zlib"])
def test_a_level_that_cannot_be_read_is_named_and_opening_goes_on(home: Home, tmp_path: Path, compression: str) -> None:
    pixels = np.random.default_rng(2).integers(0, 4000, (24, 5000), np.uint16)
    path = tmp_path / "slide.ome.tif"
    ome_tiff.write(path, Image(pixels, "YX"))
    with Session(tmp_path / "session", home=home) as session:
        saved = session.save(session.run("invert", session.open(path)), tmp_path / "out.tif", compression=compression)
        assert next(iter(session.inputs.values())).damage == ()
    with tifffile.TiffFile(saved.path) as tiff:
        page = tiff.series[0].levels[2].pages[0]
        offset, tag = page.dataoffsets[0], page.tags[324 if page.is_tiled else 273]
        text = tag.valueoffset
    with saved.path.open("r+b") as stream:
        stream.seek(text if compression == "none" else offset)
        stream.write(b"\xff" * (4 if compression == "none" else 40))
    assert verify(saved.path, home=home).pixels.text == "the pixels match, but overview 0.2 changed since the save"
    with Session(tmp_path / "again", home=home) as session:
        session.open(saved.path)
        (source,) = session.inputs.values()
        expected = ("Level 2 of its pyramid is damaged; the full plane is not.",)
        assert source.damage == (expected if compression == "none" else ())


def test_a_level_that_is_gone_is_a_note(home: Home, saved: Path) -> None:
    with tifffile.TiffFile(saved) as tiff:
        page = tiff.pages.first
        text, pixels, resolution = page.description, page.asarray(), page.resolution
    options = {"metadata": None, "resolution": resolution, "resolutionunit": 3, "tile": (512, 512)}
    with tifffile.TiffWriter(saved) as writer:
        writer.write(pixels, description=text.encode(), subifds=1, **options)
        writer.write(next(pyramid.levels(pixels, nearest=False)), subfiletype=1, metadata=None)
    verdict = verify(saved, home=home).pixels
    assert verdict.state == "good"
    assert verdict.text.endswith("; of the pyramid overview 0.2, overview 0.3 are missing")
    assert read(saved).damage == ("2 of the 3 smaller levels of its pyramid are missing.",)
