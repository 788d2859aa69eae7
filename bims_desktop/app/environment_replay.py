"""Replay in an environment of its own, and say which environment a replay used."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bims_desktop.app.environment_facts import Difference, Facts
from bims_desktop.app.source import is_image, read_record
from bims_desktop.errors import BimsError, RecordDamaged, ReplayStopped

Which = Literal["own", "record", "another"]
_ASK = """
import json, sys
from bims_desktop.app.environment import environment, installed_version
operations, called = (text.split(",") if text else [] for text in sys.argv[1:])
told = environment(operations)
told["packages"].update({name: found for name in called if (found := installed_version(name))})
print(json.dumps(told))
"""
_PATIENCE_S = 120
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Used:
    """Which environment a replay used.

    Parameters
    ----------
    which : {"own", "record", "another"}
        The running program's; one that is the record's in all that decides pixels; or one that is neither.
    folder : str
        Where it is; empty for the own one.
    differences : tuple of Difference
        Where it is other than the record says; machines may differ without deciding anything.
    known : bool
        Whether there is a record that says.
    """

    which: Which
    folder: str = ""
    differences: tuple[Difference, ...] = ()
    known: bool = True

    @property
    def exact(self) -> bool:
        """Whether it is the record's in all that decides pixels."""
        return self.known and not any(each.decides for each in self.differences)

    @property
    def sentence(self) -> str:
        """In words, as the verdict shows it.

        Examples
        --------
        >>> Used("own").sentence
        "It ran in this program's own environment, which is the record's."
        >>> Used("another", "old", (Difference("package", "numpy 1.0 instead of 2.4.6"),)).sentence
        "It ran in the environment old, which is not the record's: numpy 1.0 instead of 2.4.6."
        """
        place = f"the environment {self.folder}" if self.folder else "this program's own environment"
        texts = [each.text for each in self.differences]
        told = "; ".join([*texts[:_SHOWN], *([f"{len(texts) - _SHOWN} more"] if len(texts) > _SHOWN else [])])
        if not self.known:
            return f"It ran in {place}; there is no recorded one to hold it against."
        if not self.exact:
            return f"It ran in {place}, which is not the record's: {told}."
        return f"It ran in {place}, which is the record's" + (f", but for {told}." if told else ".")

    def to_json(self) -> dict[str, Any]:
        """As `bims replay --json` tells it."""
        return {"differences": [each.text for each in self.differences], "exact": self.exact, "which": self.which}


def used_here(file: Path) -> Used:
    """What the running program is to the record of `file`."""
    try:
        recorded = recorded_facts(file)
    except RecordDamaged:  # what it says of its environment changes nothing of the pixels that came out
        recorded = None
    return Used("own", differences=recorded.differences(recorded.here())) if recorded else Used("own", known=False)


def used_there(folder: Path, file: Path) -> Used:
    """What the environment in `folder` is to the record of `file`.

    Raises
    ------
    BimsError
        There is no environment with BIMS Desktop in `folder`.
    """
    recorded = recorded_facts(file)
    there = _ask(folder, recorded or Facts("0"))
    if recorded is None:
        return Used("another", str(folder), known=False)
    used = Used("record", str(folder), recorded.differences(there))
    return used if used.exact else Used("another", used.folder, used.differences)


def recorded_facts(file: Path) -> Facts | None:
    """The environment that the record of an image states; None for a macro.

    Raises
    ------
    NoRecord, RecordDamaged
        It carries no record, or one without environment.
    """
    return Facts.of_record(read_record(file)) if is_image(file) else None


def replay_there(folder: Path, file: Path, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Replay `file` with the program in the environment `folder`, in a process of its own.

    That program also attests the verdict, or saves, as the arguments ask: in its own words, for it is what ran.

    Returns
    -------
    dict
        Facts of its ``bims replay --json``: verdict, digest, expected, steps.

    Raises
    ------
    ReplayStopped
        The replay could not be done; the environment's own words are given.
    """
    command = [_python(folder), "-I", "-m", "bims_desktop", "replay", str(file), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    try:
        told: dict[str, Any] = json.loads(done.stdout)
        return {key: told[key] for key in ("verdict", "digest", "expected", "steps")}
    except (ValueError, KeyError, TypeError) as error:
        raise ReplayStopped(f"The replay in {folder} could not be done: {_last(done.stderr)}") from error


def _ask(folder: Path, recorded: Facts) -> Facts:
    command = [_python(folder), "-I", "-c", _ASK, ",".join(recorded.operations), ",".join(recorded.called)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE_S, check=False
        )
        return Facts.of_json(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError, RecordDamaged) as error:
        words = "it does not answer." if isinstance(error, subprocess.TimeoutExpired) else _last(done.stderr)
        raise BimsError(
            f"The environment {folder} holds no BIMS Desktop that works: {words}",
            "Make one with `bims environment FILE --create FOLDER`.",
        ) from error


def _last(stderr: str) -> str:
    return (stderr.strip().splitlines() or ["it ended without a word."])[-1][:500]


def _python(folder: Path) -> str:
    python = folder / "bin" / "python"
    if not python.is_file():
        raise BimsError(
            f"{folder} is no environment: it has no bin/python.",
            "Make one with `bims environment FILE --create FOLDER`.",
        )
    return str(python.absolute())
