"""`Table`: named columns with units, frozen, and its digest ``bims-tab-1``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.canonical import canonical

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Measurements, one row an object.

    Parameters
    ----------
    columns : mapping of str to 1-D array
        All of one length; numbers or Booleans.
    units : mapping of str to str, optional
        Unit of each column that has one.

    Raises
    ------
    BadParameter
        Columns differ in length, or a unit names no column.

    Examples
    --------
    >>> Table({"area": np.array([3.0, 4.0])}, {"area": "µm²"}).rows
    2
    """

    columns: Mapping[str, np.ndarray[Any, Any]]
    units: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len({column.shape for column in self.columns.values()}) > 1:
            raise BadParameter("The columns of a table must have one length.")
        if unknown := set(self.units) - set(self.columns):
            raise BadParameter(f"Units are given for columns that do not exist: {', '.join(sorted(unknown))}.")

    @property
    def rows(self) -> int:
        return next((len(column) for column in self.columns.values()), 0)

    def to_pandas(self) -> pd.DataFrame:
        """The columns as a data frame; its ``attrs["units"]`` holds the units."""
        import pandas as pd

        frame = pd.DataFrame(dict(self.columns))
        frame.attrs["units"] = dict(self.units)
        return frame


def table_digest(table: Table) -> str:
    """Digest ``bims-tab-1`` of `table`, as ``sha256:<hex>``.

    SHA-256("bims-tab-1" ‖ 0x00 ‖ header ‖ 0x00 ‖ columns), the columns little-endian and
    contiguous in their order, the header canonical JSON of names, dtypes, units and rows.
    """
    header = {
        "columns": [[name, column.dtype.name, table.units.get(name, "")] for name, column in table.columns.items()],
        "rows": table.rows,
        "v": 1,
    }
    hasher = hashlib.sha256(b"bims-tab-1\x00" + canonical(header) + b"\x00")
    for column in table.columns.values():
        hasher.update(np.ascontiguousarray(column.astype(column.dtype.newbyteorder("<"), copy=False)).tobytes())
    return f"sha256:{hasher.hexdigest()}"
