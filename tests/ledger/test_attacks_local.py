"""What the local log alone detects, and what takes an anchor: the table of ``docs/ledger/attacks.md``, row by row."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bims_desktop.errors import LedgerError, ProofRefused
from bims_desktop.ledger.base import Entry, Receipt
from bims_desktop.ledger.history import check_growth
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.mirror import Mirror
from bims_desktop.ledger.receipt import check
from bims_desktop.ledger.rotation import key_entry
from bims_desktop.ledger.signing import Ed25519Signer
from bims_desktop.ledger.transfer import audit_log, export_log, import_log
from tests.ledger.test_vectors import RECEIPTS, state_of
from tests.ledger_contract.contract_suite import Saved, record, saved

KEY, NEW, THIEF = (Ed25519Signer(bytes([n]) * 32) for n in (1, 2, 3))
DOCS = Path(__file__).parents[2] / "docs/ledger/attacks.md"


@dataclass
class Scene:
    """A log of nine entries that was anchored at six; a backup of four."""

    path: Path
    signer: Ed25519Signer = KEY
    saved: list[Saved] = field(default_factory=lambda: [saved(number, blobs=1) for number in range(9)])
    receipts: list[Receipt] = field(default_factory=list)
    anchor: str = ""

    def __post_init__(self) -> None:
        for size in (4, 6, 9):
            with self.opened() as log:
                for one in self.saved[len(self.receipts) : size]:
                    self.receipts.append(log.append(one.entry, one.deposit))
                self.anchor = log.checkpoint() if size == 6 else self.anchor
            if size == 4:
                shutil.copytree(self.path.parent, self.backup)

    @property
    def backup(self) -> Path:
        return self.path.parents[1] / "backup"

    def opened(self) -> Opened:
        return Opened(LocalLog(self.path, self.signer))

    def edit(self, *statements: str) -> None:
        with sqlite3.connect(self.path) as database:
            for statement in statements:
                database.execute(statement)
        database.close()

    def put_back(self, *, seen: bool) -> None:
        """The older state, with what was last seen of it or without."""
        for suffix in ("", "-wal", "-shm", *([".seen"] if seen else [])):
            target, source = (folder / f"log.sqlite{suffix}" for folder in (self.path.parent, self.backup))
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copy(source, target)

    def found_by_itself(self) -> bool:
        """Whether opening the log and reading everything in it is refused."""
        try:
            with self.opened() as log:
                assert [log.receipt(stored.index).since for stored in log.entries()]
                log.find()
                for one in self.saved:
                    log.deposit(one.record)
        except LedgerError:
            return True
        return False

    def found_by_an_anchor(self) -> bool:
        """Whether the log is not the one whose checkpoint was anchored."""
        try:
            mirror = Mirror(self.path)
        except LedgerError:
            return True
        try:
            return mirror.fork(self.anchor) is not None
        except ProofRefused:
            return True
        finally:
            mirror.close()


class Opened:
    def __init__(self, log: LocalLog) -> None:
        self.log = log

    def __enter__(self) -> LocalLog:
        return self.log

    def __exit__(self, *_: object) -> None:
        self.log.close()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "ledger" / "log.sqlite")


def rewritten(scene: Scene, *, seen: bool) -> None:
    """Whoever has the key puts the log back and goes on with other entries."""
    scene.put_back(seen=seen)
    if not seen:
        scene.path.with_name("log.sqlite.seen").rename(scene.path.with_name("kept"))
    with scene.opened() as log:
        for number in range(50, 58):
            log.append(record(number))
    if not seen:
        scene.path.with_name("kept").replace(scene.path.with_name("log.sqlite.seen"))


def exchanged(scene: Scene) -> None:
    for column in ("entry", "since", "salt"):
        three, four = (f"(SELECT {column} FROM entries WHERE position = {at})" for at in (3, 4))
        scene.edit(
            f"CREATE TEMP TABLE kept AS SELECT {three} AS three, {four} AS four",
            f"UPDATE entries SET {column} = (SELECT four FROM kept) WHERE position = 3",
            f"UPDATE entries SET {column} = (SELECT three FROM kept) WHERE position = 4",
        )


def renumbered(scene: Scene) -> None:
    scene.edit(
        "DELETE FROM entries WHERE position = 3", "UPDATE entries SET position = position - 1 WHERE position > 3"
    )


def taken_over(scene: Scene) -> None:
    """A thief without the new key's consent names a key of their own."""
    with scene.opened() as log:
        entry = key_entry(log.origin, KEY.public_key, THIEF.public_key)
        with log._store.transaction():
            log._extend(log._writable(), [entry.to_bytes()], KEY)
            log._store.replace_key(THIEF.public_key)
    scene.signer = THIEF


def old_key_goes_on(scene: Scene) -> None:
    """The key was replaced; a thief has the old one and a copy of the file."""
    with scene.opened() as log:
        log.rotate(NEW)
        head = log._head()
        forged = type(head)(head.origin, head.size + 1, bytes(32)).sign(KEY)
    scene.signer = NEW
    scene.edit(f"INSERT INTO checkpoints VALUES ({head.size + 1}, '{forged}')")


def old_key_puts_back(scene: Scene) -> None:
    """The same thief puts the whole folder back to before the rotation, and goes on."""
    with scene.opened() as log:
        log.rotate(NEW)
    rewritten(scene, seen=True)
    scene.signer = NEW


Attack = Callable[[Scene], None]


def sql(*statements: str) -> Attack:
    return lambda scene: scene.edit(*statements)


SHORTENED = "UPDATE checkpoints SET note = replace(note, char(10) || '9', char(10) || '8') WHERE size = 9"
DATABASE: dict[str, tuple[Attack, bool, bool]] = {  # what is done: found by the log itself, by comparing with an anchor
    "an entry edited": (
        sql("UPDATE entries SET entry = replace(entry, 'sha256:0', 'sha256:1') WHERE position = 3"),
        True,
        False,
    ),
    "its time edited": (sql("UPDATE entries SET since = '2020-01-01T00:00:00Z' WHERE position = 3"), True, False),
    "its salt edited": (sql("UPDATE entries SET salt = zeroblob(16) WHERE position = 3"), True, False),
    "the tree edited": (sql("UPDATE nodes SET hash = zeroblob(32) WHERE level = 3"), True, True),
    "an entry deleted": (sql("DELETE FROM entries WHERE position = 3"), True, True),
    "the last entries deleted": (sql("DELETE FROM entries WHERE position > 6"), True, True),
    "entries reordered": (exchanged, True, False),
    "entries renumbered": (renumbered, True, True),
    "a checkpoint edited": (sql(SHORTENED), True, True),
    "a record exchanged": (
        sql("UPDATE deposits SET envelope = (SELECT envelope FROM deposits ORDER BY record LIMIT 1)"),
        True,
        False,
    ),
    "a stored edit exchanged": (
        sql("UPDATE blobs SET packed = (SELECT packed FROM blobs ORDER BY digest LIMIT 1)"),
        True,
        False,
    ),
    "a record deleted": (sql("DELETE FROM deposits", "DELETE FROM facts"), False, False),
    "the database put back": (lambda scene: scene.put_back(seen=False), True, True),
    "the whole folder put back": (lambda scene: scene.put_back(seen=True), False, True),
    "rewritten with the log's key": (lambda scene: rewritten(scene, seen=False), True, True),
    "rewritten with the log's key, what was last seen too": (lambda scene: rewritten(scene, seen=True), False, True),
    "another key named without its consent": (taken_over, True, True),
    "a stolen old key goes on": (old_key_goes_on, True, True),
    "a stolen old key puts the whole folder back": (old_key_puts_back, True, True),
}


@pytest.mark.parametrize("what", DATABASE)
def test_attacks_on_the_database(what: str, scene: Scene) -> None:
    attack, itself, anchored = DATABASE[what]
    attack(scene)
    assert (scene.found_by_itself(), scene.found_by_an_anchor()) == (itself, anchored)


def test_an_honest_log_is_found_to_be_one(scene: Scene) -> None:
    assert (scene.found_by_itself(), scene.found_by_an_anchor()) == (False, False)
    with scene.opened() as log:
        assert audit_log(log) == 9


def speaks_against(log: LocalLog, receipt: Receipt) -> bool:
    try:
        return log.fork(receipt.checkpoint) is not None
    except ProofRefused:
        return True


@pytest.mark.parametrize("what", ["the whole folder put back", "rewritten with the log's key, what was last seen too"])
def test_every_saved_file_is_a_witness_of_what_the_log_cannot_see(what: str, scene: Scene) -> None:
    DATABASE[what][0](scene)
    with scene.opened() as log:
        for receipt in scene.receipts[4:]:
            assert check(receipt, [KEY.public_key]).state == "good"
            assert speaks_against(log, receipt)
        assert not any(speaks_against(log, receipt) for receipt in scene.receipts[:4])


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM facts WHERE name = 'operation'",
        "UPDATE facts SET value = 'x' WHERE name = 'instrument'",
        "UPDATE facts SET position = 0",
    ],
)
def test_a_search_index_that_was_edited_is_found_by_going_through_the_log(statement: str, scene: Scene) -> None:
    scene.edit(statement.replace("UPDATE facts SET position", "UPDATE OR REPLACE facts SET position"))
    with scene.opened() as log, pytest.raises(ProofRefused, match="cannot be found"):
        audit_log(log)


def test_a_fork_made_elsewhere_with_a_stolen_key_is_proven_by_two_checkpoints(scene: Scene, tmp_path: Path) -> None:
    thief = Scene(tmp_path / "thief" / "ledger" / "log.sqlite")
    shutil.rmtree(thief.path.parent)
    shutil.copytree(scene.backup, thief.path.parent)
    with thief.opened() as log:
        forged = log.append(record(66))
        while log.size < 6:
            log.append(record(60 + log.size))
        shown = log.checkpoint()
        export_log(log, tmp_path / "theirs")
    assert check(forged, [KEY.public_key]).state == "good"  # nobody can tell from the receipt alone
    with scene.opened() as log:
        fork = log.fork(forged.checkpoint)
        assert fork is not None
        fork.check([KEY.public_key])
    with pytest.raises(ProofRefused, match="two histories"):
        import_log(tmp_path / "theirs", scene.path)
    with pytest.raises(ProofRefused):  # what an anchor answers: no proof leads from the anchored one to this
        check_growth(scene.anchor, shown, [], [KEY.public_key])


def test_two_people_who_were_shown_different_logs_find_out_when_they_compare(scene: Scene, tmp_path: Path) -> None:
    for view, numbers in (("one", (70, 71)), ("other", (80, 81, 82))):
        twin = Scene(tmp_path / view / "ledger" / "log.sqlite")
        shutil.rmtree(twin.path.parent)
        shutil.copytree(scene.path.parent, twin.path.parent)
        with twin.opened() as log:
            for number in numbers:
                log.append(record(number))
            export_log(log, tmp_path / f"{view} export")
            assert log.fork(scene.anchor) is None
    import_log(tmp_path / "one export", tmp_path / "mirror.sqlite")
    with pytest.raises(ProofRefused, match="two histories"):
        import_log(tmp_path / "other export", tmp_path / "mirror.sqlite")


def test_a_forged_receipt_is_bad() -> None:
    forged = [case for case in RECEIPTS["cases"] if case["state"] == "bad"]
    assert len(forged) > 100
    assert {state_of(case["receipt"], case["pinned"]) for case in forged} == {"bad"}


def test_a_receipt_of_another_record_says_of_which(scene: Scene) -> None:
    proven = check(scene.receipts[2], [KEY.public_key]).entry
    assert proven is not None
    assert proven.body["record"] != scene.saved[3].record


def test_an_entry_sent_twice_is_one(scene: Scene) -> None:
    with scene.opened() as log:
        assert log.append(scene.saved[2].entry, scene.saved[2].deposit) == scene.receipts[2]
        assert log.size == 9


def test_a_key_entry_by_hand_is_refused(scene: Scene) -> None:
    with scene.opened() as log, pytest.raises(LedgerError):
        log.append(Entry("key", dict(key_entry(log.origin, KEY.public_key, THIEF.public_key).body)))


def test_the_table_in_the_documentation_is_this_one() -> None:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in DOCS.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    rows = [row for row in rows if len(row) == 5]  # the consortium's table has tests of its own
    said = {row[0]: (row[1].startswith("yes"), row[2].startswith("yes")) for row in rows}
    for what, (_, itself, anchored) in DATABASE.items():
        assert said[what] == (itself, itself or anchored), what
    source = Path(__file__).read_text(encoding="utf-8")
    for row in rows[2:]:
        if "::" not in row[4]:
            assert all(f"def {test}(" in source for test in re.findall(r"`(test_\w+)`", row[4])), row
