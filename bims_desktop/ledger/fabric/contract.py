"""The chaincode ``provenance-ledger`` as typed calls: what can be written, and what can be read."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bims_desktop.errors import (
    BimsError,
    EntryConflict,
    LedgerError,
    LedgerUnavailable,
    NotPermitted,
    ProofRefused,
    TransactionError,
)
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.fabric import documents
from bims_desktop.ledger.fabric.documents import Anchored, Held, Statement, read
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.transaction import Transaction
from bims_desktop.model.canonical import canonical, parse

CHUNK = 512 * 1024
PAGE = 100

FUNCTIONS = {"record": "CommitRecord", "attestation": "Attest", "supersede": "Supersede", "retract": "Retract"}
_SAID = re.compile(r"\b(CONFLICT|NOT_FOUND|FORBIDDEN|INVALID): ([^|\"]*)")
_BARRED = re.compile(r"access denied|creator org|identity expired|permission denied|satisfy policy", re.I)


@dataclass(frozen=True, slots=True)
class Write:
    """One call that writes: function, arguments, and what stays out of the ledger itself."""

    function: str
    arguments: tuple[str, ...]
    transient: Mapping[str, bytes] = field(default_factory=dict)


def write_of(entry: Entry, contents: str = "") -> Write:
    """The call that commits `entry`, which is of a kind in `FUNCTIONS`."""
    text, function = entry.to_bytes().decode(), FUNCTIONS[entry.kind]
    return Write(function, (text, contents) if entry.kind == "record" else (text,))


def put_chunk(data: bytes, collection: str = "") -> Write:
    """The call that keeps `data`, at most 512 KiB, by its digest; within `collection` where one is named."""
    if collection:
        return Write("PutPrivateChunk", (collection,), {"chunk": data})
    return Write("PutChunk", (base64.b64encode(data).decode(),))


def put_private_record(
    entry: Entry, collection: str, envelope: bytes, blobs: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Write:
    """The call that keeps a record for the members of `collection` alone; chunks of its `blobs` are there already."""
    transient = {"envelope": envelope}
    if blobs:
        transient["blobs"] = canonical(dict(blobs))
    return Write("PutPrivateRecord", (entry.to_bytes().decode(), collection), transient)


def anchor(note: str, key: str, proof: Sequence[bytes]) -> Write:
    """The call that anchors a signed checkpoint, with its proof from the last anchored size."""
    nodes = [base64.b64encode(node).decode() for node in proof]
    return Write("Anchor", (note, key, canonical(nodes).decode()))


def chunk_digest(data: bytes) -> str:
    """The name by which a chunk is kept."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Contract:
    """The chaincode behind `gateway`.

    Every method raises `NotPermitted` where the identity may not do that, `EntryConflict`
    where the ledger holds something else, another `TransactionError` for whatever else the
    network says, and `LedgerUnavailable` where it does not answer.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._closed = False

    @property
    def gateway(self) -> Gateway:
        """The way to the network.

        Raises
        ------
        LedgerUnavailable
            It was closed.
        """
        if self._closed:
            raise LedgerUnavailable("The consortium's ledger was closed.", "Connect to it again.")
        return self._gateway

    def close(self) -> None:
        """Hang up: whatever waits for an answer ends, and nothing is asked any more."""
        self._closed = True
        self._gateway.close()

    def endorse(self, write: Write) -> Transaction:
        """`write`, endorsed and signed, not sent."""
        proposal = self.gateway.propose(write.function, *write.arguments, transient=write.transient)
        try:
            return self.gateway.endorse(proposal)
        except TransactionError as error:
            raise refusal(error) from error

    def record(self, digest: str, msp: str = "") -> Held | None:
        """What organisation `msp`, by default the own, holds under a record digest; None where nothing."""
        answer = self._found(msp, "GetRecord", digest)
        return None if answer is None else read(documents.held, answer)

    def anchored(self, origin: str, msp: str = "") -> Anchored | None:
        """The last checkpoint of the log `origin`; None before the first."""
        answer = self._found(msp, "GetAnchor", origin)
        return None if answer is None else read(documents.anchored, answer)

    def chunk(self, digest: str, collection: str = "") -> bytes:
        """A chunk of contents, checked against its digest."""
        data = read(documents.chunk, self._evaluate("", "GetChunk", digest, collection))
        if chunk_digest(data) != digest:
            raise ProofRefused(f"The peer gave other contents than {digest[:19]}….", "Ask another organisation.")
        return data

    def query(self, properties: Mapping[str, str], msp: str = "") -> Iterator[Statement]:
        """The entries that agree with `properties`, oldest first."""
        bookmark = ""
        while True:
            answer = self._evaluate(msp, "Query", canonical(dict(properties)).decode(), str(PAGE), bookmark)
            page, following = read(documents.page, answer)
            yield from page
            if not following or following == bookmark:
                return
            bookmark = following

    def _found(self, msp: str, function: str, *arguments: str) -> bytes | None:
        try:
            answer = self._evaluate(msp, function, *arguments)
        except TransactionError as error:
            if error.code == "NOT_FOUND":
                return None
            raise
        return None if answer in (b"", b"null") else answer

    def _evaluate(self, msp: str, function: str, *arguments: str) -> bytes:
        try:
            if msp:
                return self.gateway.evaluate_at(msp, function, *arguments)
            return self.gateway.evaluate(function, *arguments)
        except TransactionError as error:
            raise refusal(error) from error


def place_of(transaction: Transaction) -> str:
    """The transaction that the chaincode says its answer stands in: an earlier one where it was there already."""
    try:
        answer: Any = parse(transaction.result)
        place = str(answer["place"]["transaction"])
    except (BimsError, KeyError, TypeError):
        return transaction.transaction
    return place or transaction.transaction


def refusal(error: TransactionError) -> LedgerError:
    """What the chaincode meant by an error, as one of this program's; the error itself where that is not known."""
    words = " | ".join([*(node.message for node in error.details), error.what])
    found = _SAID.search(words)
    code, sentence = (found.group(1), found.group(2).strip()) if found else ("", "")
    if code == "CONFLICT":
        return EntryConflict(
            sentence, "Compare the two entries; where yours is right, ask its owner to retract theirs."
        )
    if code == "FORBIDDEN":
        return NotPermitted(sentence, "Ask your organisation's administrator for that role, or its owner to do it.")
    if code:
        return type(error)(sentence, error.todo, transaction=error.transaction, details=error.details, code=code)
    if _BARRED.search(words):
        return NotPermitted(error.what, error.todo)
    return error
