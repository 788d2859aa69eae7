"""A record that a file lost comes back, found by the pixels alone; what cannot come back is said."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage
from skimage import io

from bims_desktop.app.home import Home
from bims_desktop.app.restore import REARRANGED, find, restore
from bims_desktop.app.save import Report
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.submit import submit
from bims_desktop.app.verify import verify
from bims_desktop.app.withdraw import retract, supersede
from bims_desktop.errors import LedgerUnavailable, NoRecord, RecordError, SaveRefused, UnreadableFile
from bims_desktop.files.embedding import RECORD_ID, extract
from bims_desktop.files.readers import read
from bims_desktop.ledger.base import Deposit, Entry
from bims_desktop.macro.record import open_envelope, sign
from bims_desktop.model.canonical import canonical, parse
from bims_desktop.model.image import Image
from tests.app.forge import STRANGER, edit_pixel, put, saved
from tests.conftest import put as put_image
from tests.images import textured


def has_imagemagick() -> bool:
    command = shutil.which("convert")
    told = subprocess.run([command, "-version"], capture_output=True, text=True, check=False) if command else None
    return bool(told) and told.stdout.startswith("Version: ImageMagick")


def pillow(source: Path, target: Path) -> None:
    with PillowImage.open(source) as image:
        image.save(target, save_all=target.suffix == ".tif")


def tifffile_bare(source: Path, target: Path) -> None:
    tifffile.imwrite(target, tifffile.imread(source))


def skimage_bare(source: Path, target: Path) -> None:
    io.imsave(target, io.imread(source), check_contrast=False)


def imagemagick(source: Path, target: Path) -> None:
    subprocess.run(["convert", str(source), "-strip", str(target)], check=True, capture_output=True, timeout=60)


def without_annotation(source: Path, target: Path) -> None:
    """The OME-XML stays, only the record and its receipt go."""
    shutil.copy(source, target)
    with tifffile.TiffFile(target) as tiff:
        text = tiff.pages.first.description
    start, end = text.index("<CommentAnnotation"), text.rindex("</CommentAnnotation>") + len("</CommentAnnotation>")
    tifffile.tiffcomment(target, (text[:start] + text[end:]).encode())


def without_description(source: Path, target: Path) -> None:
    """Every page stays as it is, and the OME-XML goes."""
    with tifffile.TiffFile(source) as tiff, tifffile.TiffWriter(target) as writer:
        for page in tiff.pages:
            writer.write(page.asarray(), metadata=None, photometric="minisblack")


def good(path: Path, home: Home) -> None:
    verdicts = verify(path, home=home)
    assert verdicts.good, dict(verdicts)
    assert verdicts.ledger.state == "good"


NEEDS_CONVERT = pytest.mark.skipif(not has_imagemagick(), reason="needs convert of ImageMagick")
PLANE = [
    pytest.param(pillow, "copy.tif", id="Pillow"),
    pytest.param(pillow, "copy.png", id="Pillow, PNG"),
    pytest.param(tifffile_bare, "copy.tif", id="tifffile"),
    pytest.param(skimage_bare, "copy.tif", id="scikit-image"),
    pytest.param(skimage_bare, "copy.png", id="scikit-image, PNG"),
    pytest.param(without_annotation, "copy.ome.tif", id="annotation taken out"),
    pytest.param(without_description, "copy.tif", id="description taken out"),
    pytest.param(imagemagick, "copy.tif", id="ImageMagick", marks=NEEDS_CONVERT),
]


@pytest.mark.parametrize(("tool", "name"), PLANE)
def test_a_plane(tool: Callable[[Path, Path], None], name: str, home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    tool(report.path, tmp_path / name)
    before = (tmp_path / name).read_bytes()
    assert not verify(tmp_path / name, home=home).good
    restored = restore(tmp_path / name, home)
    assert (restored.path, restored.record) == (tmp_path / "copy-recovered.ome.tif", report.record_digest)
    assert (restored.receipt, restored.changed, restored.notes) == (True, (), ())
    assert restored.where == "entry 1 of this computer's ledger"
    assert (tmp_path / name).read_bytes() == before, "the original stays as it is"
    good(restored.path, home)
    assert extract(restored.path) == extract(report.path), "envelope and receipt, byte for byte"
    assert read(restored.path).image.scale == (0.5, 0.5)


KINDS = [
    ("TCZYX", "uint16"),
    ("ZYX", "uint8"),
    ("CYX", "float32"),
    ("YX", "bool"),
    ("ZYX", "bool"),
    ("YX", "labels"),
    ("YXS", "uint8"),
]


@pytest.mark.parametrize("tool", [tifffile_bare, without_description, without_annotation])
@pytest.mark.parametrize(("axes", "kind"), KINDS)
def test_every_kind(tool: Callable[[Path, Path], None], axes: str, kind: str, home: Home, tmp_path: Path) -> None:
    if tool is without_description and axes == "YXS":
        pytest.skip("that one is about grey pages")
    image = textured(axes, kind, 3)
    source = put_image(tmp_path / "image.tif", image)
    with Session(tmp_path / "session", home=home) as session:
        report = session.save(session.duplicate(session.open(source)), tmp_path / "saved.ome.tif")
    tool(report.path, tmp_path / "copy.tif")
    restored = restore(tmp_path / "copy.tif", home)
    good(restored.path, home)
    assert restored.notes in ((), (REARRANGED,))
    back = read(restored.path).image
    assert (back.axes, back.shape, back.kind, back.scale, back.units) == (
        image.axes, image.shape, image.kind, image.scale, image.units,
    )  # fmt: skip
    assert [channel.name for channel in back.channels] == [channel.name for channel in image.channels]


@pytest.fixture
def stripped(home: Home, cells: Path, tmp_path: Path) -> tuple[Report, Path]:
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    tifffile_bare(report.path, tmp_path / "copy.tif")
    return report, tmp_path / "copy.tif"


def test_what_else_a_file_holds_stays(home: Home, cells: Path, tmp_path: Path) -> None:
    """Only the record went: the file keeps its own compression, and its other metadata."""
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    without_annotation(report.path, tmp_path / "copy.tif")
    with tifffile.TiffFile(tmp_path / "copy.tif") as tiff:
        text = tiff.pages.first.description.replace("<Image ", '<Image Name="kept" ')
    tifffile.tiffcomment(tmp_path / "copy.tif", text.encode())
    restored = restore(tmp_path / "copy.tif", home)
    good(restored.path, home)
    with tifffile.TiffFile(restored.path) as tiff:
        assert 'Name="kept"' in tiff.pages.first.description
        assert tiff.pages.first.compression == 1


def test_in_place(home: Home, stripped: tuple[Report, Path]) -> None:
    _, copy = stripped
    restored = restore(copy, home, in_place=True)
    assert restored.path == copy
    good(copy, home)
    again = restore(copy, home, in_place=True)
    assert (again.path, again.where) == (copy, ""), "nothing was lost"


def test_a_file_that_lost_only_its_receipt(home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    later = saved(home, cells, tmp_path / "later.ome.tif")
    assert later.pixel_digest == report.pixel_digest
    envelope = extract(report.path).envelope
    assert envelope
    put(report.path, envelope, None)
    restored = restore(report.path, home, in_place=True)
    assert (restored.record, restored.receipt) == (report.record_digest, True), "its own record, not a newer one"
    good(report.path, home)


def test_a_stale_record_is_replaced_by_the_right_one(home: Home, cells: Path, tmp_path: Path) -> None:
    one = saved(home, cells, tmp_path / "one.ome.tif")
    two = saved(home, cells, tmp_path / "two.ome.tif", sigma=2.0)
    first, second = extract(one.path), extract(two.path)
    assert first.envelope
    put(two.path, first.envelope, first.receipt)
    assert "stale" in verify(two.path, home=home).pixels.text
    restored = restore(two.path, home, in_place=True)
    assert restored.record == two.record_digest
    assert extract(two.path) == second


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"out": Path("there.tif")}, "exists already"),
        ({"out": Path("new.png")}, "does not end in"),
    ],
)
def test_a_destination_that_is_refused(
    home: Home, stripped: tuple[Report, Path], tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    (tmp_path / "there.tif").write_bytes(b"old")
    out = tmp_path / options["out"]
    with pytest.raises(SaveRefused, match=words):
        restore(stripped[1], home, out=out)
    assert (tmp_path / "there.tif").read_bytes() == b"old"
    assert restore(stripped[1], home, out=tmp_path / "there.tif", overwrite=True).path == tmp_path / "there.tif"


def test_a_png_cannot_hold_a_record(home: Home, stripped: tuple[Report, Path], tmp_path: Path) -> None:
    pillow(stripped[0].path, tmp_path / "copy.png")
    with pytest.raises(SaveRefused, match="no TIFF"):
        restore(tmp_path / "copy.png", home, in_place=True)


def test_other_pixels_have_no_record(home: Home, stripped: tuple[Report, Path], tmp_path: Path) -> None:
    edit_pixel(stripped[1])
    with pytest.raises(NoRecord, match="No ledger asked here knows"):
        restore(stripped[1], home)
    assert not list(tmp_path.glob("*recovered*"))


def test_what_is_no_image(home: Home, tmp_path: Path) -> None:
    (tmp_path / "notes.tif").write_text("no image")
    with pytest.raises(UnreadableFile):
        restore(tmp_path / "notes.tif", home)
    with pytest.raises(UnreadableFile):
        restore(tmp_path / "missing.tif", home)


def test_the_newest_record_that_stands(home: Home, cells: Path, tmp_path: Path) -> None:
    reports = [saved(home, cells, tmp_path / f"{n}.ome.tif") for n in range(3)]
    first, second, third = (report.record_digest for report in reports)
    tifffile_bare(reports[0].path, tmp_path / "copy.tif")
    retract(home, third, "by mistake")
    found = find(tmp_path / "copy.tif", home)
    assert {c.record.digest: c.state for c in found.candidates} == {
        first: "stands",
        second: "stands",
        third: "retracted",
    }
    assert restore(tmp_path / "copy.tif", home).record in (first, second)
    chosen = restore(tmp_path / "copy.tif", home, record=third, out=tmp_path / "third.tif")
    assert chosen.record == third
    assert "retracted" in verify(chosen.path, home=home).ledger.text
    supersede(home, first, second, "newer")
    assert restore(tmp_path / "copy.tif", home, out=tmp_path / "second.tif").record == second
    retract(home, second, "all wrong")
    with pytest.raises(NoRecord, match="withdrawn"):
        restore(tmp_path / "copy.tif", home, out=tmp_path / "none.tif")
    with pytest.raises(NoRecord, match="none of those"):
        restore(tmp_path / "copy.tif", home, record="sha256:" + 64 * "0", out=tmp_path / "none.tif")


def _content(report: Report) -> dict[str, Any]:
    return dict(parse(read_record(report.path).payload))  # type: ignore[arg-type]


def append(home: Home, envelope: bytes, pixels: str) -> str:
    record = open_envelope(envelope).digest
    home.ledger.append(Entry("record", {"record": record, "pixels": pixels}), Deposit(envelope, {}))
    return record


def test_a_strangers_record_never_comes_before_ones_own(home: Home, stripped: tuple[Report, Path]) -> None:
    """It stands in the same ledger, is newer, and is rightly signed: by somebody whose key is not known here."""
    report, copy = stripped
    import base64

    content = _content(report)
    content["agent"]["public_key"] = base64.b64encode(STRANGER.public_key).decode()
    foreign = append(home, sign(canonical(content), STRANGER), report.pixel_digest)
    assert [c.known for c in find(copy, home).candidates] == [True, False]
    assert restore(copy, home).record == report.record_digest
    retract(home, report.record_digest, "wrong")
    with pytest.raises(NoRecord, match="Every record of a known key"):
        restore(copy, home, out=copy.with_name("foreign.tif"))
    assert restore(copy, home, out=copy.with_name("foreign.tif"), record=foreign).record == foreign
    assert verify(copy.with_name("foreign.tif"), home=home).signature.state == "unknown"


def _unsigned(content: dict[str, Any]) -> bytes:
    content["program"]["version"] = "0"
    return sign(canonical(content), STRANGER)


def _other_pixels(content: dict[str, Any]) -> bytes:
    content["image"]["pixels"] = "sha256:" + 64 * "0"
    return b""


def test_a_second_record_that_somebody_added_does_not_stay(home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    with tifffile.TiffFile(report.path) as tiff:
        text = tiff.pages.first.description
    start = text.index(f'<CommentAnnotation ID="{RECORD_ID}"')
    end = text.index("</CommentAnnotation>", start) + len("</CommentAnnotation>")
    doubled = text[:end] + text[start:end].replace(RECORD_ID, f"{RECORD_ID}:2") + text[end:]
    tifffile.tiffcomment(report.path, doubled.encode())
    assert verify(report.path, home=home).pixels.state == "bad"
    good(restore(report.path, home).path, home)


def test_a_record_whose_signature_is_false_is_passed_over(home: Home, stripped: tuple[Report, Path]) -> None:
    report, copy = stripped
    append(home, _unsigned(_content(report)), report.pixel_digest)
    found = find(copy, home)
    assert [candidate.record.digest for candidate in found.candidates] == [report.record_digest]
    assert "signature does not hold" in found.problems[0]


def test_a_record_about_other_pixels_is_passed_over(home: Home, stripped: tuple[Report, Path]) -> None:
    report, copy = stripped
    content = _content(report)
    _other_pixels(content)
    append(home, sign(canonical(content), home.agent), report.pixel_digest)
    found = find(copy, home)
    assert len(found.candidates) == 1
    assert "other pixels" in found.problems[0]


def test_only_the_digest_in_the_ledger(home: Home, tmp_path: Path) -> None:
    image = textured("YX", seed=9)
    path = put_image(tmp_path / "image.tif", image)
    pixels = find(path, home).pixels
    home.ledger.append(Entry("record", {"record": "sha256:" + 64 * "1", "pixels": pixels}))
    with pytest.raises(NoRecord, match="only the digest"):
        restore(path, home)


def test_a_statement_about_an_image_is_no_record_of_it(home: Home, tmp_path: Path) -> None:
    path = put_image(tmp_path / "image.tif", textured("YX", seed=9))
    submit({"subject": [{"kind": "image", "name": "image.tif", "digest": find(path, home).pixels}]}, home)
    with pytest.raises(NoRecord, match="cannot be used"):
        restore(path, home)


@pytest.mark.parametrize(
    "change",
    [
        {"shape": [1, 2, 3]},
        {"axes": "XY"},
        {"axes": "YY"},
        {"scale": [1]},
        {"scale": [0, 0]},
        {"units": None},
        {"kind": "rgb"},
        {"kind": "mask"},
        {"channels": ["a", "b", "c"]},
    ],
)
def test_a_calibration_that_makes_no_sense(home: Home, stripped: tuple[Report, Path], change: dict[str, Any]) -> None:
    """Rightly signed, by whoever: it is still somebody's text."""
    report, copy = stripped
    content = _content(report)
    content["image"] |= change
    record = append(home, sign(canonical(content), home.agent), report.pixel_digest)
    with pytest.raises(RecordError):
        restore(copy, home, record=record)
    assert not list(copy.parent.glob("*recovered*"))


def test_bound_fields_that_do_not_come_back_are_named(home: Home, stripped: tuple[Report, Path]) -> None:
    report, copy = stripped
    content = _content(report)
    content["image"]["bound"]["physical_sizes"] = {"X": [7.0, "µm"], "Y": [7.0, "µm"]}
    record = append(home, sign(canonical(content), home.agent), report.pixel_digest)
    restored = restore(copy, home, record=record)
    assert restored.changed == ("physical sizes",)
    verdict = verify(restored.path, home=home).pixels
    assert (verdict.state, "physical sizes" in verdict.text) == ("bad", True)


def test_stored_edits_come_back_beside_the_file(home: Home, cells: Path, tmp_path: Path) -> None:
    """A snapshot too large for the record lies in a companion file: lost with the folder, and back with the record."""
    (tmp_path / "saved").mkdir()
    noise = np.random.default_rng(3).random((700, 700))
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(cells)
        report = session.save(
            session.snapshot(data, Image(noise, "YX"), cause="a test"), tmp_path / "saved" / "noise.ome.tif"
        )
    (companion,) = (tmp_path / "saved").glob("*.bims-blobs")
    tifffile_bare(report.path, tmp_path / "copy.tif")
    kept = companion.read_bytes()
    shutil.rmtree(tmp_path / "saved")
    restored = restore(tmp_path / "copy.tif", home)
    assert (tmp_path / companion.name).read_bytes() == kept
    assert restored.notes == ()
    good_pixels = verify(restored.path, home=home).pixels
    assert good_pixels.state == "good"


def test_a_consortium_that_is_not_configured(home: Home, stripped: tuple[Report, Path]) -> None:
    with pytest.raises(LedgerUnavailable, match="No consortium"):
        restore(stripped[1], home, where="fabric")
    assert restore(stripped[1], home, where="local").receipt


def test_the_replay_of_a_recovered_file(home: Home, stripped: tuple[Report, Path], tmp_path: Path) -> None:
    restored = restore(stripped[1], home)
    with Session(tmp_path / "another", home=home) as session:
        assert session.prove(stripped[0]).verdict == "identical"
    assert verify(restored.path, home=home).reproduced.state == "good"
