"""LZW streams, sound and damaged: a damaged one must not end the process."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from cases import noise
from PIL import Image as Pillow

from bims_desktop.errors import UnreadableFile
from bims_desktop.files import lzw
from bims_desktop.files.readers import read

# After its first code, a Clear, it uses a code that is not in the table yet.
DAMAGED = bytes.fromhex("804220503824160d0784426150b864361d0f8844625138a4562d178c466351b8b404")
RNG = np.random.default_rng(2)


@pytest.mark.parametrize("length", [1, 2, 100, 511, 5000, 70_000])
@pytest.mark.parametrize("values", [1, 2, 60, 256])
def test_streams_of_all_lengths(length: int, values: int) -> None:
    data = RNG.integers(0, values, length).astype(np.uint8).tobytes()
    stream = imagecodecs.lzw_encode(data)
    assert lzw.decoded_length(stream) == length
    assert lzw.decode(stream, out=length) == data
    assert lzw.decode(stream) == data
    assert lzw.decode(stream, out=8 * length) == data


def test_a_damaged_stream_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in the table"):
        lzw.decode(DAMAGED, out=400)


def test_flipped_bytes_never_end_the_process() -> None:
    stream = imagecodecs.lzw_encode(RNG.integers(0, 9, 4000).astype(np.uint8).tobytes())
    for _ in range(300):
        damaged = bytearray(stream)
        damaged[RNG.integers(len(stream))] ^= 1 << int(RNG.integers(8))
        try:
            assert len(lzw.decode(bytes(damaged), out=4000)) <= 4000
        except (ValueError, OSError) as error:
            assert str(error)  # noqa: PT017


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, np.zeros((20, 20), np.uint8), compression="lzw")
    with tifffile.TiffFile(path) as tiff:
        (offset,), (count,) = tiff.pages.first.dataoffsets, tiff.pages.first.databytecounts
    assert count == len(DAMAGED)
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(DAMAGED)
    with pytest.raises(UnreadableFile, match=r"image\.tif cannot be decoded"):
        read(path)


def test_packed_bits(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    mask = noise("bool", 40, 33)
    Pillow.fromarray(mask).save(path, compression="tiff_lzw")
    np.testing.assert_array_equal(read(path).image.array(), mask)


def test_planes_of_many_strips(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    pixels = noise("uint16", 3, 50, 33)
    tifffile.imwrite(path, pixels, compression="lzw", predictor=True, rowsperstrip=7, photometric="minisblack")
    np.testing.assert_array_equal(read(path).image.array(), pixels)


def test_a_strip_larger_than_pillow_opens_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 100)
    data = bytes(1000)
    assert lzw.decode(imagecodecs.lzw_encode(data), out=1000) == data
