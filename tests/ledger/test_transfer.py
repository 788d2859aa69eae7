"""A log that is carried to another place."""

from __future__ import annotations

import base64
import io
import json
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from bims_desktop.errors import BimsError, LedgerError, LedgerUnavailable, ProofRefused
from bims_desktop.ledger import export
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.checkpoint import Checkpoint
from bims_desktop.ledger.export import Header, Sealed
from bims_desktop.ledger.history import Fork
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.mirror import Mirror
from bims_desktop.ledger.receipt import check
from bims_desktop.ledger.signing import Ed25519Signer
from bims_desktop.ledger.store import Row
from bims_desktop.ledger.transfer import export_log, import_log, read_export
from bims_desktop.model.merkle import root_hash
from tests.ledger_contract.contract_suite import digest, record, saved
from tests.vectors.make import ENTRIES, SALT, SINCE, leaves_of

KEY, NEW, THIEF = (Ed25519Signer(bytes([n]) * 32) for n in (1, 2, 3))
SAVED = [saved(number, blobs=number % 3) for number in range(100, 106)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "here" / "log.sqlite"


@pytest.fixture
def log(path: Path) -> Iterator[LocalLog]:
    """Entries in batches and one by one, records, and a rotation among them."""
    log = LocalLog(path, KEY, name="lab")
    log.append_many([record(number) for number in range(5)])
    for one in SAVED[:3]:
        log.append(one.entry, one.deposit)
    log.rotate(NEW)
    log.append_many([one.entry for one in SAVED[3:]], {one.record: one.deposit for one in SAVED[3:]})
    log.append(Entry("retract", {"record": SAVED[0].record}))
    yield log
    log.close()


@pytest.fixture
def exported(log: LocalLog, tmp_path: Path) -> Path:
    export_log(log, tmp_path / "log.bims-log")
    return tmp_path / "log.bims-log"


def lines_of(path: Path) -> list[dict[str, Any]]:
    data = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    return [json.loads(line) for line in data.splitlines()]


def rewritten(path: Path, lines: list[Any]) -> Path:
    """An export of `lines`, JSON or bytes."""
    texts = [line if isinstance(line, bytes) else canonical_line(line) for line in lines]
    path.write_bytes(zstandard.compress(b"\n".join(texts) + b"\n"))
    return path


def canonical_line(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def removed(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", ".seen"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


# --- there and back


def test_a_lost_log_is_had_back_as_it_was(log: LocalLog, exported: Path, path: Path) -> None:
    receipts = [log.receipt(index) for index in range(log.size)]
    entries, head, keys = list(log.entries()), log.checkpoint(), log.keys
    log.close()
    removed(path)
    done = import_log(exported, path, keys=[KEY.public_key])
    assert (done.added, done.size, done.public_key) == (len(entries), len(entries), NEW.public_key)
    again = LocalLog(path, NEW)
    assert [again.receipt(index) for index in range(again.size)] == receipts
    assert (list(again.entries()), again.checkpoint(), again.keys) == (entries, head, keys)
    assert [again.deposit(one.record) for one in SAVED] == [one.deposit for one in SAVED]
    assert len(again.find(operation="gaussian")) == len(SAVED)
    assert again.append(record(50)).index == len(entries)
    again.close()


def test_an_export_of_what_was_imported_has_the_same_lines(log: LocalLog, exported: Path, tmp_path: Path) -> None:
    import_log(exported, tmp_path / "there" / "log.sqlite")
    mirror = Mirror(tmp_path / "there" / "log.sqlite")
    export_log(mirror, tmp_path / "again")
    export_log(log, tmp_path / "once more")
    mirror.close()
    assert (tmp_path / "again").read_bytes() == exported.read_bytes() == (tmp_path / "once more").read_bytes()


def test_records_may_stay_behind(log: LocalLog, tmp_path: Path) -> None:
    export_log(log, tmp_path / "lean", deposits=False)
    import_log(tmp_path / "lean", tmp_path / "there.sqlite")
    mirror = Mirror(tmp_path / "there.sqlite")
    assert mirror.size == log.size
    assert mirror.deposit(SAVED[0].record) is None
    export_log(log, tmp_path / "whole")
    assert import_log(tmp_path / "whole", tmp_path / "there.sqlite").added == 0
    assert mirror.deposit(SAVED[0].record) == SAVED[0].deposit
    mirror.close()


def test_anothers_log_is_kept_to_be_read(log: LocalLog, exported: Path, tmp_path: Path) -> None:
    import_log(exported, tmp_path / "mirror.sqlite")
    mirror = Mirror(tmp_path / "mirror.sqlite")
    assert [stored.entry for stored in mirror.find(uses=digest(1000))] == [one.entry for one in SAVED]
    assert check(mirror.receipt(2), [KEY.public_key]).state == "good"
    assert not hasattr(mirror, "append")
    assert (mirror.origin, mirror.keys) == (log.origin, log.keys)
    mirror.close()


def test_a_shorter_log_gets_what_it_lacks(log: LocalLog, exported: Path, tmp_path: Path) -> None:
    import_log(exported, tmp_path / "mirror.sqlite")
    more = saved(200)
    log.append(more.entry, more.deposit)
    log.rotate(THIEF)
    export_log(log, tmp_path / "longer")
    done = import_log(tmp_path / "longer", tmp_path / "mirror.sqlite")
    assert (done.added, done.size, done.public_key) == (2, log.size, THIEF.public_key)
    mirror = Mirror(tmp_path / "mirror.sqlite")
    assert mirror.checkpoint() == log.checkpoint()
    assert mirror.deposit(more.record) == more.deposit
    assert mirror.find(subject=digest(200))[0].entry == more.entry
    assert import_log(tmp_path / "longer", tmp_path / "mirror.sqlite").added == 0
    assert import_log(exported, tmp_path / "mirror.sqlite").added == 0
    mirror.close()


def test_an_own_log_put_back_to_an_older_state_gets_its_newer_entries(path: Path, tmp_path: Path) -> None:
    log = LocalLog(path, KEY)
    log.append(record(1))
    log.close()
    shutil.copy(path, tmp_path / "backup")
    log = LocalLog(path, KEY)
    receipt = log.append(record(2))
    export_log(log, tmp_path / "export")
    log.close()
    shutil.copy(tmp_path / "backup", path)
    with pytest.raises(ProofRefused, match="put back"):
        LocalLog(path, KEY)
    assert import_log(tmp_path / "export", path).added == 1
    log = LocalLog(path, KEY)
    assert log.append(record(2)) == receipt
    log.close()


def test_a_log_that_grows_meanwhile_is_exported_as_it_was(log: LocalLog, path: Path, tmp_path: Path) -> None:
    other, stop = LocalLog(path, NEW), threading.Event()

    def grow() -> None:
        number = 1000
        while not stop.is_set():
            other.append(record(number))
            number += 1

    thread = threading.Thread(target=grow)
    thread.start()
    sizes = [export_log(log, tmp_path / f"export {n}") for n in range(3)]
    stop.set()
    thread.join()
    other.close()
    for n, size in enumerate(sizes):
        (header,) = [part for part in read_export(tmp_path / f"export {n}") if isinstance(part, Header)]
        assert header.size == size


def test_an_empty_log_can_be_carried(path: Path, tmp_path: Path) -> None:
    log = LocalLog(path, KEY)
    assert export_log(log, tmp_path / "export") == 0
    import_log(tmp_path / "export", tmp_path / "there.sqlite")
    again = LocalLog(tmp_path / "there.sqlite", KEY)
    assert (again.origin, again.size) == (log.origin, 0)
    again.close()
    log.close()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 6), max_size=6), st.booleans())
def test_any_log_comes_back(batches: list[int], rotated: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log, number = LocalLog(Path(folder) / "log.sqlite", KEY), 0
        for batch in batches:
            log.append_many([record(number + at) for at in range(batch)])
            number += batch
        if rotated:
            log.rotate(NEW)
        export_log(log, Path(folder) / "export")
        import_log(Path(folder) / "export", Path(folder) / "there.sqlite")
        mirror = Mirror(Path(folder) / "there.sqlite")
        assert [mirror.receipt(at) for at in range(mirror.size)] == [log.receipt(at) for at in range(log.size)]
        assert mirror.keys == log.keys
        mirror.close()
        log.close()


# --- what an import refuses


def forked(path: Path, folder: Path, *, before: int, ours: int, theirs: int) -> tuple[Path, Path]:
    """One log used in two places with one key: the first of them, and an export of the other."""
    log = LocalLog(path, KEY)
    log.append_many([record(number) for number in range(before)])
    log.close()
    twin = folder / "twin.sqlite"
    shutil.copy(path, twin)
    for where, first, count in ((path, 100, ours), (twin, 200, theirs)):
        log = LocalLog(where, KEY)
        for number in range(first, first + count):
            log.append(record(number))
        if where == twin:
            export_log(log, folder / "twin export")
        log.close()
    return path, folder / "twin export"


@pytest.mark.parametrize(("ours", "theirs"), [(1, 1), (3, 7), (7, 3), (1, 2)])
def test_a_fork_is_refused_and_proven(ours: int, theirs: int, path: Path, tmp_path: Path) -> None:
    here, there = forked(path, tmp_path, before=4, ours=ours, theirs=theirs)
    before = path.read_bytes()
    with pytest.raises(ProofRefused, match="are two histories"):
        import_log(there, here)
    assert path.read_bytes() == before
    fork = Fork.from_bytes(path.with_name("log.sqlite.fork.json").read_bytes())
    fork.check([KEY.public_key])
    with pytest.raises(ProofRefused):
        fork.check([NEW.public_key])
    for other in (
        Fork(fork.longer, fork.shorter, fork.root, fork.proof),
        Fork(fork.shorter, fork.shorter, fork.root, fork.proof),
        Fork(fork.shorter, fork.longer, bytes(32), fork.proof),
        Fork(fork.shorter, fork.longer, fork.root, (*fork.proof, bytes(32))),
    ):
        if other != fork and ours != theirs:
            with pytest.raises(ProofRefused):
                other.check([KEY.public_key])


def test_no_two_checkpoints_of_an_honest_log_prove_a_fork(log: LocalLog) -> None:
    head = log.checkpoint()
    assert log.fork(head) is None
    root = Checkpoint(log.origin, 0, b"").root
    with pytest.raises(ProofRefused):
        Fork(head, head, root, ()).check(log.keys)


def test_another_log_is_never_mixed_in(log: LocalLog, path: Path, tmp_path: Path) -> None:
    other = LocalLog(tmp_path / "other.sqlite", KEY)
    export_log(other, tmp_path / "other")
    other.close()
    with pytest.raises(LedgerError, match="Choose another place"):
        import_log(tmp_path / "other", path)


def test_a_log_without_entries_gives_way(exported: Path, log: LocalLog, tmp_path: Path) -> None:
    target = tmp_path / "empty" / "log.sqlite"
    begun = LocalLog(target, KEY)
    assert import_log(exported, target).added == log.size
    with pytest.raises(LedgerError):
        begun.append(record(90))  # whoever still holds the empty one is told, and nothing is lost
    begun.close()
    again = LocalLog(target, NEW)
    assert (again.origin, again.size, again.public_key) == (log.origin, log.size, log.public_key)
    assert [stored.entry for stored in again.entries()] == [stored.entry for stored in log.entries()]
    assert again.append(record(90)).index == log.size
    again.close()


def test_a_log_that_goes_on_with_a_key_that_is_not_here_stays_away(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(ProofRefused, match="not kept here"):
        import_log(exported, tmp_path / "there.sqlite", signers=[KEY.public_key])
    assert import_log(exported, tmp_path / "there.sqlite", signers=[NEW.public_key]).added == 13


def test_a_log_of_untrusted_keys_is_refused_where_keys_are_named(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(ProofRefused, match="not trusted"):
        import_log(exported, tmp_path / "there.sqlite", keys=[THIEF.public_key])
    assert not (tmp_path / "there.sqlite").exists()


def test_an_export_that_is_older_than_what_was_seen_does_not_take_the_place_of_a_lost_log(
    log: LocalLog, exported: Path, path: Path
) -> None:
    log.append(record(90))
    log.close()
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with pytest.raises(ProofRefused, match="put back to an older state"):
        import_log(exported, path)
    assert not path.exists()
    path.with_name("log.sqlite.seen").unlink()
    assert import_log(exported, path).size == 13


def test_what_a_lost_log_left_beside_it_does_not_harm(log: LocalLog, exported: Path, path: Path) -> None:
    wal = path.with_name("log.sqlite-wal")
    log.append(record(91))
    left = wal.read_bytes()
    assert left
    log.close()
    removed(path)
    wal.write_bytes(left)
    import_log(exported, path)
    again = LocalLog(path, NEW)
    assert again.size == 13
    again.close()


ALTERATIONS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "no header": lambda lines: lines[1:],
    "two headers": lambda lines: [lines[0], *lines],
    "nothing": lambda lines: [],
    "another format": lambda lines: [lines[0] | {"format": "bims-log-2"}, *lines[1:]],
    "another name": lambda lines: [lines[0] | {"origin": "lab/2"}, *lines[1:]],
    "another first key": lambda lines: [
        lines[0] | {"first_key": "lab/1+9ff7fd24+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        *lines[1:],
    ],
    "a header with more in it": lambda lines: [lines[0] | {"more": 1}, *lines[1:]],
    "a header with numbers": lambda lines: [dict.fromkeys(lines[0], 1) | {"format": "bims-log-1"}, *lines[1:]],
    "cut off": lambda lines: lines[:-1],
    "cut off after an earlier checkpoint": lambda lines: lines[:8],
    "an entry more": lambda lines: [*lines, lines[2]],
    "an entry less": lambda lines: [*lines[:3], *lines[4:]],
    "entries exchanged": lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]],
    "an entry twice": lambda lines: [*lines[:3], *lines[2:]],
    "another time": lambda lines: [*lines[:2], lines[2] | {"since": "2020-01-01T00:00:00Z"}, *lines[3:]],
    "no time": lambda lines: [*lines[:2], lines[2] | {"since": "never"}, *lines[3:]],
    "another salt": lambda lines: [*lines[:2], lines[2] | {"salt": base64.b64encode(bytes(16)).decode()}, *lines[3:]],
    "a short salt": lambda lines: [*lines[:2], lines[2] | {"salt": "AA=="}, *lines[3:]],
    "another entry": lambda lines: [*lines[:2], lines[2] | {"entry": record(77).to_bytes().decode()}, *lines[3:]],
    "no entry": lambda lines: [*lines[:2], lines[2] | {"entry": 5}, *lines[3:]],
    "no empty checkpoint": lambda lines: [lines[0], *lines[2:]],
    "the checkpoint of a rotation less": lambda lines: [
        line for line in lines if str(line.get("checkpoint")).count("—") != 2
    ],
    "a checkpoint twice": lambda lines: [*lines[:8], lines[7], *lines[8:]],
    "a checkpoint of a thief": lambda lines: [
        *lines[:7],
        {"checkpoint": Checkpoint(lines[0]["origin"], 5, bytes(32)).sign(THIEF)},
        *lines[8:],
    ],
    "a checkpoint of another tree": lambda lines: [
        *lines[:7],
        {"checkpoint": Checkpoint(lines[0]["origin"], 5, bytes(32)).sign(KEY)},
        *lines[8:],
    ],
    "a rotation without the new key": lambda lines: [
        {"checkpoint": "\n".join(line["checkpoint"].split("\n")[:5]) + "\n"}
        if str(line.get("checkpoint")).count("—") == 2
        else line
        for line in lines
    ],
    "an unknown line": lambda lines: [*lines[:2], {"hello": 1}, *lines[2:]],
    "a list": lambda lines: [*lines[:2], [], *lines[2:]],
    "no JSON": lambda lines: [*lines[:2], b"{", *lines[2:]],
    "not canonical": lambda lines: [*lines[:2], b'{"checkpoint": 1}', *lines[2:]],
    "an empty line": lambda lines: [*lines[:2], b"", *lines[2:]],
    "a record of another entry": lambda lines: [
        *lines[:3],
        next(line for line in lines if "envelope" in line),
        *lines[3:],
    ],
    "a record that is none": lambda lines: [
        line | {"envelope": "e30="} if "envelope" in line else line for line in lines
    ],
    "a stored edit missing its record": lambda lines: [*lines, {"blob": digest(1), "part": "AAAA"}],
    "a stored edit that is another": lambda lines: [
        line | {"part": "AAAA"} if "part" in line else line for line in lines
    ],
    "a stored edit for another record": lambda lines: [
        *lines[:2],
        {"blob": digest(1), "part": "AAAA"},
        *lines[2:],
    ],
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_an_altered_export_is_refused_and_leaves_nothing(what: str, exported: Path, tmp_path: Path) -> None:
    altered = rewritten(tmp_path / "altered", ALTERATIONS[what](lines_of(exported)))
    target = tmp_path / "there" / "log.sqlite"
    with pytest.raises(ProofRefused):
        list(read_export(altered))
    with pytest.raises(ProofRefused):
        import_log(altered, target)
    assert list(target.parent.iterdir()) == []


def test_the_alterations_are_what_is_refused(exported: Path, tmp_path: Path) -> None:
    import_log(rewritten(tmp_path / "same", lines_of(exported)), tmp_path / "there.sqlite")


def test_an_entry_that_stands_twice_is_refused_though_it_is_signed(tmp_path: Path) -> None:
    twice = [ENTRIES[0], ENTRIES[0]]
    parts = [
        Header("lab/1", KEY.public_key, Checkpoint("lab/1", 2, root_hash(leaves_of(twice))).sign(KEY)),
        Sealed(0, Checkpoint("lab/1", 0, root_hash([])).sign(KEY)),
        *(Row(at, SINCE, SALT, entry) for at, entry in enumerate(twice)),
        Sealed(2, Checkpoint("lab/1", 2, root_hash(leaves_of(twice))).sign(KEY)),
    ]
    with (tmp_path / "twice").open("wb") as file:
        export.write(file, parts)
    with pytest.raises(ProofRefused, match="stands twice"):
        import_log(tmp_path / "twice", tmp_path / "there.sqlite")


@pytest.mark.parametrize(
    "data", [b"", b"hello", zstandard.compress(b""), zstandard.compress(b"\n"), zstandard.compress(b"[]\n")]
)
def test_what_is_no_export_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "export").write_bytes(data)
    with pytest.raises(ProofRefused):
        list(read_export(tmp_path / "export"))


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_export_is_refused(keep: float, exported: Path, tmp_path: Path) -> None:
    data = exported.read_bytes()
    (tmp_path / "part").write_bytes(data[: int(keep * len(data))])
    with pytest.raises(ProofRefused):
        import_log(tmp_path / "part", tmp_path / "there.sqlite")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_byte_of_an_export_can_be_changed_unnoticed(data: st.DataObject) -> None:
    original = EXPORT[0]
    at = data.draw(st.integers(0, len(original) - 1))
    changed = bytearray(original)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        parts = list(_read(bytes(changed)))
    except BimsError:
        return
    assert parts == list(_read(original))  # some bits of a frame's header mean nothing


def _read(data: bytes) -> Iterator[export.Part]:
    return export.read(io.BytesIO(data))


def _small_export() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        log = LocalLog(Path(folder) / "log.sqlite", KEY)
        log.append(SAVED[0].entry, SAVED[0].deposit)
        log.append_many([record(1), record(2)])
        export_log(log, Path(folder) / "export")
        log.close()
        return (Path(folder) / "export").read_bytes()


EXPORT = [_small_export()]


def test_a_line_without_end_is_refused_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_LINE", 1 << 21)
    (tmp_path / "bomb").write_bytes(zstandard.compress(bytes(1 << 28)))
    with pytest.raises(ProofRefused):
        list(read_export(tmp_path / "bomb"))


def test_an_export_beyond_its_bound_is_refused(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_UNPACKED", 1000)
    with pytest.raises(ProofRefused):
        list(read_export(exported))


def test_too_many_entries_under_one_checkpoint_are_refused(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_BATCH", 4)
    with pytest.raises(ProofRefused):
        list(read_export(exported))


def test_files_that_cannot_be_used_are_reported(log: LocalLog, exported: Path, tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailable):
        list(read_export(tmp_path / "nothing"))
    with pytest.raises(LedgerUnavailable):
        export_log(log, tmp_path / "no folder" / "export")
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnavailable):
        import_log(exported, tmp_path / "file" / "log.sqlite")
    with pytest.raises(LedgerUnavailable):
        Mirror(tmp_path / "nothing.sqlite")


def test_a_damaged_log_is_not_exported_and_an_older_export_stays(
    log: LocalLog, exported: Path, path: Path, tmp_path: Path
) -> None:
    before = exported.read_bytes()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE entries SET since = '2020-01-01T00:00:00Z' WHERE position = 3")
    database.close()
    with pytest.raises(ProofRefused):
        export_log(log, exported)
    assert exported.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["here", "log.bims-log"]
