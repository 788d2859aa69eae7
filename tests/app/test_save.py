"""Save with Provenance: whole or not at all, never over an input."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile

from bims_desktop.app import pending, save
from bims_desktop.app.home import Home
from bims_desktop.app.pending import begin, finish, settle
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.verify import verify
from bims_desktop.errors import BadParameter, FileChanged, SaveFailed, SaveRefused
from bims_desktop.files import tiff_series
from bims_desktop.ledger.base import Entry
from bims_desktop.model.image import Image
from tests.app.forge import saved
from tests.conftest import put
from tests.images import textured

ROOT = Path(__file__).parents[2]
OLD = b"what was there before"


def test_a_report(home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(cells)
        smooth = session.run("gaussian", data, sigma=1.0)
        session.run("invert", data)
        heard: list[float] = []
        report = session.save(smooth, tmp_path / "smooth.ome.tif", on_progress=heard.append)
    assert report.path == tmp_path / "smooth.ome.tif"
    assert (report.pixel_digest, report.entry, report.warnings) == (smooth.digest, 1, ())
    assert [action.operation for action, _ in report.kept] == ["load", "gaussian"]
    inverted = "made another layer from the result of step 1"
    assert [(action.operation, why) for action, why in report.dropped] == [("invert", inverted)]
    assert heard[-1] == 1.0
    assert read_record(report.path).digest == report.record_digest
    assert [action.operation for action in session.actions][-1] == "save"


def refuse(session: Session, target: Path, error: type[Exception], words: str, **options: object) -> None:
    """Saving the last layer there is refused, and whatever is there stays."""
    before = target.read_bytes() if target.is_file() else None
    actions = session.actions
    with pytest.raises(error, match=words):
        session.save(session.data(session.layers[-1].version), target, **options)
    assert (target.read_bytes() if target.is_file() else None) == before
    assert session.actions == actions
    if target.parent.is_dir():
        assert not list(target.parent.glob(f".{target.stem[:40]}-*")), "a temporary file is left"


@pytest.fixture
def session(home: Home, cells: Path, tmp_path: Path) -> Iterator[Session]:
    with Session(tmp_path / "session", home=home) as session:
        session.run("gaussian", session.open(cells), sigma=1.0)
        yield session


def test_never_over_an_input(session: Session, cells: Path, tmp_path: Path) -> None:
    (tmp_path / "symbolic.tif").symlink_to(cells)
    os.link(cells, tmp_path / "hard.tif")
    (tmp_path / "sub").mkdir()
    for target in (cells, tmp_path / "symbolic.tif", tmp_path / "hard.tif", tmp_path / "sub" / ".." / "cells.tif"):
        refuse(session, target, SaveRefused, "is an input")
    assert (tmp_path / "symbolic.tif").is_symlink()


def test_never_over_an_input_that_was_undone_or_removed(session: Session, tmp_path: Path) -> None:
    other = put(tmp_path / "other.tif", textured("YX", seed=4))
    session.remove(session.open(other))
    refuse(session, other, SaveRefused, "is an input")


def test_an_existing_file_where_that_is_not_allowed(session: Session, tmp_path: Path) -> None:
    target = tmp_path / "there.tif"
    target.write_bytes(OLD)
    refuse(session, target, SaveRefused, "exists already", overwrite=False)


@pytest.mark.parametrize("name", ["image.png", "image", "image.tif.gz", "image.ome.zarr"])
def test_another_ending(session: Session, tmp_path: Path, name: str) -> None:
    refuse(session, tmp_path / name, SaveRefused, "does not end in")


def test_a_folder(session: Session, tmp_path: Path) -> None:
    (tmp_path / "folder.tif").mkdir()
    refuse(session, tmp_path / "folder.tif", SaveRefused, "is a folder")


def test_a_name_that_no_file_can_have(session: Session, tmp_path: Path) -> None:
    with pytest.raises(SaveRefused, match=r"as x{40}…: File name too long"):
        session.save(session.data(session.layers[-1].version), tmp_path / f"{300 * 'x'}.tif")


def test_a_folder_that_is_not_there(session: Session, tmp_path: Path) -> None:
    refuse(session, tmp_path / "missing" / "image.tif", SaveFailed, "could not be saved")


def test_a_table(home: Home, tmp_path: Path) -> None:
    labels = put(tmp_path / "labels.tif", textured("YX", "labels"))
    with Session(tmp_path / "session", home=home) as session:
        session.run("regionprops_table", session.open(labels))
        (table,) = session.tables
        with pytest.raises(BadParameter, match="table"):
            session.save(table, tmp_path / "table.tif")


def test_data_of_another_session(session: Session, home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "other", home=home) as other, pytest.raises(BadParameter, match="belong"):
        session.save(other.open(cells), tmp_path / "image.tif")


def read_only_folder(tmp_path: Path) -> Path:
    """A folder that cannot be written: by its mode, and for root by a read-only mount."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    (folder / "there.tif").write_bytes(OLD)
    if os.geteuid():
        folder.chmod(0o555)
        return folder
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], check=False)
    if done.returncode:
        pytest.skip("root writes anywhere, and may not mount here")
    (folder / "there.tif").write_bytes(OLD)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    return folder


def test_a_read_only_folder(session: Session, tmp_path: Path) -> None:
    folder = read_only_folder(tmp_path)
    try:
        refuse(session, folder / "there.tif", SaveFailed, "could not be saved")
        refuse(session, folder / "new.tif", SaveFailed, "could not be saved")
    finally:
        subprocess.run(["umount", str(folder)], check=False) if not os.geteuid() else folder.chmod(0o755)


FULL = """
import resource, sys
from pathlib import Path
from bims_desktop.app.session import Session
from bims_desktop.errors import BimsError
import bims_desktop.app.save as save
folder, limit = Path(sys.argv[1]), int(sys.argv[2])
session = Session(folder / "session")
data = session.run("gaussian", session.open(folder / "cells.tif"), sigma=1.0)
session.ledger
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
try:
    session.save(data, folder / "out.tif", compression="none")
    print("saved")
except BimsError as error:
    print(type(error).__name__, error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print([action.operation for action in session.actions])
session.save(data, folder / "later.tif")
session.close()
"""


@pytest.mark.parametrize("limit", [0, 400, 1_000, 3_000, 6_000, 12_000])
def test_a_full_disk(home: Home, cells: Path, tmp_path: Path, limit: int) -> None:
    """The limit on a file's size stands for the full disk, at different points of the save."""
    (tmp_path / "out.tif").write_bytes(OLD)
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(limit)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    first, actions = done.stdout.strip().splitlines()
    assert first.startswith(("SaveFailed", "LedgerUnavailable")), first
    assert (tmp_path / "out.tif").read_bytes() == OLD
    assert actions == "['load', 'gaussian']"
    assert verify(tmp_path / "later.tif", home=home).good
    assert not list(tmp_path.glob(".out-*"))


CUT = """
import os, signal, sys
from pathlib import Path
import bims_desktop.app.save as save
from bims_desktop.app.session import Session
folder, stage = Path(sys.argv[1]), sys.argv[2]
session = Session(folder / "session")
data = session.run("gaussian", session.open(folder / "cells.tif"), sigma=1.0)
name, _, when = stage.partition(" ")
holder = {"append": session.ledger, "replace": Path, "record": session.recorder}.get(name)
for module in (save.ome_tiff, save.embedding, save.pending, save):
    holder = holder or (module if hasattr(module, name) else None)
original = getattr(holder, name)

def cut(*args, **keywords):
    if name == "replace" and not str(args[1]).endswith("out.tif"):
        return original(*args, **keywords)
    if when == "after":
        original(*args, **keywords)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(holder, name, cut)
session.save(data, folder / "out.tif")
"""
STAGES = {
    "write before": False, "write after": False, "embed before": False, "embed after": False, "begin before": False,
    "begin after": False, "append before": False, "append after": False, "set_receipt before": False,
    "set_receipt after": False, "replace before": False, "replace after": True, "finish before": True,
    "finish after": True, "record before": True, "record after": True,
}  # fmt: skip
RETRACTED = {"append after", "set_receipt before", "set_receipt after", "replace before"}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("there", [True, False])
def test_a_crash_leaves_the_old_file_or_the_whole_new_one(
    home: Home, cells: Path, tmp_path: Path, stage: str, there: bool
) -> None:
    target = tmp_path / "out.tif"
    if there:
        target.write_bytes(OLD)
    done = subprocess.run(
        [sys.executable, "-c", CUT, str(tmp_path), stage], capture_output=True, text=True, check=False
    )
    assert done.returncode == -9, done.stderr
    if STAGES[stage]:
        assert read_record(target).macro
    else:
        assert (target.read_bytes() if there else target.exists()) == (OLD if there else False)
    with Session(tmp_path / "next", home=home) as session:
        entries = session.ledger.find()
    assert not list((home.folder / "pending").glob("*.json"))
    assert sum(stored.entry.kind == "retract" for stored in entries) == (stage in RETRACTED)
    assert not STAGES[stage] or verify(target, home=home).good


def test_a_retraction_names_its_record(home: Home, tmp_path: Path) -> None:
    record = "sha256:" + 64 * "5"
    home.ledger.append(Entry("record", {"record": record}))
    note = begin(home.folder, record, tmp_path / "never.tif")
    assert settle(home.folder, home.ledger) == (), "a save that is under way, though in this very process"
    note.file.close()
    assert settle(home.folder, home.ledger) == (record,)
    assert settle(home.folder, home.ledger) == ()
    (retraction,) = home.ledger.find(kind="retract", record=record)
    assert retraction.entry.body["reason"] == "the file never came"


def test_a_note_of_a_file_that_came_is_only_cleared(home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    begin(home.folder, report.record_digest, report.path).file.close()
    assert settle(home.folder, home.ledger) == ()
    assert verify(report.path, home=home).good
    finish(begin(home.folder, report.record_digest, report.path))
    assert not list((home.folder / "pending").glob("*"))


def test_a_save_that_fails_after_the_ledger_heard_of_it(
    session: Session, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up at the rename: the record stands in the ledger, and is retracted at the next start."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(save.embedding, "set_receipt", full)
        refuse(session, tmp_path / "out.tif", SaveFailed, "No space left")
    assert len(session.ledger.find(kind="record")) == 1
    session.close()
    assert len(list((home.folder / "pending").glob("*.json"))) == 1
    assert pending.settle(home.folder, home.ledger) == (home.ledger.find()[0].entry.body["record"],)


def test_what_a_progress_bar_raises_stops_the_save(session: Session, tmp_path: Path) -> None:
    def stop(_: float) -> None:
        raise SaveFailed("The save was cancelled.")

    refuse(session, tmp_path / "out.tif", SaveFailed, "cancelled", on_progress=stop)


@pytest.fixture
def mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is read from disk when it is asked for, as large ones are."""
    monkeypatch.setattr(tiff_series, "LAZY_FROM", 1)
    path = tmp_path / "mapped.tif"
    tifffile.imwrite(
        path, np.random.default_rng(1).integers(0, 255, (4, 64, 64), np.uint8), metadata=None, photometric="minisblack"
    )
    return path


def test_an_input_that_changed_is_told_of(session: Session, cells: Path, tmp_path: Path) -> None:
    data = session.data(session.layers[-1].version)
    assert session.draft(data).warnings == ()
    put(cells, textured("YX", seed=99))
    draft = session.draft(data)
    assert not draft.inputs[0].found
    assert "changed or moved" in draft.warnings[0]
    assert "changed or moved" in session.save(data, tmp_path / "out.tif").warnings[0]


def test_an_input_written_anew_with_the_same_pixels_is_unchanged(session: Session, cells: Path) -> None:
    put(cells, textured("YX", seed=1))
    os.utime(cells, (1, 1))
    assert session.draft(session.data(1)).inputs[0].found


def test_an_input_that_went_away_is_told_of(session: Session, cells: Path) -> None:
    cells.unlink()
    assert "changed or moved" in session.draft(session.data(2)).warnings[0]


def test_pixels_that_changed_on_disk_are_not_saved(home: Home, mapped: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(mapped)
        assert isinstance(data.image.pixels, np.memmap)
        with mapped.open("r+b") as file:
            file.seek(-1000, os.SEEK_END)
            file.write(bytes(500))
        with pytest.raises(FileChanged, match="changed on disk"):
            session.save(data, tmp_path / "out.tif")
    assert not (tmp_path / "out.tif").exists()


@pytest.mark.parametrize(
    ("axes", "kind"),
    [("YX", "bool"), ("YX", "labels"), ("YXS", "uint8"), ("CYX", "float32"), ("TCZYX", "uint16"), ("ZYX", "float64")],
)
@pytest.mark.parametrize("compression", ["none", "zlib", "zstd", "lzw"])
def test_every_kind_comes_back(home: Home, tmp_path: Path, axes: str, kind: str, compression: str) -> None:
    image = textured(axes, kind)
    source = put(tmp_path / "image.tif", image)
    with Session(tmp_path / "session", home=home) as session:
        report = session.save(session.open(source), tmp_path / "out.ome.tif", compression=compression)
    assert verify(report.path, home=home).good
    with Session(tmp_path / "again", home=home) as session:
        back = session.open(report.path).image
    assert (back.axes, back.kind, back.dtype, back.scale, back.units) == (
        image.axes, image.kind, image.dtype, image.scale, image.units,
    )  # fmt: skip
    np.testing.assert_array_equal(back.array(), image.array())


def test_what_the_file_cannot_hold(home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(cells)
        with pytest.raises(BadParameter, match="int64"):
            session.snapshot(data, Image(data.image.array().astype(np.int64), "YX"), cause="a plugin")
        assert len(session.actions) == 1
        session.run("invert", data)


def test_a_new_save_replaces_the_earlier_one(session: Session, home: Home, tmp_path: Path) -> None:
    data = session.data(session.layers[-1].version)
    first = session.save(data, tmp_path / "out.tif")
    second = session.save(data, tmp_path / "out.tif")
    assert first.record_digest != second.record_digest
    assert read_record(second.path).digest == second.record_digest
    assert len(session.ledger.find(kind="record")) == 2


def test_the_lineage_over_two_sessions(home: Home, cells: Path, tmp_path: Path) -> None:
    first = saved(home, cells, tmp_path / "first.ome.tif")
    second = saved(home, first.path, tmp_path / "second.ome.tif")
    (source,) = read_record(second.path).content["inputs"]
    assert source["parent"] == first.record_digest
    assert source["digest"] == first.pixel_digest
    # Here the earlier record is at hand; elsewhere it is only named.
    here, elsewhere = verify(second.path, home=home).lineage, verify(second.path, home=Home(tmp_path / "other")).lineage
    assert (here.state, here.text) == (
        "good",
        "every step back to cells.tif is recorded, through 1 earlier record",
    )
    assert (elsewhere.state, "first.ome.tif" in elsewhere.text) == ("unknown", True)
    assert read_record(first.path).content["inputs"][0]["parent"] is None


def test_a_name_that_is_no_text(home: Home, cells: Path, tmp_path: Path) -> None:
    """Linux allows any bytes in a name."""
    source = Path(shutil.copy(cells, os.fsdecode(os.fsencode(tmp_path) + b"/z\xff\xe4.tif")))
    target = Path(os.fsdecode(os.fsencode(tmp_path) + b"/out\xff.tif"))
    with Session(tmp_path / "session", home=home) as session:
        report = session.save(session.open(source), target)
    assert verify(report.path, home=home).good
    assert os.fsencode(report.path).endswith(b"out\xff.tif")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("C:\\Users\\a.robert\\plate.nd2", "Users\\a.robert"),
        ("/home/mueller/raw.tif", "home/mueller"),
        ("D:/raw.tif", ""),
    ],
)
def test_a_draft_warns_of_a_person_in_the_microscopes_text(tmp_path: Path, home: Home, text: str, named: str) -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    tifffile.imwrite(tmp_path / "raw.tif", pixels, description=f"saved from {text}", metadata=None)
    with Session(home=home) as session:
        warnings = session.draft(session.open(tmp_path / "raw.tif")).warnings
    assert [named in warning for warning in warnings] == ([True] if named else [])
