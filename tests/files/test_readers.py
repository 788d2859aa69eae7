"""Hostile and ordinary files: told apart by content, each answer clear."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from cases import IMAGES, noise
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from bims_desktop.errors import FileError, FileTooLarge, UnreadableFile
from bims_desktop.files import ome_tiff
from bims_desktop.files.guard import Budget
from bims_desktop.files.readers import read


def saved(path: Path, array: np.ndarray, **options: object) -> Path:
    Pillow.fromarray(array).save(path, **options)
    return path


@pytest.mark.parametrize("ending", [".tif", ".png", ".jpg", ".txt", ""])
def test_the_name_does_not_matter(tmp_path: Path, ending: str) -> None:
    grey = noise("uint8", 9, 8)
    tiff, png = tmp_path / f"tiff{ending}", tmp_path / f"png{ending}"
    tiff.write_bytes(saved(tmp_path / "a.tiff", grey).read_bytes())
    png.write_bytes(saved(tmp_path / "a.png", grey).read_bytes())
    for path in (tiff, png):
        np.testing.assert_array_equal(read(path).image.array(), grey)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"just some text, renamed", "not a TIFF, PNG or JPEG"),
        (b"II*\0", "cannot be decoded"),
        (b"II*\0\x08\0\0\0\0\0\0\0\0\0", "holds no image"),
        (b"II*\0\xff\xff\xff\x7f", "cannot be decoded"),
        (b"MM\0+\0\x08\0\0", "cannot be decoded"),
        (b"\x89PNG\r\n\x1a\n", "cannot be decoded"),
        (b"\xff\xd8\xff\xe0", "cannot be decoded"),
    ],
)
def test_what_is_no_image(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "image.tif"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=rf"^image\.tif .*{sentence}"):
        read(path)


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="is a folder"):
        read(tmp_path)
    with pytest.raises(UnreadableFile, match=r"gone\.tif cannot be read"):
        read(tmp_path / "gone.tif")


@pytest.mark.parametrize("compression", [None, "zlib", "lzw"])
@pytest.mark.parametrize("metadata", ["ome", "imagej", None])
def test_a_truncated_tiff_never_gives_an_image(tmp_path: Path, compression: str | None, metadata: str | None) -> None:
    whole = tmp_path / "whole.tif"
    options = {"ome": {"ome": True}, "imagej": {"imagej": compression is None}, None: {"metadata": None}}[metadata]
    tifffile.imwrite(whole, noise("uint16", 4, 40, 30), compression=compression, photometric="minisblack", **options)
    content = whole.read_bytes()
    with tifffile.TiffFile(whole) as tiff:
        ends = [o + c for page in tiff.pages for o, c in zip(page.dataoffsets, page.databytecounts, strict=True)]
    path = tmp_path / "cut.tif"
    for length in range(0, max(ends), 97):
        path.write_bytes(content[:length])
        with pytest.raises(UnreadableFile):
            read(path)


@pytest.mark.parametrize("name", ["image.png", "image.jpg"])
def test_a_truncated_png_or_jpeg_never_gives_an_image(tmp_path: Path, name: str) -> None:
    content = saved(tmp_path / name, noise("uint8", 40, 30, 3)).read_bytes()
    for length in range(0, len(content) - 2, 37):
        (tmp_path / name).write_bytes(content[:length])
        with pytest.raises(UnreadableFile):
            read(tmp_path / name)


def test_flipped_bytes_raise_our_errors_only(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, IMAGES["mask stack"])
    whole = path.read_bytes()
    for _ in range(300):
        content = bytearray(whole)
        for place in rng.integers(0, len(whole), 4):
            content[place] = rng.integers(256)
        path.write_bytes(content)
        refused = ""
        try:
            read(path, budget=Budget(max_bytes=1 << 28))
        except FileError as error:
            refused = error.what
        assert not refused or "image.ome.tif" in refused


def png_header(width: int, height: int, depth: int = 16, color: int = 2) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def test_bombs_stop_before_they_are_decoded(tmp_path: Path) -> None:
    png = tmp_path / "bomb.png"
    png.write_bytes(png_header(100_000, 100_000))
    with pytest.raises(FileTooLarge, match=r"bomb\.png"):
        read(png)
    tiff = tmp_path / "bomb.tif"
    tifffile.imwrite(
        tiff,
        shape=(60_000, 60_000),
        dtype="uint8",
        tile=(512, 512),
        data=iter([b""] * 118**2),
        metadata=None,
        compression="zlib",
    )
    with pytest.raises(FileTooLarge, match="made to exhaust the memory"):
        read(tiff)
    tile = tmp_path / "tile.tif"
    tifffile.imwrite(tile, np.zeros((40, 30), np.uint8), tile=(1024, 1024), compression="zlib")
    with pytest.raises(FileTooLarge, match=r"One plane of tile\.tif needs 1 MiB"):
        read(tile, budget=Budget(max_plane=1 << 19))
    whole = tmp_path / "whole.tif"
    tifffile.imwrite(whole, np.zeros((3, 40, 30), np.uint8), photometric="minisblack")
    with pytest.raises(FileTooLarge, match="3 pages"):
        read(whole, budget=Budget(max_pages=2))
    with pytest.raises(FileTooLarge, match=r"pixels of whole\.tif need"):
        read(whole, budget=Budget(max_bytes=3599))
    with pytest.raises(FileTooLarge, match="metadata"):
        read(whole, budget=Budget(max_metadata=10))


def test_a_compressed_text_in_a_png_is_bounded(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_text("Comment", "x" * (2 << 20), zip=True)
    path = saved(tmp_path / "image.png", noise("uint8", 4, 5), pnginfo=info)
    with pytest.raises(UnreadableFile, match="above 1 MiB"):
        read(path)


def test_xml_that_defines_entities_is_refused(tmp_path: Path) -> None:
    text = '<?xml version="1.0"?><!DOCTYPE OME [<!ENTITY a "aaaa">]><OME>&a;</OME>'
    path = tmp_path / "image.ome.tif"
    tifffile.imwrite(path, noise("uint8", 4, 5), description=text, metadata=None)
    with pytest.raises(UnreadableFile, match="defines entities"):
        read(path)


@pytest.mark.parametrize(
    ("mode", "dtype", "shape", "axes", "kind"),
    [
        ("1", "bool", (9, 8), "YX", "mask"),
        ("L", "uint8", (9, 8), "YX", "intensity"),
        ("I;16", "uint16", (9, 8), "YX", "intensity"),
        ("RGB", "uint8", (9, 8, 3), "YXS", "rgb"),
        ("RGBA", "uint8", (9, 8, 4), "YXS", "rgb"),
        ("LA", "uint8", (9, 8), "YX", "intensity"),
        ("P", "uint8", (9, 8, 3), "YXS", "rgb"),
    ],
)
def test_png_of_every_mode(tmp_path: Path, mode: str, dtype: str, shape: tuple[int, ...], axes: str, kind: str) -> None:
    source = Pillow.fromarray(noise("uint8", 9, 8)).convert(mode)
    path = tmp_path / "image.png"
    source.save(path)
    image = read(path).image
    assert (image.dtype, image.shape, image.axes, image.kind) == (np.dtype(dtype), shape, axes, kind)
    expected = np.asarray(source.convert("RGB") if mode == "P" else source)
    expected = expected[:, :, 0] if mode == "LA" else expected
    np.testing.assert_array_equal(image.array(), expected)


def test_png_of_16_bit_colours_keeps_them(tmp_path: Path) -> None:
    import imagecodecs

    pixels = noise("uint16", 9, 8, 3)
    path = tmp_path / "image.png"
    path.write_bytes(imagecodecs.png_encode(pixels))
    np.testing.assert_array_equal(read(path).image.array(), pixels)


def test_png_metadata(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_text("Title", "Zellen")
    info.add_text("Note", "gepackt", zip=True)
    info.add_itxt("Comment", "größe µm", zip=True)
    opened = read(saved(tmp_path / "image.png", noise("uint8", 4, 5), pnginfo=info, dpi=(254_000, 127_000)))
    assert opened.acquisition.fields == {"Title": "Zellen", "Note": "gepackt", "Comment": "größe µm"}
    assert "größe µm" in opened.acquisition.raw
    assert opened.image.scale == pytest.approx((0.2, 0.1))
    assert opened.image.units == ("µm", "µm")


def test_jpeg(tmp_path: Path) -> None:
    grey, color = tmp_path / "grey.jpg", tmp_path / "color.jpg"
    exif = Pillow.Exif()
    exif[271], exif[274] = "Zeiss", 6
    saved(grey, noise("uint8", 40, 30), comment=b"a comment")
    saved(color, noise("uint8", 40, 30, 3), exif=exif)
    assert (read(grey).image.axes, read(grey).image.kind) == ("YX", "intensity")
    assert read(grey).acquisition.raw == "a comment"
    opened = read(color)
    assert (opened.image.axes, opened.image.shape, opened.image.kind) == ("YXS", (40, 30, 3), "rgb")
    assert opened.acquisition.fields["Make"] == "Zeiss"
    assert "shown turned" in opened.notes[0]
    with Pillow.open(io.BytesIO(color.read_bytes())) as image:
        np.testing.assert_array_equal(opened.image.array(), np.asarray(image))


def test_jpeg_of_print_colours_is_converted(tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    Pillow.fromarray(noise("uint8", 40, 30, 4), "CMYK").save(path)
    opened = read(path)
    assert opened.image.kind == "rgb"
    assert "CMYK" in opened.notes[0]


def test_pixels_in_memory_are_read_only(data: Path) -> None:
    for path in data.glob("*.tif"):
        assert not read(path).image.array().flags.writeable


def test_a_series_that_is_not_there(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"no series 1 \(it has 1\)"):
        read(data / "xy_8bit_labels__h2b.tif", series=1)
    png = saved(tmp_path / "image.png", noise("uint8", 4, 5))
    with pytest.raises(UnreadableFile, match=r"no series 2 \(it has 1\)"):
        read(png, series=2)
