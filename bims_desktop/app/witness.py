"""`Witness`: what one organisation of the consortium says of a record, asked at its own peer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from bims_desktop.app.consortium import connect
from bims_desktop.app.settings import Fabric
from bims_desktop.errors import LedgerError
from bims_desktop.ledger.entry import Entry

if TYPE_CHECKING:
    from bims_desktop.ledger.fabric.documents import Anchored, Held, Statement
    from bims_desktop.ledger.fabric.ledger import FabricLedger

DEADLINE_S = 3.0
ORGANISATIONS = 2


@dataclass(frozen=True, slots=True)
class Witness:
    """The word of one organisation.

    Parameters
    ----------
    msp : str
        Which one.
    state : {"holds", "lacks", "silent"}
        Whether its peer has the record, has it not, or did not say.
    held : Held or None
        What it has.
    attested : tuple of Statement
        What it knows of replays, oldest first.
    anchored : Anchored or None
        The last checkpoint that it knows of the log that was asked about.
    why : str
        Why it is silent.
    """

    msp: str
    state: Literal["holds", "lacks", "silent"]
    held: Held | None = None
    attested: tuple[Statement, ...] = ()
    anchored: Anchored | None = None
    why: str = ""


class Court:
    """Two organisations that can be asked, the user's own first; made by `asking`."""

    def __init__(self, ledger: FabricLedger, own: str) -> None:
        self._ledger = ledger
        others = [msp for msp in ledger.contract.gateway.profile.organisations if msp != own]
        self.organisations = (own, *others)[:ORGANISATIONS]

    def hear(self, record: str, origin: str = "") -> tuple[Witness, ...]:
        """What each says of `record`, and of the log `origin` where one is named; asked at the same time."""
        with ThreadPoolExecutor(ORGANISATIONS) as pool:
            return tuple(pool.map(partial(self._word, record, origin), self.organisations))

    def block_of(self, transaction: str) -> bytes | None:
        """The block that holds `transaction`, from the organisation that is not the user's; None where it is silent."""
        try:
            return self._ledger.contract.gateway.block_of(transaction, self.organisations[-1])
        except LedgerError:
            return None

    def _word(self, record: str, origin: str, msp: str) -> Witness:
        contract = self._ledger.contract
        try:
            held = contract.record(record, msp)
            anchored = contract.anchored(origin, msp) if origin else None
            words = contract.query({"kind": "attestation", "record": record}, msp) if held else ()
            attested = tuple(word for word in words if _is_about(word.entry, record))
        except LedgerError as error:
            return Witness(msp, "silent", why=str(error))
        return Witness(msp, "holds" if held else "lacks", held, attested, anchored)


def _is_about(entry: Entry, record: str) -> bool:
    return (entry.kind, entry.body["record"]) == ("attestation", record)


@contextmanager
def asking(fabric: Fabric, deadline_s: float = DEADLINE_S) -> Iterator[Court]:
    """Two organisations to ask, which all together take about `deadline_s` at most.

    Raises
    ------
    LedgerUnavailable
        The profile, certificate or key cannot be used.
    """
    from bims_desktop.ledger.fabric.gateway import Deadlines

    ledger = connect(fabric, deadlines=Deadlines(evaluate=deadline_s / ORGANISATIONS))
    try:
        yield Court(ledger, fabric.msp)
    finally:
        ledger.close()
