"""The record goes in, survives other tools, and comes out as the same bytes."""

from __future__ import annotations

import base64
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from cases import IMAGES
from PIL import Image as Pillow

from bims_desktop.errors import FileTooLarge, NoRecord, RecordDamaged, SaveRefused, UnreadableFile
from bims_desktop.files import embedding, ome_tiff, tiff
from bims_desktop.files.guard import Budget
from bims_desktop.files.readers import read
from bims_desktop.model.digest import pixel_digest

ENVELOPE = '{"payload": "µ \\u0000", "signatures": []}'.encode() * 30
RECEIPT = bytes(range(256)) * 8
needs_tiffcp = pytest.mark.skipif(shutil.which("tiffcp") is None, reason="tiffcp (libtiff-tools) is not installed")


@pytest.fixture(params=["classic", "big"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "big":
        monkeypatch.setattr("bims_desktop.files.tiff.BIGTIFF_FROM", 0)
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, IMAGES["five"])
    return path


def rewritten(path: Path, old: bytes, new: bytes) -> None:
    found = tiff.description(path)
    assert found is not None
    assert old in found.text
    tiff.replace_description(path, found.text.replace(old, new))


def test_a_file_without_a_record(path: Path) -> None:
    assert embedding.extract(path) == embedding.Embedded(None, None)


def test_record_and_receipt_come_out_as_they_went_in(path: Path) -> None:
    embedding.embed(path, ENVELOPE, {"Saved by": "Zoë"})
    assert embedding.extract(path) == embedding.Embedded(ENVELOPE, None)
    embedding.set_receipt(path, RECEIPT)
    assert embedding.extract(path) == embedding.Embedded(ENVELOPE, RECEIPT)
    assert pixel_digest(read(path).image) == pixel_digest(IMAGES["five"])


def test_the_receipt_changes_its_slot_and_nothing_else(path: Path) -> None:
    embedding.embed(path, ENVELOPE, {})
    before = path.read_bytes()
    embedding.set_receipt(path, RECEIPT)
    embedding.set_receipt(path, b"shorter")
    after = path.read_bytes()
    changed = np.flatnonzero(np.frombuffer(before, np.uint8) != np.frombuffer(after, np.uint8))
    assert 0 < len(changed) <= np.ptp(changed) + 1 <= embedding.SLOT
    assert embedding.extract(path).receipt == b"shorter"


def test_another_record_takes_the_place_of_the_first(path: Path) -> None:
    embedding.embed(path, b"first", {"a": "1"})
    embedding.set_receipt(path, RECEIPT)
    embedding.embed(path, b"second", {"b": "2"})
    assert embedding.extract(path) == embedding.Embedded(b"second", None)
    assert read(path).image.channels == IMAGES["five"].channels


def test_a_receipt_needs_a_slot_and_must_fit(path: Path) -> None:
    with pytest.raises(NoRecord, match="no slot"):
        embedding.set_receipt(path, b"receipt")
    embedding.embed(path, ENVELOPE, {})
    with pytest.raises(SaveRefused, match="more than the 4096"):
        embedding.set_receipt(path, np.random.default_rng(0).bytes(3100))
    assert embedding.extract(path).receipt is None


def test_a_record_that_is_too_large_is_refused(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(SaveRefused, match="companion file"):
        embedding.embed(path, np.random.default_rng(0).bytes(embedding.MAX_COMPRESSED + 1), {})
    assert path.read_bytes() == before
    almost = np.random.default_rng(0).bytes(embedding.MAX_COMPRESSED - 1024)
    embedding.embed(path, almost, {})
    assert embedding.extract(path).envelope == almost


def test_only_ome_tiff_holds_a_record(tmp_path: Path, data: Path) -> None:
    plain = Path(shutil.copy(data / "xy_8bit_labels__h2b.tif", tmp_path))
    with pytest.raises(SaveRefused, match="no OME-XML"):
        embedding.embed(plain, ENVELOPE, {})
    png = tmp_path / "image.png"
    Pillow.new("L", (4, 4)).save(png)
    assert embedding.extract(png) == embedding.Embedded(None, None)
    with pytest.raises(UnreadableFile, match=r"nothing\.tif cannot be read"):
        embedding.extract(tmp_path / "nothing.tif")


BOMB = base64.b64encode(zlib.compress(bytes(1 << 20)))


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (b"not base64!", "cannot be decoded"),
        (base64.b64encode(b"not zlib"), "cannot be decoded"),
        (base64.b64encode(zlib.compress(ENVELOPE)[:-7]), "cut short"),
        (base64.b64encode(zlib.compress(ENVELOPE) + b"more"), "cut short"),
        (BOMB, "larger than the limit"),
        (b"</Value>", "XML that cannot be read"),
    ],
)
def test_a_record_that_cannot_be_read_is_damaged(path: Path, new: bytes, sentence: str) -> None:
    embedding.embed(path, ENVELOPE, {})
    rewritten(path, base64.b64encode(zlib.compress(ENVELOPE, 9)), new)
    with pytest.raises(RecordDamaged, match=sentence):
        embedding.extract(path, budget=Budget(max_metadata=500_000))


def test_two_records_are_damage(path: Path) -> None:
    embedding.embed(path, ENVELOPE, {})
    rewritten(path, embedding.SUMMARY_NAMESPACE.encode(), embedding.RECORD_NAMESPACE.encode())
    with pytest.raises(RecordDamaged, match="2 annotations"):
        embedding.extract(path)


def test_long_metadata_are_not_parsed(path: Path) -> None:
    embedding.embed(path, ENVELOPE, {})
    with pytest.raises(FileTooLarge, match="metadata"):
        embedding.extract(path, budget=Budget(max_metadata=4096))


@needs_tiffcp
@pytest.mark.parametrize("option", ["lzw", "none", "zip"])
@pytest.mark.parametrize("layout", [["-t"], ["-s"], ["-8"]])
def test_tiffcp_keeps_the_record(path: Path, option: str, layout: list[str]) -> None:
    embedding.embed(path, ENVELOPE, {"Saved by": "Zoë"})
    embedding.set_receipt(path, RECEIPT)
    copy = path.with_name("copy.tif")
    subprocess.run(["tiffcp", "-c", option, *layout, str(path), str(copy)], check=True)
    assert embedding.extract(copy) == embedding.Embedded(ENVELOPE, RECEIPT)
    assert pixel_digest(read(copy).image) == pixel_digest(IMAGES["five"])
    assert tiff.bound_fields(copy) == tiff.bound_fields(path)
    embedding.set_receipt(copy, b"another")
    assert embedding.extract(copy).receipt == b"another"


@pytest.mark.skipif(shutil.which("tiffinfo") is None, reason="tiffinfo (libtiff-tools) is not installed")
def test_libtiff_has_nothing_to_complain_of(path: Path) -> None:
    embedding.embed(path, ENVELOPE, {})
    done = subprocess.run(["tiffinfo", str(path)], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_pillow_keeps_the_record_where_it_is_told_to(path: Path) -> None:
    embedding.embed(path, ENVELOPE, {})
    embedding.set_receipt(path, RECEIPT)
    kept, dropped = path.with_name("kept.tif"), path.with_name("dropped.tif")
    with Pillow.open(path) as image:
        image.save(kept, save_all=True, tiffinfo=image.tag_v2, compression="tiff_lzw")
    with Pillow.open(path) as image:
        Pillow.fromarray(np.asarray(image)).save(dropped)
    assert embedding.extract(kept) == embedding.Embedded(ENVELOPE, RECEIPT)
    assert pixel_digest(read(kept).image) == pixel_digest(IMAGES["five"])
    assert embedding.extract(dropped) == embedding.Embedded(None, None)


def test_tifffile_keeps_the_record_with_the_description(path: Path) -> None:
    embedding.embed(path, ENVELOPE, {})
    kept, dropped = path.with_name("kept.tif"), path.with_name("dropped.tif")
    with tifffile.TiffFile(path) as opened:
        pixels, text = opened.asarray(), opened.pages.first.description
    tifffile.imwrite(kept, pixels, photometric="minisblack", description=text.encode(), metadata=None)
    tifffile.imwrite(dropped, pixels, photometric="minisblack")
    assert embedding.extract(kept).envelope == ENVELOPE
    assert pixel_digest(read(kept).image) == pixel_digest(IMAGES["five"])
    assert embedding.extract(dropped) == embedding.Embedded(None, None)
