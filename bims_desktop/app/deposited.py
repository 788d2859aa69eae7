"""A record of any science as a ledger gives it back: checked, without the file that it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from bims_desktop.app.home import Home
from bims_desktop.app.ledgers import Ledgers, Source, Where, place_in
from bims_desktop.app.standing import Standing, standing
from bims_desktop.app.testimony import testimony, with_testimony
from bims_desktop.app.verdicts import Verdict
from bims_desktop.errors import NoRecord, ProofRefused, RecordDamaged, RecordError
from bims_desktop.ledger import rotation
from bims_desktop.ledger.base import Deposit, Stored
from bims_desktop.ledger.facts import facts
from bims_desktop.ledger.reader import LogReader
from bims_desktop.ledger.signing import fingerprint, verify
from bims_desktop.model.canonical import parse
from bims_desktop.model.dsse import Envelope, decode


@dataclass(frozen=True, slots=True, eq=False)
class Deposited:
    """A record that a ledger holds, with a signature that holds.

    Parameters
    ----------
    record : str
        Its digest.
    content : dict
        What it says, as JSON: somebody else's words.
    envelope : bytes
        As it was signed.
    blobs : dict of str to bytes
        Stored edits that lie outside the envelope, compressed with zstd, by digest.
    key : bytes, 32 of them
        The agent's public key, which signed it.
    where, since : str
        The ledger that gave it, and since when that has it.
    state : {"stands", "retracted", "superseded"}
    proof : Verdict
        What the ledger's receipt is worth with the keys that are known here.
    """

    record: str
    content: dict[str, Any]
    envelope: bytes
    blobs: dict[str, bytes]
    key: bytes
    where: str
    since: str
    state: Standing
    proof: Verdict


class RecordVerdicts(NamedTuple):
    """What a record is worth by itself: who signed it, and what the ledger says."""

    signature: Verdict
    ledger: Verdict

    @property
    def good(self) -> bool:
        """Whether it can be relied on."""
        return all(verdict.state == "good" for verdict in self)


def fetch(home: Home, digest: str, where: Where = "all", keys: Collection[bytes] = ()) -> Deposited:
    """The record of this digest, or the best one about the data of this digest, as of `candidates`.

    Raises
    ------
    NoRecord
        No ledger that was asked holds one.
    LedgerUnavailable
        A ledger that had to be asked cannot be reached.
    """
    pinned = {*home.pinned, *keys}
    problems: list[str] = []
    with Ledgers(home, where) as asked:
        for ledger in asked:
            entries = ledger.find(kind="record", record=digest) or ledger.find(kind="record", subject=digest)
            if found := [*_usable(ledger, entries, pinned, problems)]:
                return max(found, key=lambda one: (one.key in pinned, one.state == "stands", one.since))
    raise NoRecord(
        problems[0] if problems else f"No ledger asked here knows {digest[:19]}….",
        "Ask the ledger of whoever made it, or import a copy.",
    )


def examine(home: Home, found: Deposited, keys: Collection[bytes] = ()) -> RecordVerdicts:
    """Whose word the record is, and what the ledgers make of it; a consortium is asked at two organisations."""
    pinned = {*home.pinned, *keys}
    who = fingerprint(found.key)
    known = Verdict("good", f"signed with the key {who}", {"record": found.record})
    unknown = Verdict("unknown", f"it is signed with a key that is not known here ({who})", {"record": found.record})
    withdrawn = Verdict("bad", f"the record was {found.state}", found.proof.details)
    proof = with_testimony(found.proof, testimony(home, found.record)) if found.state == "stands" else withdrawn
    return RecordVerdicts(known if found.key in pinned else unknown, proof)


def _usable(
    ledger: Source, entries: list[Stored], pinned: Collection[bytes], problems: list[str]
) -> Iterator[Deposited]:
    for stored in entries:
        record = str(stored.entry.body["record"])
        try:
            deposit = ledger.deposit(record)
            content, key = _opened(deposit, record) if deposit else ({}, b"")
        except (RecordError, ProofRefused) as error:
            problems.append(f"The record {record[:19]}… in the ledger {ledger.name} cannot be used: {error.what}")
            continue
        if deposit is None:
            problems.append(f"Of the record {record[:19]}… there is only the digest in the ledger {ledger.name}.")
            continue
        state, proof = standing(ledger.find(record=record)), _proof(ledger, stored, pinned)
        where, blobs = place_in(ledger.name, stored.place), dict(deposit.blobs)
        yield Deposited(record, content, deposit.envelope, blobs, key, where, stored.since, state, proof)


def _opened(deposit: Deposit, record: str) -> tuple[dict[str, Any], bytes]:
    """Content and key of a record of any type, once digest and signature were found to be right."""
    deposit.check(record)
    envelope = Envelope.from_bytes(deposit.envelope)
    facts(envelope.payload)
    content: Any = parse(envelope.payload)
    key = decode(content["agent"].get("public_key"))
    if not any(hint == key and verify(key, value, envelope.message) for hint, value in envelope.signatures):
        raise RecordDamaged("Its signature does not hold.", "Use an undamaged copy.")
    return content, key


def _proof(ledger: Source, stored: Stored, pinned: Collection[bytes]) -> Verdict:
    if not isinstance(ledger, LogReader):
        return Verdict("unknown", f"in the ledger {ledger.name} since {stored.since}, by the word of one organisation")
    found = rotation.check(ledger.receipt(stored.index), pinned, ledger.tenures)
    return Verdict(found.state, found.text, {"ledger key": found.log})
