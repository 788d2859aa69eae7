"""What signatures declare: words beside tuples, fixed lengths, options, blobs."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from bims_desktop.errors import BadParameter
from bims_desktop.operations import registry
from bims_desktop.operations.registry import get, operations
from bims_desktop.operations.spec import Parameter


def parameter(operation: str, name: str) -> Parameter:
    return next(p for p in get(operation).parameters if p.name == name)


@pytest.mark.parametrize(
    ("operation", "name", "given", "expected"),
    [
        ("rescale_intensity", "in_range", "image", "image"),
        ("rescale_intensity", "in_range", [1, 2.5], (1.0, 2.5)),
        ("label", "connectivity", None, None),
        ("label", "connectivity", 2, 2),
        ("threshold_li", "tolerance", 1, 1.0),
        ("crop", "x_stop", None, None),
        ("regionprops_table", "properties", ["label", "area"], ("label", "area")),
        ("regionprops_table", "properties", None, None),
        ("paint", "strokes", "sha256:" + "0" * 64, "sha256:" + "0" * 64),
    ],
)
def test_values_that_fit(operation: str, name: str, given: Any, expected: Any) -> None:
    assert parameter(operation, name).check(given) == expected


@pytest.mark.parametrize(
    ("operation", "name", "given"),
    [
        ("rescale_intensity", "in_range", "picture"),
        ("rescale_intensity", "in_range", (1.0,)),
        ("rescale_intensity", "in_range", (1.0, 2.0, 3.0)),
        ("rescale_intensity", "in_range", (1.0, float("inf"))),
        ("rescale_intensity", "in_range", None),
        ("label", "connectivity", 4),
        ("label", "connectivity", 0),
        ("label", "connectivity", True),
        ("threshold_li", "tolerance", -1.0),
        ("crop", "x_start", -1),
        ("median", "radius", 101),
        ("regionprops_table", "properties", ("label", "image")),
        ("paint", "strokes", "sha256:" + "0" * 63),
        ("paint", "strokes", "sha256:" + "A" * 64),
        ("paint", "strokes", b"bytes"),
    ],
)
def test_values_that_do_not_fit(operation: str, name: str, given: Any) -> None:
    with pytest.raises(BadParameter, match=f"The parameter {name} cannot be") as caught:
        parameter(operation, name).check(given)
    assert caught.value.todo.startswith("It must be ")


@pytest.mark.parametrize("operation", list(operations()), ids=lambda o: o.id)
def test_every_declaration_is_whole(operation: Any) -> None:
    names = {part.name for part in (*operation.arguments, *operation.parameters)}
    assert all(part.help for part in (*operation.arguments, *operation.parameters)), "a parameter without help"
    assert operation.halo in {"0", "whole"} | names
    assert operation.sentence.isascii(), "a macro's comments are ASCII"
    for entry in operation.parameters:
        assert entry.required or entry.check(entry.default) == entry.default
        assert bool(entry.none) is entry.optional, f"{entry.name} does not say what None means, or need not"
        assert len(entry.none) <= 14, "a box beside an editor has no room for more"


def test_an_integer_beyond_every_float_is_refused() -> None:
    with pytest.raises(BadParameter, match="sigma"):
        get("gaussian").bind({"sigma": 10**400})


def test_the_code_hash_covers_what_an_operation_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    read, before = inspect.getsource, registry.code_hash(registry.get("gaussian"))

    def edited(module: str) -> str:
        def source(thing: Any) -> str:
            return read(thing) + ("# edited" if thing.__name__.endswith(f".{module}") else "")

        monkeypatch.setattr(inspect, "getsource", source)
        return registry.code_hash(registry.get("gaussian"))

    assert edited("regions") != before
    assert edited("filters") != before
    assert edited("spots") == before
