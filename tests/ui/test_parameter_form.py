"""The form made of an operation's parameters."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Bounds, Parameter
from bims_desktop.ui.measures import Measure, measure_of
from bims_desktop.ui.parameter_form import ParameterForm
from bims_desktop.ui.theme import Palette

PALETTE = Palette(**{field.name: "#808080" for field in fields(Palette)} | {"theme": "dark"})
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
    assert row.unit.text() == "px"
    made.calibrate(CALIBRATED)
    assert row.unit.text() == "px = 0.26 µm"


def typed_into(qtbot: Any, made: ParameterForm, name: str, text: str) -> Any:
    line: Any = made.field(name).editor.lineEdit()  # type: ignore[union-attr]
    line.selectAll()
    qtbot.keyClicks(line, text)
    return line


@pytest.mark.parametrize(
    ("text", "sigma", "radius"),
    [
        ("0.5 µm", 3.84615384615, 4),
        ("0,5um", 3.84615384615, 4),
        ("500 nm", 3.84615384615, 4),
        ("1e-3 mm", 7.69230769231, 8),
        ("3 px", 3.0, 3),
        ("3", 3.0, 3),
    ],
)
def test_a_typed_length_becomes_pixels(qtbot: Any, text: str, sigma: float, radius: int) -> None:
    pixels = Bounds(0, 1000, "px")
    made = form(qtbot, Parameter("sigma", float, 1.0, pixels), Parameter("radius", int, 1, pixels))
    made.calibrate(CALIBRATED)
    for name in ("sigma", "radius"):
        qtbot.keyClick(typed_into(qtbot, made, name, text), Qt.Key.Key_Return)
    assert made.values() == {"sigma": sigma, "radius": radius}
    assert made._rows["radius"].unit.text() == f"px = {radius * 0.13:.3g} µm"
    assert made.field("radius").editor.text() == str(radius)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("image", "text", "reason"),
    [
        (None, "0.5 um", "no pixel size"),
        (CALIBRATED, "0.5 u", "one in µm"),
        (CALIBRATED, "2 s", "one in µm"),
        (CALIBRATED, "", "Type a number"),
    ],
)
def test_half_a_length_is_no_value_yet(qtbot: Any, image: Image | None, text: str, reason: str) -> None:
    made = form(qtbot, Parameter("sigma", float, 1.0, Bounds(0, 9, "px")))
    made.calibrate(image)
    line = typed_into(qtbot, made, "sigma", text or "\b")
    assert reason in made.problem()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert reason in made.problem(), "Enter must not put the older number back and run"
    line.clearFocus()
    made.field("sigma").editor.interpretText()  # type: ignore[union-attr]
    made.field("sigma").changed.emit()
    assert made.problem() == ""


def test_a_field_can_show_lengths_and_keeps_pixels(qtbot: Any) -> None:
    made = form(qtbot, Parameter("sigma", float, 3.0, Bounds(0, 9, "px")), Parameter("count", int, 7))
    made.calibrate(CALIBRATED)
    row = made._rows["sigma"]
    row.unit.click()
    assert (row.field.editor.text(), row.unit.text()) == ("0.39", "µm = 3 px")  # type: ignore[union-attr]
    assert made.values() == {"sigma": 3.0, "count": 7}
    typed_into(qtbot, made, "sigma", "0.65")
    assert made.values()["sigma"] == 5.0
    row.field.editor.stepBy(-1)  # type: ignore[union-attr]
    assert row.field.editor.text() == "0.64"  # type: ignore[union-attr]
    made.calibrate(None)
    assert row.unit.text() == "px"
    assert not row.unit.isEnabled()


@pytest.mark.parametrize(
    ("operation", "name", "values", "expected"),
    [
        ("gaussian", "sigma", {}, Measure(0.2, "µm")),
        ("shift", "z_shift", {}, Measure(0.5, "µm")),
        ("crop", "t_stop", {}, Measure(30.0, "s")),
        ("crop", "c_stop", {}, None),
        ("remove_small_objects", "max_size", {"axes": "YX"}, Measure(0.08, "µm", 2)),
        ("remove_small_objects", "max_size", {"axes": "ZYX"}, Measure(0.04, "µm", 3)),
        ("rotate", "angle", {}, None),
    ],
)
def test_a_step_is_measured_along_its_own_axes(operation: str, name: str, values: Any, expected: Any) -> None:
    scale, units = (30.0, 1.0, 0.5, 0.4, 0.2), ("s", "", "µm", "µm", "µm")
    image = Image(np.zeros((2, 2, 2, 2, 2)), "TCZYX", scale=scale, units=units)
    (parameter,) = (p for p in registry.get(operation).parameters if p.name == name)
    found = measure_of(parameter, image, values)
    assert (found is None) == (expected is None)
    if found is not None:
        assert (found.unit, found.power) == (expected.unit, expected.power)
        assert found.size == pytest.approx(expected.size)


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
