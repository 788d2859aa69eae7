"""The log as a file: a lost log comes back, a copy of another's answers questions, a fork is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import tifffile

from bims_desktop.app.harvest import search
from bims_desktop.app.home import Home
from bims_desktop.app.restore import restore
from bims_desktop.app.save import Report
from bims_desktop.app.transfer import export_home, import_home, mirrors
from bims_desktop.app.verify import verify
from bims_desktop.errors import LedgerError, NoRecord, ProofRefused
from bims_desktop.ledger.base import Entry
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
