"""Back to the raw files: the steps of a record, and of the earlier records that made its inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bims_desktop.app.candidates import checked
from bims_desktop.app.home import Home
from bims_desktop.app.source import read_record
from bims_desktop.errors import FileError, LedgerError, RecordError
from bims_desktop.ledger.deposit import Deposit
from bims_desktop.macro.record import Record

MOST = 100
"""Earlier records that are followed."""


@dataclass(slots=True)
class Ancestry:
    """What is known of where something came from.

    Parameters
    ----------
    files : dict of str to str
        Raw inputs: their names, and where each was last seen on this computer.
    records : dict of str to str
        The earlier records that lie between: by digest the name of the file that each was about.
    gaps : list of str
        What is missing, each as the end of a sentence.
    """

    files: dict[str, str] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)

    @property
    def told(self) -> dict[str, str]:
        """All files that it goes back through, each with what is known of it."""
        told: dict[str, str] = {}
        for digest, name in self.records.items():
            said = f"the earlier record {digest}"
            told[name] = f"{told[name]}; {said}" if name in told else said
        return told | {name: f"{told[name]}; {place}" if name in told else place for name, place in self.files.items()}


def ancestry(content: Mapping[str, Any], home: Home) -> Ancestry:
    """Follow the content of a record back, through the records that this computer has."""
    found = Ancestry(gaps=[*_gaps(content, "")])
    waiting, seen = [*_inputs(content)], set[str]()
    while waiting:
        name, digest, parent = waiting.pop(0)
        if not parent:
            found.files[name] = _place(name, digest, home)
        elif parent not in seen:
            seen.add(parent)
            record = _record(parent, digest, home) if len(seen) <= MOST else None
            if record is None:
                found.gaps.append(
                    f"{name} was itself made by another record, which is not here or not about these pixels"
                )
                continue
            found.records[parent] = name
            found.gaps += _gaps(record.content, f" of the record of {name}")
            waiting += _inputs(record.content)
    return found


def _inputs(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    return ((str(one["file"]), str(one["digest"]), str(one["parent"] or "")) for one in content["inputs"])


def _gaps(content: Mapping[str, Any], where: str) -> Iterator[str]:
    for number, step in enumerate(content["steps"], 1):
        if step["entry"]["status"] in ("snapshot", "opaque"):
            yield f"step {number}{where} is a snapshot"


def _place(name: str, digest: str, home: Home) -> str:
    """Where those pixels are; of files that are as good the one of that `name`."""
    seen = sorted(home.seen_inputs(digest), key=lambda one: (not one.unchanged(), one.path.name != name))
    if not seen:
        return "not seen on this computer"
    path = seen[0].path
    if not seen[0].unchanged():
        return f"changed or moved away from {path}"
    other = "" if path.name == name else " under another name"
    return f"here{other}, unchanged since: {path}"


def _record(digest: str, pixels: str, home: Home) -> Record | None:
    """The record of that digest about those pixels: from the ledger, else from a file that was seen with them."""
    try:
        if (deposit := _deposit(digest, home)) is not None:
            return checked(deposit, digest, pixels)
        for seen in home.seen_inputs(pixels):
            record = read_record(seen.path)
            if record.digest == digest and record.subject == pixels and record.signed_by() is not None:
                return record
    except (FileError, RecordError):
        return None
    return None


def _deposit(digest: str, home: Home) -> Deposit | None:
    try:
        return home.ledger.deposit(digest)
    except LedgerError:  # whoever asks the ledger itself is told what is wrong with it
        return None
