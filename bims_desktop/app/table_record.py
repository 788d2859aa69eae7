"""`TableRecord`: a table's account. A statement whose subject is the table, and whose content is a record's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bims_desktop.app.statement import Statement, open_statement
from bims_desktop.errors import RecordDamaged
from bims_desktop.macro.record import Record

KIND = "table"
_PARTS = {"blobs": dict, "inputs": list, "macro": dict, "redacted": dict, "steps": list, "table": dict}


@dataclass(frozen=True)
class TableRecord(Record):
    """A record about a table: what a `Record` says, with ``table`` in the place of ``image``."""

    @property
    def statement(self) -> Statement:
        """The statement that it is."""
        return Statement(self.payload, self.signatures)

    @cached_property
    def content(self) -> dict[str, Any]:
        """Agent, time and the account; treat it as somebody else's text.

        Raises
        ------
        RecordDamaged
            It is a statement about something else.
        RecordError
            It does not fit the schema of statements.
        """
        told = self.statement.content
        subject, account = told["subject"][0], told.get("content")
        if subject["kind"] != KIND or not isinstance(account, dict):
            raise RecordDamaged("The record is not about a table.", "Use the one that was saved with it.")
        if wrong := [name for name, kind in _PARTS.items() if not isinstance(account.get(name), kind)]:
            raise RecordDamaged(f"The record lacks its {wrong[0]}.", "It was damaged before it was signed.")
        table = {**account["table"], "digest": subject["digest"]}
        return {**account, "agent": told["agent"], "created": told["created"], "table": table}

    @property
    def subject(self) -> str:
        """Digest ``bims-tab-1`` of the table."""
        return str(self.content["table"]["digest"])

    def signed_by(self) -> bytes | None:
        """The key of the agent, where its signature holds; None where it does not."""
        return self.statement.signed_by()


def open_table(envelope: bytes) -> TableRecord:
    """The record inside a DSSE envelope; its signature is not checked here.

    Raises
    ------
    RecordDamaged
        It is not such an envelope.
    """
    found = open_statement(envelope)
    return TableRecord(found.payload, found.signatures)
