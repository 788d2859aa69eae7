"""What the network's own words mean for a person, and what to do about it."""

from __future__ import annotations

import re

from bims_desktop.ledger.fabric.clock import skew_in_words

ADVICE = (  # pattern of what a node said, what it means, what to do
    (
        r"client identity expired",
        "the certificate of this identity has expired",
        "Ask your organisation's CA for a new certificate.",
    ),
    (
        r"creator org unknown",
        "the channel does not know this identity: no organisation of its name, or not made by that organisation's CA",
        "Check the certificate and the MSP identifier in the settings.",
    ),
    (
        r"creator org \[[^\]]*\]|access denied|permission denied|satisfy policy|sub-policies",
        "the network does not accept this identity: another CA made it, it was revoked, or it may not do this",
        "Check the certificate and the MSP identifier, or ask your organisation's administrator.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|Hostname Verification|No match found for server name",
        "the TLS certificate of the peer is not one that the connection profile trusts",
        "Get a new connection profile from the network's operator; if it is right, somebody may be in between.",
    ),
    (
        r"CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE",
        "the peer refuses this computer's TLS certificate, or wants one (mutual TLS)",
        "Give the TLS certificate and key of a client that the network accepts.",
    ),
    (
        r"stream terminated|chaincode registration failed|connection to \S+ failed|could not launch chaincode",
        "the chaincode of an organisation does not run",
        "Try again in a moment; if it stays so, tell that organisation's operator.",
    ),
    (
        r"ProposalResponsePayloads do not match",
        "the organisations computed different answers",
        "Try again; if it stays so, their chaincodes or their ledgers differ.",
    ),
    (
        r"failed to get config for channel|channel '?\S*'? not found|cannot get channel|CHANNEL_NOT_FOUND",
        "the peer has not joined this channel",
        "Check the channel's name in the settings.",
    ),
    (
        r"chaincode \S+ not found|make sure the chaincode \S+ has been successfully defined",
        "no such chaincode is installed on this channel",
        "Check the chaincode's name in the settings.",
    ),
    (
        r"no peers available to evaluate chaincode",
        "no peer that can be reached runs this chaincode",
        "Try again in a moment; if it stays so, check the chaincode's name in the settings.",
    ),
    (
        r"orderer: status=BAD_REQUEST, info=channel does not exist",
        "the orderer that was asked does not order for this channel yet: it starts, or is being restored",
        "Try again in a moment; what was to be sent is kept.",
    ),
    (
        r"no orderer|orderers could successfully process|no Raft leader",
        "the ordering service cannot be reached",
        "Wait until most of the orderers run again; what was to be sent is kept.",
    ),
    (
        r"^deadline exceeded",
        "nobody answered in time",
        "Check the network; a peer that wants this computer's TLS certificate (mutual TLS) is as silent.",
    ),
    (
        r"failed to connect to all addresses|Connection refused|Socket closed|connection reset",
        "the peer cannot be reached",
        "Check the network, and that the peer runs.",
    ),
)


def advice(words: str) -> tuple[str, str]:
    """The cause and the remedy behind what the network said; two empty texts where they are not known.

    Examples
    --------
    >>> advice("rpc error: code = Unknown desc = proposal client identity expired")
    ('the certificate of this identity has expired', "Ask your organisation's CA for a new certificate.")
    """
    skew = skew_in_words(words)
    if skew:
        return skew, "Set this computer's clock."
    for pattern, cause, todo in ADVICE:
        if re.search(pattern, words, re.I):
            return cause, todo
    return "", ""
