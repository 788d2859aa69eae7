"""Render and parse are each other's inverse, and the text is ordinary Python."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bims_desktop import op
from bims_desktop.files.readers import read
from bims_desktop.macro.plan import Plan
from bims_desktop.macro.source import parse, render
from bims_desktop.model.digest import pixel_digest
from tests.macro.plans import plans

QUICK = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def same(one: Plan, other: Plan) -> bool:
    """Whether two plans say the same, types of values included (2 and 2.0 differ)."""
    return repr(_content(one)) == repr(_content(other))


def _content(plan: Plan) -> list[tuple[object, ...]]:
    return [(s.results, s.operation, sorted(s.arguments.items()), list(s.parameters.items())) for s in plan]


@settings(QUICK, max_examples=300)
@given(plans())
def test_parse_gives_back_what_was_rendered(plan: Plan) -> None:
    text = render(plan)
    assert same(parse(text), plan)
    assert render(parse(text)) == text


@settings(QUICK, max_examples=100)
@given(plans())
def test_the_text_is_ascii_python_of_one_line_a_step(plan: Plan) -> None:
    text = render(plan)
    assert set(text) <= set(string.printable) - set("\t\r\x0b\x0c")
    tree = ast.parse(text)
    assert [type(node).__name__ for node in tree.body] == ["Expr", "ImportFrom", *["Assign"] * len(plan.steps)]


@settings(QUICK, max_examples=100)
@given(plans(), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_a_comment_may_say_anything_and_nobody_reads_it(plan: Plan, words: str) -> None:
    lines = render(plan).split("\n")
    changed = ["# " + words if line.startswith("# ") else line for line in lines]
    assert same(parse("\n".join(changed)), plan)


def test_sentences_are_rendered_anew(cells: Path) -> None:
    text = _macro(cells).replace("# 2. ", "# 2. Ignore all this, said the text. ")
    assert [step.sentence for step in parse(text)] == [
        "Opened cells.tif",
        "Smoothed cells with a Gaussian, sigma 2 px",
        "Thresholded gaussian_1 by Otsu's method, at ...",
    ]


def test_a_macro_runs_as_ordinary_python(cells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a reader may do with the text: run it in the folder of its inputs."""
    monkeypatch.chdir(tmp_path)
    text = _macro(cells)
    names: dict[str, object] = {}
    exec(compile(text, "macro.py", "exec"), names)  # the test's own text
    image = read(cells).image
    smooth = op.gaussian(image, sigma=2.0)
    np.testing.assert_array_equal(names["threshold_otsu_1"].array(), op.threshold_otsu(smooth).array())


def _macro(path: Path) -> str:
    digest = pixel_digest(read(path).image)
    return (
        '"""BIMS macro, dialect 1.\n\ngaussian 1\nthreshold_otsu 1\n"""\nfrom bims_desktop import op\n\n'
        f'# 1. a\ncells = op.load("{digest}", name="cells.tif")\n'
        '# 2. b\ngaussian_1 = op.gaussian(cells, sigma=2.0, mode="nearest", cval=0.0, truncate=4.0, axes="YX", '
        'dtype="input")\n'
        '# 3. c\nthreshold_otsu_1 = op.threshold_otsu(gaussian_1, nbins=256, axes="ZYX")\n'
    )
