"""Whole records in the log's file; and a file of the first version, which knew none."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from bims_desktop.errors import LedgerError, LedgerUnavailable, ProofRefused, RecordDamaged
from bims_desktop.ledger import deposit as deposits
from bims_desktop.ledger import schema
from bims_desktop.ledger.base import Deposit, Entry
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.mirror import Mirror
from bims_desktop.ledger.receipt import check
from bims_desktop.ledger.signing import Ed25519Signer
from bims_desktop.ledger.transfer import audit_log, export_log, import_log
from tests.ledger_contract.contract_suite import digest, record, saved, sha256


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.sqlite"


@pytest.fixture
def log(path: Path, signer: Ed25519Signer) -> Iterator[LocalLog]:
    log = LocalLog(path, signer)
    yield log
    log.close()


def edit(path: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(path) as database:
        database.execute(statement, values)
    database.close()


# --- deposits


def test_a_deposit_is_kept_smaller_than_it_is(log: LocalLog, path: Path) -> None:
    one = saved(1)
    log.append(one.entry, one.deposit)
    with sqlite3.connect(path) as database:
        (kept,) = database.execute("SELECT length(envelope) FROM deposits").fetchone()
    database.close()
    assert kept < len(one.deposit.envelope)


def test_a_deposit_may_come_with_a_second_statement_about_its_record(log: LocalLog, path: Path) -> None:
    one = saved(1)
    log.append(Entry("record", {"record": one.record}))
    log.append(one.entry, one.deposit)
    assert [stored.index for stored in log.find(operation="gaussian")] == [1]
    assert audit_log(log) == 2
    export_log(log, path.with_name("export"))
    import_log(path.with_name("export"), path.with_name("copy.sqlite"))
    copy = Mirror(path.with_name("copy.sqlite"))
    assert copy.deposit(one.record) == one.deposit
    assert audit_log(copy) == 2
    copy.close()


def test_a_stored_edit_of_two_records_is_kept_once(log: LocalLog, path: Path) -> None:
    blob = {sha256(b"stroke"): zstandard.compress(b"stroke")}
    several = [saved(number) for number in range(3)]
    for one in several:
        log.append(one.entry, Deposit(one.deposit.envelope, blob))
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM blobs").fetchone() == (1,)
    database.close()
    assert all(found is not None and found.blobs == blob for found in map(log.deposit, [s.record for s in several]))


def test_many_deposits_go_with_their_entries_in_one_batch(log: LocalLog) -> None:
    several = [saved(number, blobs=number % 2) for number in range(20)]
    log.append_many([one.entry for one in several], {one.record: one.deposit for one in several})
    assert [log.deposit(one.record) for one in several] == [one.deposit for one in several]
    assert len(log.find(operation="gaussian")) == 20


def test_a_batch_with_one_bad_deposit_appends_nothing(log: LocalLog) -> None:
    one, two = saved(1), saved(2)
    with pytest.raises(RecordDamaged):
        log.append_many([one.entry, two.entry], {one.record: one.deposit, two.record: Deposit(b"{}")})
    assert log.size == 0


@pytest.mark.parametrize(
    "entry",
    [
        Entry("record", {"record": digest(9)}),
        Entry("attestation", {"record": saved(1).record, "verdict": "exact"}),
        Entry("retract", {"record": saved(1).record}),
    ],
)
def test_a_deposit_that_no_entry_is_about_is_refused(entry: Entry, log: LocalLog) -> None:
    with pytest.raises((LedgerError, RecordDamaged)):
        log.append(entry, saved(1).deposit)
    assert log.size == 0


ENVELOPE = saved(1).deposit.envelope


@pytest.mark.parametrize(
    "envelope",
    [b"", b"[]", b"null", b"{}", b'{"payload":1}', b'{"payload":"!"}', b"\xff", b"[" * 100_000, ENVELOPE[:-1]],
)
def test_what_is_no_envelope_is_refused_with_a_sentence(envelope: bytes, log: LocalLog) -> None:
    with pytest.raises(RecordDamaged):
        log.append(saved(1).entry, Deposit(envelope))
    assert log.size == 0


def test_an_envelope_of_something_else_is_refused(log: LocalLog) -> None:
    deposit = Deposit(b'{"payload":"e30="}')
    with pytest.raises(RecordDamaged, match="neither a record nor a statement"):
        log.append(Entry("record", {"record": deposit.record}), deposit)


def test_a_deposit_beyond_its_bounds_is_refused(log: LocalLog, monkeypatch: pytest.MonkeyPatch) -> None:
    one = saved(1, blobs=1)
    monkeypatch.setattr(deposits, "MAX_BLOBS", 5)
    with pytest.raises(LedgerError, match="larger than a ledger keeps"):
        log.append(one.entry, one.deposit)


def test_a_bomb_is_refused_before_it_unfolds(log: LocalLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deposits, "MAX_UNPACKED", 1 << 21)
    bomb = bytes(1 << 24)
    with pytest.raises(RecordDamaged, match="stored edit"):
        log.append(saved(1).entry, Deposit(ENVELOPE, {sha256(bomb): zstandard.compress(bomb)}))


@given(st.binary(max_size=300))
def test_any_bytes_are_an_envelope_or_refused(data: bytes) -> None:
    with pytest.raises(RecordDamaged):
        Deposit(data).check(digest(1))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deposits SET envelope = zeroblob(10)",
        "UPDATE deposits SET envelope = x'28b52ffd'",
        "UPDATE deposits SET envelope = (SELECT packed FROM blobs)",
        "UPDATE blobs SET packed = zeroblob(10)",
        "UPDATE blobs SET digest = 'sha256:' || substr(digest, 8, 63) || 'x'",
        "DELETE FROM blobs",
        "UPDATE deposit_blobs SET digest = 'x'",
    ],
)
def test_a_deposit_that_was_edited_is_refused_and_put_right_by_the_next_save(
    statement: str, log: LocalLog, path: Path
) -> None:
    one = saved(1, blobs=1)
    log.append(one.entry, one.deposit)
    edit(path, statement)
    with pytest.raises(ProofRefused, match="not the one that was deposited"):
        log.deposit(one.record)
    if "deposit_blobs" not in statement:
        log.append(one.entry, one.deposit)
        assert log.deposit(one.record) == one.deposit


# --- a file of the first version


def first_version(path: Path, signer: Ed25519Signer, count: int) -> None:
    """A log as the first version of the program left it: its entries made by this one, in the tables of that one."""
    log = LocalLog(path, signer)
    log.append_many([record(number) for number in range(count)])
    log.close()
    with sqlite3.connect(path) as now, sqlite3.connect(path.with_name("first")) as first:
        now.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for statement in schema._FIRST.split(";\n"):
            first.execute(statement)
        for table, columns in (
            ("log", "origin, public_key"),
            ("entries", "position, since, salt, entry, digest"),
            ("nodes", "level, position, hash"),
            ("checkpoints", "size, note"),
        ):
            rows = now.execute(f"SELECT {columns} FROM {table}").fetchall()
            marks = ", ".join("?" * len(rows[0]))
            first.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        first.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        first.execute("PRAGMA user_version = 1")
    now.close()
    first.close()
    path.with_name("first").replace(path)


def test_a_log_of_the_first_version_opens_and_keeps_its_receipts(path: Path, signer: Ed25519Signer) -> None:
    first_version(path, signer, 30)
    log = LocalLog(path, signer)
    assert log.size == 30
    assert {check(log.receipt(index), [signer.public_key]).state for index in range(30)} == {"good"}
    assert [stored.index for stored in log.find(pixels=digest(7))] == [7]
    assert [stored.index for stored in log.find(subject=digest(7))] == [7]
    one = saved(100)
    log.append(one.entry, one.deposit)
    assert log.deposit(one.record) == one.deposit
    log.close()
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    database.close()


def test_a_log_that_becomes_newer_has_the_tables_of_a_new_one(path: Path, signer: Ed25519Signer) -> None:
    def tables(path: Path) -> set[tuple[str, str]]:
        with sqlite3.connect(path) as database:
            found = set(database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall())
        database.close()
        return found

    first_version(path, signer, 3)
    LocalLog(path, signer).close()
    new = path.with_name("new.sqlite")
    LocalLog(new, signer).close()
    assert tables(path) == tables(new)


def test_an_upgrade_that_is_cut_off_leaves_the_first_version(
    path: Path, signer: Ed25519Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_version(path, signer, 3)
    before = path.read_bytes()
    monkeypatch.setattr(schema, "_STEPS", (schema._FIRST, schema._SECOND + ";\nCREATE TABLE log (again TEXT)"))
    with pytest.raises(LedgerUnavailable):
        LocalLog(path, signer)
    monkeypatch.undo()
    monkeypatch.setenv("BIMS_KEYRING", "off")
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
    database.close()
    assert path.read_bytes() == before
    log = LocalLog(path, signer)
    assert log.size == 3
    log.close()


def test_two_programs_that_open_an_old_log_together_upgrade_it_once(path: Path, signer: Ed25519Signer) -> None:
    first_version(path, signer, 20)
    sizes: list[int] = []

    def use() -> None:
        log = LocalLog(path, signer)
        sizes.append(log.size)
        log.close()

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [20] * 6
