"""Entries: the statements that stand in a ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, get_args

from bims_desktop.errors import LedgerError, ProofRefused, RecordDamaged
from bims_desktop.model.canonical import Json, canonical, parse

EntryKind = Literal["record", "attestation", "supersede", "retract", "key"]
Verdict = Literal["exact", "within tolerance", "different", "not replayable"]

VERSION = 1
MAX_ENTRY = 1_200  # leaves room for 32 proof nodes in a receipt

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_DIGEST_KEYS = ("record", "pixels", "macro", "by")
_REQUIRED: dict[str, tuple[str, ...]] = {
    "record": ("record",),
    "attestation": ("record", "verdict"),
    "supersede": ("record", "by"),
    "retract": ("record",),
    "key": ("key",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement in a ledger.

    Parameters
    ----------
    kind : {"record", "attestation", "supersede", "retract", "key"}
    body : mapping of str to JSON
        What is stated. ``record``, ``pixels``, ``macro`` and ``by`` are digests,
        ``sha256:`` and 64 hexadecimal digits; ``agent`` is a key's fingerprint.
        Needed are: record: ``record``; attestation: ``record``, ``verdict``;
        supersede: ``record``, ``by``; retract: ``record``; key: ``key``.

    Raises
    ------
    LedgerError
        Something needed is missing or malformed, or the entry has more than 1,200 bytes.

    Examples
    --------
    >>> entry = Entry("retract", {"record": "sha256:" + 64 * "0"})
    >>> Entry.from_bytes(entry.to_bytes()) == entry
    True
    """

    kind: EntryKind
    body: Mapping[str, Json]
    _data: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", MappingProxyType(dict(self.body)))
        if problem := _problem(self.kind, self.body):
            raise LedgerError(f"This {self.kind!s} entry cannot stand in a ledger: {problem}.", "Correct it first.")
        object.__setattr__(self, "_data", self._canonical())
        if len(self._data) > MAX_ENTRY:
            raise LedgerError(
                f"This {self.kind} entry exceeds {MAX_ENTRY} bytes.", "State digests instead of contents."
            )

    def to_bytes(self) -> bytes:
        """The entry as RFC 8785 JSON: what the ledger binds."""
        return self._data

    def _canonical(self) -> bytes:
        try:
            return canonical({"body": dict(self.body), "kind": self.kind, "v": VERSION})
        except (ValueError, RecursionError) as error:
            raise LedgerError(
                f"This {self.kind} entry is not JSON: {error}.", "Use text, numbers and lists."
            ) from error

    @classmethod
    def from_bytes(cls, data: bytes) -> Entry:
        """The entry that `data` states.

        Raises
        ------
        ProofRefused
            `data` is not the one canonical form of an entry of this version.
        """
        value = read_object(data, MAX_ENTRY, {"body", "kind", "v"}, "ledger entry")
        kind, body, version = value["kind"], value["body"], value["v"]
        if version is True or version != VERSION or not isinstance(body, dict) or not isinstance(kind, str):
            raise refused("ledger entry")
        try:
            return cls(kind, body)  # type: ignore[arg-type]
        except LedgerError as error:
            raise ProofRefused(error.what, "It was damaged or edited.") from error


def _problem(kind: str, body: Mapping[str, Json]) -> str:
    if kind not in _REQUIRED:
        return "no such kind"
    if missing := [key for key in _REQUIRED[kind] if key not in body]:
        return f"it lacks {', '.join(missing)}"
    if wrong := [key for key in _DIGEST_KEYS if key in body and not _DIGEST.fullmatch(str(body[key]))]:
        return f"{', '.join(wrong)} must be sha256: and 64 hexadecimal digits"
    if kind == "attestation" and body["verdict"] not in get_args(Verdict):
        return f"the verdict must be one of {', '.join(get_args(Verdict))}"
    return ""


def read_object(data: bytes, limit: int, keys: set[str] | None, noun: str) -> dict[str, Any]:
    """The JSON object, with exactly `keys` where given, whose one canonical form `data` is; at most `limit` bytes."""
    if len(data) > limit:
        raise refused(noun)
    try:
        value = parse(data.decode())
        same = canonical(value) == data
    except (ValueError, RecursionError, RecordDamaged) as error:
        raise refused(noun) from error
    if not same or not isinstance(value, dict) or (keys is not None and set(value) != keys):
        raise refused(noun)
    return value


def refused(noun: str) -> ProofRefused:
    """Why bytes from a file are not a `noun`."""
    return ProofRefused(f"This is not a {noun} that this version can read.", "It was damaged or edited, or is newer.")
