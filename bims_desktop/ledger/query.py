"""A `Query` as SQL over the tables of a local log."""

from __future__ import annotations

from bims_desktop.errors import LedgerError
from bims_desktop.ledger.base import Query

_COLUMNS = ("kind", "record", "pixels")
_FACTS: dict[str, tuple[str, ...]] = {  # columns of the entry that say the same as the deposited record
    "macro": ("macro",),
    "subject": ("subject", "pixels"),
    "agent": ("agent",),
    "operation": (),
    "instrument": (),
    "uses": (),
}
_BOUNDS = {"since": "since >= ?", "until": "since < ?"}
_PAGING = ("limit", "offset", "newest")


def select(query: Query) -> tuple[str, list[object]]:
    """The statement that finds what `query` asks for, in its order, and its values.

    Raises
    ------
    LedgerError
        It asks for something that no entry has.

    Examples
    --------
    >>> select({"kind": "record", "limit": 2})[1]
    ['record', 2, 0]
    """
    given = {name: value for name, value in query.items() if value is not None}
    if unknown := given.keys() - {*_COLUMNS, *_FACTS, *_BOUNDS, *_PAGING}:
        raise LedgerError(f"Entries cannot be found by {', '.join(sorted(unknown))}.", f"Use {', '.join(_known())}.")
    conditions, values = ["TRUE"], []
    for name, value in given.items():
        if name in _PAGING:
            continue
        condition = _condition(name)
        # a `+` keeps SQLite from going through all records where another property leads to a few
        conditions.append(f"+{condition}" if name == "kind" and len(given) > 1 else condition)
        values += [value] * condition.count("?")
    paging = [_count(query, "limit", -1), _count(query, "offset", 0)]
    where = " AND ".join(conditions)
    order = "DESC" if query.get("newest") else "ASC"
    statement = f"SELECT position, since, salt, entry FROM entries WHERE {where} ORDER BY position {order}"  # noqa: S608
    return f"{statement} LIMIT ? OFFSET ?", [*values, *paging]


def _condition(name: str) -> str:
    if name in _COLUMNS:
        return f"{name} = ?"
    if name in _BOUNDS:
        return _BOUNDS[name]
    parts = [f"SELECT position FROM entries WHERE {column} = ?" for column in _FACTS[name]]  # noqa: S608
    parts.append(f"SELECT position FROM facts WHERE name = '{name}' AND value = ?")  # noqa: S608
    return f"position IN ({' UNION ALL '.join(parts)})"


def _count(query: Query, name: str, default: int) -> int:
    value = query.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise LedgerError(f"{value!r} is no {name}.", "Give a whole number from 0.")
    return value


def _known() -> list[str]:
    return sorted(Query.__annotations__)
