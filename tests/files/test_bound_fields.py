"""What the record binds besides pixels: still there after a re-save, different after a forgery."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from cases import IMAGES, noise

from bims_desktop.files import embedding, ome_tiff, tiff
from bims_desktop.model.image import Channel, Image

CHANNELS = (Channel("DAPI", "#0000ff"), Channel("GFP", "#00ff00"))
IMAGE = Image(noise("uint16", 2, 3, 40, 30), "CZYX", (1, 0.7, 0.16605, 0.0312), ("", "µm", "µm", "µm"), CHANNELS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, IMAGE)
    return path


def test_what_is_bound(path: Path) -> None:
    assert tiff.bound_fields(path) == {
        "pages": 6,
        "series": [["CZYX", [2, 3, 40, 30], "uint16"]],
        "kind": "intensity",
        "physical_sizes": {"X": [0.0312, "µm"], "Y": [0.16605, "µm"], "Z": [0.7, "µm"]},
        "channels": ["DAPI", "GFP"],
        "levels": {},
        "photometric": [[1, 6]],
        "orientation": [[1, 6]],
        "resolution": [[[np.float32(1e4 / 0.0312), np.float32(1e4 / 0.16605), 3], 6]],
        "color_map": [[None, 6]],
    }


def test_embedding_changes_nothing_that_is_bound(path: Path) -> None:
    before = tiff.bound_fields(path)
    embedding.embed(path, b"record", {"a": "b"})
    embedding.set_receipt(path, b"receipt")
    assert tiff.bound_fields(path) == before


@pytest.mark.skipif(shutil.which("tiffcp") is None, reason="tiffcp (libtiff-tools) is not installed")
@pytest.mark.parametrize("name", IMAGES)
def test_the_same_after_tiffcp(tmp_path: Path, name: str) -> None:
    path, copy = tmp_path / "image.ome.tif", tmp_path / "copy.tif"
    ome_tiff.write(path, IMAGES[name])
    subprocess.run(["tiffcp", "-c", "lzw", str(path), str(copy)], check=True, capture_output=True)
    assert tiff.bound_fields(copy) == tiff.bound_fields(path)


@pytest.mark.skipif(shutil.which("tiffcp") is None, reason="tiffcp (libtiff-tools) is not installed")
def test_any_pixel_size_survives_libtiff(tmp_path: Path) -> None:
    path, copy = tmp_path / "image.ome.tif", tmp_path / "copy.tif"
    for step in 10 ** np.random.default_rng(1).uniform(-4, 3, 40):
        ome_tiff.write(path, Image(IMAGE.array()[0, 0], "YX", (step, step / 3), ("µm", "µm")))
        subprocess.run(["tiffcp", str(path), str(copy)], check=True)
        assert tiff.bound_fields(copy) == tiff.bound_fields(path), step


def description(old: str, new: str) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        found = tiff.description(path)
        assert found is not None
        assert old.encode() in found.text
        tiff.replace_description(path, found.text.replace(old.encode(), new.encode()))

    return edit


def tag(code: int, value: Any, page: int = 0) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        with tifffile.TiffFile(path, mode="r+b") as opened:
            opened.pages[page].aspage().tags[code].overwrite(value)

    return edit


def added_page(path: Path) -> None:
    with tifffile.TiffWriter(path, append="force") as writer:
        writer.write(IMAGE.array()[0, 0], metadata=None)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (description('PhysicalSizeX="0.0312"', 'PhysicalSizeX="0.0313"'), "physical_sizes"),
        (description('PhysicalSizeX="0.0312"', 'PhysicalSizeX="0.0312" PhysicalSizeXUnit="nm"'), "physical_sizes"),
        (description('Name="GFP"', 'Name="RFP"'), "channels"),
        (description(">intensity<", ">labels<"), "kind"),
        (description('DimensionOrder="XYZCT"', 'DimensionOrder="XYCZT"'), "series"),
        (tag(262, 0), "photometric"),
        (tag(262, 0, page=4), "photometric"),
        (tag(282, (1, 7)), "resolution"),
        (tag(283, (1, 7), page=5), "resolution"),
        (tag(296, 2), "resolution"),
        (added_page, "pages"),
    ],
)
def test_a_forgery_changes_its_field(path: Path, edit: Callable[[Path], None], field: str) -> None:
    before = tiff.bound_fields(path)
    edit(path)
    after = tiff.bound_fields(path)
    assert field in {key for key in before if before[key] != after[key]}


def write_pyramid(path: Path, overview: np.ndarray[Any, Any], **options: Any) -> None:
    with tifffile.TiffWriter(path) as writer:
        writer.write(IMAGE.array()[0, 0], subifds=1, metadata={"axes": "YX"}, **options)
        writer.write(overview, subfiletype=1)


def test_levels_of_a_pyramid(tmp_path: Path) -> None:
    overview = IMAGE.array()[0, 0, ::2, ::2].copy()
    first, forged = tmp_path / "first.ome.tif", tmp_path / "forged.ome.tif"
    write_pyramid(first, overview)
    overview[3, 4] += 1
    write_pyramid(forged, overview)
    one, other = tiff.bound_fields(first), tiff.bound_fields(forged)
    assert list(one["levels"]) == ["0.1"]  # type: ignore[arg-type]
    assert {key for key in one if one[key] != other[key]} == {"levels"}


def test_orientation_and_colour_map(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.tif" for n in range(3)]
    colors = noise("uint16", 3, 256)
    pixels = noise("uint8", 8, 9)
    for path, change, turned in zip(paths, (0, 1, 0), (1, 1, 3), strict=True):
        map_ = colors ^ np.uint16(change)
        tifffile.imwrite(
            path, pixels, photometric="palette", colormap=map_, metadata=None, extratags=[(274, 3, 1, turned, True)]
        )
    plain, recoloured, turned_file = map(tiff.bound_fields, paths)
    assert {key for key in plain if plain[key] != recoloured[key]} == {"color_map"}
    assert {key for key in plain if plain[key] != turned_file[key]} == {"orientation"}


def test_a_stack_that_lost_pages_is_still_described(path: Path, tmp_path: Path) -> None:
    found = tiff.description(path)
    assert found is not None
    copy = tmp_path / "first_page.tif"
    tifffile.imwrite(copy, IMAGE.array()[0, 0], description=found.text, metadata=None)
    assert tiff.bound_fields(copy)["pages"] == 1
