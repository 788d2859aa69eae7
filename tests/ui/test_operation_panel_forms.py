"""The form of every operation, the histogram beside thresholds, and values that begin with the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from bims_desktop.model.image import Image, Kind
from bims_desktop.operations import registry
from bims_desktop.operations.aliases import ALIASES
from bims_desktop.operations.search import find, offered
from bims_desktop.ui import Desktop
from bims_desktop.ui.histogram import Histogram
from bims_desktop.ui.levels import BINS, levels_of
from bims_desktop.ui.suggestions import by_extent
from bims_desktop.ui.theme import Palette

SHADES = dict(zip((field.name for field in fields(Palette)), range(250, 0, -20), strict=False))
PALETTE = Palette(**{name: f"#{shade:02x}{shade:02x}{shade:02x}" for name, shade in SHADES.items()} | {"theme": "dark"})


def layers_of_all_kinds(desktop: Desktop) -> dict[str, Any]:
    ramp = np.arange(3 * 16 * 20, dtype=np.uint16).reshape(3, 16, 20)
    made = {
        "rgb": Image(np.repeat((ramp[..., np.newaxis] % 256).astype(np.uint8), 3, -1), "ZYXS", kind="rgb"),
        "mask": Image(ramp > 500, "ZYX", kind="mask"),
        "labels": Image((ramp // 100).astype(np.int32), "ZYX", kind="labels"),
        "intensity": Image(ramp, "ZYX", scale=(1.0, 0.2, 0.2), units=("µm",) * 3),
    }
    made |= {f"another {name}": image for name, image in made.items()}
    snapshot = desktop.session.snapshot
    return {name: snapshot(None, image, cause="made for a test", name=name) for name, image in made.items()}


def test_every_operation_has_a_form_that_can_run(desktop: Desktop, pump: Callable[..., None]) -> None:
    desktop.main_window.resize(1280, 720)
    made = layers_of_all_kinds(desktop)
    pump(20)
    for operation in offered():
        kind = next((argument.kinds[0] for argument in operation.arguments if argument.kinds), "intensity")
        desktop.viewer.layers.selection.active = desktop.layer_of(made[kind])
        desktop.panel.choose(operation.id)
        pump()
        form = desktop.panel.form
        assert form is not None
        needs = {p.name for p in operation.parameters if p.required}
        assert bool(form.problem()) == bool(needs), (operation.id, form.problem())
        if not needs:
            assert set(operation.bind(form.parameters.values())) == {p.name for p in operation.parameters}
        room = desktop.panel._area.viewport().width()
        assert form.minimumSizeHint().width() <= room, (operation.id, form.minimumSizeHint().width(), room)
        for name in (p.name for p in operation.parameters):
            assert form.parameters.field(name).editor.accessibleName()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("gauss", "gaussian"),
        ("otsu", "threshold_otsu"),
        ("count obj", "count_labels"),
        ("nm wavelength", "gaussian_psf"),
        ("blur", "gaussian"),
        ("mip", "max_projection"),
        ("binarise", "threshold"),
        ("analyse particles", "label"),
        ("normalise contrast", "rescale_intensity"),
        ("split touching nuclei", "watershed"),
        ("band-pass", "difference_of_gaussians"),
        ("16-bit", "astype"),
    ],
)
def test_words_of_title_description_and_units_are_found(typed: str, first: str) -> None:
    assert find(typed, offered())[0].id == first


@pytest.mark.parametrize(
    ("typed", "kind", "first"),
    [
        ("grey", "rgb", "rgb2gray"),
        ("gray", "intensity", "opening"),
        ("open", "mask", "binary_opening"),
        ("measure", "labels", "regionprops_table"),
        ("label", "intensity", "label"),
        ("gaussian", "labels", "gaussian"),
        ("gaus", "mask", "gaussian"),
        ("label", "labels", "label"),
        ("project", "intensity", "max_projection"),
        ("z project", None, "max_projection"),
    ],
)
def test_what_is_made_for_the_selected_layer_is_found_first(typed: str, kind: Kind | None, first: str) -> None:
    assert find(typed, offered(), kind)[0].id == first


def test_the_search_knows_the_selected_layer_and_the_list_its_name(desktop: Desktop, qtbot: Any, pump: Any) -> None:
    chooser, session = desktop.panel.chooser, desktop.session
    made = layers_of_all_kinds(desktop)
    dark, bright = (Image(np.full((8, 8), level, np.uint8), "YX") for level in (0, 9))
    again, other = (session.snapshot(None, image, cause="made for a test", name="twin") for image in (dark, bright))
    pump(20)
    first = []
    for kind in ("rgb", "intensity"):
        desktop.viewer.layers.selection.active = desktop.layer_of(made[kind])
        chooser.search()
        chooser.line.clear()
        qtbot.keyClicks(chooser.line, "grey")
        first.append(chooser.finds.item(0).text())
    assert [text.partition("   ")[0] for text in first] == ["RGB to grey", "Grey opening"]
    chooser.restore()
    desktop.panel.choose("gaussian")
    box = desktop.panel.form.arguments.box("image")  # type: ignore[union-attr]
    listed = [box.itemText(row) for row in range(box.count())]
    names = [desktop.layer_of(data).name for data in (other, again)]  # type: ignore[union-attr]
    assert names == ["twin [1]", "twin"]
    assert listed[:2] == names


def test_a_length_that_is_refused_stays_in_its_box_and_cannot_run(desktop: Desktop, qtbot: Any, pump: Any) -> None:
    made = layers_of_all_kinds(desktop)
    pump(20)
    desktop.viewer.layers.selection.active = desktop.layer_of(made["intensity"])
    panel = desktop.panel
    panel.choose("gaussian")
    panel.parameters.set_values({"axes": "ZYX"})  # type: ignore[union-attr]
    line = panel.parameters.field("sigma").editor.lineEdit()  # type: ignore[union-attr]
    line.selectAll()
    qtbot.keyClicks(line, "0.3 um")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    desktop.viewer.layers.selection.active = desktop.layer_of(made["another intensity"])
    pump()
    assert (line.text(), panel.run_button.isEnabled()) == ("0.3 um", False)
    assert "not cubic" in panel.run_button.toolTip()


def test_other_names_belong_to_operations_that_are_offered() -> None:
    assert set(ALIASES) <= {operation.id for operation in offered()}


def test_no_word_finds_nothing() -> None:
    assert find("  ", offered()) == []
    assert find("gaussian xyzzy", offered()) == []


def test_axes_that_the_image_lacks_are_neither_offered_nor_recorded(
    desktop: Desktop, nuclei: Path, stack: Path, pump: Any
) -> None:
    plane, volume = desktop.session.open(nuclei), desktop.session.open(stack)
    pump(20)
    panel = desktop.panel
    shown = {
        ("threshold_otsu", plane): ("YX", False),
        ("threshold_otsu", volume): ("ZYX", True),
        ("flip", plane): ("X", True),
        ("max_projection", volume): ("Z", False),
        ("stack", plane): ("Z", True),
        ("swapaxes", plane): ("X", True),
        ("swapaxes", volume): ("Z", True),
        ("rescale_intensity", plane): ("image", True),
    }
    for (id, data), expected in shown.items():
        desktop.viewer.layers.selection.active = desktop.layer_of(data)
        panel.choose(id)
        name = next(p.name for p in registry.get(id).parameters if p.name in ("axes", "axis", "axis1"))
        field = panel.parameters.field(name)  # type: ignore[union-attr]
        assert (field.value(), field.isVisibleTo(panel)) == expected, (id, data)
    panel.choose("threshold_otsu")
    for data, expected_axes in ((plane, "YX"), (volume, "ZYX"), (plane, "YX")):
        panel.form.arguments.prefer(desktop.layer_of(data))  # type: ignore[union-attr]
        assert panel.parameters.values()["axes"] == expected_axes  # type: ignore[union-attr]
    panel.run()
    desktop.wait()
    assert desktop.session.actions[-1].parameters["axes"] == "YX"
    pump(20)
    desktop.session.run("threshold_otsu", plane)
    assert desktop.session.actions[-1].parameters["axes"] == "ZYX", "without a window the default stays"
    windowed, headless = (desktop.session.data(action.writes[0]) for action in desktop.session.actions[-2:])
    assert np.array_equal(windowed.image.array(), headless.image.array())


def test_settings_along_an_axis_that_the_image_lacks_are_hidden_and_run_as_default(
    desktop: Desktop, nuclei: Path, stack: Path, pump: Any
) -> None:
    plane, volume = desktop.session.open(nuclei), desktop.session.open(stack)
    pump(20)
    panel = desktop.panel
    desktop.viewer.layers.selection.active = desktop.layer_of(volume)
    panel.choose("crop")
    panel.parameters.field("z_start").set_value(2)  # type: ignore[union-attr]
    shown = {}
    for data in (volume, plane):
        desktop.viewer.layers.selection.active = desktop.layer_of(data)
        rows = panel.parameters._rows  # type: ignore[union-attr]
        shown[data.version] = [name for name, row in rows.items() if row.field.isVisibleTo(panel)]
    flat = ["x_start", "x_stop", "y_start", "y_stop"]
    assert shown == {plane.version: flat, volume.version: [*flat, "z_start", "z_stop"]}
    panel.run()
    desktop.wait()
    action = desktop.session.actions[-1]
    assert (action.reads, action.parameters["z_start"]) == ((plane.version,), 0), "recorded as it ran"


def wait_for_levels(desktop: Desktop, pump: Callable[..., None]) -> None:
    pump(200)
    desktop.wait()
    pump(20)


def test_a_threshold_begins_between_objects_and_ground(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("threshold")
    wait_for_levels(desktop, pump)
    form = desktop.panel.form
    assert form is not None
    value = form.parameters.values()["value"]
    assert 19 <= value < 150
    assert form.histogram is not None
    assert form.histogram.markers == {"value": value}
    assert f"value at {value:g}" in form.histogram.accessibleName()
    assert len(desktop.session.actions) == 1


def test_what_was_typed_stays(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("threshold")
    desktop.panel.parameters.field("value").set_value(3.0)  # type: ignore[union-attr]
    wait_for_levels(desktop, pump)
    assert desktop.panel.parameters.values() == {"value": 3.0}  # type: ignore[union-attr]


def test_a_marker_can_be_dragged(desktop: Desktop, nuclei: Path, pump: Any, qtbot: Any) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("apply_hysteresis_threshold")
    wait_for_levels(desktop, pump)
    form = desktop.panel.form
    assert form is not None
    assert form.histogram is not None
    before = form.parameters.values()
    qtbot.mouseClick(form.histogram, Qt.MouseButton.LeftButton, pos=QPoint(form.histogram.width() - 1, 20))
    after = form.parameters.values()
    assert after["low"] == before["low"]
    assert after["high"] > 160


def test_why_nothing_is_measured_comes_into_view_and_old_news_go(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    session, panel = desktop.session, desktop.panel
    session.run("label", session.run("threshold_otsu", session.open(nuclei)))
    pump(20)
    desktop.choose("regionprops_table")
    panel.run()
    desktop.wait()
    assert panel.notice.text == "Measured 4 objects."
    form = panel.form
    assert form is not None
    form.parameters.set_values({"properties": ("area",)})
    form.parameters.set_values({"properties": ()})
    pump(20)
    reason = form.parameters.reason()
    assert reason is not None
    assert reason.text() == "Tick at least one of the properties."
    assert reason.visibleRegion().boundingRect().height() == reason.height()
    assert (panel.notice.text, panel.run_button.isEnabled()) == ("", False)


def test_only_intensities_have_a_histogram(desktop: Desktop) -> None:
    shown = set()
    for operation in offered():
        desktop.panel.choose(operation.id)
        if desktop.panel.form is not None and desktop.panel.form.histogram is not None:
            shown.add(operation.id)
    assert {"threshold", "apply_hysteresis_threshold", "clip", "threshold_li"} <= shown
    assert not shown & {"gaussian", "label", "regionprops_table", "rolling_ball", "select_labels", "blob_log"}


def test_the_histogram_is_of_the_plane_that_is_shown() -> None:
    image = Image(np.stack([np.zeros((8, 8), np.uint8), np.arange(64, dtype=np.uint8).reshape(8, 8)]), "ZYX")
    levels = levels_of(image, {"Z": 1.0})
    assert levels is not None
    assert (levels.low, levels.high, int(levels.counts.sum())) == (0, 63, 64)


@pytest.mark.parametrize("pixels", [np.full((4, 4), np.nan), np.full((4, 4), np.inf), np.array([[-1e308, 1e308]])])
def test_a_plane_without_numbers_has_none(pixels: Any) -> None:
    assert levels_of(Image(pixels, "YX"), {}) is None


@pytest.mark.parametrize("pixels", [np.zeros((4, 4), np.uint8), np.full((4, 4), -1e30, np.float32)])
def test_a_plane_of_one_value_has_a_histogram(pixels: Any) -> None:
    levels = levels_of(Image(pixels, "YX"), {})
    assert levels is not None
    assert len(levels.counts) == BINS
    assert np.isfinite(levels.split)


def test_large_planes_are_thinned_out() -> None:
    levels = levels_of(Image(np.zeros((4000, 4000), np.uint8), "YX"), {})
    assert levels is not None
    assert levels.counts.sum() <= 1 << 20


def test_a_histogram_paints_markers_out_of_range(qtbot: Any) -> None:
    shown = Histogram(PALETTE)
    qtbot.addWidget(shown)
    shown.resize(200, 80)
    shown.take(levels_of(Image(np.arange(100, dtype=np.uint8).reshape(10, 10), "YX"), {}))
    blank = shown.grab().toImage()
    shown.mark({"low": -50.0, "high": 500.0})
    assert shown.grab().toImage() != blank


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("crop", {"x_stop": 20, "y_stop": 16, "z_stop": 3}),
        ("resize", {"x_size": 20, "y_size": 16, "z_size": 3}),
        ("rescale_isotropic", {"size": 0.2}),
        ("gaussian", {}),
    ],
)
def test_settings_begin_with_size_and_voxels(operation: str, expected: Any) -> None:
    image = Image(np.zeros((3, 16, 20)), "ZYX", scale=(1.0, 0.2, 0.2), units=("µm",) * 3)
    assert by_extent(registry.get(operation), image) == expected


def test_along_which_axis_is_said_and_without_one_nothing_runs(desktop: Desktop, pump: Callable[..., None]) -> None:
    pixels = np.zeros((3, 8, 8), np.uint8)
    said = []
    for axes in ("ZYX", "CYX", "YX", "YXS"):
        arrays = {"YX": pixels[0], "YXS": np.moveaxis(pixels, 0, -1)}
        shown = Image(arrays.get(axes, pixels), axes, kind="rgb" if "S" in axes else "intensity")
        desktop.session.snapshot(None, shown, cause="a test", name=axes)
        pump(20)
        desktop.panel.choose("max_projection")
        form: Any = desktop.panel.form
        row = form.parameters._rows["axis"]
        said.append((row.label.isVisibleTo(form), row.field.value(), row.reason.text()))
        assert desktop.panel.run_button.isEnabled() == ("YX" not in axes[:2])
        assert row.field.isVisibleTo(form) == (axes == "CYX"), "nothing to choose"
    reason = "The image has no axis Z, T or C. Its axes are YX."
    colour = "The image has no axis Z, T or C. Its axes are YXS. S is the colour."
    assert said == [(False, "Z", ""), (True, "C", ""), (True, "Z", reason), (True, "Z", colour)]
    assert desktop.panel.run_button.toolTip() == colour


def test_voxels_that_are_cubic_already_are_not_made_so(desktop: Desktop, pump: Any) -> None:
    pixels = np.zeros((2, 8, 8), np.uint8)
    for name, image in (
        ("cubic", Image(pixels, "ZYX", scale=(0.2, 0.2, 0.2), units=("µm",) * 3)),
        ("square", Image(pixels[0], "YX")),
        ("flat", Image(pixels, "ZYX", scale=(1.0, 0.2, 0.2), units=("µm",) * 3)),
    ):
        desktop.session.snapshot(None, image, cause="a test", name=name)
        pump(20)
        desktop.panel.choose("rescale_isotropic")
        said: Any = desktop.panel.form.needless  # type: ignore[union-attr]
        shape = {"cubic": "The voxels are cubic already", "square": "The pixels are square already"}.get(name, "")
        assert (said.text().partition(":")[0], said.isVisibleTo(desktop.panel)) == (shape, bool(shape))
        assert desktop.panel.run_button.isEnabled() != bool(shape)
    desktop.panel.parameters.field("size").set_value(1.0)  # type: ignore[union-attr]
    assert desktop.panel.run_button.isEnabled()


def test_leaving_automatic_starts_from_the_size(desktop: Desktop, stack: Path, pump: Callable[..., None]) -> None:
    desktop.session.open(stack)
    pump()
    desktop.panel.choose("crop")
    form = desktop.panel.form
    assert form is not None
    assert form.parameters.values()["x_stop"] is None
    form.parameters.field("x_stop").automatic.setChecked(False)  # type: ignore[union-attr]
    assert form.parameters.values()["x_stop"] == 20


def test_a_form_that_is_left_lets_its_histogram_go(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    desktop.session.open(nuclei)
    pump()
    for operation in ("threshold", "gaussian", "clip", "median"):
        desktop.panel.choose(operation)
        pump(130)
    desktop.wait()
    pump(20)
    assert desktop.panel.parameters.values()["radius"] == 1  # type: ignore[union-attr]


def test_help_is_one_line_until_it_is_opened(desktop: Desktop) -> None:
    help = desktop.panel.head.help
    assert not help.isVisibleTo(desktop.panel)
    desktop.panel.choose("threshold_yen")
    assert help.line.isVisibleTo(desktop.panel)
    assert not help.page.isVisibleTo(desktop.panel)
    help.more.click()
    assert help.page.isVisibleTo(desktop.panel)
    assert "Yen, F.-J. Chang" in help.text.text()


def test_a_threshold_that_is_found_is_marked_and_cannot_be_dragged(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    cells = desktop.session.open(nuclei)
    mask = desktop.session.run("threshold_otsu", cells)
    pump(20)
    desktop.viewer.layers.selection.active = desktop.layer_of(cells)
    found = desktop.session.actions[mask.version - 1].found["threshold"]
    desktop.panel.choose("threshold_otsu")
    pump(250)
    wait_for_levels(desktop, pump)
    histogram = desktop.panel.form.histogram  # type: ignore[union-attr]
    assert histogram is not None
    assert (histogram.found, histogram.markers) == ({"threshold": float(found)}, {})
    assert "threshold at" in histogram.accessibleName()
    desktop.panel.parameters.field("nbins").set_value(1)  # type: ignore[union-attr]
    assert histogram.found == {}, "what cannot run has no threshold"
    assert len(desktop.session.actions) == 2


def test_the_threshold_is_that_of_the_plane_that_is_shown(desktop: Desktop, stack: Path, pump: Any) -> None:
    ramp = np.zeros((2, 8, 8), np.uint8)
    ramp[0, :4], ramp[1, :2], ramp[1, 2:] = 10, 100, 200
    desktop.session.snapshot(None, Image(ramp, "ZYX"), cause="made for a test", name="ramp")
    pump(20)
    desktop.panel.choose("threshold_otsu")
    desktop.panel.parameters.field("axes").set_value("YX")  # type: ignore[union-attr]
    seen = []
    for plane in (0, 1):
        desktop.viewer.dims.set_current_step(0, plane)
        pump(250)
        wait_for_levels(desktop, pump)
        seen.append(desktop.panel.form.histogram.found["threshold"])  # type: ignore[union-attr]
    assert seen[0] < 10 <= 100 <= seen[1] < 200


def test_optics_begin_with_what_the_microscope_wrote(desktop: Desktop, pump: Any) -> None:
    data = Path(__file__).parents[1] / "data"
    desktop.session.open(data / "xyz_8bit__mitotic_plate_calibrated.tif")
    pump(20)
    desktop.panel.choose("gaussian_psf")
    values = desktop.panel.parameters.values()  # type: ignore[union-attr]
    assert (values["numerical_aperture"], values["refractive_index"]) == (1.4, 1.518)
    told = desktop.panel.form.told.text()  # type: ignore[union-attr]
    assert "numerical aperture 1.4" in told
    assert "Not told by the image: wavelength." in told


@pytest.mark.parametrize("name", ["xy_8bit__nuclei_PLK1_control.tif", "anEarlyMitosisOfAVeryLongName" * 2])
def test_why_a_layer_does_not_fit_is_never_wider_than_the_form(desktop: Desktop, pump: Any, name: str) -> None:
    desktop.main_window.resize(1280, 720)
    image = Image(np.zeros((16, 20), np.uint8), "YX")
    desktop.session.snapshot(None, image, cause="made for a test", name=name)
    pump(20)
    desktop.panel.choose("regionprops_table")
    pump(50)
    form = desktop.panel.form
    assert form is not None
    assert form.problem().startswith(f"{name} is an intensity image.")
    assert desktop.panel._area.verticalScrollBar().isVisible()
    assert form.minimumSizeHint().width() <= desktop.panel._area.viewport().width()
