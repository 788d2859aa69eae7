"""The form made of an operation's parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Bounds, Parameter
from bims_desktop.ui.choices import Checklist, OneOf
from bims_desktop.ui.foreseen import foreseen
from bims_desktop.ui.measures import Measure, measure_of
from bims_desktop.ui.parameter_form import ParameterForm
from tests.ui.palette import PALETTE

CALIBRATED = Image(np.zeros((4, 4)), "YX", scale=(0.13, 0.13), units=("µm", "µm"))
PLATE = Image(np.zeros((5, 4, 4)), "ZYX", scale=(3.0, 0.085, 0.085), units=("µm",) * 3)
"""As a confocal microscope takes it: voxels that are no cubes."""


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
    assert field.editor.text() == "", "a number that nobody chose"  # type: ignore[union-attr]
    field.automatic.setChecked(False)  # type: ignore[union-attr]
    assert field.editor.text() == "0"  # type: ignore[union-attr]
    field.set_value(4.0)
    assert made.values() == {"guess": 4.0}
    field.automatic.setChecked(True)  # type: ignore[union-attr]
    assert (field.editor.text(), made.problem()) == ("", ""), "a number that does not count"  # type: ignore[union-attr]
    field.automatic.setChecked(False)  # type: ignore[union-attr]
    assert made.values() == {"guess": 4.0}, "what was chosen before"


@pytest.mark.parametrize(
    ("operation", "name", "blank", "coming", "first"),
    [
        ("crop", "x_stop", "", 20, 0),
        ("skeletonize", "method", "", "lee", "zhang"),
        ("regionprops_table", "properties", (), ("label", "area"), ()),
        ("resize", "anti_aliasing", Qt.CheckState.PartiallyChecked, True, False),
    ],
)
def test_what_is_left_open_shows_what_it_comes_to(
    qtbot: Any, operation: str, name: str, blank: Any, coming: Any, first: Any
) -> None:
    (parameter,) = (p for p in registry.get(operation).parameters if p.name == name)

    def shown(editor: Any) -> Any:
        match editor:
            case Checklist():
                return editor.checked()
            case QCheckBox():
                return editor.checkState()
            case OneOf():
                return editor.currentText()
        return editor.text()

    made, told = form(qtbot, parameter), form(qtbot, parameter)
    assert shown(made.field(name).editor) == blank
    told.foresee({name: coming})
    assert shown(told.field(name).editor) not in (blank, first)
    assert made.values() == told.values() == {name: None}
    for one, expected in ((made, first), (told, coming)):
        one.field(name).automatic.setChecked(False)  # type: ignore[union-attr]
        assert one.values() == {name: expected}


def test_a_list_in_which_nothing_is_ticked_says_so_in_few_words(qtbot: Any) -> None:
    (parameter,) = (p for p in registry.get("regionprops_table").parameters if p.name == "properties")
    made = form(qtbot, parameter)
    assert made.problem() == "", "left open it comes to the usual ones"
    made.set_values({"properties": ()})
    assert made.problem() == made._rows["properties"].reason.text() == "Tick at least one of the properties."
    assert not made._rows["properties"].reason.isHidden()
    made.set_values({"properties": ("area",)})
    assert made.problem() == ""


@pytest.mark.parametrize(
    ("operation", "values", "expected"),
    [
        ("crop", {}, {"x_stop": 20, "y_stop": 16, "z_stop": 3}),
        ("resize", {}, {"x_size": 20, "y_size": 16, "z_size": 3}),
        ("select_planes", {"axis": "Z"}, {"stop": 3}),
        ("select_planes", {"axis": "T"}, {}),
        ("rescale_isotropic", {}, {"size": 0.2}),
        ("label", {"axes": "ZYX"}, {"background": 0, "connectivity": 3}),
        ("label", {"axes": "YX"}, {"background": 0, "connectivity": 2}),
        ("skeletonize", {"axes": "ZYX"}, {"method": "lee"}),
        ("skeletonize", {"axes": "YX"}, {"method": "zhang"}),
        ("regionprops_table", {}, {"properties": ("label", "area", "centroid", "bbox")}),
        (
            "set_scale",
            {"unit": "µm", "time_unit": "s", "physical_size_x": None},
            {"physical_size_x": 0.2, "physical_size_y": 0.2, "physical_size_z": 1.0},
        ),
        ("set_scale", {"unit": "nm", "time_unit": "s", "physical_size_x": 9.0}, {"physical_size_y": 9.0}),
        ("threshold_li", {}, {}),
        ("peak_local_max", {}, {}),
        ("clip", {}, {}),
    ],
)
def test_what_settings_come_to_that_are_left_open(operation: str, values: Any, expected: Any) -> None:
    image = Image(np.zeros((3, 16, 20)), "ZYX", scale=(1.0, 0.2, 0.2), units=("µm",) * 3)
    entry = registry.get(operation)
    assert foreseen(entry, {entry.arguments[0].name: image}, values) == expected
    assert foreseen(entry, {}, values) == {}


def test_lengths_show_on_the_specimen(qtbot: Any) -> None:
    made = form(qtbot, Parameter("sigma", float, 2.0, Bounds(0, 10, "px")))
    row = made._rows["sigma"]
    assert row.unit.text() == "px"
    made.calibrate(CALIBRATED)
    assert row.unit.text() == "px (0.26 µm)"


def test_a_size_of_voxels_has_the_unit_of_the_image(qtbot: Any) -> None:
    made = form(qtbot, *registry.get("rescale_isotropic").parameters)
    made.calibrate(CALIBRATED)
    row = made._rows["size"]
    assert not row.unit.isVisible(), "a unit of no number"
    made.foresee({"size": 0.13})
    made.calibrate(CALIBRATED)
    assert (row.unit.text(), row.unit.isVisible(), row.field.editor.text()) == ("µm", True, "0.13")  # type: ignore[union-attr]
    row.field.automatic.setChecked(False)  # type: ignore[union-attr]
    assert row.unit.text() == "µm"


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
    assert made._rows["radius"].unit.text() == f"px ({radius * 0.13:.3g} µm)"
    assert made.field("radius").editor.text() == str(radius)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("image", "text", "reason"),
    [
        (None, "0.5 um", "no pixel size"),
        (CALIBRATED, "0.5 u", "one in µm"),
        (CALIBRATED, "2 s", "one in µm"),
        (CALIBRATED, "", "Type a number"),
        (CALIBRATED, "two", "Type a number"),
        (None, "2 apples", "Type a number alone"),
    ],
)
def test_what_is_no_number_stays_until_it_is_changed(qtbot: Any, image: Image | None, text: str, reason: str) -> None:
    made = form(qtbot, Parameter("sigma", float, 1.0, Bounds(0, 9, "px")))
    made.calibrate(image)
    line = typed_into(qtbot, made, "sigma", text or "\b")
    assert reason in made.problem()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert reason in made.problem(), "Enter must not put the older number back and run"
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    made.field("sigma").editor.interpretText()  # type: ignore[union-attr]
    made.suggest({"sigma": 4.0})
    assert (line.text(), reason in made._rows["sigma"].reason.text()) == (text, True), "nor must Tab, nor a suggestion"
    made.set_values({"sigma": 1.0})
    assert (line.text(), made.problem(), made._rows["sigma"].reason.text()) == ("1", "", "")


def test_beside_a_typed_unit_stands_what_it_comes_to(qtbot: Any) -> None:
    made = form(qtbot, Parameter("sigma", float, 1.0, Bounds(0, 9, "px")))
    made.calibrate(CALIBRATED)
    row, seen = made._rows["sigma"], []
    for text in ("0.65 um", "5 px", "0.65 u"):
        typed_into(qtbot, made, "sigma", text)
        seen.append((row.unit.text(), row.unit.isVisible()))
    qtbot.keyClick(typed_into(qtbot, made, "sigma", "0.65 um"), Qt.Key.Key_Return)
    assert [*seen, (row.field.editor.text(), row.unit.text())] == [  # type: ignore[union-attr]
        ("(5 px)", True),
        ("(0.65 µm)", True),
        ("", False),
        ("5", "px (0.65 µm)"),
    ]


def test_beside_a_refusal_stands_the_unit_alone(qtbot: Any) -> None:
    made = form(qtbot, Parameter("sigma", float, 1.0, Bounds(0, 9, "px")))
    made.calibrate(CALIBRATED)
    made.field("sigma").set_value(-3.0)
    assert (made.problem(), made._rows["sigma"].unit.text()) == ("It must be a number from 0 to 9.", "px")
    made.field("sigma").set_value(3.0)
    assert made._rows["sigma"].unit.text() == "px (0.39 µm)"


def test_limits_say_their_unit_and_that_they_can_be_none(qtbot: Any) -> None:
    made = form(qtbot, *registry.get("select_labels").parameters)
    made.calibrate(Image(np.zeros((4, 4), np.int32), "YX", kind="labels", scale=(0.13, 0.13), units=("µm", "µm")))
    row, seen = made._rows["minimum"], []
    changes = ({"axes": "YX"}, {"units": "pixels"}, {"property": "perimeter"}, {"property": "solidity"})
    for change in changes:
        made.set_values(change)
        seen.append(row.unit.text())
    assert seen == ["µm²", "px²", "px", ""]
    words = [made.field(name).automatic.text() for name in ("minimum", "maximum")]  # type: ignore[union-attr]
    assert words == ["no limit", "no limit"]
    made = form(qtbot, *registry.get("label").parameters)
    words = [made.field(name).automatic.text() for name in ("background", "connectivity")]  # type: ignore[union-attr]
    assert words == ["0 as usual", "full"]


def test_where_steps_differ_all_are_said_and_no_length_is_typed(qtbot: Any) -> None:
    made = form(qtbot, *registry.get("gaussian").parameters, physical=["length"])
    made.set_values({"sigma": 2.0, "axes": "ZYX"})
    made.calibrate(PLATE)
    row, box = made._rows["sigma"], made.field("sigma").editor
    assert row.unit.text() == "px (0.17 µm, 6 µm along Z)"
    assert (box.text(), row.unit.isEnabled()) == ("2", False), "pixels, whatever unit is preferred"  # type: ignore[union-attr]
    refusal = "The voxels are not cubic: type the number in px, or run Make voxels cubic first."
    assert refusal in row.unit.toolTip()
    line = typed_into(qtbot, made, "sigma", "0.5 µm")
    assert made.problem() == refusal
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert (line.text(), made.problem()) == ("0.5 µm", refusal), "neither Enter nor Tab makes pixels of it"
    assert not row.unit.isVisible(), "a unit beside the typed one"
    made.set_values({"axes": "YX"})
    assert (made.problem(), made.values()["sigma"]) == ("", pytest.approx(0.5 / 0.085)), "in a plane it is a length"
    made.set_values({"axes": "ZYX"})
    qtbot.keyClick(typed_into(qtbot, made, "sigma", "4 px"), Qt.Key.Key_Return)
    assert (made.values()["sigma"], row.unit.text()) == (4.0, "px (0.34 µm, 12 µm along Z)")
    made.set_values({"axes": "YX"})
    assert (box.text(), row.unit.text(), row.unit.isEnabled()) == ("0.34", "µm (4 px)", True)  # type: ignore[union-attr]


@pytest.mark.parametrize("physical", [(), ("volume",)])
def test_volumes_go_by_all_three_steps(qtbot: Any, physical: tuple[str, ...]) -> None:
    made = form(qtbot, *registry.get("remove_small_objects").parameters, physical=physical)
    made.set_values({"axes": "ZYX"})
    made.calibrate(PLATE)
    qtbot.keyClick(typed_into(qtbot, made, "max_size", "2.1675 µm³"), Qt.Key.Key_Return)
    assert made.values()["max_size"] == 100
    shown = made._rows["max_size"].unit.text()
    assert shown == ("µm³ (100 pixels)" if physical else "pixels (2.17 µm³)")


def test_a_field_can_show_lengths_and_keeps_pixels(qtbot: Any) -> None:
    made = form(qtbot, Parameter("sigma", float, 3.0, Bounds(0, 9, "px")), Parameter("count", int, 7))
    made.calibrate(CALIBRATED)
    row = made._rows["sigma"]
    row.unit.click()
    assert (row.field.editor.text(), row.unit.text()) == ("0.39", "µm (3 px)")  # type: ignore[union-attr]
    assert made.values() == {"sigma": 3.0, "count": 7}
    typed_into(qtbot, made, "sigma", "0.65")
    assert made.values()["sigma"] == 5.0
    row.field.editor.stepBy(-1)  # type: ignore[union-attr]
    assert row.field.editor.text() == "0.64"  # type: ignore[union-attr]
    made.calibrate(None)
    assert row.unit.text() == "px"
    assert not row.unit.isEnabled()


def test_units_hold_for_all_settings_of_a_kind(qtbot: Any) -> None:
    pixels = Bounds(0, 99, "px")
    given = (Parameter("sigma", float, 3.0, pixels), Parameter("radius", int, 2, pixels))
    area = Parameter("max_size", int, 10, Bounds(0, 99, "pixels"))
    made = form(qtbot, *given, area)
    told: list[tuple[str, bool]] = []
    made.measured.connect(lambda *said: told.append(said))
    made.calibrate(CALIBRATED)
    made._rows["sigma"].unit.click()
    again = form(qtbot, *given, area, physical=["length"])
    for shown in (made, again):
        shown.calibrate(CALIBRATED)
        texts = [shown.field(name).editor.text() for name in ("sigma", "radius", "max_size")]  # type: ignore[union-attr]
        assert texts == ["0.39", "0.26", "10"]
        shown.calibrate(None)
        assert shown.field("sigma").editor.text() == "3", "an image without pixel size falls back to px"  # type: ignore[union-attr]
    made.calibrate(CALIBRATED)
    made._rows["max_size"].unit.click()
    made._rows["radius"].unit.click()
    assert told == [("length", True), ("area", True), ("length", False)]
    assert made.values() == {"sigma": 3.0, "radius": 2, "max_size": 10}


def test_a_choice_that_is_not_offered_for_now_waits(qtbot: Any) -> None:
    made = form(qtbot, Parameter("axis", str, "Z", choices=("Z", "T", "C")))
    seen = []
    for offered in (("T", "C"), ("C",), ("Z",), ("Z", "T", "C")):
        made.offer({"axis": offered})
        made.calibrate(None)
        seen.append((made.values()["axis"], made.field("axis").isVisibleTo(made)))
    assert seen == [("T", True), ("C", True), ("Z", False), ("Z", True)], "C is shown: one expects Z"
    made.set_values({"axis": "Q"})
    assert made.problem(), "what was never a choice is no value"


def test_what_cannot_be_ticked_for_now_waits(qtbot: Any) -> None:
    (properties,) = (p for p in registry.get("regionprops_table").parameters if p.name == "properties")
    made = form(qtbot, properties)
    made.set_values({"properties": ("area", "intensity_max")})
    made.offer({"properties": ("area", "label")}, "Choose an image.")
    boxes = made.field("properties").editor
    assert isinstance(boxes, Checklist)
    (refused,) = boxes.findItems("intensity_max", Qt.MatchFlag.MatchExactly)
    assert (made.values(), refused.toolTip()) == ({"properties": ("area",)}, "Choose an image.")
    assert not refused.flags() & Qt.ItemFlag.ItemIsEnabled
    made.offer({"properties": properties.choices})
    assert made.values() == {"properties": ("area", "intensity_max")}


def test_what_is_left_out_runs_with_its_default_and_waits(qtbot: Any) -> None:
    made = form(qtbot, Parameter("z_shift", float, 0.0, Bounds(-9, 9, "planes")), Parameter("x_shift", float, 0.0))
    made.set_values({"z_shift": -20.0, "x_shift": 1.0})
    assert made.problem()
    made.leave_out(["z_shift"])
    made.calibrate(PLATE)
    shown = [made.field(name).isVisibleTo(made) for name in ("z_shift", "x_shift")]
    assert (shown, made._rows["z_shift"].unit.isVisibleTo(made)) == ([False, True], False)
    assert (made.values(), made.problem()) == ({"z_shift": 0.0, "x_shift": 1.0}, "")
    made.leave_out([])
    made.calibrate(PLATE)
    assert made.values() == {"z_shift": -20.0, "x_shift": 1.0}
    assert made.field("z_shift").isVisibleTo(made)


@pytest.mark.parametrize(
    ("operation", "name", "values", "expected"),
    [
        ("gaussian", "sigma", {"axes": "ZYX"}, Measure(0.2, "µm", others=(("Y", 0.4), ("Z", 0.5)))),
        ("gaussian", "sigma", {"axes": "YX"}, Measure(0.2, "µm", others=(("Y", 0.4),))),
        ("gaussian", "sigma", {}, Measure(0.2, "µm", others=(("Y", 0.4),))),
        ("expand_labels", "distance", {"axes": "ZYX", "spacing": "physical"}, Measure(0.2, "µm")),
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
        assert (found.unit, found.power, found.others) == (expected.unit, expected.power, expected.others)
        assert found.size == pytest.approx(expected.size)


@pytest.mark.parametrize(("z", "obstacle"), [(0.1, ""), (0.1009, ""), (0.102, "not cubic")])
def test_voxels_as_cubic_as_resampling_makes_them_take_lengths(z: float, obstacle: str) -> None:
    image = Image(np.zeros((2, 2, 2)), "ZYX", scale=(z, 0.1, 0.1), units=("µm",) * 3)
    found = measure_of(Parameter("sigma", float, 1.0, Bounds(0, 9, "px")), image, {"axes": "ZYX"})
    assert found is not None
    assert (obstacle in found.obstacle, bool(found.obstacle)) == (True, bool(obstacle))


def test_pixels_that_are_not_square_are_called_so() -> None:
    image = Image(np.zeros((2, 2)), "YX", scale=(0.2, 0.1), units=("µm",) * 2)
    found = measure_of(Parameter("linewidth", int, 1, Bounds(0, 9, "px")), image, {})
    assert found is not None
    assert "pixels are not square" in found.obstacle
    assert found.said(2) == "0.2 µm, 0.4 µm along Y"


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
    assert "where mode is constant" in made.field("cval").editor.toolTip(), "as a person says it, without backticks"
