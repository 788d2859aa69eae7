"""Actions as Python text: the one place that writes literals and statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def literal(value: Any) -> str:
    r"""A value as ASCII Python; floats exact by `repr`.

    Examples
    --------
    >>> literal(("µ", 0.1, None))
    '("\\xb5", 0.1, None)'
    """
    if isinstance(value, str):
        return string(value)
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return repr(value)


def string(text: str) -> str:
    """`text` between double quotes, every character that is not printable ASCII escaped."""
    body = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in body) + '"'


def statement(results: Sequence[str], function: str, positional: Sequence[str], keywords: Mapping[str, str]) -> str:
    """One assignment, arguments being names or literals already written.

    Examples
    --------
    >>> statement(["gaussian_1"], "gaussian", ["cells"], {"sigma": "2.0"})
    'gaussian_1 = op.gaussian(cells, sigma=2.0)'
    """
    arguments = ", ".join([*positional, *(f"{name}={text}" for name, text in keywords.items())])
    return f"{', '.join(results)} = op.{function}({arguments})"
