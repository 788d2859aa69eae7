"""Images as blobs: whole and piece by piece, and what was not written so."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard

from bims_desktop.errors import MissingInput, RecordDamaged, SaveFailed
from bims_desktop.files import blobs as blobs_module
from bims_desktop.files.blobs import Blobs
from bims_desktop.files.image_blob import decode_image, encode_image, image_pieces, image_size, read_image
from bims_desktop.model.image import Channel, Image
from bims_desktop.model.mapped import mapping_of
from bims_desktop.provenance.spill import Spill

IMAGES = [
    Image(np.arange(24, dtype=np.uint16).reshape(2, 3, 4), "ZYX", (2.0, 0.5, 0.5), ("µm",) * 3),
    Image(np.eye(5, dtype=bool), "YX", kind="mask"),
    Image(np.arange(36, dtype=np.uint8).reshape(3, 4, 3), "YXS", kind="rgb"),
    Image(np.full((2, 3, 3), np.nan, np.float32), "CYX", channels=(Channel("a"), Channel("b", "#ff0000"))),
    Image(np.arange(12, dtype=">i4").reshape(3, 4), "YX", kind="labels"),
]


def same(one: Image, other: Image) -> bool:
    told = ("axes", "scale", "units", "channels", "kind", "shape")
    return all(getattr(one, name) == getattr(other, name) for name in told) and np.array_equal(
        one.array(), other.array(), equal_nan=one.dtype.kind == "f"
    )


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.kind)
def test_pieces_are_the_whole(image: Image, tmp_path: Path) -> None:
    data = encode_image(image)
    assert image_size(image) == len(data)
    assert same(decode_image(data), image)
    blobs = Blobs(tmp_path)
    digest = blobs.put_pieces(image_pieces(image), image_size(image))
    assert digest == Blobs().put(data) == Blobs().put_pieces(image_pieces(image), image_size(image))
    assert blobs.get(digest) == data
    assert same(blobs.load(digest, read_image), image)
    assert [path.suffix for path in tmp_path.iterdir()] == [".zst"]


def test_it_can_go_to_disk_at_once(tmp_path: Path) -> None:
    blobs, spill = Blobs(tmp_path / "blobs"), Spill(tmp_path / "spill", budget=8)
    image = IMAGES[0]
    digest = blobs.put_pieces(image_pieces(image), image_size(image))
    loaded = blobs.load(digest, partial(read_image, allocate=spill.empty))
    assert mapping_of(loaded.pixels) is not None
    assert same(loaded, image)
    with pytest.raises(ValueError, match="read-only"):
        loaded.array()[0, 0, 0] = 1


@pytest.mark.parametrize("cut", [0, 5, -1], ids=["all", "header", "last byte"])
def test_what_was_cut_is_refused(cut: int) -> None:
    data = encode_image(IMAGES[0])[: cut or None][:cut] if cut else b""
    with pytest.raises(RecordDamaged):
        decode_image(data)


def test_no_room_is_taken_for_what_a_header_claims() -> None:
    data = encode_image(IMAGES[0]).replace(b"[2,3,4]", b"[9999999,9999,9999]")

    def never(shape: tuple[int, ...], dtype: Any) -> Any:
        raise AssertionError("asked for room")

    with pytest.raises(RecordDamaged, match="does not fit"):
        read_image(io.BytesIO(data), len(data), never)


def test_exchanged_bytes_are_refused(tmp_path: Path) -> None:
    blobs, (first, second) = Blobs(tmp_path), IMAGES[:2]
    one, other = (blobs.put_pieces(image_pieces(image), image_size(image)) for image in (first, second))
    ours, theirs = (tmp_path / f"{digest.removeprefix('sha256:')}.zst" for digest in (one, other))
    ours.write_bytes(theirs.read_bytes())
    with pytest.raises(RecordDamaged, match="not the one"):
        blobs.load(one, read_image)
    ours.write_bytes(theirs.read_bytes()[:-3])
    with pytest.raises(RecordDamaged):
        blobs.load(one, read_image)
    ours.write_bytes(b"no frame at all")
    with pytest.raises(RecordDamaged, match="unpacked"):
        blobs.load(one, read_image)
    ours.unlink()
    with pytest.raises(MissingInput):
        blobs.load(one, read_image)


def test_a_frame_that_claims_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs_module, "MAX_BLOB", 100)
    packed = zstandard.ZstdCompressor(write_content_size=True).compress(bytes(101))
    with pytest.raises(RecordDamaged, match="larger"):
        Blobs(packed={"sha256:00": packed}).load("sha256:00", lambda stream, size: stream.read(size))


def test_a_folder_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file")
    with pytest.raises(SaveFailed, match="could not be kept"):
        Blobs(tmp_path / "blobs").put_pieces(image_pieces(IMAGES[0]), image_size(IMAGES[0]))
