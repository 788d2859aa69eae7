"""A record beside a file that has no room for one: ``NAME.csv.bims.json``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from bims_desktop.errors import FileTooLarge, RecordDamaged
from bims_desktop.files.csv_table import ENDING
from bims_desktop.files.guard import Budget, unreadable
from bims_desktop.model.canonical import canonical, parse

SUFFIX = ".bims.json"


def is_table(path: str | os.PathLike[str]) -> bool:
    """Whether a file of this name keeps its record beside it."""
    return Path(path).suffix.lower() == ENDING


def sidecar_of(path: Path) -> Path:
    """Where the record of `path` lies.

    Examples
    --------
    >>> sidecar_of(Path("areas.csv")).name
    'areas.csv.bims.json'
    """
    return path.with_name(path.name + SUFFIX)


def table_of(path: Path) -> Path:
    """The table whose record `path` is; any other path as it is.

    Examples
    --------
    >>> table_of(Path("areas.csv.bims.json")).name, table_of(Path("cells.tif")).name
    ('areas.csv', 'cells.tif')
    """
    described = path.with_name(path.name.removesuffix(SUFFIX))
    return described if described != path and is_table(described) else path


def is_recorded_table(path: Path) -> bool:
    """Whether `path` is a table with a record beside it, or that record."""
    table = table_of(path)
    return is_table(table) and sidecar_of(table).is_file()


def write_sidecar(path: Path, envelope: bytes, receipt: bytes) -> None:
    """Write both as one JSON object; each is canonical JSON itself, so its bytes come back the same."""
    path.write_bytes(canonical({"envelope": parse(envelope), "receipt": parse(receipt), "v": 1}) + b"\n")


def read_sidecar(path: Path, budget: Budget) -> tuple[bytes | None, bytes | None]:
    """Envelope and receipt beside `path`, each None where it is not there.

    Raises
    ------
    UnreadableFile
        The file itself cannot be read.
    RecordDamaged
        What lies there is not both of them.
    FileTooLarge
        It is beyond the budget.
    """
    beside = sidecar_of(path)
    try:
        path.stat()
        if not beside.is_file():
            return None, None
        if beside.stat().st_size > budget.max_metadata:
            raise FileTooLarge(f"{beside.name} is above the limit of {budget.max_metadata} bytes.")
        told: Any = parse(beside.read_bytes())
    except OSError as error:
        raise unreadable(path, error) from error
    if not isinstance(told, dict) or told.get("v") != 1:
        raise RecordDamaged(f"{beside.name} holds no record of version 1.", "Use an undamaged copy.")
    return _part(told, "envelope"), _part(told, "receipt")


def _part(told: dict[str, Any], name: str) -> bytes | None:
    try:
        return canonical(told[name]) if told.get(name) is not None else None
    except (ValueError, RecursionError) as error:
        raise RecordDamaged(f"The {name} beside the file is damaged: {error}.", "Use an undamaged copy.") from error
