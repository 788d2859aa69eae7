"""What is saved is what is read: pixels, axes, calibration, channels, kind."""

from __future__ import annotations

from pathlib import Path

import dask.array as da
import numpy as np
import pytest
import tifffile
from cases import IMAGES, noise
from PIL import Image as Pillow

from bims_desktop.errors import SaveRefused
from bims_desktop.files import ome_tiff
from bims_desktop.files.readers import read
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image

REAL = sorted((Path(__file__).parents[1] / "data").glob("*.tif"))


def assert_same(found: Image, image: Image) -> None:
    np.testing.assert_array_equal(found.array(), image.array())
    assert (found.axes, found.dtype, found.kind) == (image.axes, image.dtype, image.kind)
    assert (found.scale, found.units, found.channels) == (image.scale, image.units, image.channels)
    assert pixel_digest(found) == pixel_digest(image)


@pytest.mark.parametrize("name", IMAGES)
def test_every_kind_of_image(tmp_path: Path, name: str) -> None:
    path = tmp_path / "image.ome.tif"
    digest = ome_tiff.write(path, IMAGES[name])
    opened = read(path)
    assert digest == pixel_digest(IMAGES[name])
    assert_same(opened.image, IMAGES[name])
    assert opened.notes == ()
    assert opened.size == path.stat().st_size


@pytest.mark.parametrize("compression", ["none", "zlib", "zstd", "lzw"])
@pytest.mark.parametrize("name", ["uint16", "float32", "mask stack", "rgb", "tiles"])
def test_every_compression(tmp_path: Path, name: str, compression: ome_tiff.Compression) -> None:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, IMAGES[name], compression=compression)
    assert_same(read(path).image, IMAGES[name])


@pytest.mark.parametrize(("size", "tagged"), [(1e-12, False), (1e-5, True), (0.1, True), (1e12, True), (1e15, False)])
def test_every_pixel_size(tmp_path: Path, size: float, tagged: bool) -> None:
    """TIFF's own resolution cannot hold them all: only what it can is in its tags, OME's text holds each."""
    image = Image(noise("uint8", 3, 4), "YX", scale=(size, size), units=("µm", "µm"))
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, image)
    assert_same(read(path).image, image)
    with tifffile.TiffFile(path) as tiff:
        held = tiff.pages.first.tags[282].value
    assert (held != (1, 1)) == tagged


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_images(tmp_path: Path, path: Path) -> None:
    image = read(path).image
    copy = tmp_path / "copy.ome.tif"
    ome_tiff.write(copy, image)
    assert_same(read(copy).image, image)


@pytest.mark.parametrize("name", ["mask stack", "five", "rgb stack", "tiles"])
def test_dask_images(tmp_path: Path, name: str) -> None:
    image = IMAGES[name]
    lazy = image.with_pixels(da.from_array(image.array(), chunks=7))
    path, other = tmp_path / "lazy.ome.tif", tmp_path / "eager.ome.tif"
    assert ome_tiff.write(path, lazy) == ome_tiff.write(other, image)
    assert path.read_bytes() == other.read_bytes()


def test_equal_images_give_equal_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "a.ome.tif", tmp_path / "b.ome.tif"]
    for path in paths:
        ome_tiff.write(path, IMAGES["five"])
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("name", ["uint8", "uint16", "mask", "rgb", "rgba", "tiles", "float32", "int32"])
def test_it_is_an_ordinary_file_for_pillow(tmp_path: Path, name: str) -> None:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, IMAGES[name])
    expected = IMAGES[name].array() * np.uint8(255) if name == "mask" else IMAGES[name].array()
    with Pillow.open(path) as opened:
        np.testing.assert_array_equal(np.asarray(opened), expected)


def test_it_is_an_ordinary_file_for_tifffile(tmp_path: Path) -> None:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, IMAGES["five"])
    with tifffile.TiffFile(path) as tiff:
        assert tiff.is_ome
        assert tiff.series[0].axes == "TCZYX"
        np.testing.assert_array_equal(tiff.asarray(), IMAGES["five"].array())


def test_large_images_become_bigtiff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bims_desktop.files.tiff.BIGTIFF_FROM", 100)
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, IMAGES["five"])
    assert path.read_bytes()[:4] == b"II+\0"
    assert_same(read(path).image, IMAGES["five"])


def test_progress_runs_to_one_and_may_stop_the_save(tmp_path: Path) -> None:
    seen: list[float] = []
    ome_tiff.write(tmp_path / "a.ome.tif", IMAGES["czyx"], on_progress=seen.append)
    assert seen == [n / 8 for n in range(1, 9)]

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ome_tiff.write(tmp_path / "b.ome.tif", IMAGES["czyx"], on_progress=stop)


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (Image(noise("uint8", 2, 3, 4), "AYX"), "cannot hold the axes A"),
        (Image(np.zeros((3, 4), np.int64), "YX"), "cannot hold pixels of type int64"),
        (Image(np.zeros((3, 4), np.float16), "YX"), "cannot hold pixels of type float16"),
        (Image(noise("uint8", 3, 4), "YX", units=("furlong", "furlong")), "no unit 'furlong'"),
        (Image(noise("uint8", 2, 3, 4), "TYX", units=("µm", "", "")), "no unit 'µm' for the axis T"),
        (Image(noise("uint8", 3, 4, 2), "YXS", kind="rgb"), "colours of 2 uint8 samples"),
        (Image(noise("complex64", 3, 4, 3), "YXS", kind="rgb"), "colours of 3 complex64 samples"),
        (Image(np.zeros((0, 4), np.uint8), "YX"), "no pixels to save"),
    ],
)
def test_what_ome_tiff_cannot_hold(tmp_path: Path, image: Image, sentence: str) -> None:
    with pytest.raises(SaveRefused, match=sentence):
        ome_tiff.write(tmp_path / "image.ome.tif", image)


def test_a_mask_that_somebody_changed_is_no_mask(tmp_path: Path) -> None:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, IMAGES["mask"], compression="none")
    with tifffile.TiffFile(path) as tiff:
        offset = tiff.pages.first.dataoffsets[0]
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(b"\x80")
    opened = read(path)
    assert opened.image.kind == "intensity"
    assert opened.notes == ("It says it is a mask, and holds other values than 0 and 255.",)
