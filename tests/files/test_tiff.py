"""What the metadata of a TIFF mean: axes, calibration, channels; and large files that stay on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
import pytest
import tifffile
from cases import noise

from bims_desktop.errors import UnreadableFile
from bims_desktop.files.readers import read
from bims_desktop.files.tiff import read_tiff
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Channel, Image


@pytest.mark.parametrize(
    ("name", "axes", "shape", "scale", "unit"),
    [
        ("xy_8bit__nuclei_PLK1_control", "YX", (682, 682), (0.166053183181403, 0.166053183181403), "µm"),
        (
            "xyz_8bit__mitotic_plate_calibrated",
            "ZYX",
            (6, 263, 263),
            (3.0, 0.08519643016734027, 0.08519643016734027),
            "µm",
        ),
        ("xy_8bit__nuclei_noisy_small", "YX", (220, 202), (1.0, 1.0), ""),
        ("xy_float__h2b_bg_corr", "YX", (42, 60), (1.0, 1.0), ""),
    ],
)
def test_real_imagej_files(
    data: Path, name: str, axes: str, shape: tuple[int, ...], scale: tuple[float, ...], unit: str
) -> None:
    image = read(data / f"{name}.tif").image
    assert (image.axes, image.shape, image.scale) == (axes, shape, scale)
    assert image.units == (unit,) * len(axes)


def test_a_hyperstack_is_transposed_and_coloured(data: Path) -> None:
    path = data / "xyzc_16bit__spots.tif"
    image = read(path).image
    assert (image.axes, image.shape) == ("CZYX", (2, 17, 88, 89))
    assert image.channels == (Channel("", "#00ff00"), Channel("", "#0000ff"))
    np.testing.assert_array_equal(image.array(), tifffile.imread(path).transpose(1, 0, 2, 3))
    assert image.dtype.isnative


def test_acquisition_metadata_are_kept_word_for_word(data: Path) -> None:
    acquisition = read(data / "xyz_8bit__mitotic_plate_calibrated.tif").acquisition
    assert acquisition.fields["unit"] == "\\u00B5m"
    assert "Zeiss CZI" in acquisition.raw
    assert acquisition.raw.startswith("ImageJ=1.53f\nimages=6\nslices=6\nunit=\\u00B5m\n")
    assert acquisition.digest.startswith("sha256:")


@pytest.mark.parametrize(
    ("options", "shape", "axes", "notes"),
    [
        ({"metadata": {"axes": "ZCYX"}}, (3, 2, 8, 9), "CZYX", 0),
        ({"metadata": {"axes": "YXTZ"}, "photometric": "minisblack"}, (8, 9, 3, 2), "TZYX", 0),
        ({"metadata": {"axes": "HYX"}}, (3, 8, 9), "HYX", 0),
        ({"metadata": None}, (3, 8, 9), "ZYX", 1),
        ({}, (3, 8, 9), "ZYX", 1),
        ({}, (5, 6, 8, 9), "TZYX", 1),
        ({}, (5, 6, 7, 8, 9), "TCZYX", 1),
        ({}, (2, 5, 6, 7, 8, 9), "TCZAYX", 1),
        ({"imagej": True, "metadata": {"axes": "TZCYX"}}, (2, 3, 4, 8, 9), "TCZYX", 0),
        ({"ome": True, "metadata": {"axes": "TCZYX"}}, (2, 3, 4, 8, 9), "TCZYX", 0),
        ({"photometric": "rgb"}, (8, 9, 3), "YXS", 0),
        ({"photometric": "rgb", "planarconfig": "separate"}, (3, 8, 9), "YXS", 0),
        ({"photometric": "minisblack", "planarconfig": "contig"}, (8, 9, 5), "CYX", 0),
        ({"photometric": "separated"}, (8, 9, 4), "CYX", 0),
    ],
)
def test_axes(tmp_path: Path, options: dict[str, Any], shape: tuple[int, ...], axes: str, notes: int) -> None:
    path = tmp_path / "image.tif"
    pixels = noise("uint8", *shape)
    tifffile.imwrite(path, pixels, **({"photometric": "minisblack"} | options))
    opened = read(path)
    assert opened.image.axes == axes
    assert len(opened.notes) == notes
    assert sorted(opened.image.shape) == sorted(shape)
    assert np.sort(opened.image.array(), axis=None).tolist() == np.sort(pixels, axis=None).tolist()


@pytest.mark.parametrize(
    ("resolution", "unit", "step"),
    [
        ((20_000, 10_000), "centimeter", (1.0, 0.5)),
        ((25_400, 25_400), "inch", (1.0, 1.0)),
        ((300, 300), "inch", None),
        ((2, 2), "none", None),
    ],
)
def test_resolution_tags(
    tmp_path: Path, resolution: tuple[int, int], unit: str, step: tuple[float, float] | None
) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, noise("uint8", 8, 9), resolution=resolution, resolutionunit=unit, metadata=None)
    image = read(path).image
    assert image.scale == (step or (1.0, 1.0))
    assert image.units == (("µm", "µm") if step else ("", ""))


def test_imagej_time_and_units(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    metadata = {"axes": "TZYX", "unit": "micron", "spacing": 0.5, "finterval": 12.5}
    tifffile.imwrite(path, noise("uint16", 2, 3, 8, 9), imagej=True, metadata=metadata, resolution=(4, 5))
    image = read(path).image
    assert image.scale == (12.5, 0.5, 0.2, 0.25)
    assert image.units == ("s", "µm", "µm", "µm")


def test_ome_metadata_of_another_writer(tmp_path: Path) -> None:
    path = tmp_path / "image.ome.tif"
    metadata = {
        "axes": "TCYX",
        "PhysicalSizeX": 100.0,
        "PhysicalSizeXUnit": "nm",
        "PhysicalSizeY": 0.2,
        "TimeIncrement": 3.0,
        "TimeIncrementUnit": "ms",
        "Channel": {"Name": ["DAPI", "GFP"], "Color": [65535, -16776961]},
        "Plane": {"ExposureTime": [0.1] * 6},
    }
    tifffile.imwrite(path, noise("uint8", 3, 2, 8, 9), metadata=metadata, photometric="minisblack")
    opened = read(path)
    assert opened.image.scale == (3.0, 1.0, 0.2, 100.0)
    assert opened.image.units == ("ms", "", "µm", "nm")
    assert opened.image.channels == (Channel("DAPI", "#0000ff"), Channel("GFP", "#ff0000"))
    assert opened.acquisition.fields["exposure_time"] == [0.1]
    assert opened.acquisition.raw.startswith("<?xml")


def test_damaged_ome_xml_is_ignored_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "image.ome.tif"
    tifffile.imwrite(path, noise("uint8", 8, 9), description="<?xml version='1.0'?><OME><Image></OME>", metadata=None)
    assert read(path).notes == ("Its OME-XML is damaged and was ignored.",)


def test_series(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    first, second = noise("uint8", 8, 9), noise("uint16", 5, 6)
    with tifffile.TiffWriter(path) as writer:
        writer.write(first, metadata=None)
        writer.write(second, metadata=None)
    assert read(path).series == 0
    assert read(path).notes == ("It holds 2 series; this is series 0.",)
    np.testing.assert_array_equal(read(path, series=1).image.array(), second)
    with pytest.raises(UnreadableFile, match="no series 2"):
        read(path, series=2)


@pytest.mark.parametrize(
    ("pixels", "dtype"),
    [
        (np.array([[0, 2**31 - 1], [-(2**31), 5]], np.int64), "int32"),
        (np.array([[0, 2**32 - 1]], np.uint64), "uint32"),
        (np.array([[0.5, -2.25]], np.float16), "float32"),
    ],
)
def test_types_that_have_to_be_converted(tmp_path: Path, pixels: np.ndarray[Any, Any], dtype: str) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, pixels)
    opened = read(path)
    assert opened.image.dtype == np.dtype(dtype)
    assert len(opened.notes) == 1
    np.testing.assert_array_equal(opened.image.array(), pixels)


def test_integers_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, np.array([[0, 2**31]], np.int64))
    with pytest.raises(UnreadableFile, match="beyond the range of int32"):
        read(path)


def test_one_bit_images_are_masks(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    mask = noise("bool", 8, 9)
    tifffile.imwrite(path, mask)
    assert read(path).image.kind == "mask"
    np.testing.assert_array_equal(read(path).image.array(), mask)


def test_what_tags_say_of_display_is_noted_and_not_applied(tmp_path: Path) -> None:
    inverted, palette = tmp_path / "inverted.tif", tmp_path / "palette.tif"
    pixels = noise("uint8", 8, 9)
    tifffile.imwrite(inverted, pixels, photometric="miniswhite")
    tifffile.imwrite(palette, pixels, photometric="palette", colormap=noise("uint16", 3, 256))
    for path, word in ((inverted, "0 is white"), (palette, "colour map")):
        assert word in read(path).notes[0]
        np.testing.assert_array_equal(read(path).image.array(), pixels)


@pytest.fixture
def everything_lazy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bims_desktop.files.tiff_series.LAZY_FROM", -1)


LAZY = [
    ({"compression": "zlib", "metadata": {"axes": "ZCYX"}}, "uint16", (3, 2, 600, 500)),
    ({"compression": "lzw", "photometric": "rgb"}, "uint8", (4, 60, 50, 3)),
    ({"byteorder": ">", "imagej": True, "metadata": {"axes": "TZCYX"}}, "uint16", (2, 3, 4, 60, 50)),
    ({"byteorder": "<", "metadata": {"axes": "TYX"}}, "float32", (3, 60, 50)),
    ({"compression": "zlib"}, "int64", (2, 60, 50)),
    ({"compression": "zlib", "tile": (64, 64), "metadata": {"axes": "YX"}}, "uint8", (600, 500)),
]


@pytest.mark.usefixtures("everything_lazy")
@pytest.mark.parametrize(("options", "dtype", "shape"), LAZY)
def test_large_files_stay_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], dtype: str, shape: tuple[int, ...]
) -> None:
    path = tmp_path / "image.tif"
    pixels = noise("uint8", *shape).astype(dtype)
    tifffile.imwrite(path, pixels, **({"photometric": "minisblack"} | options))
    lazy = read(path).image
    contiguous = "compression" not in options
    assert isinstance(lazy.pixels, np.memmap if contiguous and options["byteorder"] == "<" else da.Array)
    monkeypatch.setattr("bims_desktop.files.tiff_series.LAZY_FROM", 1 << 30)
    eager = read(path).image
    assert isinstance(eager.pixels, np.ndarray)
    np.testing.assert_array_equal(lazy.array(), eager.array())
    assert pixel_digest(lazy) == pixel_digest(eager)
    assert (lazy.axes, lazy.dtype) == (eager.axes, eager.dtype)


@pytest.mark.usefixtures("everything_lazy")
def test_a_lazy_mask_comes_back_as_a_mask(tmp_path: Path) -> None:
    from bims_desktop.files import ome_tiff

    mask = noise("bool", 3, 60, 50)
    for compression in ("zlib", "none"):
        digest = ome_tiff.write(tmp_path / "mask.ome.tif", Image(mask, "ZYX", kind="mask"), compression=compression)
        image = read(tmp_path / "mask.ome.tif").image
        assert (image.kind, image.dtype) == ("mask", np.bool_)
        assert pixel_digest(image) == digest


@pytest.mark.usefixtures("everything_lazy")
def test_a_memory_map_cannot_be_written_to(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, noise("uint8", 3, 60, 50), photometric="minisblack")
    pixels = read(path).image.pixels
    with pytest.raises(ValueError, match="read-only"):
        pixels[0] = 0  # type: ignore[index]


@pytest.mark.usefixtures("everything_lazy")
def test_damage_in_a_lazy_plane_is_found_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, noise("uint8", 3, 60, 50), compression="zlib", photometric="minisblack")
    with tifffile.TiffFile(path) as tiff:
        offset = tiff.pages[1].dataoffsets[0]
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(bytes(20))
    image = read(path).image
    np.asarray(image.pixels[0])
    with pytest.raises(UnreadableFile, match=r"image\.tif cannot be decoded"):
        np.asarray(image.pixels[1])


def test_an_imagej_file_with_one_page_for_all_planes(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    pixels = noise("uint16", 5, 20, 30)
    text = "ImageJ=1.53t\nimages=5\nslices=5\n"
    with tifffile.TiffWriter(path, byteorder=">") as writer:
        writer.write(pixels[0], description=text, metadata=None, software=False)
    with tifffile.TiffFile(path) as tiff:
        offset = tiff.pages.first.dataoffsets[0]
    with path.open("r+b") as stream:
        stream.truncate(offset)
        stream.seek(offset)
        stream.write(pixels.astype(">u2").tobytes())
    assert read_tiff(path).image.axes == "ZYX"
    np.testing.assert_array_equal(read_tiff(path).image.array(), pixels)
    with path.open("r+b") as stream:
        stream.truncate(offset + pixels.nbytes - 1)
    with pytest.raises(UnreadableFile):
        read_tiff(path)
