"""A table as CSV, which spreadsheets open and nothing in it can run.

References
----------
RFC 4180, Common Format and MIME Type for Comma-Separated Values (CSV) Files.
OWASP, CSV Injection: a cell that begins with ``=``, ``+``, ``-`` or ``@`` is a formula to a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bims_desktop.errors import FileTooLarge, UnreadableFile
from bims_desktop.files.guard import DEFAULT, Budget, unreadable
from bims_desktop.model.table import Table

ENDING = ".csv"
_SEPARATORS = ",;\t"
_FORMULA = tuple("=+-@\t\r")
_TRUTH = {"True": True, "False": False, "TRUE": True, "FALSE": False}

Column = tuple[str, str, str]
"""Name, dtype by NumPy's name, unit or nothing."""


def headings(columns: Sequence[Column]) -> list[str]:
    """The first line of a table: names, the unit behind each that has one; none of them is a formula.

    Examples
    --------
    >>> headings([("area", "float64", "µm²"), ("=1+1", "int32", "")])
    ['area (µm²)', "'=1+1"]
    """
    told = [f"{name} ({unit})" if unit else name for name, _, unit in columns]
    return [f"'{text}" if text.startswith(_FORMULA) else text for text in told]


def columns_of(table: Table) -> list[Column]:
    """What `read_csv` must know of a table."""
    return [(name, column.dtype.name, table.units.get(name, "")) for name, column in table.columns.items()]


def write_csv(path: Path, table: Table) -> None:
    """Write `table` as UTF-8 with headings; numbers by `repr`, so that every bit comes back.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "areas.csv"
    >>> write_csv(path, Table({"label": np.array([1, 2]), "area": np.array([0.1, 2.0])}, {"area": "µm²"}))
    >>> path.read_text("utf-8-sig").split()
    ['label,area', '(µm²)', '1,0.1', '2,2.0']
    """
    values = [list(map(_cell, column.tolist())) for column in table.columns.values()]
    # The mark at the start tells spreadsheets that it is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings(columns_of(table)))
        writer.writerows(zip(*values, strict=True))


def read_csv(path: Path, columns: Sequence[Column], *, budget: Budget = DEFAULT) -> Table:
    """The values of a table whose columns are known; how a spreadsheet quoted and parted them makes no difference.

    Raises
    ------
    UnreadableFile
        It has other columns, or a cell that is no number.
    FileTooLarge
        The text is beyond the budget.
    """
    text, wanted = _text(path, budget), headings(columns)
    for separator in _SEPARATORS:
        rows = _rows(path, text, separator)
        if (rows or [[]])[0] == wanted:
            return _table(path, columns, rows[1:])
    raise UnreadableFile(f"{path.name} has other columns than the table that was saved.", "Use an unchanged copy.")


def _cell(value: bool | int | float) -> str:
    # The digest is over bits, and the sign of what is no number is one of them.
    return "-nan" if value != value and math.copysign(1, value) < 0 else repr(value)


def _text(path: Path, budget: Budget) -> str:
    try:
        size = path.stat().st_size
        if size > budget.max_metadata:
            raise FileTooLarge(f"{path.name} has {size} bytes, above the limit of {budget.max_metadata} for a table.")
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path.name} is not UTF-8 text.", "Save it as CSV UTF-8.") from error


def _rows(path: Path, text: str, separator: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except csv.Error as error:
        raise UnreadableFile(f"{path.name} is no CSV: {error}.", "Use an unchanged copy.") from error


def _table(path: Path, columns: Sequence[Column], rows: list[list[str]]) -> Table:
    try:
        cells = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
        read = {name: _column(dtype, texts) for (name, dtype, _), texts in zip(columns, cells, strict=True)}
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise UnreadableFile(f"{path.name} holds a cell that is no value of its column.", "") from error
    return Table(read, {name: unit for name, _, unit in columns if unit})


def _column(dtype: str, texts: Sequence[str]) -> np.ndarray[Any, Any]:
    kind = np.dtype(dtype)
    match kind.kind:
        case "b":
            return np.array([_TRUTH[text] for text in texts], kind)
        case "i" | "u":
            return np.array([int(text) for text in texts], kind)
        case "f":
            return np.array([float(text) for text in texts], kind)
    raise ValueError(f"no table has columns of {dtype}")
