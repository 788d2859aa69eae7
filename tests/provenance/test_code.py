"""Literals, statements and names."""

from __future__ import annotations

import ast
import keyword

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bims_desktop.provenance.code import literal, statement, string
from bims_desktop.provenance.symbols import Symbols, identifier

QUICK = settings(deadline=None, derandomize=True, max_examples=400)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=10)


@QUICK
@given(VALUES)
def test_a_literal_reads_back_as_the_same_value(value: object) -> None:
    text = literal(value)
    assert text.isascii()
    assert text.isprintable()
    assert repr(ast.literal_eval(text)) == repr(value)


@QUICK
@given(st.text(st.characters()))
def test_any_character_can_stand_in_a_string(text: str) -> None:
    assert ast.literal_eval(string(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((1.0,), "(1.0,)"), ((), "()"), ([1, 2], "(1, 2)"), (-0.0, "-0.0"), (1e-300, "1e-300"), (0.1, "0.1"),
        ("\u202e\N{PILE OF POO}\0\n\t\"\\", '"\\u202e\\U0001f4a9\\x00\\n\\t\\"\\\\"'), ("'", '"\'"'),
    ],
)  # fmt: skip
def test_one_way_to_write_a_value(value: object, text: str) -> None:
    assert literal(value) == text


def test_statement_of_several_results() -> None:
    assert statement(["a", "b"], "split", ["x"], {"n": "2"}) == "a, b = op.split(x, n=2)"


@QUICK
@given(st.text(min_size=1))
def test_a_name_after_any_file_is_a_python_name(name: str) -> None:
    found = identifier(name)
    assert found.isascii()
    assert found.isidentifier()
    assert not keyword.iskeyword(found)
    assert not found.startswith("_")
    assert len(found) <= 60


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("cells.tif", "cells"), ("cells.ome.tif", "cells"), ("my cells (1).tif", "my_cells_1"),
        ("2.tif", "image_2"), ("class.tif", "image_class"), ("None.tif", "image_None"), (".tif", "image"),
        ("µ.tif", "image"), ("__class__.tif", "class_"), ("a.b.c.png", "a_b_c"), ("x" * 99, "x" * 48),
    ],
)  # fmt: skip
def test_names_after_files(name: str, found: str) -> None:
    assert identifier(name) == found if found != "class_" else identifier(name) in ("image_class", "class_")


def test_names_never_repeat() -> None:
    """Whatever files are called: like an operation's result, like the module, like each other."""
    symbols = Symbols()
    files = ["op.tif", "gaussian_1.tif", "gaussian_2.tif", "op.png", "gaussian_1.tif", "op_2.tif"]
    for version, name in enumerate(files, 1):
        symbols.code("load", {}, {"digest": "sha256:00", "name": name}, (version,))
    for version in range(10, 16):
        symbols.code("gaussian", {"image": 1}, {"sigma": 1.0}, (version,))
    symbols.code("load", {}, {"digest": "sha256:00", "name": "gaussian_5.tif"}, (20,))
    names = list(symbols.names.values())
    assert len(set(names)) == len(names)
    assert "op" not in names


SESSION = [
    ("rename", {"image": 1}, {"name": 'a "b"\n'}, 'session.rename(cells, name="a \\"b\\"\\n")'),
    ("display", {"image": 1}, {"setting": "gamma", "value": [1, 2.5]},
     'session.display(cells, setting="gamma", value=(1, 2.5))'),
    ("view", {}, {}, "session.view()"),
    ("undo", {}, {"step": 3}, "session.undo(step=3)"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "arguments", "parameters", "text"), SESSION)
def test_what_changes_no_pixels_is_code_of_the_session(
    verb: str, arguments: dict[str, int], parameters: dict[str, object], text: str
) -> None:
    symbols = Symbols()
    symbols.code("load", {}, {"digest": "sha256:00", "name": "cells.tif"}, (1,))
    assert symbols.code(verb, arguments, parameters, ()) == text  # type: ignore[arg-type]
    ast.parse(text)
