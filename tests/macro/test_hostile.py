"""Hostile and hand-edited macros: refused with a clear sentence, quickly, and nothing of them is run."""

from __future__ import annotations

import builtins
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bims_desktop.app.replay import replay
from bims_desktop.errors import BimsError, MacroRefused, UnknownOperation
from bims_desktop.macro import source
from bims_desktop.macro.source import MAX_LINE, MAX_STEPS, parse
from bims_desktop.operations import execute
from bims_desktop.provenance.symbols import Symbols

DIGEST = "sha256:" + 64 * "0"
LOAD = f'cells = op.load("{DIGEST}", name="cells.tif")'
GAUSSIAN = 'op.gaussian(cells, sigma=2.0, mode="nearest", cval=0.0, truncate=4.0, axes="YX", dtype="input")'
STEP = f"gaussian_1 = {GAUSSIAN}"
INVERT = "invert_1 = op.invert(cells, signed_float=False)"
SECONDS = 0.8


def macro(*statements: str, versions: tuple[str, ...] = ("gaussian 1",), head: str | None = None) -> str:
    """A macro of these statements, each under its comment."""
    top = ['"""BIMS macro, dialect 1.', "", *versions, '"""', "from bims_desktop import op", ""]
    body = [line for n, statement in enumerate(statements, 1) for line in (f"# {n}. step", statement)]
    return "\n".join([*([head] if head is not None else top), *body, ""])


GOOD = macro(LOAD, STEP)


def swap(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def with_step(statement: str) -> str:
    return macro(LOAD, statement)


def nested(opening: str, closing: str, count: int) -> str:
    return with_step(f"x = op.gaussian({opening * count}cells{closing * count})")


REFUSED: dict[str, str] = {
    # other statements
    "import": with_step("import os"),
    "from import": with_step("from os import system"),
    "second import": swap("from bims_desktop import op", "from bims_desktop import op\nimport os"),
    "import as": swap("from bims_desktop import op", "from os import system as op"),
    "expression": with_step("op.gaussian(cells)"),
    "call of print": with_step('print("hello")'),
    "exec": with_step('x = exec("1")'),
    "eval": with_step('x = eval("1")'),
    "__import__": with_step('x = __import__("os").system("true")'),
    "delete": with_step("del cells"),
    "global": with_step("global cells"),
    "assert": with_step("assert cells"),
    "pass": with_step("pass"),
    "for": with_step("for x in cells: pass"),
    "while": with_step("while True: pass"),
    "if": with_step("if cells: pass"),
    "with": with_step("with cells: pass"),
    "def": with_step("def f(): pass"),
    "class": with_step("class C: pass"),
    "decorator": with_step("@op.gaussian"),
    "try": with_step("try: pass"),
    "await": with_step("x = await op.gaussian(cells)"),
    "yield": with_step("x = yield op.gaussian(cells)"),
    "annotation": with_step(f"gaussian_1: object = {GAUSSIAN}"),
    "augmented": with_step(f"cells += {GAUSSIAN}"),
    "chained": with_step(f"a = b = {GAUSSIAN}"),
    "two on a line": with_step(f"{STEP}; {STEP}"),
    "semicolon": with_step(f"{STEP};"),
    "trailing comment": with_step(f"{STEP}  # a remark"),
    "continuation": with_step(STEP.replace("(cells, ", "(cells, \\\n    ")),
    "line break in brackets": with_step(STEP.replace("(cells, ", "(cells,\n    ")),
    "indented": with_step(f" {STEP}"),
    "trailing space": with_step(f"{STEP} "),
    "empty": with_step(""),
    # expressions that are no values
    "attribute chain": with_step("x = op.gaussian.__globals__"),
    "attribute of a name": with_step("x = op.gaussian(cells.pixels)"),
    "dunder attribute": with_step("x = op.__class__(cells)"),
    "dunder operation": with_step("x = op.__getattr__(cells)"),
    "private operation": with_step("x = op._given(cells)"),
    "method of a result": with_step("x = cells.array()"),
    "call of a call": with_step("x = op.gaussian(cells)(cells)"),
    "nested call": with_step("x = op.gaussian(op.gaussian(cells))"),
    "other module": with_step("x = os.system(cells)"),
    "deeper module": with_step("x = op.registry.get(cells)"),
    "Image": with_step("x = op.Image(cells)"),
    "blobs": with_step("x = op.blobs(cells)"),
    "subscript": with_step('x = op["gaussian"](cells)'),
    "lambda": with_step("x = op.gaussian(lambda: 1)"),
    "lambda called": with_step("x = (lambda: op)()"),
    "comprehension": with_step("x = op.gaussian([c for c in cells])"),
    "generator": with_step("x = op.gaussian(c for c in cells)"),
    "f-string": with_step(STEP.replace('"nearest"', 'f"nearest"')),
    "f-string with a call": with_step(STEP.replace('"nearest"', "f\"{__import__('os')}\"")),
    "bytes": with_step(STEP.replace('"nearest"', 'b"nearest"')),
    "walrus": with_step(STEP.replace("sigma=2.0", "sigma=(y := 2.0)")),
    "conditional": with_step(STEP.replace("sigma=2.0", "sigma=2.0 if True else 1.0")),
    "sum": with_step(STEP.replace("sigma=2.0", "sigma=1.0+1.0")),
    "power": with_step(STEP.replace("sigma=2.0", "sigma=9**9**9")),
    "invert operator": with_step(STEP.replace("sigma=2.0", "sigma=~2")),
    "not": with_step(STEP.replace("sigma=2.0", "sigma=not 2.0")),
    "plus sign": with_step(STEP.replace("sigma=2.0", "sigma=+2.0")),
    "double minus": with_step(STEP.replace("sigma=2.0", "sigma=--2.0")),
    "minus True": with_step(STEP.replace("sigma=2.0", "sigma=-True")),
    "complex": with_step(STEP.replace("sigma=2.0", "sigma=2.0j")),
    "ellipsis": with_step(STEP.replace("sigma=2.0", "sigma=...")),
    "infinite": with_step(STEP.replace("sigma=2.0", "sigma=1e999")),
    "list": with_step(STEP.replace("sigma=2.0", "sigma=[2.0]")),
    "dict": with_step(STEP.replace("sigma=2.0", "sigma={1: 2.0}")),
    "set": with_step(STEP.replace("sigma=2.0", "sigma={2.0}")),
    "tuple": with_step(STEP.replace("sigma=2.0", "sigma=(2.0,)")),
    "name for a value": with_step(STEP.replace("sigma=2.0", "sigma=cells")),
    "value for an image": with_step(STEP.replace("(cells", '("cells"')),
    "star argument": with_step("x = op.gaussian(*cells)"),
    "star star argument": with_step("x = op.gaussian(cells, **cells)"),
    "star target": with_step(f"*x, = {GAUSSIAN}"),
    "attribute target": with_step(f"cells.x = {GAUSSIAN}"),
    "subscript target": with_step(f"cells[0] = {GAUSSIAN}"),
    "list target": with_step(f"[x] = {GAUSSIAN}"),
    "empty target": with_step(f"() = {GAUSSIAN}"),
    "bracketed target": with_step(f"(gaussian_1) = {GAUSSIAN}"),
    # names
    "shadowing op": with_step(f"op = {GAUSSIAN}"),
    "duplicate name": macro(LOAD, STEP, STEP),
    "assigning an input again": with_step(f"cells = {GAUSSIAN}"),
    "same name twice": with_step(f"a, a = {GAUSSIAN}"),
    "use before assignment": macro(
        LOAD, STEP.replace("(cells", "(invert_1"), INVERT, versions=("gaussian 1", "invert 1")
    ),
    "use of itself": with_step(STEP.replace("(cells", "(gaussian_1")),
    "unknown name": with_step(STEP.replace("(cells", "(nuclei")),
    "op as an image": with_step(STEP.replace("(cells", "(op")),
    "builtin as an image": with_step(STEP.replace("(cells", "(print")),
    "dunder name": with_step(f"__builtins__ = {GAUSSIAN}"),
    "dunder loader": macro(f'__loader__ = op.load("{DIGEST}", name="a.tif")', versions=()),
    # parameters
    "int for float": swap("sigma=2.0", "sigma=2"),
    "float for text": swap('"nearest"', "2.0"),
    "bool for float": swap("sigma=2.0", "sigma=True"),
    "other spelling of a float": swap("sigma=2.0", "sigma=2.00"),
    "exponent": swap("sigma=2.0", "sigma=2e0"),
    "underscore in a number": swap("sigma=2.0", "sigma=2_0.0"),
    "hexadecimal": swap("sigma=2.0", "sigma=0x2"),
    "other quotes": swap('"nearest"', "'nearest'"),
    "raw string": swap('"nearest"', 'r"nearest"'),
    "joined strings": swap('"nearest"', '"near" "est"'),
    "escape for a letter": swap('"nearest"', '"neares\\x74"'),
    "named escape": swap('"nearest"', '"neares\\N{LATIN SMALL LETTER T}"'),
    "out of bounds": swap("sigma=2.0", "sigma=-1.0"),
    "not among the choices": swap('"nearest"', '"somewhere"'),
    "missing parameter": swap(", truncate=4.0", ""),
    "unknown parameter": swap("truncate=4.0", "truncate=4.0, more=1"),
    "reordered": swap('sigma=2.0, mode="nearest"', 'mode="nearest", sigma=2.0'),
    "repeated": swap("sigma=2.0", "sigma=2.0, sigma=2.0"),
    "image by keyword": swap("(cells,", "(image=cells,"),
    "image twice": swap("(cells,", "(cells, image=cells,"),
    "two images": swap("(cells,", "(cells, cells,"),
    "no image": swap("(cells, ", "("),
    "value by position": swap("sigma=2.0", "2.0"),
    "spaces around =": swap("sigma=2.0", "sigma = 2.0"),
    "no space after comma": swap("(cells, ", "(cells,"),
    "trailing comma": swap('dtype="input")', 'dtype="input",)'),
    "two results of one": swap("gaussian_1 =", "a, b, =").replace("a, b,", "(a, b)"),
    "load of no digest": swap(DIGEST, "cells.tif"),
    "load of a short digest": swap(DIGEST, "sha256:00"),
    "load of an upper-case digest": swap(DIGEST, "sha256:" + 64 * "A"),
    "load without a name": swap(', name="cells.tif"', ""),
    "load with a number as name": swap('name="cells.tif"', "name=1"),
    "load of an image": swap('name="cells.tif"', 'name="cells.tif", image=op'),
    "snapshot without a cause": with_step(f'x = op.snapshot("{DIGEST}")'),
    "snapshot that reads": with_step(f'x = op.snapshot("{DIGEST}", cause="c", image=cells)'),
    "call without a function": with_step("x = op.call(image=cells)"),
    "call of a name": with_step("x = op.call(cells)"),
    "call with a star": with_step('x = op.call("a.b", **cells)'),
    "call with an infinite number": with_step('call_1 = op.call("a.b", x=1e999)'),
    "session verb": with_step("session.undo(step=1)"),
    # head
    "no docstring": macro(LOAD, head="from bims_desktop import op\n"),
    "only a docstring": '"""BIMS macro, dialect 1.\n',
    "other dialect": swap("dialect 1", "dialect 2"),
    "other title": swap("BIMS macro", "A macro"),
    "raw docstring": "r" + GOOD,
    "other docstring quotes": GOOD.replace('"""', "'''"),
    "docstring in one line": swap('1.\n\ngaussian 1\n"""', '1."""'),
    "text in the docstring": swap("\ngaussian 1", "\nHello there\ngaussian 1"),
    "docstring without its operations": swap("gaussian 1\n", ""),
    "docstring with another operation": swap("gaussian 1\n", "gaussian 1\nmedian 1\n"),
    "operation twice in the docstring": swap("gaussian 1\n", "gaussian 1\ngaussian 1\n"),
    "version as word": swap("gaussian 1\n", "gaussian one\n"),
    "version with a zero": swap("gaussian 1\n", "gaussian 01\n"),
    "no steps": macro(),
    "no import": swap("from bims_desktop import op\n", ""),
    "import under another name": swap("from bims_desktop import op", "from bims_desktop import op as op"),
    "import of more": swap("from bims_desktop import op", "from bims_desktop import op, errors"),
    "no comment": swap("# 2. step\n", ""),
    "two comments": swap("# 2. step\n", "# 2. step\n# more\n"),
    "comment without space": swap("# 2. step", "#2. step"),
    "type comment": swap(STEP, f"{STEP}  # type: ignore"),
    "blank line": swap("# 2. step\n", "\n# 2. step\n"),
    "no newline at the end": GOOD[:-1],
    "two newlines at the end": GOOD + "\n",
    "text after the end": GOOD + "x",
    "empty file": "",
    "only newlines": "\n" * 50,
    # characters
    "look-alike name": swap("gaussian_1 =", "gaussi\u0430n_1 ="),
    "look-alike operation": swap("op.gaussian", "op.g\u0430ussian"),
    "full-width letters": swap("op.gaussian", "op.\uff47aussian"),
    "compatibility letters": swap("gaussian_1 =", "\U0001d420aussian_1 ="),
    "bidi override": swap("# 2. step", "# 2. step \u202e"),
    "bidi isolate": swap("cells.tif", "\u2066cells.tif"),
    "zero width": swap("gaussian_1 =", "gaussian\u200b_1 ="),
    "line separator": swap("# 2. step", "# 2. step\u2028import os"),
    "next line": swap("# 2. step", "# 2. step\x85import os"),
    "byte order mark": "\ufeff" + GOOD,
    "coding cookie": "# -*- coding: utf-7 -*-\n" + GOOD,
    "coding cookie in the docstring": swap("\ngaussian 1", "\n# coding: utf-7\ngaussian 1"),
    "NUL": swap("# 2. step", "# 2. step\0"),
    "CRLF": GOOD.replace("\n", "\r\n"),
    "CR": swap("# 2. step", "# 2. step\rimport os"),
    "tab": swap("sigma=2.0, ", "sigma=2.0,\t"),
    "form feed": swap("# 2. step", "# 2. step\fimport os"),
    "vertical tab": swap("# 2. step", "# 2. step\vimport os"),
    "escape": swap("# 2. step", "# 2. \x1b[2Jstep"),
    "delete character": swap("# 2. step", "# 2. \x7fstep"),
    "shebang": "#!/bin/sh\n" + GOOD,
    # size
    "nested brackets": nested("(", ")", 100_000),
    "nested brackets within a line": nested("(", ")", 7_000),
    "nested tuples": nested("(", ",)", 5_000),
    "nested lists": nested("[", "]", 7_000),
    "unclosed brackets": with_step("x = op.gaussian(" + "(" * 16_000),
    "unary minus": with_step(STEP.replace("2.0", "-" * 16_000 + "2.0")),
    "unary not": with_step("x = op.gaussian(" + "not " * 4_000 + "cells)"),
    "attributes": with_step("x = op" + ".a" * 8_000 + "(cells)"),
    "calls": with_step("x = op.gaussian" + "()" * 8_000),
    "subscripts": with_step("x = op.gaussian" + "[0]" * 5_000),
    "powers": with_step(STEP.replace("2.0", "9" + "**9" * 5_000)),
    "sums": with_step(STEP.replace("2.0", "1" + "+1" * 8_000)),
    "lambdas": with_step("x = " + "lambda:" * 2_300 + "1"),
    "conditionals": with_step("x = " + "1 if 1 else " * 1_300 + "1"),
    "nesting over many lines": "\n".join([GOOD[:-1], *["("] * 100_000, ""]),
    "minus over many lines": "\n".join([GOOD[:-1], *["-"] * 100_000, ""]),
    "attributes over many lines": "\n".join([GOOD[:-1], "x = (op", *[".a"] * 100_000, ")", ""]),
    "long line": with_step(STEP + " " * MAX_LINE),
    "long comment": swap("# 2. step", "# " + "x" * MAX_LINE),
    "huge integer": with_step(STEP.replace("2.0", "9" * 10**6)),
    "integer beyond Python's limit": with_step(STEP.replace("2.0", "9" * 5_000)),
    "integer beyond JSON's": with_step(STEP.replace("2.0", "9" * 4_000)),
    "huge exponent": with_step(STEP.replace("2.0", "1e" + "9" * 4_000)),
    "long name": with_step("x" * 20_000 + f" = {GAUSSIAN}"),
    "too many versions": macro(LOAD, STEP, versions=("gaussian 1",) * 50_000),
}

UNKNOWN: dict[str, tuple[str, str]] = {
    "operation": (with_step('x = op.gausian(cells, sigma=2.0)'), "Did you mean gaussian?"),
    "operation like nothing": (with_step("x = op.zzzzzzzz(cells)"), "bims ops"),
    "operation in the docstring": (swap("gaussian 1\n", "gausian 1\n"), "Did you mean gaussian?"),
    "version": (swap("gaussian 1\n", "gaussian 2\n"), "version 2 of gaussian; here is version 1"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Traps at everything that a text could set off; what springs is listed, and fails the test."""
    sprung: list[str] = []

    def trap(name: str) -> Callable[..., NoReturn]:
        def spring(*args: Any, **keywords: Any) -> NoReturn:
            sprung.append(name)
            raise AssertionError(f"{name} was reached")

        return spring

    for module, name in ((os, "system"), (subprocess, "Popen"), (builtins, "exec"), (builtins, "eval")):
        monkeypatch.setattr(module, name, trap(name))
    monkeypatch.setattr(execute, "execute", trap("execute"))
    monkeypatch.setattr("bims_desktop.macro.replay.execute", trap("execute"))
    return sprung


def refusal(text: str) -> BimsError:
    """The refusal of `text`, which must cost the processor little, however busy it is."""
    start = time.thread_time()
    with pytest.raises(BimsError) as caught:
        parse(text)
    assert time.thread_time() - start < SECONDS
    return caught.value


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, nothing_runs: list[str]) -> None:
    error = refusal(REFUSED[name])
    assert type(error) in (MacroRefused, UnknownOperation), error
    assert error.todo
    assert len(str(error)) < 1000, "the refusal repeats the text"
    assert str(error).isprintable()
    assert nothing_runs == []


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_operation_or_version(name: str) -> None:
    text, hint = UNKNOWN[name]
    error = refusal(text)
    assert type(error) is UnknownOperation
    assert hint in str(error)


def test_the_good_one_is_taken() -> None:
    """The table above says nothing unless the text it was made from is right."""
    assert [step.name for step in parse(GOOD)] == ["cells", "gaussian_1"]


def test_a_refusal_names_the_line() -> None:
    assert "Line 10 " in refusal(with_step("import os")).what


def test_too_many_steps() -> None:
    symbols = Symbols()
    symbols.names[1] = "cells"
    parameters = {"signed_float": False}
    statements = [symbols.code("invert", {"image": 1}, parameters, (n,)) for n in range(2, MAX_STEPS + 2)]
    error = refusal(macro(LOAD, *statements, versions=("invert 1",)))
    assert f"more than {MAX_STEPS} steps" in error.what


@pytest.mark.parametrize("name", ["import", "bidi override", "CRLF", "nested brackets", "byte order mark", "NUL"])
def test_a_hostile_file_is_refused_before_anything_is_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / "macro.py"
    path.write_bytes(REFUSED[name].encode())
    with pytest.raises(BimsError):
        replay(path)


def test_a_file_beyond_the_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "macro.py"
    with path.open("wb") as file:
        file.write(b'"""')
        file.truncate(1 << 33)
    with pytest.raises(MacroRefused, match="too large"):
        replay(path)


def test_the_bounds_are_those_of_the_documents() -> None:
    assert (source.MAX_LINE, source.MAX_STEPS, source.DIALECT) == (16_384, 10_000, 1)
