"""Plans, and running them step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from bims_desktop.errors import BadParameter, MacroRefused, MissingInput, NotTrusted, ReplayStopped
from bims_desktop.macro.plan import Plan, Step
from bims_desktop.macro.replay import Context, StepResult, run
from bims_desktop.macro.source import can_hold, parse, read_step, render, step_line
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.operations.execute import Outcome
from bims_desktop.operations.paint import brush
from tests.images import textured

DIGEST = "sha256:" + 64 * "0"
CELLS = textured("YX")
LABELS = textured("YX", "labels")


def load(name: str = "cells") -> Step:
    return Step((name,), "load", {}, {"digest": DIGEST, "name": f"{name}.tif"})


def step(result: str, operation: str, *read: str, **parameters: Any) -> Step:
    spec = registry.get(operation)
    arguments = dict(zip((argument.name for argument in spec.arguments), read, strict=False))
    return Step((result,), operation, arguments, spec.bind(parameters))


def call(*results: str, read: str = "cells") -> Step:
    return Step(results, "call", {"image": read}, {"function": "package.split"}, package="package 1")


def context(**options: Any) -> Context:
    return Context(**{"load": lambda _: CELLS, **options})


def done(plan: Plan, given: Context | None = None) -> list[StepResult]:
    return list(run(plan, given or context()))


CHAIN = Plan((load(), step("gaussian_1", "gaussian", "cells", sigma=1.0), step("mask", "threshold_otsu", "gaussian_1")))


def test_each_step_is_given_as_it_is_done() -> None:
    results = run(CHAIN, context())
    first = next(results)
    assert (first.number, first.name, first.state) == (1, "cells", "done")
    rest = list(results)
    assert [result.number for result in rest] == [2, 3]
    assert rest[-1].found["threshold"] > 0
    assert str(rest[-1].found["threshold"]) in rest[-1].sentence
    assert rest[-1].values[0].kind == "mask"  # type: ignore[union-attr]


def test_a_result_read_twice_by_one_step() -> None:
    results = done(Plan((load(), step("add_1", "add", "cells", "cells", dtype="int32"))))
    np.testing.assert_array_equal(results[-1].values[0].array(), CELLS.array().astype(int) * 2)  # type: ignore[union-attr]


def test_a_table_where_an_image_is_needed() -> None:
    plan = Plan((load("labels"), step("table", "regionprops_table", "labels"), step("x", "invert", "table")))
    with pytest.raises(ReplayStopped, match="table"):
        done(plan, context(load=lambda _: LABELS))


def split(_: Step, images: Mapping[str, Image]) -> Outcome:
    image = images["image"]
    return Outcome((image, image.with_pixels(255 - image.array())), {})


def test_several_results_of_one_step() -> None:
    plan = Plan((load(), call("one", "two"), step("x", "invert", "two")))
    results = done(plan, context(call=split))
    np.testing.assert_array_equal(results[-1].values[0].array(), CELLS.array())  # type: ignore[union-attr]


def test_another_number_of_results() -> None:
    with pytest.raises(ReplayStopped, match="2 results instead of 1"):
        done(Plan((load(), call("one"))), context(call=split))


@pytest.mark.parametrize(
    ("last", "error"),
    [
        (call("x"), NotTrusted),
        (Step(("x",), "snapshot", {}, {"digest": DIGEST, "cause": "c"}), MissingInput),
        (step("x", "paint", "cells", strokes=DIGEST), MissingInput),
    ],
)
def test_what_the_text_alone_cannot_do(last: Step, error: type[Exception]) -> None:
    with pytest.raises(error):
        done(Plan((load("cells"), last)), context(load=lambda _: LABELS))


def test_edits_on_other_data_stop_however_far_behind() -> None:
    strokes = brush(LABELS, [(3, 3)], value=9).encode()
    plan = Plan(
        (
            load(), load("labels"), step("copy", "duplicate", "labels"), step("far", "remove_small_objects", "copy"),
            step("near", "paint", "labels", strokes=DIGEST), step("painted", "paint", "far", strokes=DIGEST),
        )
    )  # fmt: skip
    options: dict[str, Any] = {"load": lambda _: LABELS, "blob": lambda _: strokes}
    assert len(done(plan, context(**options))) == 6
    assert len(done(plan, context(**options, altered=frozenset({"cells"})))) == 6, "the other input is not painted on"
    with pytest.raises(ReplayStopped, match="near"):
        done(plan, context(**options, altered=frozenset({"labels"})))
    with pytest.raises(ReplayStopped, match="painted"):
        done(plan, context(**options, altered=frozenset({"far"})))
    assert len(done(plan, context(**options, altered=frozenset({"labels"}), allow_edits=True))) == 6


class TestPlan:
    """Addressing and changing steps."""

    def test_inputs_and_result(self) -> None:
        assert list(CHAIN.inputs) == ["cells"]
        assert CHAIN.result == "mask"
        assert [s.name for s in CHAIN] == ["cells", "gaussian_1", "mask"]

    @pytest.mark.parametrize("name", ["gaussian_1", "gaussian"])
    def test_find_by_name_or_by_the_only_operation(self, name: str) -> None:
        assert CHAIN.find(name).name == "gaussian_1"

    def test_a_name_goes_before_an_operation(self) -> None:
        plan = Plan((load("gaussian"), step("gaussian_1", "gaussian", "gaussian")))
        assert plan.find("gaussian").operation == "load"

    def test_several_steps_of_one_operation(self) -> None:
        plan = Plan((*CHAIN.steps, step("gaussian_2", "gaussian", "cells")))
        with pytest.raises(BadParameter, match=r"2 steps.*gaussian_1, gaussian_2"):
            plan.find("gaussian")

    def test_set_leaves_the_plan_as_it_was(self) -> None:
        changed = CHAIN.set("gaussian", "sigma", 3)
        assert changed.find("gaussian").parameters["sigma"] == 3.0
        assert CHAIN.find("gaussian").parameters["sigma"] == 1.0
        assert type(changed.find("gaussian").parameters["sigma"]) is float

    def test_without(self) -> None:
        assert [s.name for s in CHAIN.without("gaussian_1")] == ["cells"]
        assert [s.name for s in CHAIN.without("mask")] == ["cells", "gaussian_1"]
        with pytest.raises(MacroRefused, match="No step is left"):
            CHAIN.without("cells")

    def test_the_result_may_be_the_second_of_the_last_step(self) -> None:
        plan = Plan((load(), call("one", "two")), "two")
        assert plan.result == "two"
        assert plan.without("one").result == "cells"
        assert Plan(plan.steps).result == "one"


HOLDS = {
    "plain": (call("x"), True),
    "tuple": (Step(("x",), "call", {}, {"function": "f", "a": (1, (2.0, None))}), True),
    "object": (Step(("x",), "call", {}, {"function": "f", "a": object()}), False),
    "name that is a literal": (Step(("x",), "call", {}, {"function": "f", "a": float("nan")}), False),
    "operation": (CHAIN.steps[1], True),
}


@pytest.mark.parametrize("name", HOLDS)
def test_can_hold(name: str) -> None:
    given, held = HOLDS[name]
    assert can_hold(given) is held
    if held:
        assert step_line(read_step(step_line(given))) == step_line(given)


def test_a_plan_of_two_results_is_rendered_and_read_back() -> None:
    plan = Plan((load(), call("one", "two"), step("x", "invert", "two")))
    assert [s.results for s in parse(render(plan))] == [("cells",), ("one", "two"), ("x",)]
