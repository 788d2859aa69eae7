"""Levels of large planes: what they are, that every reader still finds the image, that a forged one is seen."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from cases import noise
from PIL import Image as Pillow

from bims_desktop.files import embedding, ome_tiff, pyramid, tiff
from bims_desktop.files.readers import read, series_of
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image

LONG = 4100
Array = np.ndarray[Any, Any]


def by_hand(plane: Array) -> Array:
    """Mean of 2 x 2 in exact arithmetic, pixel by pixel."""
    height, width = plane.shape
    result = np.empty(((height + 1) // 2, (width + 1) // 2), plane.dtype)
    for y, x in np.ndindex(result.shape):
        rows, columns = (2 * y, min(2 * y + 1, height - 1)), (2 * x, min(2 * x + 1, width - 1))
        total = sum(int(plane[row, column]) for row in rows for column in columns)
        whole, rest = divmod(total, 4)
        result[y, x] = whole + (rest > 2 or (rest == 2 and whole % 2))
    return result


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "int32", "uint32"])
@pytest.mark.parametrize("shape", [(6, 8), (7, 5), (1, 9), (9, 1), (1, 1)])
def test_integers_are_exact(dtype: str, shape: tuple[int, int]) -> None:
    plane = noise(dtype, *shape)
    np.testing.assert_array_equal(pyramid.halved(plane), by_hand(plane))


def test_stripes_leave_no_seam() -> None:
    plane = noise("uint16", 4 * pyramid._ROWS + 3, 11)
    np.testing.assert_array_equal(pyramid.halved(plane), by_hand(plane))


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
def test_floats(dtype: str) -> None:
    plane = noise(dtype, 6, 4)
    found = pyramid.halved(plane)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, plane.reshape(3, 2, 2, 2).mean(axis=(1, 3)), rtol=1e-6)
    plane[0, 0], plane[0, 2], plane[1, 2] = np.nan, np.inf, -np.inf
    assert np.isnan(pyramid.halved(plane)[0]).all()


def test_colours_do_not_mix() -> None:
    plane = noise("uint8", 6, 5, 3)
    found = pyramid.halved(plane)
    for sample in range(3):
        np.testing.assert_array_equal(found[..., sample], by_hand(plane[..., sample]))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((4096, 4096), []),
        ((4097, 3), [(2049, 2), (1025, 1), (513, 1)]),
        ((10, 8192), [(5, 4096), (3, 2048), (2, 1024)]),
    ],
)
def test_which_planes_have_levels(shape: tuple[int, int], expected: list[tuple[int, int]]) -> None:
    assert pyramid.sizes(*shape) == expected
    plane = np.zeros(shape, np.uint8)
    for nearest in (True, False):
        assert [level.shape for level in pyramid.levels(plane, nearest=nearest)] == expected


KINDS = {
    "stack": Image(noise("uint16", 2, 40, LONG), "ZYX", (2.0, 0.5, 0.5), ("µm",) * 3),
    "float": Image(noise("float32", 40, LONG), "YX"),
    "rgb": Image(noise("uint8", 41, LONG, 3), "YXS", kind="rgb"),
    "labels": Image(noise("int32", 41, LONG), "YX", kind="labels"),
    "mask": Image(noise("bool", 41, LONG), "YX", kind="mask"),
}


@pytest.mark.parametrize("compression", ["none", "zlib"])
@pytest.mark.parametrize("name", KINDS)
def test_written_and_read(tmp_path: Path, name: str, compression: ome_tiff.Compression) -> None:
    path, image = tmp_path / "image.ome.tif", KINDS[name]
    digest = ome_tiff.write(path, image, compression=compression)
    found = read(path)
    assert digest == pixel_digest(image) == pixel_digest(found.image)
    assert (found.image.kind, found.image.axes, found.notes) == (image.kind, image.axes, ())
    assert len(series_of(path)) == 1
    with tifffile.TiffFile(path) as opened:
        (series,) = opened.series
        stored = [level.asarray() for level in series.levels]
        assert opened.pages.first.tags[270].value.count("<Image ") == 1
    samples = image.array() * np.uint8(255) if name == "mask" else image.array()
    if name in ("labels", "mask"):
        expected = [samples, samples[::2, ::2], samples[::4, ::4], samples[::8, ::8]]
    elif name == "stack":
        each = [[plane, *pyramid.levels(plane, nearest=False)] for plane in samples]
        expected = [np.stack(level) for level in zip(*each, strict=True)]
    else:
        expected = [samples, *pyramid.levels(samples, nearest=False)]
    assert len(stored) == 4
    for one, other in zip(stored, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_pillow_sees_the_planes_alone(tmp_path: Path) -> None:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, KINDS["stack"])
    with Pillow.open(path) as opened:
        assert opened.n_frames == 2
        for number in range(2):
            opened.seek(number)
            np.testing.assert_array_equal(np.asarray(opened), KINDS["stack"].array()[number])


def test_every_level_is_bound_and_a_forged_one_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, KINDS["stack"], compression="none")
    before = tiff.bound_fields(path)
    embedding.embed(path, b"record", {})
    assert tiff.bound_fields(path) == before
    assert before["pages"] == 2
    assert list(before["levels"]) == ["0.1", "0.2", "0.3"]  # type: ignore[arg-type]
    with tifffile.TiffFile(path) as opened:
        page = opened.series[0].levels[2].pages[1]
        offset = page.dataoffsets[1]
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(b"\x2a")
    after = tiff.bound_fields(path)
    assert {key for key in before if before[key] != after[key]} == {"levels"}
    assert [level for level, digest in after["levels"].items() if digest != before["levels"][level]] == ["0.2"]  # type: ignore[union-attr,call-overload,index]
    assert pixel_digest(read(path).image) == pixel_digest(KINDS["stack"])


def test_equal_images_give_equal_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "a.ome.tif", tmp_path / "b.ome.tif"]
    for path in paths:
        ome_tiff.write(path, KINDS["float"])
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("big", [False, True])
def test_bigtiff_counts_the_levels(tmp_path: Path, big: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    image = KINDS["float"]
    size = sum(level.nbytes for level in [image.array(), *pyramid.levels(image.array(), nearest=False)])
    monkeypatch.setattr(tiff, "BIGTIFF_FROM", size if big else size + 1)
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, image)
    assert (path.read_bytes()[:4] == b"II+\0") is big
    assert pixel_digest(read(path).image) == pixel_digest(image)


@pytest.mark.skipif(shutil.which("tiffinfo") is None, reason="tiffinfo (libtiff-tools) is not installed")
def test_libtiff_has_nothing_to_complain_about(tmp_path: Path) -> None:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, KINDS["stack"])
    done = subprocess.run(["tiffinfo", "-D", str(path)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "SubIFD" in done.stdout
