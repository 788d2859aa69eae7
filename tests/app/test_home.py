"""The user's folder: which keys are believed, and the log that opens with the key that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.seen import MOST
from bims_desktop.ledger import keeper
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.receipt import check

RECORD = Entry("record", {"record": "sha256:" + 64 * "1"})


def test_the_keys_are_known_before_there_is_a_log(home: Home) -> None:
    assert home.pinned == (home.agent.public_key, home.log_signer.public_key)
    assert not home.log_file.exists()


def test_a_rotated_log_opens_and_all_its_keys_are_believed(home: Home) -> None:
    old = home.ledger.append(RECORD)
    keeper.rotate(home.ledger, home.folder / "keys")
    home.close()
    again = Home(home.folder)
    new = again.ledger.append(Entry("retract", dict(RECORD.body)))
    assert old.log_key != new.log_key
    for each in (home, again):
        assert {old.log_key, new.log_key} < set(each.pinned)
        assert [check(receipt, each.pinned).state for receipt in (old, new)] == ["good", "good"]


def test_a_rotation_in_another_process_is_followed(home: Home) -> None:
    home.ledger.append(RECORD)
    other = Home(home.folder)
    keeper.rotate(other.ledger, other.folder / "keys")
    receipt = home.ledger.append(Entry("retract", dict(RECORD.body)))
    assert receipt.log_key == other.ledger.public_key
    assert receipt.log_key in home.pinned


@pytest.mark.parametrize("damage", [b"", b"no log" * 1000])
def test_keys_are_believed_where_the_log_cannot_be_read(home: Home, damage: bytes) -> None:
    home.ledger.append(RECORD)
    home.close()
    for path in home.log_file.parent.glob("log.sqlite*"):
        path.write_bytes(damage)
    assert home.log_signer.public_key in home.pinned


@pytest.mark.parametrize("data", [b"", b"{}", b"[[1]]", b'[["a", "b", 3]]', b"\xff", b"[" * 100_000])
def test_a_damaged_note_of_where_pixels_were_says_nothing(home: Home, data: bytes) -> None:
    note = home.folder / "inputs" / ("1" * 64)
    note.parent.mkdir(parents=True)
    note.write_bytes(data)
    assert home.seen_inputs(f"sha256:{'1' * 64}") == ()


def test_where_pixels_were_seen_is_told_the_unchanged_first(home: Home, tmp_path: Path) -> None:
    digest = f"sha256:{'2' * 64}"
    files = [tmp_path / f"{n} ü.tif" for n in range(MOST + 2)]
    for path in files:
        path.write_bytes(b"x")
        home.remember_input(digest, path)
    home.remember_input(digest, files[-2])
    assert [seen.path for seen in home.seen_inputs(digest)[:2]] == [files[-2], files[-1]]
    assert len(home.seen_inputs(digest)) == MOST
    files[-2].write_bytes(b"other")
    assert home.seen_input(digest) == files[-1]
    (home.folder / "inputs" / ("2" * 64)).write_bytes(b"/data/of an earlier version.tif")
    assert home.seen_input(digest) == Path("/data/of an earlier version.tif")
