"""Records that ledgers hold of some pixels, each checked before anybody relies on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from bims_desktop.app.home import Home
from bims_desktop.app.ledgers import Ledgers, Source, Where, asking, place_in
from bims_desktop.app.likeness import Likeness
from bims_desktop.app.schemas import check
from bims_desktop.app.standing import Standing, standing
from bims_desktop.errors import ProofRefused, RecordError
from bims_desktop.ledger.base import Deposit
from bims_desktop.ledger.reader import LogReader
from bims_desktop.ledger.signing import fingerprint
from bims_desktop.macro.record import Record, open_envelope
from bims_desktop.model.image import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A record that a ledger gave back, whole and rightly signed.

    Parameters
    ----------
    record : Record
        Its signature holds, by the key that it names itself.
    deposit : Deposit
        The record as it was signed, and its stored edits.
    pixels : array
        The samples in C order, as the record means them.
    where, since : str
        Which ledger holds it and where in it, and since when by that ledger's clock.
    state : {"stands", "retracted", "superseded"}
        What that ledger says of it.
    known : bool
        Whether the key that signed it is pinned here.
    receipt : bytes
        The ledger's proof for the file's slot; empty where that ledger gives none.
    """

    record: Record
    deposit: Deposit
    pixels: Pixels
    where: str
    since: str
    state: Standing
    known: bool
    receipt: bytes

    @property
    def signer(self) -> str:
        """Who signed it: by the record's own word, and the key."""
        name = self.record.content["agent"]["name"]
        return f"{name} ({fingerprint(self.record.agent_key)})" if name else fingerprint(self.record.agent_key)

    @property
    def created(self) -> str:
        """When it was signed, by the clock of whoever signed it."""
        return str(self.record.content["created"])


@dataclass(frozen=True, slots=True)
class Found:
    """What the ledgers hold of some pixels.

    Parameters
    ----------
    pixels : str
        Their digest as the file shows them now.
    candidates : tuple of Candidate
        The best first: signed by a known key, then standing, then newest.
    problems : tuple of str
        Why something that was found is no candidate, one sentence each.
    """

    pixels: str
    candidates: tuple[Candidate, ...]
    problems: tuple[str, ...]


def search(readings: Iterator[Likeness], home: Home, where: Where | Ledgers) -> Found:
    """The records of these pixels; the first ledger and the first reading that have any settle it.

    Raises
    ------
    LedgerUnavailable
        A ledger that had to be asked cannot be reached.
    """
    problems: list[str] = []
    tried: list[Likeness] = []
    with asking(home, where) as asked:
        for ledger in asked:
            for reading in chain(tuple(tried), _kept(readings, tried)):
                if found := [*_candidates(ledger, reading, home, problems)]:
                    return Found(tried[0].digest, tuple(sorted(found, key=_rank, reverse=True)), tuple(problems))
    return Found(tried[0].digest, (), tuple(problems))


def _kept(readings: Iterator[Likeness], tried: list[Likeness]) -> Iterator[Likeness]:
    """Readings cost a pass over the pixels: each is made once, for all the ledgers."""
    for reading in readings:
        tried.append(reading)
        yield reading


def _rank(candidate: Candidate) -> tuple[bool, bool, str]:
    # A stranger's record never comes before one of a known key, whatever became of that.
    return candidate.known, candidate.state == "stands", candidate.since


def _candidates(ledger: Source, reading: Likeness, home: Home, problems: list[str]) -> Iterator[Candidate]:
    """The good records of one reading in one ledger; what is wrong with the others is told in `problems`."""
    for stored in ledger.find(kind="record", pixels=reading.digest):
        name, place = str(stored.entry.body["record"]), place_in(ledger.name, stored.place)
        try:
            deposit = ledger.deposit(name)
            record = checked(deposit, name, reading.digest) if deposit else None
        except (RecordError, ProofRefused) as error:
            problems.append(f"The record {name[:19]}… in {place} cannot be used: {error.what}")
            continue
        if deposit is None or record is None:
            problems.append(f"Of the record {name[:19]}… there is only the digest in {place}.")
            continue
        receipt = ledger.receipt(stored.index).to_bytes() if isinstance(ledger, LogReader) else b""
        state, known = standing(ledger.find(record=name)), record.agent_key in home.pinned
        yield Candidate(record, deposit, reading.pixels, place, stored.since, state, known, receipt)


def checked(deposit: Deposit, record: str, pixels: str) -> Record:
    """The record in `deposit`, once digest, signature and pixels were found to be right.

    Raises
    ------
    RecordError
        They are not.
    """
    deposit.check(record)
    found = open_envelope(deposit.envelope)
    check(found.content, "record-1")
    if found.signed_by() is None:
        raise RecordError("Its signature does not hold.")
    if found.content["image"]["pixels"] != pixels:
        raise RecordError("It is about other pixels.")
    return found
