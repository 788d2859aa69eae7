"""An endorsed transaction, ready to be ordered, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bims_desktop.errors import CommitError
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.envelope import open_envelope
from bims_desktop.ledger.fabric.messages import parse
from bims_desktop.ledger.fabric.signable import Signable

MEANING = {
    "MVCC_READ_CONFLICT": "somebody else wrote the same entry at the same moment",
    "PHANTOM_READ_CONFLICT": "somebody else wrote into what it had searched at the same moment",
    "ENDORSEMENT_POLICY_FAILURE": "not enough organisations endorsed it as it is",
    "INVALID_ENDORSER_TRANSACTION": "it is not what the organisations endorsed",
    "BAD_CREATOR_SIGNATURE": "the signature of its maker does not hold",
    "DUPLICATE_TXID": "a transaction of this name is there already",
    "CHAINCODE_VERSION_CONFLICT": "the chaincode was upgraded meanwhile",
    "EXPIRED_CHAINCODE": "the chaincode was upgraded meanwhile",
}


@dataclass(frozen=True, slots=True)
class Transaction(Signable):
    """An endorsed transaction; `message` is the Payload of its Envelope.

    Keep `bytes` before it is submitted: where the outcome is unknown, the same
    bytes may be submitted again without harm, and a new transaction may not.
    """

    @property
    def envelope(self) -> bytes:
        """The Envelope that is ordered."""
        message: bytes = self.ordered.SerializeToString()
        return message

    @property
    def ordered(self) -> Any:
        """The Envelope as a message of ``fabric_protos``."""
        return messages.common.Envelope(payload=self.message, signature=self.signature)

    @property
    def channel(self) -> str:
        """The channel that it is for."""
        channel: str = open_envelope(self.envelope).channel_header.channel_id
        return channel

    @property
    def result(self) -> bytes:
        """What the chaincode answered; true once the transaction is committed."""
        result: bytes = open_envelope(self.envelope).action.response.payload
        return result

    @classmethod
    def from_bytes(cls, data: bytes) -> Transaction:
        """The transaction that `bytes` gave.

        Raises
        ------
        ProofRefused
            `data` is no transaction.
        """
        message = parse(messages.gateway.PreparedTransaction, data)
        return cls(message.transaction_id, message.envelope.payload, message.envelope.signature)

    @property
    def bytes(self) -> bytes:
        """To keep or carry elsewhere: Fabric's PreparedTransaction."""
        message: bytes = messages.gateway.PreparedTransaction(
            transaction_id=self.transaction, envelope=self.ordered
        ).SerializeToString()
        return message


@dataclass(frozen=True, slots=True)
class Status:
    """What one peer says became of a transaction.

    Parameters
    ----------
    transaction : str
        Its identifier.
    code : str
        Name of the validation code, "VALID" or why not.
    block : int
        Number of the block that holds it.
    """

    transaction: str
    code: str
    block: int

    @property
    def valid(self) -> bool:
        """Whether it took effect."""
        return self.code == "VALID"

    def check(self) -> Status:
        """The same status, where it is valid.

        Raises
        ------
        CommitError
            The transaction was ordered and found invalid.
        """
        if self.valid:
            return self
        raise CommitError(
            f"Transaction {self.transaction[:8]} was found invalid in block {self.block} ({self.code}): "
            f"{MEANING.get(self.code, 'it did not take effect')}.",
            "Read the ledger again before trying anew.",
            transaction=self.transaction,
            code=self.code,
        )


@dataclass(frozen=True, slots=True)
class StatusRequest(Signable):
    """A question what became of a transaction; `message` is Fabric's CommitStatusRequest."""

    @classmethod
    def of(cls, transaction: str, channel: str, creator: bytes) -> StatusRequest:
        """The question of `creator` after `transaction` on `channel`."""
        message = messages.gateway.CommitStatusRequest(transaction_id=transaction, channel_id=channel, identity=creator)
        return cls(transaction, message.SerializeToString())


def code_name(number: int) -> str:
    """Name of the validation code `number`.

    Examples
    --------
    >>> code_name(0), code_name(11), code_name(77)
    ('VALID', 'MVCC_READ_CONFLICT', 'UNKNOWN_77')
    """
    try:
        name: str = messages.transaction.TxValidationCode.Name(number)
    except ValueError:  # of a Fabric newer than these messages
        return f"UNKNOWN_{number}"
    return name
