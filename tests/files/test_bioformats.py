"""Files we write, read by the reader that Fiji and OMERO use."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import bioformats_jar
import numpy as np
import pytest

from bims_desktop.files import embedding, ome_tiff, pyramid
from bims_desktop.model.image import Channel, Image

pytestmark = [
    pytest.mark.bioformats,
    pytest.mark.skipif(bool(bioformats_jar.missing()), reason=f"Bio-Formats cannot run: {bioformats_jar.missing()}"),
]
PROGRAM = Path(__file__).with_name("ReadWithBioFormats.java")
RNG = np.random.default_rng(5)


def bioformats(path: Path) -> dict[str, Any]:
    java = ["java", "-cp", str(bioformats_jar.JAR), str(PROGRAM), str(path)]
    done = subprocess.run(java, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def saved(folder: Path, image: Image, compression: ome_tiff.Compression = "zlib") -> dict[str, Any]:
    path = folder / "image.ome.tif"
    ome_tiff.write(path, image, compression=compression)
    return bioformats(path)


def plane_sums(array: np.ndarray[Any, Any]) -> list[int]:
    planes = array.reshape(-1, *array.shape[-2:])
    return [int(np.frombuffer(plane.tobytes(), np.uint8).sum()) for plane in planes]


def test_calibration_channels_and_annotations(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 60_000, (2, 2, 3, 40, 30)).astype(np.uint16)
    channels = (Channel("DAPI", "#0000ff"), Channel("GFP – grün", "#00ff00"))
    scale = (2.5, 1, 0.3, 0.1, 0.2)
    image = Image(pixels, "TCZYX", scale, ("s", "", "µm", "µm", "µm"), channels)
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, image)
    embedding.embed(path, b'{"signed": true}', {"Saved by": "Zoë"})
    embedding.set_receipt(path, b"receipt")
    found = bioformats(path)
    assert found["reader"] == "OME-TIFF"
    assert found["sizes"] == {"X": 30, "Y": 40, "Z": 3, "C": 2, "T": 2}
    assert (found["x"], found["y"], found["z"], found["t"]) == ([0.2, "µm"], [0.1, "µm"], [0.3, "µm"], [2.5, "s"])
    assert found["channels"] == [["DAPI", "#0000ff"], ["GFP – grün", "#00ff00"]]
    assert found["maps"][embedding.SUMMARY_NAMESPACE] == {"Saved by": "Zoë"}
    assert set(found["comments"]) == {embedding.RECORD_NAMESPACE, embedding.RECEIPT_NAMESPACE}
    assert found["linked"] == 4
    assert found["sums"] == plane_sums(pixels)


@pytest.mark.parametrize(
    ("dtype", "name", "compression"),
    [
        ("uint8", "uint8", "zlib"),
        ("uint16", "uint16", "lzw"),
        ("uint16", "uint16", "none"),
        ("int32", "int32", "zlib"),
        ("int32", "int32", "zstd"),
        ("float32", "float", "zlib"),
        ("float64", "double", "lzw"),
    ],
)
def test_pixels(tmp_path: Path, dtype: str, name: str, compression: ome_tiff.Compression) -> None:
    pixels = (RNG.random((2, 600, 530)) * 200).astype(dtype)
    found = saved(tmp_path, Image(pixels, "ZYX"), compression)
    assert found["type"] == name
    assert found["sums"] == plane_sums(pixels)


@pytest.mark.parametrize(("dtype", "compression"), [("uint16", "zlib"), ("uint8", "none"), ("float32", "zstd")])
def test_pyramid(tmp_path: Path, dtype: str, compression: ome_tiff.Compression) -> None:
    pixels = (RNG.random((2, 300, 4100)) * 200).astype(dtype)
    found = saved(tmp_path, Image(pixels, "ZYX"), compression)
    assert found["sizes"]["Z"] == 2
    assert found["series"] == 1
    expected = [pixels, *map(np.stack, zip(*(pyramid.levels(plane, nearest=False) for plane in pixels), strict=True))]
    assert found["levels"] == [[level.shape[2], level.shape[1], plane_sums(level)] for level in expected]


def test_mask_is_black_and_white(tmp_path: Path) -> None:
    mask = RNG.random((64, 32)) > 0.5
    found = saved(tmp_path, Image(mask, "YX", kind="mask"))
    assert found["type"] == "uint8"
    assert found["sums"] == [int(mask.sum()) * 255]


def test_rgb(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 256, (64, 32, 3)).astype(np.uint8)
    found = saved(tmp_path, Image(pixels, "YXS", kind="rgb"))
    assert found["rgb"] is True
    assert found["sizes"]["C"] == 3
    assert found["sums"] == [int(pixels.sum())]
