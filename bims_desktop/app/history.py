"""`History`: how an opened file was made, as the record that it carries says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bims_desktop.app.source import read_record
from bims_desktop.errors import RecordDamaged
from bims_desktop.macro.source import parse


@dataclass(frozen=True, slots=True)
class History:
    """What the record in a file says of the steps before it was opened; nothing of it is verified here.

    Parameters
    ----------
    path : Path
        The file.
    steps : tuple of str
        A sentence each, from the raw files on.
    agent : str
        Who signed it, by the record's own word; may be empty.
    created : str
        When, by that person's clock; ISO 8601.
    """

    path: Path
    steps: tuple[str, ...]
    agent: str
    created: str


def history_of(path: Path) -> History:
    """The history that the file at `path` carries.

    Raises
    ------
    NoRecord
        It carries none.
    RecordDamaged, MacroError, UnknownOperation
        It carries one that cannot be read here.
    """
    record = read_record(path)
    plan = record.with_found(parse(record.macro))
    try:
        agent, created = str(record.content["agent"]["name"]), str(record.content["created"])
    except KeyError as error:
        raise RecordDamaged(f"The record lacks its {error}.", "Use an undamaged copy.") from error
    return History(path, tuple(step.sentence for step in plan), agent, created)
