"""The outbox: every move that is allowed, none that is not, and nothing lost between two processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from bims_desktop.errors import LedgerError, LedgerUnavailable
from bims_desktop.ledger.outbox import MOVES, Evidence, Item, Name, Outbox, State

TX = "3f2a91c0" + 56 * "0"
ENTRY: Name = ("entry", 4)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    outbox = opened(tmp_path)
    yield outbox
    outbox.close()


def opened(folder: Path, ledger: str = "lab to provenance") -> Outbox:
    return Outbox(folder / "outbox.sqlite", ledger, clock=lambda: 1000.9)


MOVE: dict[State, Callable[[Outbox, Name], None]] = {
    "waiting": lambda outbox, name: outbox.release(name),
    "prepared": lambda outbox, name: outbox.prepare(name, TX, b"signed"),
    "submitted": lambda outbox, name: outbox.submitted(name),
    "committed": lambda outbox, name: outbox.commit(name, 7, TX),
    "conflict": lambda outbox, name: outbox.conflict(name, "other content"),
    "refused": lambda outbox, name: outbox.refuse(name, "no role"),
    "local": lambda outbox, name: outbox.leave(name),
}
WAY: dict[State, tuple[State, ...]] = {
    "waiting": (),
    "prepared": ("prepared",),
    "submitted": ("prepared", "submitted"),
    "committed": ("prepared", "submitted", "committed"),
    "conflict": ("prepared", "conflict"),
    "refused": ("refused",),
    "local": ("local",),
}
AGAIN = {("submitted", "submitted"), ("committed", "committed")}


@pytest.mark.parametrize("now", get_args(State))
@pytest.mark.parametrize("then", get_args(State))
def test_moves(outbox: Outbox, now: State, then: State) -> None:
    for state in WAY[now]:
        MOVE[state](outbox, ENTRY)
    assert outbox.item(ENTRY).state == now
    if then in MOVES[now] or (now, then) in AGAIN:
        MOVE[then](outbox, ENTRY)
        assert outbox.item(ENTRY).state == then
    else:
        with pytest.raises(LedgerError, match=f"is {now}; it cannot become {then}"):
            MOVE[then](outbox, ENTRY)
        assert outbox.item(ENTRY).state == now


def test_what_is_sent_is_kept_until_its_outcome_is_known(outbox: Outbox) -> None:
    outbox.prepare(ENTRY, TX, b"signed")
    outbox.submitted(ENTRY)
    assert outbox.item(ENTRY) == Item(ENTRY, "submitted", TX, b"signed", 1000)
    outbox.commit(ENTRY, 7, TX)
    assert outbox.item(ENTRY) == Item(ENTRY, "committed", TX, b"", 1000, 7)
    assert outbox.item(ENTRY).place == "block 7, transaction 3f2a91c0"


def test_stuck_ones_say_why_and_can_be_tried_again(outbox: Outbox) -> None:
    outbox.prepare(ENTRY, TX, b"signed")
    outbox.conflict(ENTRY, "other content", TX)
    outbox.refuse(("entry", 2), "no role")
    assert [(item.name[1], item.text) for item in outbox.items("conflict", "refused")] == [
        (2, "no role"),
        (4, "other content"),
    ]
    outbox.release(ENTRY)
    assert outbox.item(ENTRY) == Item(ENTRY)
    outbox.prepare(ENTRY, TX, b"signed anew")


OPEN: list[tuple[dict[int, State], int, int]] = [
    ({}, 0, 0),
    ({}, 5, 5),
    ({0: "committed", 1: "committed"}, 0, 2),
    ({0: "committed", 1: "local", 3: "committed"}, 0, 2),
    ({1: "committed"}, 0, 0),
    ({0: "committed", 1: "conflict", 2: "committed"}, 0, 1),
    ({0: "committed", 1: "prepared"}, 0, 1),
    ({3: "committed"}, 3, 4),
]


@pytest.mark.parametrize(("states", "first", "expected"), OPEN)
def test_the_first_that_has_something_left_to_do(
    outbox: Outbox, states: dict[int, State], first: int, expected: int
) -> None:
    for index, state in states.items():
        for step in WAY[state]:
            MOVE[step](outbox, ("entry", index))
    assert outbox.first_open(first) == expected
    ended = {index for index, state in states.items() if state in ("committed", "local")}
    assert outbox.ended(0, 10) == ended


def test_counts_and_anchors(outbox: Outbox) -> None:
    for index in range(3):
        outbox.commit(("entry", index), index, TX)
    outbox.commit(("anchor", 900), 12, TX)
    outbox.prepare(("anchor", 950), TX, b"signed")
    outbox.commit(("chunk", "sha256:00"), 99, TX)
    assert (outbox.count("committed"), outbox.count("committed", first=1)) == (3, 2)
    assert outbox.anchored() == 900
    last = outbox.last()
    assert last is not None
    assert last.name == ("anchor", 900)


def test_evidence_is_kept_once_a_block(outbox: Outbox, tmp_path: Path) -> None:
    one, other = Evidence("a" * 64, "sha256:1", 7, b"block" * 999), Evidence("b" * 64, "sha256:2", 7, b"block" * 999)
    for evidence in (one, other, one):
        outbox.keep(evidence)
    assert outbox.evidence("sha256:1") == (one,)
    assert outbox.evidence("sha256:2") == (other,)
    assert outbox.evidence("sha256:3") == ()
    rows = sqlite3.connect(tmp_path / "outbox.sqlite").execute("SELECT length(data) FROM blocks").fetchall()
    assert len(rows) == 1
    assert rows[0][0] < 999


def test_commits_whose_block_is_missing(outbox: Outbox) -> None:
    for index in range(3):
        outbox.commit(("entry", index), index, f"{index:064x}")
    outbox.keep(Evidence(f"{1:064x}", "sha256:1", 1, b"block"))
    assert [item.name[1] for item in outbox.without_evidence(9)] == [2, 0]


def test_another_process_sees_it_and_the_first_hears_of_it(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    one.prepare(ENTRY, TX, b"signed")
    assert other.item(ENTRY).state == "prepared"
    before = one.version()
    other.commit(ENTRY, 7, TX)
    assert one.version() != before
    assert one.item(ENTRY).state == "committed"
    one.close()
    other.close()


def test_the_outbox_of_another_network_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with pytest.raises(LedgerUnavailable, match="carries lab to provenance, not"):
        opened(tmp_path, "lab to elsewhere")


def test_what_is_no_outbox(tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        opened(tmp_path)


def test_others_cannot_read_it(outbox: Outbox) -> None:
    assert outbox.path.stat().st_mode & 0o077 == 0
