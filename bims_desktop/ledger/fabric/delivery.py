"""`Delivery`: one transaction brought to its end, through every interruption.

The rules, each because the opposite was seen to lose or to double something:

- identifier and signed envelope are noted before the ordering service sees them;
- that the ordering service took a transaction proves nothing: only a block does;
- after an unknown outcome both organisations are asked, then the same envelope is sent again;
- a new transaction is made only where the outcome of the old one is known, or where both
  organisations say that they do not have it and it is too old for any of them to take it still;
- the chaincode answers the same write with its first transaction, so that a write which
  stands there already, by whomever, is noted and not sent again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bims_desktop.errors import (
    CommitStatusError,
    EndorseError,
    LedgerUnavailable,
    SubmitError,
    TransactionError,
)
from bims_desktop.ledger.fabric.contract import Contract, Write, place_of
from bims_desktop.ledger.fabric.transaction import Status, Transaction
from bims_desktop.ledger.outbox import UNDER_WAY, Item, Name, place_in_words
from bims_desktop.model.canonical import canonical

WINDOW_S = 15 * 60  # what Fabric grants between a proposal's clock and a peer's
MARGIN_S = 60
ASK_S = 3.0
LAG_S = (0.1, 0.2, 0.4, 0.8)  # a peer may be some blocks behind the one that said that all is there

_ABSENT = re.compile(r"no such transaction|entry not found", re.I)
_DISAGREE = re.compile(r"ProposalResponsePayloads do not match|computed different answers", re.I)


@dataclass(frozen=True, slots=True)
class Commit:
    """Proof that something is in a block of a consortium's ledger; the block itself is its evidence."""

    block: int
    transaction: str
    channel: str = ""

    @property
    def place(self) -> str:
        return place_in_words(self.block, self.transaction)

    def to_bytes(self) -> bytes:
        """As RFC 8785 JSON."""
        return canonical({"block": self.block, "channel": self.channel, "transaction": self.transaction})


class Journal(Protocol):
    """Where a delivery notes how far it has come; `Outbox` is the durable one."""

    def item(self, name: Name) -> Item: ...
    def prepare(self, name: Name, transaction: str, envelope: bytes) -> None: ...
    def submitted(self, name: Name) -> None: ...
    def commit(self, name: Name, block: int, transaction: str) -> None: ...
    def release(self, name: Name) -> None: ...


def _quiet(stage: str) -> None:
    """Nobody listens."""


class Delivery:
    """Brings writes to their end; any number of threads, each with names of its own.

    Parameters
    ----------
    contract : Contract
        The chaincode.
    journal : Journal
        Remembers across interruptions.
    stage : callable, optional
        Told the name of each stage before the next begins.
    clock : callable, optional
        Seconds of Unix time, the one that `journal` stamps with.
    """

    def __init__(
        self,
        contract: Contract,
        journal: Journal,
        *,
        stage: Callable[[str], None] = _quiet,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.contract = contract
        self._journal = journal
        self._stage = stage
        self._clock = clock

    def deliver(self, name: Name, write: Callable[[], Write]) -> Commit:
        """Bring what `write` gives into a block, or go on with what was begun under this name.

        Raises
        ------
        EntryConflict, NotPermitted, EndorseError
            The organisations did not agree to it; nothing was sent.
        CommitStatusError
            The outcome is unknown: call this again later, it asks before it sends.
        CommitError
            It was ordered and found invalid; what was noted is released, so that calling this again begins anew.
        LedgerUnavailable
            Nobody answers.
        """
        item = self._journal.item(name)
        if item.state == "committed" and item.block is not None:
            return self._commit(item.block, item.transaction)
        if item.state in UNDER_WAY:
            return self._resume(item)
        return self._begin(name, write())

    def found(self, name: Name, transaction: str) -> Commit:
        """Note that an earlier `transaction` did what this name stands for."""
        return self._note(name, self.contract.gateway.status(transaction))

    def _begin(self, name: Name, write: Write) -> Commit:
        self._stage("before prepare")
        transaction = self._endorsed(write)
        first = place_of(transaction)
        if first != transaction.transaction:
            return self.found(name, first)
        self._stage("endorsed")
        self._journal.prepare(name, transaction.transaction, transaction.bytes)
        self._stage("prepared")
        return self._send(name, transaction)

    def _endorsed(self, write: Write) -> Transaction:
        for pause in LAG_S:
            try:
                return self.contract.endorse(write)
            except EndorseError as error:
                if error.code != "NOT_FOUND" and not _DISAGREE.search(_words(error)):
                    raise
            time.sleep(pause)
        return self.contract.endorse(write)

    def _resume(self, item: Item) -> Commit:
        transaction = Transaction.from_bytes(item.envelope)
        status, absent = self._known(item.transaction)
        if status is not None:
            return self._end(item.name, status)
        if absent and self._clock() - item.prepared > WINDOW_S + MARGIN_S:
            self._journal.release(item.name)
            raise CommitStatusError(
                f"Transaction {item.transaction[:8]} never came to the ledger, and is too old to be sent again.",
                "A new one is made.",
                transaction=item.transaction,
                code="EXPIRED",
            )
        return self._send(item.name, transaction)

    def _send(self, name: Name, transaction: Transaction) -> Commit:
        problem: SubmitError | None = None
        try:
            self.contract.gateway.submit(transaction)
        except SubmitError as error:
            problem = error  # it may have been ordered all the same
        else:
            self._stage("submitted")
            self._journal.submitted(name)
            self._stage("noted as submitted")
        if problem is None:
            return self._end(name, self.contract.gateway.status(transaction.transaction))
        status, _ = self._known(transaction.transaction)
        if status is None:
            raise problem
        return self._end(name, status)

    def _end(self, name: Name, status: Status) -> Commit:
        self._stage("committed")
        if status.valid:
            return self._note(name, status)
        self._journal.release(name)
        status.check()
        raise AssertionError("an invalid status always raises")

    def _note(self, name: Name, status: Status) -> Commit:
        self._journal.commit(name, status.block, status.transaction)
        self._stage("noted as committed")
        return self._commit(status.block, status.transaction)

    def _commit(self, block: int, transaction: str) -> Commit:
        return Commit(block, transaction, self.contract.gateway.profile.channel)

    def _known(self, transaction: str) -> tuple[Status | None, bool]:
        """What two organisations know of it; and whether both say that they have no such transaction."""
        own = self.contract.gateway.identity.msp
        others = [msp for msp in self.contract.gateway.profile.organisations if msp != own]
        absent = []
        for msp in (own, *others[:1]):
            status, denied = self._known_at(transaction, msp)
            if status is not None:
                return status, False
            absent.append(denied)
        return None, all(absent)

    def _known_at(self, transaction: str, msp: str) -> tuple[Status | None, bool]:
        """Asked for the block first: for the status of what it has not, a peer would wait."""
        try:
            self.contract.gateway.block_of(transaction, msp)
            return self.contract.gateway.status(transaction, msp, timeout=ASK_S), False
        except TransactionError as error:
            return None, _ABSENT.search(_words(error)) is not None
        except LedgerUnavailable:
            return None, False


def _words(error: TransactionError) -> str:
    return " ".join([error.what, *(node.message for node in error.details)])
