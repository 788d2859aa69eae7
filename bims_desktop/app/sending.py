"""`Sending`: one entry, one checkpoint or one block of evidence at a time, and what came of it, noted in the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bims_desktop.app.settings import Fabric
from bims_desktop.errors import (
    BimsError,
    CommitError,
    EntryConflict,
    LedgerUnavailable,
    ProofRefused,
    TransactionError,
)
from bims_desktop.ledger.base import Deposit, Stored
from bims_desktop.ledger.checkpoint import parse_checkpoint, parse_note
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.outbox import RACED, UNDER_WAY, Evidence, Item, Name, Outbox
from bims_desktop.ledger.public_key import encode_public

if TYPE_CHECKING:
    from bims_desktop.ledger.fabric.contract import Write
    from bims_desktop.ledger.fabric.documents import Anchored
    from bims_desktop.ledger.fabric.ledger import FabricLedger

Stage = Callable[[str], None]
AWAY = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt.

    Parameters
    ----------
    state : {"done", "stuck", "again", "at once"}
        Committed; waits for a person; to be tried after a pause; to be tried now.
    text : str
        Why, where it is not done.
    reachable : bool
        Whether the network answered.
    """

    state: Literal["done", "stuck", "again", "at once"]
    text: str = ""
    reachable: bool = True


class Sending:
    """Carries from `log` to `ledger`, noting everything in `outbox`; any number of threads.

    Parameters
    ----------
    log, outbox, ledger
        From where, what is known of it, and to where; the ledger's delivery notes in the same outbox.
    fabric : Fabric
        What is to be carried.
    stage : callable
        Told the name of each stage.
    """

    def __init__(self, log: LocalLog, outbox: Outbox, ledger: FabricLedger, fabric: Fabric, stage: Stage) -> None:
        self._log = log
        self._outbox = outbox
        self._ledger = ledger
        self._fabric = fabric
        self._stage = stage

    def entry(self, index: int) -> Outcome:
        """Carry entry `index` of the log."""
        name: Name = ("entry", index)

        def carry() -> None:
            (stored,) = self._log.entries(index, index + 1)
            self._ledger.carry(name, stored.entry, self._deposit(stored))

        return self._outcome(name, carry)

    def anchor(self) -> Outcome:
        """Anchor the newest checkpoint, or go on with the one that was begun."""
        begun = self._outbox.items(*UNDER_WAY, kind="anchor")
        name: Name = begun[0].name if begun else ("anchor", self._log.size)
        return self._outcome(name, lambda: self._anchor(begun[0] if begun else None))

    def evidence(self, item: Item) -> Outcome:
        """Fetch the block that `item` stands in from another organisation, check it, keep it."""
        from bims_desktop.ledger.fabric.evidence import check

        (stored,) = self._log.entries(int(item.name[1]), int(item.name[1]) + 1)
        witness = self._witness()
        self._stage("fetching evidence")
        try:
            block = self._ledger.contract.gateway.block_of(item.transaction, witness)
            found = check(block, item.transaction, self._ledger.trust, self._ledger.name)
        except (LedgerUnavailable, TransactionError) as error:
            return Outcome("again", str(error), reachable=not isinstance(error, LedgerUnavailable))
        except ProofRefused as error:
            return Outcome("again", f"The block that {witness} gave does not hold: {error}")
        if not found.good:
            return Outcome("again", f"The block that {witness} gave does not hold: {'; '.join(found.problems)}.")
        self._outbox.keep(Evidence(item.transaction, str(stored.entry.body["record"]), found.block, block))
        self._stage("evidence kept")
        return Outcome("done")

    def _deposit(self, stored: Stored) -> Deposit | None:
        wanted = stored.entry.kind == "record" and self._fabric.keep_contents
        return self._log.deposit(str(stored.entry.body["record"])) if wanted else None

    def _anchor(self, begun: Item | None) -> None:
        delivery = self._ledger.delivery
        if begun is not None:
            delivery.deliver(begun.name, lambda: self._anchoring(None)[1])
            return
        last = self._ledger.contract.anchored(self._log.origin)
        if last is not None and self._covers(last):
            delivery.found(("anchor", last.size), last.transaction)
            return
        size, write = self._anchoring(last)
        delivery.deliver(("anchor", size), lambda: write)

    def _covers(self, last: Anchored) -> bool:
        if last.size > self._log.size:
            raise EntryConflict(
                f"The consortium knows {last.size} entries of the log {self._log.origin}; here are {self._log.size}.",
                "This log was put back to an older state, or copied: restore the newest copy.",
            )
        if last.size < self._log.size:
            return False
        if parse_checkpoint(parse_note(self._log.checkpoint()).text).root != last.root:
            raise EntryConflict(
                f"The consortium knows another history of the log {self._log.origin} than this computer.",
                "Somebody used its key elsewhere, or it was rewritten here: keep both, and tell your organisation.",
            )
        return True

    def _anchoring(self, last: Anchored | None) -> tuple[int, Write]:
        from bims_desktop.ledger.fabric.contract import anchor

        old = last.size if last else 0
        note = self._next_note(old)
        parsed = parse_note(note)
        size = parse_checkpoint(parsed.text).size
        key = next(key for key in reversed(self._log.keys) if parsed.signer([key]))
        proof = self._log.consistency(old, size) if 0 < old < size else []
        return size, anchor(note, encode_public(key, self._log.origin), proof)

    def _next_note(self, anchored: int) -> str:
        """The newest checkpoint; before it one that two keys signed, where the log changed its key since."""
        changes = [stored.index for stored in self._log.find(kind="key") if stored.index >= anchored]
        return self._log.receipt(changes[0]).checkpoint if changes else self._log.checkpoint()

    def _witness(self) -> str:
        own = self._fabric.msp
        others = [msp for msp in self._ledger.contract.gateway.profile.organisations if msp != own]
        return others[0] if others else own

    def _outcome(self, name: Name, carry: Callable[[], None]) -> Outcome:
        try:
            carry()
        except EntryConflict as error:
            self._outbox.conflict(name, str(error))
            return Outcome("stuck", str(error))
        except LedgerUnavailable as error:
            return Outcome("again", str(error), reachable=False)
        except CommitError as error:
            if error.code in RACED:
                return Outcome("at once", str(error))
            self._outbox.refuse(name, str(error), error.transaction)
            return Outcome("stuck", str(error))
        except TransactionError as error:
            if error.code != "INVALID":
                return Outcome("again", str(error), reachable=error.code not in AWAY)
            self._outbox.refuse(name, str(error))
            return Outcome("stuck", str(error))
        except BimsError as error:  # not permitted, or the local log does not give what it was asked for
            self._outbox.refuse(name, str(error))
            return Outcome("stuck", str(error))
        return Outcome("done")
