"""A log that takes another key: in the log, in the keys' folder, and cut off in between."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from bims_desktop.errors import LedgerError, LedgerUnavailable, ProofRefused
from bims_desktop.ledger import keeper, rotation
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.checkpoint import parse_checkpoint, parse_note
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.receipt import check
from bims_desktop.ledger.signing import Ed25519Signer, Signer, decode_public

OLD, NEW, THIRD = (Ed25519Signer(bytes([n]) * 32) for n in (1, 2, 3))


def entry_of(number: int) -> Entry:
    return Entry("record", {"record": f"sha256:{number:064x}"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger" / "log.sqlite"


def reopened(path: Path, *signers: Signer) -> LocalLog:
    """The log, opened with the first of `signers` and able to follow to the others."""
    known = {signer.public_key: signer for signer in signers}
    return LocalLog(path, signers[0], successor=known.__getitem__)


# --- in the log


def test_old_receipts_stay_good_under_the_old_key_and_new_ones_are_of_the_new(path: Path) -> None:
    log = LocalLog(path, OLD)
    before = log.append(entry_of(1))
    rotated = log.rotate(NEW)
    after = log.append(entry_of(2))
    assert log.keys == (OLD.public_key, NEW.public_key)
    assert log.public_key == NEW.public_key
    assert [check(r, [OLD.public_key]).state for r in (before, rotated, after)] == ["good", "good", "unknown"]
    assert check(after, [NEW.public_key]).state == "good"
    assert log.receipt(before.index) == before
    assert [(t.first, t.last) for t in log.tenures] == [(0, 2), (2, None)]
    for pinned in ([OLD.public_key], [NEW.public_key]):
        states = [rotation.check(receipt, pinned, log.tenures).state for receipt in (before, rotated, after)]
        assert states == ["good"] * 3
    log.close()


def test_the_checkpoint_of_a_rotation_is_signed_by_both_keys(path: Path) -> None:
    log = LocalLog(path, OLD)
    note = parse_note(log.rotate(NEW).checkpoint)
    assert note.signer([OLD.public_key])
    assert note.signer([NEW.public_key])
    assert len(note.signatures) == 2
    assert len(parse_note(log.append(entry_of(1)).checkpoint).signatures) == 1
    log.close()


def test_the_log_is_reopened_with_the_new_key_and_not_with_the_old(path: Path) -> None:
    log = LocalLog(path, OLD)
    log.rotate(NEW)
    log.rotate(THIRD)
    log.append(entry_of(1))
    log.close()
    again = LocalLog(path, THIRD)
    assert again.keys == (OLD.public_key, NEW.public_key, THIRD.public_key)
    assert len(again.find(kind="key")) == 2
    again.close()
    for replaced in (OLD, NEW):
        with pytest.raises(LedgerUnavailable, match="is signed with the key"):
            LocalLog(path, replaced)


def test_rotating_again_to_the_same_key_is_the_same_answer(path: Path) -> None:
    log = LocalLog(path, OLD)
    assert log.rotate(NEW) == log.rotate(NEW)
    assert log.size == 1
    log.close()


def test_a_key_that_signed_before_never_comes_back(path: Path) -> None:
    log = LocalLog(path, OLD)
    with pytest.raises(LedgerError, match="began with"):
        log.rotate(OLD)
    log.rotate(NEW)
    with pytest.raises(LedgerError, match="replaced before"):
        log.rotate(OLD)
    assert log.append(entry_of(1)).log_key == NEW.public_key
    log.close()


def test_a_process_that_has_the_log_open_follows_to_the_new_key(path: Path) -> None:
    one, other = LocalLog(path, OLD), reopened(path, OLD, NEW)
    without = LocalLog(path, OLD)
    one.rotate(NEW)
    receipt = other.append(entry_of(1))
    assert check(receipt, [NEW.public_key]).state == "good"
    assert other.keys == one.keys == (OLD.public_key, NEW.public_key)
    with pytest.raises(LedgerUnavailable, match="is signed with the key"):
        without.append(entry_of(2))
    assert without.receipt(receipt.index) == receipt
    for log in (one, other, without):
        log.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET entry = replace(entry, 'replaces', 'replaced') WHERE position = 1",
        "DELETE FROM entries WHERE position = 1",
        "UPDATE checkpoints SET note = (SELECT note FROM checkpoints WHERE size = 1) WHERE size = 2",
        "UPDATE log SET public_key = (SELECT zeroblob(32))",
    ],
)
def test_a_chain_of_keys_that_was_edited_is_not_followed(statement: str, path: Path) -> None:
    log = LocalLog(path, OLD)
    log.append(entry_of(1))
    log.rotate(NEW)
    log.append(entry_of(2))
    log.close()
    with sqlite3.connect(path) as database:
        database.execute(statement)
    database.close()
    with pytest.raises(LedgerError):
        LocalLog(path, NEW)


# --- where the keys rest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def test_the_new_key_takes_the_place_of_the_old_one_whose_private_half_is_gone(path: Path, folder: Path) -> None:
    log = keeper.open_log(path, folder)
    before, old = log.append(entry_of(1)), (folder / "log.key").read_text()
    receipt = keeper.rotate(log, folder)
    log.close()
    assert check(receipt, [before.log_key]).state == "good"
    assert sorted(file.name for file in folder.iterdir()) == ["log.key", "log.pub"]
    assert (folder / "log.key").read_text() != old
    assert (folder / "log.key").stat().st_mode & 0o777 == 0o600
    again = keeper.open_log(path, folder)
    assert again.public_key == decode_public(str(folder / "log.pub")) != before.log_key
    assert again.keys[0] == before.log_key
    again.close()


def test_a_program_that_runs_meanwhile_signs_with_the_new_key_at_once(path: Path, folder: Path) -> None:
    one, other = keeper.open_log(path, folder), keeper.open_log(path, folder)
    keeper.rotate(one, folder)
    receipt = other.append(entry_of(1))
    assert receipt.log_key == one.public_key == other.public_key
    assert one.append(entry_of(1)) == receipt
    one.close()
    other.close()


def test_every_rotation_makes_another_key(path: Path, folder: Path) -> None:
    log = keeper.open_log(path, folder)
    for _ in range(3):
        keeper.rotate(log, folder)
    assert len(set(log.keys)) == 4
    log.close()


def test_a_log_whose_key_is_not_kept_says_so(path: Path, folder: Path, tmp_path: Path) -> None:
    keeper.open_log(path, folder).close()
    with pytest.raises(LedgerUnavailable, match="which is not kept in"):
        keeper.open_log(path, tmp_path / "other keys")


CUT_OFF = """
import os, sys
from pathlib import Path
from bims_desktop.ledger import keeper
from bims_desktop.ledger.base import Entry

path, folder, left = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
log = keeper.open_log(path, folder)
receipt = log.append(Entry("record", {"record": "sha256:" + 64 * "0"}))

def count(event, arguments):
    global left
    if event in ("os.rename", "os.link", "os.remove", "open", "os.mkdir"):
        left -= 1
        if left == 0:
            os._exit(9)

sys.addaudithook(count)
keeper.rotate(log, folder)
left = 0
os._exit(0)
"""


def cut_off(path: Path, folder: Path, step: int) -> bool:
    """A rotation killed before its `step`-th touch of the file system; False where it came to its end first."""
    done = subprocess.run([sys.executable, "-c", CUT_OFF, str(path), str(folder), str(step)], check=False)
    assert done.returncode in (0, 9)
    return done.returncode == 9


def test_a_rotation_cut_off_at_any_point_loses_no_key(tmp_path: Path) -> None:
    step, interrupted = 1, True
    while interrupted:
        path, folder = tmp_path / str(step) / "log.sqlite", tmp_path / str(step) / "keys"
        interrupted = cut_off(path, folder, step)
        assert_goes_on(path, folder)
        step += 1
    assert step > 10


def assert_goes_on(path: Path, folder: Path) -> None:
    log = keeper.open_log(path, folder)
    old = log.append(Entry("record", {"record": "sha256:" + 64 * "0"}))
    assert log.append(entry_of(1)).log_key == log.public_key
    before = log.keys
    receipt = keeper.rotate(log, folder)
    assert log.keys[: len(before)] == before
    assert len(log.keys) == len(before) + 1
    assert rotation.check(receipt, [old.log_key], log.tenures).state == "good"
    log.close()
    again = keeper.open_log(path, folder)
    assert again.append(entry_of(2)).log_key == again.public_key == decode_public(str(folder / "log.pub"))
    again.close()


class Memory(KeyringBackend):
    """A working keyring. Its class is of no priority, so that keyring never picks it by itself."""

    priority = 0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.priority = 5  # type: ignore[assignment]
        self.secrets: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        if self.secrets.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


class CutOff(Exception):
    """The process ended here."""


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bool], None]]:
    before = keyring.get_keyring()
    keyring.set_keyring(Memory())

    def use(here: bool) -> None:
        if here:
            monkeypatch.delenv("BIMS_KEYRING", raising=False)
        else:
            monkeypatch.setenv("BIMS_KEYRING", "off")

    yield use
    keyring.set_keyring(before)


LEFT = [0]


def _audit(event: str, arguments: object) -> None:
    if LEFT[0] and event in ("os.rename", "os.link", "os.remove", "os.mkdir"):
        LEFT[0] -= 1
        if LEFT[0] == 0:
            raise CutOff


sys.addaudithook(_audit)


@pytest.mark.parametrize(("at_first", "then"), [(True, True), (True, False), (False, True)])
def test_a_rotation_out_of_and_into_ause_keyring_loses_no_key(
    at_first: bool, then: bool, tmp_path: Path, use_keyring: Callable[[bool], None]
) -> None:
    for step in range(1, 30):
        path, folder = tmp_path / str(step) / "log.sqlite", tmp_path / str(step) / "keys"
        use_keyring(at_first)
        log = keeper.open_log(path, folder)
        log.append(Entry("record", {"record": "sha256:" + 64 * "0"}))
        use_keyring(then)
        LEFT[0] = step
        try:
            keeper.rotate(log, folder)
            ended = True
        except CutOff:
            ended = False
        LEFT[0] = 0
        log.close()
        use_keyring(at_first or then)
        assert_goes_on(path, folder)
        if ended:
            break
    assert 3 < step < 29


def test_the_old_key_is_taken_out_of_theuse_keyring(
    path: Path, folder: Path, use_keyring: Callable[[bool], None]
) -> None:
    use_keyring(True)
    log = keeper.open_log(path, folder)
    keeper.rotate(log, folder)
    memory = keyring.get_keyring()
    assert isinstance(memory, Memory)
    assert len(memory.secrets) == 1
    assert sorted(file.name for file in folder.iterdir()) == ["log.pub"]
    log.close()


def test_a_rotation_whose_key_cannot_be_kept_leaves_the_log_as_it_was(path: Path, folder: Path) -> None:
    log = keeper.open_log(path, folder)
    for file in folder.iterdir():
        file.rename(path.parent / file.name)
    folder.rmdir()
    folder.touch()
    with pytest.raises(LedgerUnavailable):
        keeper.rotate(log, folder)
    assert log.find(kind="key") == []
    log.close()


# --- what a stolen old key can do


def test_a_stolen_old_key_does_not_extend_the_log(path: Path) -> None:
    log = LocalLog(path, OLD)
    log.append(entry_of(1))
    log.rotate(NEW)
    head = parse_checkpoint(parse_note(log.checkpoint()).text)
    forged = type(head)(log.origin, head.size + 1, bytes(32)).sign(OLD)
    with pytest.raises(ProofRefused, match="whose turn it was"):
        log.fork(forged)
    log.close()
