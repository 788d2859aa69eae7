from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from contract_suite import LedgerContract, record, saved

from bims_desktop.errors import LedgerError, ProofRefused
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.checkpoint import parse_checkpoint, parse_note
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.receipt import Receipt, check
from bims_desktop.ledger.signing import Ed25519Signer


class TestLocalLog(LedgerContract):
    @pytest.fixture
    def connect(self, tmp_path: Path) -> Callable[[], LocalLog]:
        return lambda: LocalLog(tmp_path / "log.sqlite", Ed25519Signer(bytes(32)))


class TestReceipts:
    """What the local log promises beyond others."""

    @pytest.fixture
    def log(self, tmp_path: Path) -> Iterator[LocalLog]:
        log = LocalLog(tmp_path / "log.sqlite", Ed25519Signer(bytes(32)))
        yield log
        log.close()

    def test_an_append_is_answered_with_a_receipt_that_holds_offline(self, log: LocalLog) -> None:
        receipt = Receipt.from_bytes(log.append(record(1)).to_bytes())
        result = check(receipt, [log.public_key])
        assert (result.state, result.entry) == ("good", record(1))

    def test_a_receipt_stays_the_same_while_the_log_grows(self, log: LocalLog) -> None:
        first = log.append(record(1))
        for number in range(2, 12):
            log.append(record(number))
        assert log.receipt(first.index) == first

    def test_equal_statements_look_different_to_those_who_see_hashes_only(self, log: LocalLog) -> None:
        receipts = [log.append(record(number)) for number in range(8)]
        assert len({receipt.salt for receipt in receipts}) == 8

    def test_what_was_found_is_what_its_receipt_proves(self, log: LocalLog) -> None:
        for number in range(5):
            log.append(record(number))
        assert len(log.find()) == 5
        for stored in log.find():
            receipt = log.receipt(stored.index)
            assert (receipt.entry, receipt.since) == (stored.entry.to_bytes(), stored.since)
            assert (receipt.place, stored.place) == (stored.place, f"entry {stored.index + 1}")
            assert check(receipt, [log.public_key]).state == "good"

    def test_two_statements_about_one_record_both_stand(self, log: LocalLog) -> None:
        log.append(record(1))
        log.append(record(1, pixels=2))
        assert [stored.entry for stored in log.find(record=record(1).body["record"])] == [  # type: ignore[arg-type]
            record(1),
            record(1, pixels=2),
        ]

    def test_the_checkpoint_is_signed_and_covers_everything(self, log: LocalLog) -> None:
        index = log.append(record(1)).index
        note = parse_note(log.checkpoint())
        assert note.signer([log.public_key]) == log.public_key
        assert parse_checkpoint(note.text).size == log.size == index + 1

    def test_an_entry_that_is_not_there_is_refused(self, log: LocalLog) -> None:
        with pytest.raises(ProofRefused):
            log.receipt(10**6)

    def test_a_record_can_be_deposited_later(self, log: LocalLog) -> None:
        one = saved(1)
        receipt = log.append(one.entry)
        assert log.append(one.entry, one.deposit) == receipt
        assert log.size == 1
        assert log.deposit(one.record) == one.deposit
        assert len(log.find(operation="gaussian")) == 1

    @pytest.mark.parametrize(
        "query", [{"colour": "red"}, {"limit": -1}, {"limit": "2"}, {"offset": True}, {"offset": 2**70}]
    )
    def test_what_no_entry_has_cannot_be_searched_for(self, query: dict[str, object], log: LocalLog) -> None:
        with pytest.raises(LedgerError):
            log.find(**query)  # type: ignore[arg-type]

    def test_a_key_entry_cannot_be_appended_by_hand(self, log: LocalLog) -> None:
        with pytest.raises(LedgerError, match="Rotate"):
            log.append(Entry("key", {"key": "lab+9ff7fd24+AQAA"}))
