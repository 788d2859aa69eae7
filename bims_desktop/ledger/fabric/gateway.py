"""The Gateway: one identity's way to write into a consortium's ledger."""

from __future__ import annotations

from typing import Any

import grpc

from bims_desktop.errors import CommitStatusError, EndorseError, ProofRefused, SubmitError
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.caller import Caller, Deadlines
from bims_desktop.ledger.fabric.envelope import open_envelope
from bims_desktop.ledger.fabric.events import Events
from bims_desktop.ledger.fabric.failure import Failure
from bims_desktop.ledger.fabric.proposal import Proposal
from bims_desktop.ledger.fabric.retry import retry
from bims_desktop.ledger.fabric.transaction import Status, StatusRequest, Transaction, code_name

__all__ = ["Deadlines", "Gateway"]


class Gateway(Caller):
    """A blocking, thread-safe client of Fabric's Gateway service (Fabric 2.4 and later).

    A write has three stages, and one error each: `endorse` (the organisations compute and
    sign), `submit` (the ordering service takes it) and `status` (a peer says what became of
    it). Only the first is ever repeated here; after an unknown outcome the caller submits
    the same transaction again.

    Parameters
    ----------
    profile : Profile
        With a channel and a chaincode.
    identity : Identity
        Who acts.
    peer : str, optional
        Name of the one peer to use; otherwise those of the identity's organisation in turn.
    client_tls : ClientTls, optional
        For networks with mutual TLS.
    deadlines : Deadlines, optional
        Of each stage.
    clock : callable, optional
        What time it is, UTC.

    Raises
    ------
    LedgerUnavailable
        The profile has no such peer, or names no channel or chaincode.

    References
    ----------
    Hyperledger Fabric Gateway service, gateway.proto; https://hyperledger.github.io/fabric-gateway/
    """

    def endorse(self, proposal: Proposal) -> Transaction:
        """The transaction that the organisations endorsed, signed where the key is here; nothing is ordered yet.

        Raises
        ------
        EndorseError
            They did not, or not in time, and `details` holds what each peer said; or the peer answered with
            something else than was proposed, which is not signed.
        """
        proposal = self._signed(proposal)
        request = messages.gateway.EndorseRequest(
            transaction_id=proposal.transaction,
            channel_id=proposal.channel,
            proposed_transaction=proposal.signed,
            endorsing_organizations=proposal.endorsers,
        )
        try:
            answer = retry(lambda left: self._own.call("Endorse", request, left), self.deadlines.endorse)
        except grpc.RpcError as error:
            what = f"Transaction {proposal.transaction[:8]} was not endorsed"
            raise Failure.of(error).to(EndorseError, what, proposal.transaction) from error
        return self._signed(_answered(proposal, answer.prepared_transaction))

    def submit(self, transaction: Transaction) -> None:
        """Hand `transaction` to the ordering service, once. That it took it does not make it durable: ask `status`.

        Raises
        ------
        SubmitError
            It did not, as far as is known; it may have been ordered all the same.
        """
        request = messages.gateway.SubmitRequest(
            transaction_id=transaction.transaction,
            channel_id=transaction.channel,
            prepared_transaction=transaction.ordered,
        )
        try:
            self._own.call("Submit", request, self.deadlines.submit, everyone=False)
        except grpc.RpcError as error:
            what = f"Transaction {transaction.transaction[:8]} was not taken by the ordering service"
            raise Failure.of(error).to(SubmitError, what, transaction.transaction) from error

    def ask(self, transaction: str) -> StatusRequest:
        """The question that `status` sends, to sign elsewhere."""
        return StatusRequest.of(transaction, self.profile.channel, self.identity.creator)

    def status(self, transaction: str | StatusRequest, msp: str | None = None, timeout: float | None = None) -> Status:
        """What became of `transaction`, as a peer saw it; waits until that peer has it in a block.

        Parameters
        ----------
        transaction : str or StatusRequest
            Its identifier, or a signed question.
        msp : str, optional
            The organisation to ask; by default the own.
        timeout : float, optional
            Seconds to wait instead of ``deadlines.status``.

        Raises
        ------
        CommitStatusError
            No peer could say in time: the outcome is unknown.
        """
        asked = self._signed(self.ask(transaction) if isinstance(transaction, str) else transaction)
        request = messages.gateway.SignedCommitStatusRequest(request=asked.message, signature=asked.signature)
        try:
            answer = self._way(msp).call("CommitStatus", request, timeout or self.deadlines.status)
        except grpc.RpcError as error:
            what = f"It is not known what became of transaction {asked.transaction[:8]}"
            raise Failure.of(error).to(CommitStatusError, what, asked.transaction) from error
        return Status(asked.transaction, code_name(answer.result), answer.block_number)

    def commit(self, transaction: Transaction) -> Status:
        """`submit`, then the `status`, which is valid.

        Raises
        ------
        SubmitError, CommitStatusError
            As of the two.
        CommitError
            It was ordered and found invalid.
        """
        self.submit(transaction)
        return self.status(transaction.transaction).check()

    def events(self, start_block: int | None = None, after: str = "") -> Events:
        """The chaincode's events, for as long as they are read.

        Parameters
        ----------
        start_block : int, optional
            First block to read; by default the next one.
        after : str, optional
            Transaction of `start_block` whose event was the last that was read.
        """
        if start_block is None:
            start_block = self.height()
        return Events(self._own, self.identity, self.profile, (start_block, after), self.deadlines.events)


def _answered(proposal: Proposal, envelope: Any) -> Transaction:
    try:
        good = proposal.is_answered_by(open_envelope(envelope.SerializeToString()))
    except ProofRefused:
        good = False
    if not good:
        raise EndorseError(
            f"Transaction {proposal.transaction[:8]} was not endorsed: the peer answered with another one.",
            "Nothing was signed. Do not use this peer until its operator has looked into it.",
            transaction=proposal.transaction,
        )
    return Transaction(proposal.transaction, envelope.payload)
