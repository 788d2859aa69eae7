"""Blocks of a channel: header, transactions, and what orderers signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.member import Signature
from bims_desktop.ledger.fabric.messages import parse
from bims_desktop.ledger.fabric.trust import Trust

SIGNATURES = 0  # place of the orderers' signatures in a block's metadata


def header_bytes(header: Any) -> bytes:
    """The BlockHeader as it is hashed and signed: SEQUENCE of INTEGER number, OCTET STRING previous and data hash.

    References
    ----------
    ITU-T X.690 (DER)

    Examples
    --------
    >>> from bims_desktop.ledger.fabric import messages
    >>> header_bytes(messages.common.BlockHeader(number=200, previous_hash=b"p", data_hash=b"d")).hex()
    '300a020200c8040170040164'
    """
    number = int(header.number)
    integer = number.to_bytes(number.bit_length() // 8 + 1)  # one bit more than needed: INTEGERs have a sign
    parts = [_der(0x02, integer), _der(0x04, header.previous_hash), _der(0x04, header.data_hash)]
    return _der(0x30, b"".join(parts))


def is_canonical(block: Any, data: bytes) -> bool:
    """Whether `data`, and each transaction in it, is the one encoding of what it says, with nothing besides."""
    return _same(block, data) and all(_is_envelope(one) for one in block.data.data)


def orderer_signatures(block: Any, trust: Trust) -> Iterator[Signature]:
    """What orderers signed of `block`: metadata, who they are, and the header.

    Raises
    ------
    ProofRefused
        The signatures cannot be read.
    """
    kept = block.metadata.metadata
    metadata = parse(messages.common.Metadata, kept[SIGNATURES] if kept else b"")
    header = header_bytes(block.header)
    for one in metadata.signatures:
        if one.signature_header:
            creator = parse(messages.common.SignatureHeader, one.signature_header).creator
            yield Signature(creator, one.signature, metadata.value + one.signature_header + header)
            continue
        # under BFT an orderer signs as a number, whose certificate the channel's configuration tells
        number = parse(messages.common.IdentifierHeader, one.identifier_header).identifier
        if number in trust.consenters:
            yield Signature(_consenter(number, trust), one.signature, metadata.value + one.identifier_header + header)


def _consenter(number: int, trust: Trust) -> bytes:
    msp, certificate = trust.consenters[number]
    pem = certificate.public_bytes(Encoding.PEM)
    identity: bytes = messages.identities.SerializedIdentity(mspid=msp, id_bytes=pem).SerializeToString()
    return identity


def _is_envelope(data: bytes) -> bool:
    envelope = parse(messages.common.Envelope, data)
    return bool(envelope.payload and envelope.signature) and _same(envelope, data)


def _same(message: Any, data: bytes) -> bool:
    message.DiscardUnknownFields()
    return bool(message.SerializeToString() == data)


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(size))) + size + content
