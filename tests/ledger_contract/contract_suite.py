"""What every ledger promises, whatever keeps it. A backend's tests inherit `LedgerContract`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import zstandard

from bims_desktop.errors import BimsError, LedgerUnavailable
from bims_desktop.ledger.base import Deposit, Entry, Ledger, Query, Stored
from bims_desktop.ledger.signing import Ed25519Signer, fingerprint
from bims_desktop.macro.record import sign
from bims_desktop.model.canonical import canonical

AGENT = Ed25519Signer(bytes([7]) * 32)


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def companion(packed: Mapping[str, bytes]) -> str:
    """The digest of the file beside an image that holds these stored edits: a ledger holds them against it."""
    names = sorted(packed)
    return sha256(canonical({name: len(packed[name]) for name in names}) + b"\0" + b"".join(packed[n] for n in names))


def record(number: int, pixels: int | None = None) -> Entry:
    return Entry("record", {"record": digest(number), "pixels": digest(number if pixels is None else pixels)})


@dataclass(frozen=True)
class Saved:
    """A record of an image as a save makes it: its entry, and what is deposited with it."""

    entry: Entry
    deposit: Deposit

    @property
    def record(self) -> str:
        return self.deposit.record


def saved(
    number: int,
    *,
    operation: str = "gaussian",
    microscope: str = "LSM 880",
    reads: int = 1000,
    agent: str = "Ada Lovelace",
    blobs: int = 0,
) -> Saved:
    """A record of the image whose pixels have the digest `number`."""
    packed = [zstandard.compress(f"edit {number} {at}".encode()) for at in range(blobs)]
    kept = {sha256(f"edit {number} {at}".encode()): data for at, data in enumerate(packed)}
    payload: dict[str, Any] = {
        "agent": {
            "name": agent,
            "organisation": "Analytical Engines",
            "public_key": base64.b64encode(AGENT.public_key).decode(),
        },
        "blobs": {"companion": companion(kept) if blobs else None, "inline": {}},
        "created": "2026-01-31T12:00:00Z",
        "environment": {},
        "image": {"pixels": digest(number)},
        "inputs": [
            {
                "acquisition": {"microscope": [{"Manufacturer": "Zeiss", "Model": microscope}]},
                "digest": digest(reads),
                "parent": None,
            }
        ],
        "macro": {"dialect": 1, "digest": digest(number + 10**6), "result": "a", "text": "a"},
        "program": {"name": "bims-desktop", "version": "0.1.0"},
        "redacted": {"count": 0, "log": {"root": digest(0), "size": 1}, "proofs": {}},
        "steps": [{"entry": {"operation": "load"}}, {"entry": {"operation": operation}}],
        "type": "bims-record",
        "v": 1,
    }
    deposit = Deposit(sign(canonical(payload), AGENT), kept)
    body = {
        "agent": fingerprint(AGENT.public_key),
        "macro": digest(number + 10**6),
        "pixels": digest(number),
        "record": deposit.record,
    }
    return Saved(Entry("record", body), deposit)


def attestation(of: Saved, verdict: str = "exact") -> Entry:
    return Entry("attestation", {"record": of.record, "verdict": verdict, "environment": "Python 3.11"})


def retraction(of: Saved) -> Entry:
    return Entry("retract", {"record": of.record, "reason": "the wrong channel"})


class LedgerContract:
    """Give a fixture `connect`, which opens one and the same ledger each time it is called.

    The ledger may hold entries of others already: what is found is compared for the digests of
    the test's own records. `first_number` tells tests on one long-lived ledger apart.
    """

    @pytest.fixture
    def first_number(self) -> int:
        return 1

    @pytest.fixture
    def ledger(self, connect: Callable[[], Ledger]) -> Iterator[Ledger]:
        ledger = connect()
        yield ledger
        ledger.close()

    def test_an_append_is_answered_with_a_proof_that_says_where_it_stands(
        self, ledger: Ledger, first_number: int
    ) -> None:
        one = saved(first_number)
        proof = ledger.append(one.entry, one.deposit)
        (stored,) = ledger.find(record=one.record)
        assert stored.entry == one.entry
        assert stored.place == proof.place != ""
        assert proof.to_bytes()

    def test_the_same_again_is_the_same_answer(self, ledger: Ledger, first_number: int) -> None:
        one, two = saved(first_number), saved(first_number + 1)
        first = ledger.append(one.entry, one.deposit)
        ledger.append(two.entry, two.deposit)
        again = ledger.append(one.entry, one.deposit)
        assert (again.place, again.to_bytes()) == (first.place, first.to_bytes())
        assert len(ledger.find(record=one.record)) == 1

    def test_a_deposit_comes_back_byte_for_byte(self, ledger: Ledger, first_number: int) -> None:
        plain, edited = saved(first_number), saved(first_number + 1, blobs=2)
        for one in (plain, edited):
            ledger.append(one.entry, one.deposit)
        for one in (plain, edited):
            found = ledger.deposit(one.record)
            assert found is not None
            assert (found.envelope, dict(found.blobs)) == (one.deposit.envelope, dict(one.deposit.blobs))

    def test_an_entry_may_come_without_its_record(self, ledger: Ledger, first_number: int) -> None:
        one = saved(first_number)
        ledger.append(one.entry)
        assert [stored.entry for stored in ledger.find(pixels=digest(first_number))] == [one.entry]
        assert ledger.deposit(one.record) is None
        assert ledger.deposit(digest(0)) is None

    def test_a_deposit_of_another_record_is_refused(self, ledger: Ledger, first_number: int) -> None:
        one, other = saved(first_number), saved(first_number + 1)
        with pytest.raises(BimsError):
            ledger.append(one.entry, other.deposit)
        assert ledger.find(record=one.record) == []
        assert ledger.deposit(one.record) is None

    def test_a_deposit_whose_stored_edit_is_another_is_refused(self, ledger: Ledger, first_number: int) -> None:
        one = saved(first_number, blobs=1)
        forged = Deposit(one.deposit.envelope, dict.fromkeys(one.deposit.blobs, zstandard.compress(b"other")))
        with pytest.raises(BimsError):
            ledger.append(one.entry, forged)
        assert ledger.find(record=one.record) == []

    @pytest.mark.parametrize(
        "name", ["record", "pixels", "macro", "subject", "agent", "agent's name", "operation", "instrument", "uses"]
    )
    def test_a_record_is_found_by_every_property(self, name: str, ledger: Ledger, first_number: int) -> None:
        mine = f"Ada {first_number}"
        one = saved(
            first_number, operation=f"op{first_number}", microscope=f"M{first_number}", reads=first_number, agent=mine
        )
        other = saved(first_number + 1)
        for each in (one, other):
            ledger.append(each.entry, each.deposit)
        queries: dict[str, Query] = {
            "record": {"record": one.record},
            "pixels": {"pixels": digest(first_number)},
            "macro": {"macro": digest(first_number + 10**6)},
            "subject": {"subject": digest(first_number)},
            "agent": {"agent": fingerprint(AGENT.public_key), "pixels": digest(first_number)},
            "agent's name": {"agent": mine},
            "operation": {"operation": f"op{first_number}"},
            "instrument": {"instrument": f"Zeiss M{first_number}"},
            "uses": {"uses": digest(first_number)},
        }
        assert [stored.entry for stored in ledger.find(**queries[name])] == [one.entry]

    def test_what_agrees_with_one_property_and_not_another_is_not_found(
        self, ledger: Ledger, first_number: int
    ) -> None:
        one, two = saved(first_number), saved(first_number + 1)
        for each in (one, two):
            ledger.append(each.entry, each.deposit)
        assert ledger.find(record=one.record, pixels=digest(first_number + 1)) == []
        assert ledger.find(record=one.record, kind="attestation") == []
        assert ledger.find(record=one.record, operation="threshold_otsu") == []
        assert ledger.find(pixels=digest(first_number + 2)) == []

    def test_statements_about_a_record_are_found_oldest_first(self, ledger: Ledger, first_number: int) -> None:
        one = saved(first_number)
        said = [one.entry, attestation(one), attestation(one, "different"), retraction(one)]
        for entry in said:
            ledger.append(entry, one.deposit if entry is one.entry else None)
        assert [stored.entry for stored in ledger.find(record=one.record)] == said
        assert [stored.entry for stored in ledger.find(record=one.record, kind="attestation")] == said[1:3]
        assert [stored.entry for stored in ledger.find(record=one.record, kind="retract")] == said[3:]

    def test_the_ledgers_own_time_bounds_what_is_found(self, ledger: Ledger, first_number: int) -> None:
        one = saved(first_number)
        ledger.append(one.entry, one.deposit)
        (stored,) = ledger.find(record=one.record)
        before, after = "2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z"

        def found(**bounds: str) -> list[Stored]:
            return ledger.find(record=one.record, **bounds)  # type: ignore[arg-type]

        assert found(since=stored.since) == found(since=before, until=after) == [stored]
        assert found(until=stored.since) == found(since=after) == found(until=before) == []

    def test_what_is_found_can_be_had_in_parts(self, ledger: Ledger, first_number: int) -> None:
        several = [saved(first_number + at, microscope=f"P{first_number}") for at in range(5)]
        for one in several:
            ledger.append(one.entry, one.deposit)
        word = f"Zeiss P{first_number}"
        whole = ledger.find(instrument=word)
        parts = [ledger.find(instrument=word, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
        assert [len(part) for part in parts] == [2, 2, 1, 0]
        assert [stored for part in parts for stored in part] == whole
        assert [stored.entry for stored in whole] == [one.entry for one in several]

    def test_the_newest_come_first_where_they_are_asked_for(self, ledger: Ledger, first_number: int) -> None:
        several = [saved(first_number + at, microscope=f"N{first_number}") for at in range(4)]
        for one in several:
            ledger.append(one.entry, one.deposit)
        word, entries = f"Zeiss N{first_number}", [one.entry for one in several][::-1]
        assert [stored.entry for stored in ledger.find(instrument=word, newest=True)] == entries
        part = ledger.find(instrument=word, newest=True, limit=2, offset=1)
        assert [stored.entry for stored in part] == entries[1:3]
        assert [stored.entry for stored in ledger.find(instrument=word, newest=False)] == entries[::-1]

    def test_entries_are_there_for_whoever_opens_the_ledger_next(
        self, connect: Callable[[], Ledger], first_number: int
    ) -> None:
        one, first = saved(first_number, blobs=1), connect()
        proof = first.append(one.entry, one.deposit)
        first.close()
        second = connect()
        assert second.append(one.entry, one.deposit).to_bytes() == proof.to_bytes()
        found = second.deposit(one.record)
        second.close()
        assert found is not None
        assert found.envelope == one.deposit.envelope

    def test_two_at_once_see_what_the_other_appends(self, connect: Callable[[], Ledger], first_number: int) -> None:
        one, other = connect(), connect()
        records = [saved(first_number + at) for at in range(3)]
        proofs = [ledger.append(r.entry, r.deposit) for ledger, r in zip((one, other, one), records, strict=True)]
        for each in records:
            assert one.find(record=each.record) == other.find(record=each.record) != []
        assert other.append(records[0].entry, records[0].deposit).to_bytes() == proofs[0].to_bytes()
        assert len({proof.place for proof in proofs}) == 3
        one.close()
        other.close()

    def test_a_closed_ledger_says_so(self, connect: Callable[[], Ledger], first_number: int) -> None:
        ledger = connect()
        ledger.close()
        with pytest.raises(LedgerUnavailable):
            ledger.append(saved(first_number).entry)
