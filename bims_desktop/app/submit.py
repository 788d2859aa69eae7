"""Submit a record of any science: checked, signed with the user's key, appended with its contents."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bims_desktop.app.home import Home
from bims_desktop.app.statement import make, open_statement
from bims_desktop.errors import RecordError
from bims_desktop.ledger.base import Entry, Receipt
from bims_desktop.ledger.deposit import Deposit
from bims_desktop.ledger.signing import fingerprint


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission did.

    Parameters
    ----------
    record : str
        Digest of the record: what the ledger holds.
    entry : int
        Number of the ledger's entry, from 1.
    receipt : Receipt
        The ledger's proof, which can be checked offline.
    """

    record: str
    entry: int
    receipt: Receipt


def submit(document: Mapping[str, Any], home: Home) -> Submitted:
    """Append `document` to the ledger of `home` as a signed statement.

    Parameters
    ----------
    document : mapping
        As the schema ``statement-1.schema.json`` says. ``type``, ``v``, ``inputs``, ``steps``, ``agent`` and
        ``created`` are filled in where they are missing. The same document with the same ``created`` is
        the same record, and submitting it again gives the same answer.
    home : Home
        Whose key signs, and whose ledger takes it.

    Raises
    ------
    RecordError
        The document does not fit the schema, is too large, or names another agent's key.
    LedgerUnavailable
        The ledger cannot be written; nothing was appended.
    """
    envelope = make(filled(document, home), home.agent)
    statement = open_statement(envelope)
    first = statement.content["subject"][0]
    about = "pixels" if first["kind"] == "image" else "subject"
    body = {"agent": fingerprint(home.agent.public_key), "record": statement.digest, about: first["digest"]}
    receipt = home.ledger.append(Entry("record", body), Deposit(envelope, {}))
    return Submitted(statement.digest, receipt.index + 1, receipt)


def filled(document: Mapping[str, Any], home: Home) -> dict[str, Any]:
    """`document` with the agent of `home`, the time, and what else every statement says."""
    if not isinstance(document, Mapping):
        raise RecordError("A statement is a JSON object.", "Give one with at least a subject.")
    settings = home.settings
    key = base64.b64encode(home.agent.public_key).decode()
    return {
        "agent": {"name": settings.agent, "organisation": settings.organisation, "public_key": key},
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "inputs": [],
        "steps": [],
        "type": "bims-statement",
        "v": 1,
        **document,
    }
