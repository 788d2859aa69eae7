"""The form made of an operation's parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Bounds, Parameter
from bims_desktop.ui.parameter_form import ParameterForm
from bims_desktop.ui.theme import Palette

PALETTE = Palette(*["#808080"] * 10, "dark")
CALIBRATED = Image(np.zeros((4, 4)), "YX", scale=(0.13, 0.13), units=("µm", "µm"))


def form(qtbot: Any, *parameters: Parameter, **options: Any) -> ParameterForm:
    made = ParameterForm(parameters, palette=PALETTE, **options)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("operation", list(registry.operations()), ids=lambda operation: operation.id)
def test_every_operation_starts_with_its_defaults(qtbot: Any, operation: Any) -> None:
    made = form(qtbot, *operation.parameters)
    required = {p.name for p in operation.parameters if p.required}
    shown = {name: value for name, value in made.values().items() if name not in required}
    assert shown == {p.name: p.default for p in operation.parameters if not p.required}
    assert bool(made.problem()) == bool(required)


@pytest.mark.parametrize(
    ("parameter", "typed", "reason"),
    [
        (Parameter("sigma", float, 1.0, Bounds(0, 1000, "px")), -2.0, "It must be a number from 0 to 1000."),
        (Parameter("radius", int, 1, Bounds(0)), -1, "It must be a whole number, 0 or more."),
        (Parameter("range", tuple, "image", item=float, words=("image",), length=2), "1, x", "2 numbers"),
        (Parameter("range", tuple, "image", item=float, words=("image",), length=2), "1, 2, 3", "2 numbers"),
        (Parameter("axis", str, "Z", choices=("Z", "T")), "Z", ""),
        (Parameter("range", tuple, "image", item=float, words=("image",), length=2), "image", ""),
        (Parameter("range", tuple, "image", item=float, words=("image",), length=2), "0.5, 2", ""),
    ],
)
def test_the_reason_stands_beside_the_field(qtbot: Any, parameter: Parameter, typed: Any, reason: str) -> None:
    made = form(qtbot, parameter)
    made.field(parameter.name).set_value(typed)
    assert reason in made.problem()
    assert bool(reason) == bool(made.problem())


@pytest.mark.parametrize(("typed", "number"), [("2.5", 2.5), ("2,5", 2.5), ("1e-3", 0.001), ("3", 3.0)])
def test_numbers_are_read_as_they_are_typed(qtbot: Any, typed: str, number: float) -> None:
    made = form(qtbot, Parameter("sigma", float, 1.0))
    box = made.field("sigma").editor
    box.lineEdit().selectAll()  # type: ignore[union-attr]
    qtbot.keyClicks(box.lineEdit(), typed)  # type: ignore[union-attr]
    assert made.values() == {"sigma": number}


def test_arrows_stay_within_the_bounds(qtbot: Any) -> None:
    made = form(qtbot, Parameter("radius", int, 1, Bounds(0, 2)))
    box = made.field("radius").editor
    box.stepBy(-5)  # type: ignore[union-attr]
    assert made.values() == {"radius": 0}
    box.stepBy(9)  # type: ignore[union-attr]
    assert made.values() == {"radius": 2}


def test_large_integers_stay_exact(qtbot: Any) -> None:
    made = form(qtbot, Parameter("seed", int, 0))
    made.field("seed").set_value(2**53 - 1)
    assert made.values() == {"seed": 2**53 - 1}


def test_an_optional_value_can_be_left_to_the_operation(qtbot: Any) -> None:
    made = form(qtbot, Parameter("guess", float, None, optional=True))
    field = made.field("guess")
    assert made.values() == {"guess": None}
    assert not field.editor.isEnabled()
    field.automatic.setChecked(False)  # type: ignore[union-attr]
    field.set_value(4.0)
    assert made.values() == {"guess": 4.0}


def test_lengths_show_on_the_specimen(qtbot: Any) -> None:
    made = form(qtbot, Parameter("sigma", float, 2.0, Bounds(0, 10, "px")))
    row = made._rows["sigma"]
    assert row.note.text() == "px"
    made.calibrate(CALIBRATED)
    assert row.note.text() == "px = 0.26 µm"


def test_a_changed_row_is_bold_and_goes_back(qtbot: Any) -> None:
    made = form(qtbot, Parameter("sigma", float, 2.0), Parameter("radius", int, 1), resettable=True)
    made.field("sigma").set_value(3.0)
    row = made._rows["sigma"]
    assert made.changes() == {"sigma": 3.0}
    assert row.label.property("role") == "changed"
    assert row.reset.isVisible()
    row.reset.click()
    assert made.changes() == {}
    assert not row.reset.isVisible()


def test_everything_has_a_name_and_a_tip(qtbot: Any) -> None:
    made = form(qtbot, *registry.get("gaussian").parameters)
    for row in made._rows.values():
        assert row.field.editor.accessibleName()
        assert row.field.editor.toolTip()
        assert row.label.buddy() is row.field.editor
