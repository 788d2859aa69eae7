"""Canonical JSON (RFC 8785) and strict JSON reading."""

from __future__ import annotations

import json
from typing import NoReturn, TypeAlias

import rfc8785

from bims_desktop.errors import RecordDamaged

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def canonical(value: object) -> bytes:
    """The one byte string of a JSON value (RFC 8785).

    Examples
    --------
    >>> canonical({"b": 1.0, "a": (True, "x")})
    b'{"a":[true,"x"],"b":1}'
    """
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def parse(data: bytes | str) -> Json:
    """Read JSON strictly: no NaN, no repeated keys, no bottomless nesting.

    Raises
    ------
    RecordDamaged
        `data` is not such JSON.
    """
    try:
        value: Json = json.loads(data, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RecordDamaged(f"This is not valid JSON: {error}.", "The text was damaged or edited.") from error
    return value


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
