from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bims_desktop.errors import LedgerError, LedgerUnavailable, ProofRefused
from bims_desktop.ledger import local
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.checkpoint import parse_checkpoint, parse_note
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.receipt import check
from bims_desktop.ledger.signing import Ed25519Signer, fingerprint
from bims_desktop.ledger.transfer import audit_log
from bims_desktop.model.merkle import consistent, leaf_hash, root_hash
from tests.ledger_contract.contract_suite import Saved, saved

SEED = bytes(range(32))
WORKER = """
import sys
from pathlib import Path
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.signing import Ed25519Signer

path, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
log = LocalLog(path, Ed25519Signer(bytes(range(32))))
for number in range(first, first + count):
    receipt = log.append(Entry("record", {"record": f"sha256:{number:064x}"}))
    print(receipt.index, number, flush=True)
"""


def entry_of(number: int) -> Entry:
    return Entry("record", {"record": f"sha256:{number:064x}", "pixels": f"sha256:{number:064x}"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger" / "log.sqlite"


@pytest.fixture
def log(path: Path, signer: Ed25519Signer) -> Iterator[LocalLog]:
    log = LocalLog(path, signer)
    yield log
    log.close()


def test_the_kinds_are_counted_as_they_come(log: LocalLog, path: Path, signer: Ed25519Signer) -> None:
    assert log.kinds == {}
    log.append_many([entry_of(number) for number in range(3)])
    assert log.kinds == {"record": 3}
    log.append(Entry("retract", {"record": f"sha256:{0:064x}", "reason": "wrong"}))
    assert log.kinds == {"record": 3, "retract": 1}
    assert log.kinds.total() == log.size
    other = LocalLog(path, signer)
    other.append(entry_of(3))
    assert log.kinds == other.kinds == {"record": 4, "retract": 1}
    other.close()


def test_the_number_of_a_record_stays_whatever_another_process_appends(
    log: LocalLog, path: Path, signer: Ed25519Signer
) -> None:
    other = LocalLog(path, signer)
    first = log.append(entry_of(0))
    log.append(Entry("retract", {"record": f"sha256:{0:064x}", "reason": "wrong"}))
    between, second = other.append(entry_of(1)), log.append(entry_of(2))
    for asked in (log, other):
        assert [asked.kinds_until(receipt)["record"] for receipt in (first, between, second)] == [1, 2, 3]
    assert log.kinds_until(log.append(entry_of(0)))["record"] == 1, "the same entry again"
    other.close()


def worker(path: Path, first: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, str(path), str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def assert_whole(log: LocalLog) -> None:
    """Every entry is proven, and the tree recomputed from all of them is the signed one."""
    receipts = [log.receipt(stored.index) for stored in log.find()]
    head = parse_checkpoint(parse_note(log.checkpoint()).text)
    assert [receipt.index for receipt in receipts] == list(range(head.size))
    assert {check(receipt, [log.public_key]).state for receipt in receipts} <= {"good"}
    assert root_hash(leaf_hash(receipt.leaf) for receipt in receipts) == head.root


def edit(path: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(path) as database:
        database.execute(statement, values)
    database.close()


def copy_of(path: Path, folder: Path) -> Path:
    """What a backup program keeps of the log."""
    folder.mkdir()
    with sqlite3.connect(path) as source, sqlite3.connect(folder / path.name) as target:
        source.backup(target)
    return folder / path.name


def put_back(copy: Path, path: Path) -> None:
    for part in ("", "-wal", "-shm"):
        path.with_name(path.name + part).unlink(missing_ok=True)
    shutil.copy(copy, path)


# --- the tree


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_any_sequence_of_batches_gives_the_tree_of_all_entries(batches: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log, number = LocalLog(Path(folder) / "log.sqlite", Ed25519Signer(SEED)), 0
        for batch in batches:
            log.append_many([entry_of(number + i) for i in range(batch)])
            number += batch
        assert_whole(log)
        log.close()


def test_every_two_checkpoints_are_consistent(log: LocalLog) -> None:
    heads = [parse_checkpoint(parse_note(log.checkpoint()).text)]
    for number in range(20):
        log.append(entry_of(number))
        heads.append(parse_checkpoint(parse_note(log.checkpoint()).text))
    for old in heads:
        for new in heads[old.size :]:
            assert consistent(old.size, old.root, new.size, new.root, log.consistency(old.size, new.size))


def test_a_batch_is_one_checkpoint_and_a_repeated_entry_one_place(log: LocalLog) -> None:
    log.append(entry_of(1))
    receipts = log.append_many([entry_of(2), entry_of(1), entry_of(3), entry_of(2)])
    assert [receipt.index for receipt in receipts] == [1, 0, 2, 1]
    assert [receipt.size for receipt in receipts] == [3, 1, 3, 3]
    assert log.append_many([]) == []


def test_a_batch_beyond_its_bound_is_refused(log: LocalLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "MAX_BATCH", 2)
    with pytest.raises(LedgerError, match="Append them in parts"):
        log.append_many([entry_of(1), entry_of(2), entry_of(3)])
    assert log.size == 0


def test_the_log_stamps_entries_with_its_own_clock_in_utc(path: Path, signer: Ed25519Signer) -> None:
    moment = datetime(2026, 1, 31, 23, 30, 5, 999, tzinfo=timezone(timedelta(hours=-2)))
    log = LocalLog(path, signer, name="bench", clock=lambda: moment)
    receipt = log.append(entry_of(1))
    assert receipt.since == "2026-02-01T01:30:05Z"
    assert log.find()[0].since == receipt.since
    assert receipt.ledger.startswith("bench/")
    log.close()


def test_two_logs_of_one_key_and_name_are_told_apart(tmp_path: Path, signer: Ed25519Signer) -> None:
    one, other = LocalLog(tmp_path / "1.sqlite", signer), LocalLog(tmp_path / "2.sqlite", signer)
    assert one.append(entry_of(1)).ledger != other.append(entry_of(1)).ledger
    one.close()
    other.close()


@pytest.mark.parametrize("index", [-1, 1, 10**30])
def test_a_place_outside_the_log_is_refused(index: int, log: LocalLog) -> None:
    log.append(entry_of(1))
    with pytest.raises(ProofRefused, match=f"has no entry {index}"):
        log.receipt(index)


def test_a_new_log_is_empty_and_signed(log: LocalLog, path: Path) -> None:
    assert log.find() == []
    assert parse_checkpoint(parse_note(log.checkpoint()).text).size == 0
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_name_that_a_checkpoint_cannot_carry_is_refused(path: Path, signer: Ed25519Signer) -> None:
    with pytest.raises(LedgerError, match="cannot be signed"):
        LocalLog(path, signer, name="two words")


# --- several at once


def test_two_processes_append_a_hundred_entries_each(path: Path, signer: Ed25519Signer) -> None:
    running = [worker(path, 0, 100), worker(path, 100, 100)]  # both make the log at the same time, too
    answers = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0], answers
    log = LocalLog(path, signer)
    assert {stored.entry.body["record"] for stored in log.find()} == {f"sha256:{n:064x}" for n in range(200)}
    assert len(log.find()) == 200
    assert_whole(log)
    log.close()


def test_threads_share_one_log(log: LocalLog) -> None:
    def append(first: int) -> None:
        for number in range(first, first + 20):
            log.append(entry_of(number))

    threads = [threading.Thread(target=append, args=(20 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.find()) == 80
    assert_whole(log)


# --- crashes


def test_a_killed_process_leaves_the_log_whole_and_loses_nothing_it_answered(path: Path, signer: Ed25519Signer) -> None:
    for round_ in range(5):
        process = worker(path, 1000 * round_, 1000)
        assert process.stdout is not None
        answered = [process.stdout.readline().split() for _ in range(7 + 5 * round_)]
        process.send_signal(signal.SIGKILL)
        process.communicate()
        log = LocalLog(path, signer)
        for index, number in answered:
            assert log.receipt(int(index)).entry == Entry("record", {"record": f"sha256:{int(number):064x}"}).to_bytes()
        assert_whole(log)
        log.close()


DEPOSITOR = """
import sys
from pathlib import Path
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.signing import Ed25519Signer
from tests.ledger_contract.contract_suite import saved

log = LocalLog(Path(sys.argv[1]), Ed25519Signer(bytes(range(32))))
first = int(sys.argv[2])
for number in range(first, first + 10_000, 5):
    several = [saved(number + at, blobs=at % 2) for at in range(5)]
    log.append_many([one.entry for one in several], {one.record: one.deposit for one in several})
    print(number, flush=True)
"""


def test_killed_processes_that_share_a_log_lose_no_record_they_answered_for(path: Path, signer: Ed25519Signer) -> None:
    for round_ in range(4):
        firsts = [100_000 * round_, 100_000 * round_ + 50_000]
        running = [depositor(path, first) for first in firsts]
        answered = []
        for process in running:
            assert process.stdout is not None
            answered += [int(process.stdout.readline()) for _ in range(3 + round_)]
        for process in running:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        log = LocalLog(path, signer)
        for number in answered:
            several = [saved(number + at, blobs=at % 2) for at in range(5)]
            assert [log.deposit(one.record) for one in several] == [one.deposit for one in several]
        assert audit_log(log) == log.size >= len(answered) * 5
        assert len(log.find(operation="gaussian")) == log.size
        log.close()


def depositor(path: Path, first: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", DEPOSITOR, str(path), str(first)]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root)


def test_a_failed_append_leaves_nothing_and_the_next_one_works(path: Path, signer: Ed25519Signer) -> None:
    def broken() -> datetime:
        raise RuntimeError("no clock")

    log = LocalLog(path, signer, clock=broken)
    with pytest.raises(RuntimeError):
        log.append(entry_of(1))
    log.close()
    log = LocalLog(path, signer)
    assert log.find() == []
    assert log.append(entry_of(1)).index == 0
    log.close()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.signing import Ed25519Signer

log = LocalLog(Path(sys.argv[1]), Ed25519Signer(bytes(range(32))))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
number = 0
try:
    while number < 5000:
        log.append(Entry("record", {"record": f"sha256:{number:064x}"}))
        number += 1
except LedgerUnavailable as error:
    print(number, error)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on file sizes, which is POSIX")
def test_a_full_disk_is_reported_and_loses_nothing_that_was_answered(path: Path, signer: Ed25519Signer) -> None:
    done = subprocess.run([sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, check=True)
    answered, sentence = done.stdout.split(" ", 1)
    assert "cannot be used" in sentence
    log = LocalLog(path, signer)
    assert len(log.find()) >= int(answered) > 0
    assert_whole(log)
    assert log.append(entry_of(10**6)).size == len(log.find())
    log.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no small disk can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill(log: LocalLog, answered: list[Saved]) -> None:
    for number in range(10_000):
        one = saved(number, blobs=3)
        log.append(one.entry, one.deposit)
        answered.append(one)


def test_a_disk_that_is_full_loses_nothing_and_goes_on_once_there_is_room(
    small_disk: Path, signer: Ed25519Signer
) -> None:
    path, ballast = small_disk / "log.sqlite", small_disk / "ballast"
    ballast.write_bytes(bytes(700_000))
    log, answered = LocalLog(path, signer), list[Saved]()
    with pytest.raises(LedgerUnavailable):
        fill(log, answered)
    assert answered
    ballast.unlink()
    assert [log.deposit(one.record) for one in answered] == [one.deposit for one in answered]
    after = saved(10**5)
    log.append(after.entry, after.deposit)
    assert audit_log(log) >= len(answered) + 1
    log.close()
    again = LocalLog(path, signer)
    assert again.deposit(after.record) == after.deposit
    again.close()


READ_ONLY = """
import os, sys
from pathlib import Path
from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.signing import Ed25519Signer

if os.geteuid() == 0:
    os.seteuid(65534)
try:
    LocalLog(Path(sys.argv[1]) / "log.sqlite", Ed25519Signer(bytes(range(32))))
except LedgerUnavailable as error:
    print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_folder_that_cannot_be_written_is_reported() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        done = subprocess.run([sys.executable, "-c", READ_ONLY, folder], capture_output=True, text=True, check=True)
        Path(folder).chmod(0o755)
    assert "cannot be opened" in done.stdout


# --- damage


def grown(path: Path, signer: Ed25519Signer, first: int = 0, count: int = 10) -> None:
    log = LocalLog(path, signer)
    log.append_many([entry_of(number) for number in range(first, first + count)])
    log.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE nodes SET hash = zeroblob(32) WHERE level = 3",
        "DELETE FROM nodes WHERE level = 1 AND position = 4",
        "DELETE FROM entries WHERE position = 9",
        "DELETE FROM entries WHERE position = 4",
        "DELETE FROM checkpoints",
        "DELETE FROM checkpoints WHERE size = 10",
        "UPDATE checkpoints SET note = replace(note, '10', '11')",
        "UPDATE checkpoints SET note = 'x'",
        "UPDATE log SET origin = 'other/1'",
        "DELETE FROM log",
        "DROP TABLE checkpoints",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 1",
        "PRAGMA user_version = 3",
        "PRAGMA application_id = 1",
    ],
)
def test_a_damaged_log_is_not_opened(statement: str, path: Path, signer: Ed25519Signer) -> None:
    grown(path, signer)
    edit(path, statement)
    with pytest.raises(LedgerError):
        LocalLog(path, signer)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET entry = replace(entry, '3\"', '4\"') WHERE position = 3",
        "UPDATE entries SET since = '2020-01-01T00:00:00Z' WHERE position = 3",
        "UPDATE entries SET salt = zeroblob(16) WHERE position = 3",
        "UPDATE nodes SET hash = zeroblob(32) WHERE level = 0 AND position = 3",
    ],
)
def test_an_entry_that_was_edited_is_neither_found_nor_proven(
    statement: str, path: Path, signer: Ed25519Signer
) -> None:
    grown(path, signer)
    edit(path, statement)
    log = LocalLog(path, signer)
    with pytest.raises(ProofRefused, match="Entry 3"):
        log.find()
    if "nodes" not in statement:
        with pytest.raises(ProofRefused, match="Entry 3"):
            log.receipt(3)
    assert check(log.receipt(4), [log.public_key]).state == "good" or "nodes" in statement
    log.close()


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\0" + bytes(200), bytes(5000)])
def test_a_file_that_is_no_database_is_refused_and_kept(content: bytes, path: Path, signer: Ed25519Signer) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(LedgerUnavailable):
        LocalLog(path, signer)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_kept(path: Path, signer: Ed25519Signer) -> None:
    path.parent.mkdir()
    edit(path, "CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(LedgerUnavailable, match="is not a log"):
        LocalLog(path, signer)
    assert path.read_bytes() == before


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_a_truncated_log_is_refused_or_its_entries_are(keep: float, path: Path, signer: Ed25519Signer) -> None:
    grown(path, signer, count=300)
    data = path.read_bytes()
    path.write_bytes(data[: int(keep * len(data)) // 4096 * 4096])
    with pytest.raises(LedgerError):
        LocalLog(path, signer).find()


def test_a_folder_in_the_place_of_the_log_is_reported(path: Path, signer: Ed25519Signer) -> None:
    path.mkdir(parents=True)
    with pytest.raises(LedgerUnavailable):
        LocalLog(path, signer)


def test_a_file_in_the_place_of_its_folder_is_reported(path: Path, signer: Ed25519Signer) -> None:
    path.parent.touch()
    with pytest.raises(LedgerUnavailable, match="cannot be opened"):
        LocalLog(path, signer)


def test_a_log_of_another_key_is_refused_and_its_key_named(path: Path, signer: Ed25519Signer) -> None:
    grown(path, signer)
    with pytest.raises(LedgerUnavailable) as caught:
        LocalLog(path, Ed25519Signer.generate())
    assert fingerprint(signer.public_key) in str(caught.value)


# --- history


def test_a_log_put_back_to_an_older_state_is_noticed(path: Path, tmp_path: Path, signer: Ed25519Signer) -> None:
    grown(path, signer)
    copy = copy_of(path, tmp_path / "backup")
    grown(path, signer, first=10, count=3)
    put_back(copy, path)
    with pytest.raises(ProofRefused, match="holds 10 entries that do not continue the 13 last seen"):
        LocalLog(path, signer)


def test_a_history_rewritten_with_the_logs_own_key_is_noticed(
    path: Path, tmp_path: Path, signer: Ed25519Signer
) -> None:
    grown(path, signer)
    copy = copy_of(path, tmp_path / "backup")
    grown(path, signer, first=10, count=3)
    grown(copy, signer, first=50, count=8)
    put_back(copy, path)
    with pytest.raises(ProofRefused, match="do not continue"):
        LocalLog(path, signer)


def test_a_log_begun_anew_in_the_place_of_another_is_noticed(path: Path, signer: Ed25519Signer) -> None:
    grown(path, signer)
    for part in ("", "-wal", "-shm"):
        path.with_name(path.name + part).unlink(missing_ok=True)
    with pytest.raises(ProofRefused, match="not one of the log"):
        LocalLog(path, signer)


@pytest.mark.parametrize("content", [b"", b"\xff", b"x" * 100_000, b"lab/1\n5\n\n"])
def test_a_damaged_last_seen_checkpoint_is_reported(content: bytes, path: Path, signer: Ed25519Signer) -> None:
    grown(path, signer)
    path.with_name(path.name + ".seen").write_bytes(content)
    with pytest.raises(LedgerError):
        LocalLog(path, signer)


def test_what_was_removed_knowingly_is_seen_anew(path: Path, tmp_path: Path, signer: Ed25519Signer) -> None:
    grown(path, signer)
    copy = copy_of(path, tmp_path / "backup")
    grown(path, signer, first=10, count=3)
    put_back(copy, path)
    path.with_name(path.name + ".seen").unlink()
    grown(path, signer, first=20, count=1)
    assert path.with_name(path.name + ".seen").read_text().split("\n")[1] == "11"


def test_the_system_clock_is_used_by_default(log: LocalLog) -> None:
    stamped = datetime.fromisoformat(log.append(entry_of(1)).since)
    assert abs(datetime.now(UTC) - stamped) < timedelta(minutes=1)
