"""Offline check of a block: that organisations endorsed a transaction, and that it was ordered. No I/O.

The numbered steps stand in ``docs/formats/fabric-evidence.md``, for other programs to do the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from bims_desktop.errors import ProofRefused
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.block import header_bytes, is_canonical, orderer_signatures
from bims_desktop.ledger.fabric.envelope import Opened, channel_header, open_envelope
from bims_desktop.ledger.fabric.member import Member, Seal, Signature, seal_of
from bims_desktop.ledger.fabric.messages import parse
from bims_desktop.ledger.fabric.transaction import code_name
from bims_desktop.ledger.fabric.trust import Trust

MAX_BLOCK = 128 * 1024 * 1024
FILTER = 2  # place of the validation codes in a block's metadata


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a block proves of a transaction.

    Parameters
    ----------
    transaction : str
        Its identifier.
    channel, chaincode, function : str
        What was called, and where.
    arguments : tuple of bytes
        With what.
    result : bytes
        What the chaincode answered, as the endorsers signed it.
    time : datetime
        The transaction's own time; no endorser lets it be more than 15 minutes off.
    creator : Member
        Who made it.
    block : int
        Number of the block.
    block_hash : bytes
        SHA-256 of the block's header; the next block names it.
    endorsers, orderers : tuple of Member
        Whose signatures hold.
    code : str
        Validation code as the peer wrote it that gave the block. It is signed by nobody: ask two organisations.
    problems : tuple of str
        What does not hold, each half a sentence; none where the evidence is good.
    """

    transaction: str
    channel: str
    chaincode: str
    function: str
    arguments: tuple[bytes, ...]
    result: bytes
    time: datetime
    creator: Member
    block: int
    block_hash: bytes
    endorsers: tuple[Member, ...]
    orderers: tuple[Member, ...]
    code: str
    problems: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether everything holds."""
        return not self.problems

    @property
    def organisations(self) -> tuple[str, ...]:
        """MSP identifiers of the organisations that endorsed."""
        return tuple(sorted({member.msp for member in self.endorsers}))


def check(block: bytes, transaction: str, trust: Trust, channel: str = "") -> Evidence:
    """What `block` proves of `transaction` to somebody with `trust`.

    Parameters
    ----------
    block : bytes
        A serialized Block, as ``qscc GetBlockByTxID`` gives it.
    transaction : str
        Its identifier, 64 hexadecimal digits.
    trust : Trust
        The organisations' CAs.
    channel : str, optional
        The channel that it must be of.

    Raises
    ------
    ProofRefused
        `block` is no block, or holds no such transaction of a chaincode.
    """
    if len(block) > MAX_BLOCK:
        raise ProofRefused("The block is larger than any.", "Fetch it again.")
    parsed = parse(messages.common.Block, block)
    index = _place_of(parsed, transaction)
    opened = open_envelope(parsed.data.data[index])
    creator = seal_of(_creator_signature(opened), trust.members, opened.time)
    endorsements = _endorsements(opened, trust)
    orderers = [seal_of(one, trust.orderers, opened.time, "orderer") for one in orderer_signatures(parsed, trust)]
    code = _code(parsed, index)
    problems = (
        *_of_block(block, parsed),
        *_of_transaction(opened, transaction, channel),
        *_false([creator], {}),
        *_false(endorsements, dict.fromkeys(trust.members)),
        *_false(orderers, {}),
        *_of_quorums(endorsements, orderers, trust, code),
    )
    return _evidence(parsed, opened, creator.member, _good(endorsements), _good(orderers), code, problems)


def _place_of(block: Any, transaction: str) -> int:
    """The first of that name: a second one would have been found invalid (DUPLICATE_TXID)."""
    for index, envelope in enumerate(block.data.data):
        if channel_header(envelope).tx_id == transaction:
            return index
    raise ProofRefused(f"The block holds no transaction {transaction[:16]}….", "Fetch the block of this transaction.")


def _of_block(data: bytes, block: Any) -> Iterator[str]:
    if sha256(b"".join(block.data.data)).digest() != block.header.data_hash:
        yield "the transactions are not those of the block's header"
    # the hash covers the transactions end to end: only their one encoding says where each begins
    if not is_canonical(block, data):
        yield "the block is not in the one encoding"


def _of_transaction(opened: Opened, transaction: str, channel: str) -> Iterator[str]:
    header, creator = opened.channel_header, opened.signature_header
    if sha256(creator.nonce + creator.creator).hexdigest() != transaction:
        yield "the transaction's name is not that of its maker and nonce"
    if channel and header.channel_id != channel:
        yield f"the transaction is of the channel {header.channel_id}"
    if header.type != messages.common.ENDORSER_TRANSACTION:
        yield "it is not a transaction of a chaincode"
    if opened.action_header != opened.header.signature_header:
        yield "the action is somebody else's"
    if opened.proposal_hash != opened.response.proposal_hash:
        yield "the endorsers signed an answer to another call"
    names = {opened.invocation.chaincode_id.name, opened.action.chaincode_id.name}
    if len(names) != 1:
        yield "another chaincode answered than was called"
    if not 200 <= opened.action.response.status < 400:
        yield "the chaincode answered with an error"


def _creator_signature(opened: Opened) -> Signature:
    return Signature(opened.signature_header.creator, opened.signature, opened.payload)


def _endorsements(opened: Opened, trust: Trust) -> list[Seal]:
    signatures = (
        Signature(one.endorser, one.signature, opened.response_payload + one.endorser) for one in opened.endorsements
    )
    return [seal_of(one, trust.members, opened.time, "peer") for one in signatures]


def _false(seals: list[Seal], known: dict[str, None]) -> list[str]:
    """What is wrong; an organisation that joined after the trust was written is not, it just does not count."""
    return [seal.problem for seal in seals if seal.problem and (not known or seal.member.msp in known)]


def _good(seals: list[Seal]) -> tuple[Member, ...]:
    return tuple(dict.fromkeys(seal.member for seal in seals if not seal.problem))


def _of_quorums(endorsements: list[Seal], orderers: list[Seal], trust: Trust, code: str) -> Iterator[str]:
    organisations = {member.msp for member in _good(endorsements)}
    if len(organisations) < trust.quorum:
        yield f"{len(organisations)} of the {trust.quorum} organisations that must endorse it did"
    if len(_good(orderers)) < trust.ordering_quorum:
        yield f"{len(_good(orderers))} of the {trust.ordering_quorum} orderers that must sign the block did"
    if code != "VALID":
        yield f"the peer that gave the block found the transaction invalid ({code})"


def _code(block: Any, index: int) -> str:
    metadata = block.metadata.metadata
    codes = metadata[FILTER] if len(metadata) > FILTER else b""
    return code_name(codes[index]) if len(codes) == len(block.data.data) else "NOT_VALIDATED"


def _evidence(
    block: Any,
    opened: Opened,
    creator: Member,
    endorsers: tuple[Member, ...],
    orderers: tuple[Member, ...],
    code: str,
    problems: tuple[str, ...],
) -> Evidence:
    arguments = tuple(opened.invocation.input.args)
    return Evidence(
        transaction=opened.channel_header.tx_id,
        channel=opened.channel_header.channel_id,
        chaincode=opened.invocation.chaincode_id.name,
        function=arguments[0].decode(errors="replace") if arguments else "",
        arguments=arguments[1:],
        result=opened.action.response.payload,
        time=opened.time,
        creator=creator,
        block=block.header.number,
        block_hash=sha256(header_bytes(block.header)).digest(),
        endorsers=endorsers,
        orderers=orderers,
        code=code,
        problems=problems,
    )
