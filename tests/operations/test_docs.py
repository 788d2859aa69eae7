"""The documentation states what is so: the catalogue of operations, and the test vectors of strokes."""

from __future__ import annotations

import ast
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bims_desktop.operations.paint import Strokes
from bims_desktop.operations.registry import operations
from bims_desktop.operations.spec import Operation

DOCS = Path(__file__).parents[2] / "docs"


def row(operation: Operation) -> str:
    images = [
        f"{a.name}: {' or '.join(a.kinds) or 'any'}{' (optional)' if a.optional else ''}" for a in operation.arguments
    ]
    parameters = [f"`{p.name}`" if p.required else f"`{p.name}={p.default!r}`" for p in operation.parameters]
    said = [f" (None: {p.none})" if p.optional else "" for p in operation.parameters]
    return f"| `{operation.id}` | {', '.join(images)} | {', '.join(map(add, parameters, said))} |"


def test_the_catalogue_is_true() -> None:
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [row(operation) for operation in operations() if not operation.package]


def test_the_gallery_shows_every_operation_of_the_menus() -> None:
    folder = DOCS / "operations"
    shown = {operation.id for operation in operations() if operation.menu and not operation.package}
    assert {path.stem for path in (folder / "pictures").glob("*.png")} == shown
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert all(f"(pictures/{id}.png)" in text and f"`{id}`" in text for id in shown)


def vectors() -> list[list[str]]:
    text = (DOCS / "formats" / "bims-stroke-1.md").read_text(encoding="utf-8")
    return [
        [cell.strip(" `") for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| `")
    ]


@pytest.mark.parametrize("vector", vectors(), ids=lambda v: v[0] + v[2])
def test_vectors_of_strokes(vector: list[str]) -> None:
    axes, shape, indices, values, body, digest = vector

    def listed(text: str, kind: Any) -> np.ndarray[Any, Any]:
        return np.array(ast.literal_eval(text), kind)

    strokes = Strokes(axes, tuple(ast.literal_eval(shape)), listed(indices, np.uint64), listed(values, np.int64))
    assert strokes.encode().split(b"\x00", 1)[1].hex() == body.replace("(none)", "")
    assert strokes.digest == digest


def test_there_are_vectors() -> None:
    assert len(vectors()) == 3
