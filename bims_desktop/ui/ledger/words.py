"""What stands in the ledger, in sentences: entries, and how far they got on their way to a consortium."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bims_desktop.app.named import name_of
from bims_desktop.errors import UnknownOperation
from bims_desktop.operations import registry
from bims_desktop.ui.signs import CARRIAGE, Sign
from bims_desktop.ui.words import moment, several, short

if TYPE_CHECKING:
    from pathlib import Path

    from bims_desktop.app.carriage import Carriage
    from bims_desktop.app.harvest import Found
    from bims_desktop.ui.ledger.work import Answer


STANDS = {"stands": "stands", "superseded": "is superseded", "retracted": "is retracted"}
_REPLAYED = {
    "exact": "Replayed exactly",
    "within tolerance": "Replayed within tolerance",
    "different": "Replayed to another result",
    "not replayable": "Could not be replayed",
}


def statement(found: Found, answer: Answer) -> str:
    """What an entry of `answer` says, as a sentence without its end; its record goes by the name of its file."""
    body, record = found.entry.body, short(found.record)
    which = "" if answer.files_of(found) else f", {record}"
    match found.kind:
        case "record":
            return made_by(found.steps) or f"Record {record}"
        case "attestation":
            return f"{_REPLAYED[str(body['verdict'])]}{which}"
        case "retract":
            return f"Retracted{which}{_because(body)}"
        case "supersede":
            return f"Replaced by {answer.called(str(body['by']))}{which}{_because(body)}"
    return "A new key of this ledger"


def made_by(operations: Sequence[str]) -> str:
    """The operations by the names that the menu has for them."""
    return ", ".join(_title(operation) for operation in operations if operation not in ("", "load"))


def files_named(files: Sequence[Path]) -> str:
    """The names of files, each once; empty where none is known."""
    return ", ".join(dict.fromkeys(file.name for file in files))


def attested(verdicts: Sequence[str]) -> str:
    """What came of the replays that somebody gave their word for."""
    if not verdicts:
        return "nobody has given word of a replay yet"
    counts = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}
    return ", ".join(f"{verdict} {'once' if count == 1 else f'{count} times'}" for verdict, count in counts.items())


def who(found: Found, keys: Mapping[str, str]) -> str:
    """The same with the organisation."""
    return ", ".join(dict.fromkeys(part for part in (name_of(found, keys), found.organisation) if part))


def standing(carriage: Carriage) -> Sign:
    """The sign of the whole: one conflict counts more than all that went well."""
    if carriage.conflicts:
        return CARRIAGE["stuck"]
    if carriage.waiting:
        return CARRIAGE["away" if carriage.reachable is False else "waiting"]
    return CARRIAGE["all in"]


def carried(carriage: Carriage, *, briefly: bool = False) -> str:
    """How far the entries got, for the status bar; `briefly` without why and where."""
    sign = standing(carriage).glyph
    if carriage.conflicts:
        return f"consortium: {several(len(carriage.conflicts), 'conflict')} {sign}"
    if carriage.waiting:
        away = ", out of reach" if carriage.reachable is False and not briefly else ""
        return f"consortium: {carriage.waiting} waiting{away} {sign}"
    block = "" if briefly else carriage.last.split(",")[0]
    return f"consortium: all in{f', {block}' if block else ''} {sign}"


def carried_in_full(carriage: Carriage) -> str:
    """The same for the tool tip, with block and transaction."""
    lines = [f"The consortium holds {several(carriage.committed, 'entry', 'entries')} of this computer."]
    if carriage.last:
        lines.append(f"The last one in {carriage.last}.")
    if carriage.waiting:
        lines.append(f"{carriage.waiting} wait; they are kept on this computer and go as soon as they can.")
    if carriage.error:
        lines.append(carriage.error)
    lines += [stuck.text for stuck in carriage.conflicts[:3]]
    return "\n".join(lines)


def since(found: Found) -> str:
    """When the ledger heard of it, as people say it."""
    return moment(found.since) if found.since else ""


def _because(body: Mapping[str, object]) -> str:
    return f": {body['reason']}" if body.get("reason") else ""


def _title(operation: str) -> str:
    try:
        return registry.get(operation).title
    except UnknownOperation:
        return operation
