"""`Action`: one thing that happened, as code and sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bims_desktop.errors import JournalDamaged
from bims_desktop.model.canonical import Json
from bims_desktop.operations.spec import Effect

Status = Literal["replayable", "manual", "snapshot", "opaque"]


@dataclass(frozen=True, slots=True)
class Action:
    """One entry of the action log.

    Parameters
    ----------
    number : int
        Running number in the journal, from 1.
    operation : str
        Id in the registry, or a verb of the session (load, snapshot, call, rename, undo …).
    version : int
        Version of the operation.
    arguments : mapping of str to int
        Data version that each image argument read.
    writes : tuple of int
        Data versions that came of it.
    parameters, found : mapping
        What was asked, defaults written out; what the operation found.
    effect : {"pixels", "calibration", "display", "view", "session"}
        What it changed.
    status : {"replayable", "manual", "snapshot", "opaque"}
        How its result can be had again; manual edits replay exactly on their own data.
    sentence, code : str
        For a person, and as Python; both may hold layer names, so neither enters a record.
    started : str
        UTC, ISO 8601.
    duration : float
        Seconds.
    package : str
        Distribution and version of a third-party function.
    salt : str
        Hides the action's content behind its leaf in a record's tree; hexadecimal.
    """

    number: int
    operation: str
    version: int = 1
    arguments: Mapping[str, int] = field(default_factory=dict)
    writes: tuple[int, ...] = ()
    parameters: Mapping[str, Json] = field(default_factory=dict)
    found: Mapping[str, Json] = field(default_factory=dict)
    effect: Effect = "pixels"
    status: Status = "replayable"
    sentence: str = ""
    code: str = ""
    started: str = ""
    duration: float = 0.0
    package: str = ""
    salt: str = ""

    @property
    def reads(self) -> tuple[int, ...]:
        """Data versions that it read."""
        return tuple(self.arguments.values())

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Action:
        """Read back what `to_json` gave.

        Raises
        ------
        JournalDamaged
            Fields are missing or unknown.
        """
        try:
            return cls(**{**value, "writes": tuple(value["writes"])})
        except (TypeError, KeyError) as error:
            raise JournalDamaged(f"An action of the log cannot be read: {error}.") from error
