"""Hold JSON against the schemas that are published with the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from bims_desktop.errors import RecordError

Schema = Literal["record-1", "statement-1"]
MAX_DEPTH = 64
LONGEST_WORDS = 300

_PACKAGE = Path(__file__).parents[1]


def check(document: Any, schema: Schema) -> None:
    """Make sure that `document` fits `schema`.

    Raises
    ------
    RecordError
        It does not; the error names the place.
    """
    from jsonschema.exceptions import best_match

    if _is_deep(document):
        raise RecordError(f"The document is nested deeper than {MAX_DEPTH} levels.", "Flatten its content.")
    found = best_match(_validator(schema).iter_errors(document))
    if found is not None:
        place = ".".join(map(str, found.absolute_path)) or "the document"
        raise RecordError(
            f"It does not fit the schema {schema}: {place}: {found.message[:LONGEST_WORDS]}.", "Correct it first."
        )


@cache
def _validator(schema: Schema) -> Any:
    from jsonschema import Draft202012Validator

    inside = _PACKAGE / "resources" / "schemas"
    folder = inside if inside.is_dir() else _PACKAGE.parent / "resources" / "schemas"
    return Draft202012Validator(json.loads((folder / f"{schema}.schema.json").read_text("utf-8")))


def _is_deep(value: Any) -> bool:
    """Whether lists and objects lie within each other beyond the bound; without recursion, for it may be bottomless."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [item for nest in level for item in _items(nest)]
    return bool(level)


def _items(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else []
