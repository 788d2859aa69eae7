"""What every ledger promises, whatever keeps it. A backend's tests inherit `LedgerContract`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bims_desktop.errors import LedgerUnavailable, ProofRefused
from bims_desktop.ledger.base import Entry, Ledger
from bims_desktop.ledger.checkpoint import parse_checkpoint, parse_note
from bims_desktop.ledger.receipt import Receipt, check


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def record(number: int, pixels: int | None = None) -> Entry:
    return Entry("record", {"record": digest(number), "pixels": digest(number if pixels is None else pixels)})


def attestation(number: int, verdict: str = "exact") -> Entry:
    return Entry("attestation", {"record": digest(number), "verdict": verdict, "environment": digest(0)})


class LedgerContract:
    """Give a fixture `connect`, which opens one and the same ledger each time it is called."""

    @pytest.fixture
    def ledger(self, connect: Callable[[], Ledger]) -> Iterator[Ledger]:
        ledger = connect()
        yield ledger
        ledger.close()

    def test_an_append_is_answered_with_a_receipt_that_holds_offline(self, ledger: Ledger) -> None:
        receipt = Receipt.from_bytes(ledger.append(record(1)).to_bytes())
        result = check(receipt, [ledger.public_key])
        assert (result.state, result.entry) == ("good", record(1))

    def test_the_same_entry_again_is_the_same_answer(self, ledger: Ledger) -> None:
        first = ledger.append(record(1))
        ledger.append(record(2))
        assert ledger.append(record(1)) == first
        assert len(ledger.find()) == 2

    def test_a_receipt_stays_the_same_while_the_ledger_grows(self, ledger: Ledger) -> None:
        first = ledger.append(record(1))
        for number in range(2, 12):
            ledger.append(record(number))
        assert ledger.receipt(first.index) == first

    def test_equal_statements_look_different_to_those_who_see_hashes_only(self, ledger: Ledger) -> None:
        receipts = [ledger.append(record(number)) for number in range(8)]
        assert len({receipt.salt for receipt in receipts}) == 8

    def test_entries_are_found_by_every_property_oldest_first(self, ledger: Ledger) -> None:
        for entry in (record(1), record(2, pixels=1), attestation(1), attestation(1, "different"), record(3)):
            ledger.append(entry)
        assert [stored.entry for stored in ledger.find(pixels=digest(1))] == [record(1), record(2, pixels=1)]
        assert [stored.entry for stored in ledger.find(record=digest(1), kind="attestation")] == [
            attestation(1),
            attestation(1, "different"),
        ]
        assert [stored.entry for stored in ledger.find(kind="record")] == [record(1), record(2, pixels=1), record(3)]
        assert ledger.find(record=digest(9)) == []
        assert ledger.find(record=digest(2), pixels=digest(3)) == []
        assert len(ledger.find()) == 5

    def test_what_was_found_is_what_its_receipt_proves(self, ledger: Ledger) -> None:
        for number in range(5):
            ledger.append(record(number))
        for stored in ledger.find():
            receipt = ledger.receipt(stored.index)
            assert (receipt.entry, receipt.since) == (stored.entry.to_bytes(), stored.since)
            assert check(receipt, [ledger.public_key]).state == "good"

    def test_entries_are_there_for_whoever_opens_the_ledger_next(self, connect: Callable[[], Ledger]) -> None:
        first = connect()
        receipt = first.append(record(1))
        first.close()
        second = connect()
        assert second.append(record(1)) == receipt
        assert second.public_key == first.public_key
        second.close()

    def test_two_at_once_see_what_the_other_appends(self, connect: Callable[[], Ledger]) -> None:
        one, other = connect(), connect()
        receipts = [one.append(record(1)), other.append(record(2)), one.append(record(3))]
        assert [stored.entry for stored in one.find()] == [stored.entry for stored in other.find()]
        assert other.append(record(1)) == receipts[0]
        assert len({receipt.index for receipt in receipts}) == 3
        one.close()
        other.close()

    def test_the_checkpoint_is_signed_and_covers_everything(self, ledger: Ledger) -> None:
        index = ledger.append(record(1)).index
        note = parse_note(ledger.checkpoint())
        assert note.signer([ledger.public_key]) == ledger.public_key
        assert parse_checkpoint(note.text).size > index

    def test_an_entry_that_is_not_there_is_refused(self, ledger: Ledger) -> None:
        with pytest.raises(ProofRefused):
            ledger.receipt(10**6)

    def test_a_closed_ledger_says_so(self, connect: Callable[[], Ledger]) -> None:
        ledger = connect()
        ledger.close()
        with pytest.raises(LedgerUnavailable):
            ledger.append(record(1))
