"""The log as a file: a lost log comes back, a copy of another's answers questions, a fork is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tifffile

from bims_desktop.app import transfer
from bims_desktop.app.harvest import search
from bims_desktop.app.home import Home
from bims_desktop.app.restore import restore
from bims_desktop.app.save import Report
from bims_desktop.app.transfer import export_home, import_home, mirrors
from bims_desktop.app.verify import verify
from bims_desktop.errors import LedgerError, NoRecord, ProofRefused
from bims_desktop.ledger import keeper
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.signing import Ed25519Signer
from bims_desktop.ledger.transfer import export_log, import_log
from tests.app.forge import saved


@pytest.fixture
def report(home: Home, cells: Path, tmp_path: Path) -> Report:
    return saved(home, cells, tmp_path / "smooth.ome.tif")


@pytest.fixture
def exported(home: Home, report: Report, tmp_path: Path) -> Path:
    assert export_home(home, tmp_path / "log.bims-log") == 1
    return tmp_path / "log.bims-log"


@pytest.fixture
def stripped(report: Report, tmp_path: Path) -> Path:
    tifffile.imwrite(tmp_path / "copy.tif", tifffile.imread(report.path))
    return tmp_path / "copy.tif"


def lose_log(home: Home) -> None:
    home.close()
    shutil.rmtree(home.folder / "ledger")


def test_a_lost_log_comes_back(home: Home, exported: Path, report: Report, stripped: Path) -> None:
    origin = home.ledger.origin
    lose_log(home)
    brought = import_home(home, exported)
    assert (brought.own, brought.log.origin, brought.log.added) == (True, origin, 1)
    assert home.ledger.origin == origin
    home.ledger.append(Entry("retract", {"record": report.record_digest}))
    assert home.ledger.size == 2, "it is written on as before"
    assert restore(stripped, home, record=report.record_digest).receipt


def test_a_lost_log_comes_back_over_an_empty_one(home: Home, exported: Path, report: Report) -> None:
    """Whoever lost a log and looked first began a new one by that."""
    origin = home.ledger.origin
    lose_log(home)
    assert home.ledger.origin != origin
    assert import_home(home, exported).own
    assert home.ledger.origin == origin
    assert verify(report.path, home=home).good


def test_a_lost_log_beside_a_new_one_is_kept_as_a_copy(home: Home, exported: Path, stripped: Path) -> None:
    lose_log(home)
    home.ledger.append(Entry("record", {"record": "sha256:" + 64 * "1"}))
    assert not import_home(home, exported).own
    assert home.ledger.size == 1
    assert restore(stripped, home).receipt


def test_a_shorter_log_is_continued(home: Home, exported: Path, tmp_path: Path, report: Report) -> None:
    home.ledger.append(Entry("retract", {"record": report.record_digest}))
    export_home(home, tmp_path / "longer")
    assert import_home(home, exported).log.added == 0, "an older export takes nothing away"
    lose_log(home)
    import_home(home, exported)
    brought = import_home(home, tmp_path / "longer")
    assert (brought.own, brought.log.added, brought.log.size) == (True, 1, 2)


def test_a_fork_is_refused(home: Home, exported: Path, report: Report, tmp_path: Path) -> None:
    home.ledger.append(Entry("retract", {"record": report.record_digest}))
    export_home(home, tmp_path / "one")
    lose_log(home)
    import_home(home, exported)
    home.ledger.append(Entry("attestation", {"record": report.record_digest, "verdict": "exact"}))
    with pytest.raises(ProofRefused):
        import_home(home, tmp_path / "one")
    assert [stored.entry.kind for stored in home.ledger.entries()] == ["record", "attestation"]


def test_another_s_log_answers(tmp_path: Path, exported: Path, report: Report, stripped: Path, home: Home) -> None:
    colleague = Home(tmp_path / "colleague")
    with pytest.raises(NoRecord):
        restore(stripped, colleague)
    brought = import_home(colleague, exported)
    assert (brought.own, brought.log.public_key) == (False, home.ledger.public_key)
    assert colleague.ledger.size == 0
    (found,) = search(colleague, kind="record")
    assert found.record == report.record_digest
    restored = restore(stripped, colleague)
    assert restored.receipt
    assert verify(restored.path, [home.agent.public_key], home=colleague).good
    assert not import_home(colleague, exported).own, "once more does no harm"
    assert len(list(mirrors(colleague))) == 1


def test_without_records_only_the_digests_go(tmp_path: Path, home: Home, report: Report, stripped: Path) -> None:
    export_home(home, tmp_path / "public", records=False)
    colleague = Home(tmp_path / "colleague")
    import_home(colleague, tmp_path / "public")
    (found,) = search(colleague)
    assert (found.record, found.operations) == (report.record_digest, ())
    with pytest.raises(NoRecord, match="only the digest"):
        restore(stripped, colleague)


@pytest.mark.parametrize("damage", [b"", b"no log", b"{}\n"])
def test_what_is_no_log(home: Home, tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "log").write_bytes(damage)
    with pytest.raises(LedgerError):
        import_home(home, tmp_path / "log")
    assert not list(mirrors(home))


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_damaged_export(tmp_path: Path, exported: Path, place: float) -> None:
    data = bytearray(exported.read_bytes())
    data[int(len(data) * place)] ^= 1
    exported.write_bytes(data)
    colleague = Home(tmp_path / "colleague")
    with pytest.raises(LedgerError):
        import_home(colleague, exported)
    assert not list(mirrors(colleague))


@pytest.mark.parametrize("damage", [b"", b"no log", b"{}\n"])
def test_errors_name_the_file(home: Home, tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "mine.bims-log").write_bytes(damage)
    with pytest.raises(LedgerError) as caught:
        import_home(home, tmp_path / "mine.bims-log")
    assert "mine.bims-log" in caught.value.what


def test_whoever_looks_while_a_log_comes_back_begins_no_other(
    home: Home, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is empty or back, never a third one, whenever somebody asks for it."""
    origin = home.ledger.origin
    lose_log(home)
    empty = home.ledger.origin
    seen = watched(home, monkeypatch)
    assert import_home(home, exported).own
    assert set(seen) <= {empty, origin}
    assert seen
    assert home.ledger.origin == origin


def watched(home: Home, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the log that somebody finds who opens it again at each step of an import."""
    seen: list[str] = []

    def look(*args: object, **options: object) -> object:
        home.close()
        seen.append(home.ledger.origin)
        done = import_log(*args, **options)  # type: ignore[arg-type]
        with_another = Home(home.folder)
        seen.append(with_another.ledger.origin)
        with_another.close()
        return done

    monkeypatch.setattr(transfer, "import_log", look)
    return seen


DYING = """
import os, sys
from pathlib import Path
from bims_desktop.app.home import Home
from bims_desktop.app.transfer import import_home
from bims_desktop.ledger import mirror, seen, store, transfer

owner, name, whether = {"begin": (store.Store, "begin", True), "forget": (seen.LastSeen, "forget", True),
    "add": (store.Store, "add", False), "place": (Path, "hardlink_to", False)}[sys.argv[2]]
step = getattr(owner, name)
def die(*args):
    if whether:
        step(*args)
    os._exit(9)
if sys.argv[2] in ("begin", "add"):
    absorb = mirror.Mirror.absorb
    def at(self, other):
        setattr(owner, name, die)
        return absorb(self, other)
    mirror.Mirror.absorb = at
else:
    setattr(owner, name, die)
import_home(Home(), Path(sys.argv[1]))
"""


@pytest.mark.parametrize(("step", "empty"), [("begin", True), ("forget", True), ("add", True), ("place", False)])
def test_an_import_that_is_killed_is_done_again(home: Home, exported: Path, step: str, empty: bool) -> None:
    origin = home.ledger.origin
    lose_log(home)
    begun = home.ledger.origin if empty else ""
    home.close()
    died = subprocess.run([sys.executable, "-c", DYING, str(exported), step], check=False)
    assert died.returncode == 9
    if empty:
        assert (home.ledger.origin, home.ledger.size) == (begun, 0), "the empty log is as it was"
    brought = import_home(home, exported)
    assert (brought.own, brought.log.size) == (True, 1)
    assert (home.ledger.origin, home.ledger.size) == (origin, 1)
    home.close()
    assert home.ledger.size == 1


def test_a_log_that_was_put_back_takes_its_newer_export(home: Home, exported: Path, tmp_path: Path) -> None:
    home.close()
    shutil.copy(home.log_file, tmp_path / "backup")
    home.ledger.append(Entry("record", {"record": "sha256:" + 64 * "3"}))
    export_home(home, tmp_path / "longer")
    home.close()
    shutil.copy(tmp_path / "backup", home.log_file)
    with pytest.raises(ProofRefused, match="put back"):
        home.ledger.origin  # noqa: B018
    brought = import_home(home, tmp_path / "longer")
    assert (brought.own, brought.log.added, home.ledger.size) == (True, 1, 2)
    assert not import_home(home, exported).log.added


def test_an_empty_log_gives_way_to_nothing_older_than_what_was_seen(home: Home, exported: Path) -> None:
    """The database alone was lost: what stands beside it still tells how far the log was."""
    home.ledger.append(Entry("record", {"record": "sha256:" + 64 * "3"}))
    home.close()
    home.log_file.unlink()
    with pytest.raises(ProofRefused, match="is not one of the log"):
        home.ledger.origin  # noqa: B018
    with pytest.raises(ProofRefused, match="put back to an older state"):
        import_home(home, exported)


def test_an_export_from_before_a_rotation_is_ones_own(home: Home, exported: Path, tmp_path: Path) -> None:
    keeper.rotate(home.ledger, home.folder / "keys")
    export_home(home, tmp_path / "rotated")
    assert import_home(home, exported) == import_home(home, tmp_path / "rotated")
    lose_log(home)
    assert import_home(home, tmp_path / "rotated").own
    home.ledger.append(Entry("record", {"record": "sha256:" + 64 * "3"}))
    assert len(home.ledger.keys) == 2


@pytest.mark.parametrize("later", [0, 1])
def test_ones_own_log_under_a_strange_key_is_refused(home: Home, exported: Path, tmp_path: Path, later: int) -> None:
    home.close()
    copy, keys = tmp_path / "elsewhere" / "log.sqlite", tmp_path / "elsewhere" / "keys"
    shutil.copytree(home.folder / "ledger", copy.parent)
    shutil.copytree(home.folder / "keys", keys)
    log = keeper.open_log(copy, keys)
    log.rotate(Ed25519Signer.generate())
    for _ in range(later):  # the checkpoint of the rotation itself is signed by the known key, too
        log.append(Entry("record", {"record": "sha256:" + 64 * "3"}))
    export_log(log, tmp_path / "rotated")
    log.close()
    with pytest.raises(ProofRefused, match="not kept here"):
        import_home(home, tmp_path / "rotated")
    assert home.ledger.size == 1


def test_a_log_of_another_key_is_another_s(home: Home, exported: Path, tmp_path: Path) -> None:
    log = LocalLog(tmp_path / "their.sqlite", Ed25519Signer.generate())
    export_log(log, tmp_path / "their")
    log.close()
    assert not import_home(home, tmp_path / "their").own
