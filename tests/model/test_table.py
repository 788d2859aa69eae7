"""Tables: their digest is the one in the documents, and they refuse what contradicts itself."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest

from bims_desktop.errors import BadParameter
from bims_desktop.model.table import Table, table_digest

DOCUMENT = Path(__file__).parents[2] / "docs" / "formats" / "bims-tab-1.md"
TABLES = [
    Table({"label": np.array([1, 2], np.int32), "area": np.array([3.0, 4.5])}, {"area": "µm²"}),
    Table({"flag": np.array([True, False, True])}),
    Table({}),
]


def by_hand(table: Table) -> str:
    columns = [[name, column.dtype.name, table.units.get(name, "")] for name, column in table.columns.items()]
    header = json.dumps({"columns": columns, "rows": table.rows, "v": 1}, separators=(",", ":"), ensure_ascii=False)
    body = b"".join(column.astype(column.dtype.newbyteorder("<")).tobytes() for column in table.columns.values())
    return "sha256:" + hashlib.sha256(b"bims-tab-1\0" + header.encode() + b"\0" + body).hexdigest()


def test_vectors_of_the_document() -> None:
    written = re.findall(r"`(sha256:[0-9a-f]{64})`", DOCUMENT.read_text(encoding="utf-8"))
    assert written == [table_digest(table) for table in TABLES] == [by_hand(table) for table in TABLES]


def test_byte_order_does_not_matter_but_units_do() -> None:
    big = Table({"area": np.array([3.0, 4.5], ">f8")}, {"area": "µm²"})
    little = Table({"area": np.array([3.0, 4.5], "<f8")}, {"area": "µm²"})
    assert table_digest(big) == table_digest(little) != table_digest(Table(little.columns))


@pytest.mark.parametrize(
    ("columns", "units"),
    [({"a": np.zeros(2), "b": np.zeros(3)}, {}), ({"a": np.zeros(2)}, {"b": "µm"})],
)
def test_contradictions_are_refused(columns: dict[str, np.ndarray], units: dict[str, str]) -> None:
    with pytest.raises(BadParameter):
        Table(columns, units)


def test_pandas_keeps_columns_and_units() -> None:
    frame = TABLES[0].to_pandas()
    assert list(frame.columns) == ["label", "area"]
    assert frame.attrs["units"] == {"area": "µm²"}
    assert frame["area"].tolist() == [3.0, 4.5]
