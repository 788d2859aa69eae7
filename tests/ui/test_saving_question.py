"""napari's own Save says that its file will carry no provenance; an exported view names its records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from napari._app_model import get_app_model
from napari.qt import QtViewer
from PIL import Image as Picture

from bims_desktop.app.verdicts import DerivedVerdicts
from bims_desktop.app.verify import verify
from bims_desktop.files.derived import read_derived
from bims_desktop.model.image import Image
from bims_desktop.ui import Desktop
from bims_desktop.ui.closing_question import ClosingQuestion, hold
from bims_desktop.ui.question import Question
from bims_desktop.ui.save_dialog import SaveDialog
from bims_desktop.ui.view_export import confirm, export
from tests.ui.conftest import pump_until

ALL = "napari.window.file.save_layers_dialog"
SELECTED = f"{ALL}.selected"


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often napari came to ask for a file."""
    asked: list[str] = []

    def ask(*args: Any, **options: Any) -> tuple[str, str]:
        asked.append("asked")
        return "", ""

    monkeypatch.setattr("napari._qt.qt_viewer.QFileDialog.getSaveFileName", ask)
    return asked


def question(desktop: Desktop) -> Question | None:
    return desktop.main_window.findChild(Question)


def execute(id: str) -> None:
    get_app_model().commands.execute_command(id)


@pytest.mark.parametrize(("place", "saved", "ours"), [(0, 0, 0), (1, 1, 0), (2, 0, 1)])
@pytest.mark.parametrize("id", [ALL, SELECTED])
def test_it_is_said_before_and_each_answer_does_its_own(
    desktop: Desktop, nuclei: Path, dialogs: list[str], pump: Any, id: str, place: int, saved: int, ours: int
) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.viewer.layers.selection.active = desktop.viewer.layers[0]
    execute(id)
    asked = question(desktop)
    assert asked is not None
    assert asked.text.text() == "Saved by napari, nuclei.tif will carry no provenance."
    assert dialogs == []
    asked.answer(place)
    desktop.wait()
    pump()
    assert question(desktop) is None
    assert len(dialogs) == saved
    assert len(desktop.main_window.findChildren(SaveDialog)) == ours


def test_layers_of_others_are_saved_with_a_word_and_no_question(
    desktop: Desktop, dialogs: list[str], nuclei: Path
) -> None:
    desktop.session.open(nuclei)
    points = desktop.viewer.add_points(np.zeros((1, 2)))
    desktop.viewer.layers.selection = {points}
    said: list[str] = []
    desktop.notifier.show_warning = said.append  # type: ignore[method-assign]
    execute(SELECTED)
    assert question(desktop) is None
    assert dialogs == ["asked"]
    assert said == ["Points: points are not recorded, so the file will carry no provenance."]
    assert "hold" not in vars(QtViewer)


def test_points_count_as_unsaved_until_napari_saved_them(desktop: Desktop, tmp_path: Path, nuclei: Path) -> None:
    layers, loose = desktop.viewer.layers, desktop.loose
    desktop.session.open(nuclei)
    points, shapes = desktop.viewer.add_points(np.zeros((1, 2))), desktop.viewer.add_shapes()
    assert loose.unsaved == (points,)
    layers.selection = {points}
    layers.save(str(tmp_path / "points.csv"), selected=True)
    assert loose.unsaved == ()
    points.add((3, 4))
    shapes.add_rectangles([[0, 0], [3, 3]])
    assert loose.unsaved == (points, shapes)
    layers.remove(points)
    (again,) = desktop.viewer.open(tmp_path / "points.csv", layer_type="points")
    assert loose.unsaved == (shapes,)
    again.features = {"class": ["mitotic"]}
    assert loose.unsaved == (shapes, again)
    assert hold(desktop, lambda: None)
    asked = desktop.main_window.findChild(ClosingQuestion)
    assert [asked.list.item(row).text() for row in range(2)] == [
        "Shapes, shapes, not recorded",
        "points, points, not recorded",
    ]
    assert asked.text.text() == "2 layers were not saved since the last change."
    layers.selection = {shapes}
    desktop.save()
    assert not desktop.main_window.findChildren(SaveDialog)


def test_the_view_is_exported_with_its_records(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any) -> None:
    session = desktop.session
    cells = session.open(nuclei)
    smooth = session.run("gaussian", cells, sigma=1)
    report = session.save(smooth, tmp_path / "smooth.ome.tif")
    pump(50)
    layer = desktop.layer_of(smooth)
    assert layer is not None
    layer.colormap, layer.contrast_limits = "viridis", (10, 120)
    desktop.viewer.add_points(np.zeros((1, 2)))
    export(desktop, tmp_path / "view.png")
    note = read_derived(tmp_path / "view.png")
    assert note is not None
    raw, shown = note["layers"]
    assert (raw["record"], shown["record"]) == (None, report.record_digest)
    assert (shown["look"]["colormap"], shown["look"]["limits"]) == ("viridis", [10, 120])
    assert shown["look"]["table"].startswith("440154")
    assert (shown["crop"]["low"], shown["crop"]["high"]) == ([0, 0], [39, 49])
    assert note["others"] == ["points"]
    assert list(Picture.open(tmp_path / "view.png").size) == note["size"]
    assert "Exported view.png; 2 layers are in no record: Points, nuclei.tif." in str(desktop.viewer.status)
    assert verify(tmp_path / "view.png", home=session.home).ledger.state == "good"


def test_what_is_in_no_record_is_counted_before_it_is_written(
    desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any
) -> None:
    session, path = desktop.session, tmp_path / "view.png"
    smooth = session.run("gaussian", session.open(nuclei), sigma=1)
    session.run("invert", session.run("gaussian", smooth, sigma=2))
    pump(50)
    confirm(desktop, path)
    asked = question(desktop)
    assert asked is not None
    assert asked.text.text() == "4 layers are in no record: invert_1, gaussian_2 and 2 more."
    assert not path.exists()
    asked.answer(2)
    desktop.wait()
    (dialog,) = desktop.main_window.findChildren(SaveDialog)
    assert len(dialog.files.items) == 4
    dialog.close()
    assert "view.png was not written: its layers were not saved." in str(desktop.viewer.status)
    pump()
    assert not path.exists()
    for layer in list(desktop.viewer.layers)[1:]:
        layer.visible = False
    confirm(desktop, path)
    asked = question(desktop)
    assert asked is not None
    assert asked.text.text() == "1 layer is in no record: nuclei.tif."
    asked.answer(1)
    assert path.exists()
    assert "Exported view.png; 1 layer is in no record: nuclei.tif." in str(desktop.viewer.status)
    desktop.viewer.layers[0].visible, desktop.viewer.layers[1].visible = False, True
    pump()
    confirm(desktop, tmp_path / "after.png")
    asked = question(desktop)
    assert asked is not None
    asked.answer(2)
    desktop.wait()
    (dialog,) = desktop.main_window.findChildren(SaveDialog)
    dialog.save()
    desktop.wait()
    pump_until(lambda: (tmp_path / "after.png").exists())
    pictured = verify(tmp_path / "after.png", home=session.home)
    assert isinstance(pictured, DerivedVerdicts)
    assert [one.name for one in pictured.shown] == ["gaussian_1.ome.tif"]
    confirm(desktop, tmp_path / "again.png")
    assert question(desktop) is None
    assert (tmp_path / "again.png").exists()


def test_planes_and_volumes_are_told_apart(desktop: Desktop, pump: Any, tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(0, 200, (2, 6, 30, 40)).astype(np.uint8)
    image = Image(pixels, "CZYX", scale=(1, 3, 0.5, 0.5), units=("", "µm", "µm", "µm"))
    desktop.session.snapshot(None, image, cause="a test", name="plate")
    pump(50)
    viewer, layer = desktop.viewer, desktop.viewer.layers[0]
    viewer.dims.set_point((0, 1), (1, 12))

    def told() -> tuple[Any, Any, Any]:
        export(desktop, tmp_path / "view.png")
        note = read_derived(tmp_path / "view.png")
        assert note is not None
        return note["view"], note["layers"][0]["crop"], note["layers"][0]["look"]

    view, crop, look = told()
    assert crop == {"displayed": 2, "low": [1, 4, 0, 0], "high": [1, 4, 29, 39], "planes": {"c": 1, "z": 4}}
    assert (view["displayed"], view["point"]) == (["y", "x"], {"c": 1, "z": 12})
    assert view["camera"]["zoom"] == pytest.approx(viewer.scene.camera.zoom)
    assert "rendering" not in look
    viewer.dims.margin_left, viewer.dims.margin_right = (0, 3, 0, 0), (0, 3, 0, 0)
    layer.projection_mode = "max"
    assert (told()[1]["low"], told()[1]["high"]) == ([1, 3, 0, 0], [1, 5, 29, 39])

    viewer.dims.ndisplay = 3
    layer.rendering, layer.iso_threshold = "iso", 90
    camera = viewer.scene.camera
    camera.angles, camera.zoom, camera.perspective = (10, 20, 30), 7.5, 25
    view, crop, look = told()
    assert (crop["displayed"], crop["planes"]) == (3, {"c": 1})
    assert (crop["low"], crop["high"]) == ([1, 0, 0, 0], [1, 5, 29, 39])
    assert view["displayed"] == ["z", "y", "x"]
    assert view["camera"]["angles"] == pytest.approx(camera.angles)
    assert view["camera"]["center"] == pytest.approx(camera.center)
    assert (view["camera"]["zoom"], view["camera"]["perspective"]) == (7.5, 25)
    assert (look["rendering"], look["iso_threshold"]) == ("iso", 90)
    assert '"rendering":"iso"' in verify(tmp_path / "view.png").pixels.details["layer 1, look"]
    assert '"angles"' in verify(tmp_path / "view.png").pixels.details["seen from"]


def test_what_napari_writes_by_code_is_told_and_logged(
    desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any
) -> None:
    desktop.session.open(nuclei)
    points = desktop.viewer.add_points(np.zeros((1, 2)), name="marks")
    said: list[str] = []
    desktop.notifier.show_warning = said.append  # type: ignore[method-assign]
    image = desktop.viewer.layers[0]
    image.save(str(tmp_path / "plain.tif"))
    points.save(str(tmp_path / "marks.csv"))
    desktop.viewer.screenshot(str(tmp_path / "shot.png"), flash=False)
    desktop.viewer.export_figure(str(tmp_path / "figure.png"), flash=False)
    desktop.viewer.screenshot(flash=False)
    pump(20)
    sentences = [
        "Saved nuclei.tif as plain.tif by napari, without provenance",
        "Saved marks as marks.csv by napari, without provenance",
        "Saved a picture of the window as shot.png by napari, without provenance",
        "Saved a picture of the window as figure.png by napari, without provenance",
    ]
    assert [action.sentence for action in desktop.session.actions if "by napari" in action.sentence] == sentences
    assert said[0].startswith("plain.tif carries no provenance: napari wrote nuclei.tif to it. Save with Provenance")
    assert said[1] == "marks.csv carries no provenance: napari wrote marks to it."
    assert said[2].startswith("shot.png carries no provenance: napari wrote a picture of the window to it. Export View")
    assert len(said) == 4
    assert desktop.loose.unsaved == ()
    assert all((tmp_path / name).exists() for name in ("plain.tif", "marks.csv", "shot.png", "figure.png"))


def test_who_was_asked_is_told_quietly(
    desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = str(tmp_path / "out.tif")
    monkeypatch.setattr("napari._qt.qt_viewer.QFileDialog.getSaveFileName", lambda *args, **options: (target, ""))
    desktop.session.open(nuclei)
    pump()
    said: list[str] = []
    desktop.notifier.show_warning = said.append  # type: ignore[method-assign]
    execute(ALL)
    asked = question(desktop)
    assert asked is not None
    asked.answer(1)
    pump(20)
    assert Path(target).exists()
    assert said == []
    assert desktop.session.actions[-1].sentence == "Saved nuclei.tif as out.tif by napari, without provenance"


def test_a_hidden_layer_is_not_named(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any) -> None:
    cells = desktop.session.open(nuclei)
    desktop.session.run("invert", cells)
    pump()
    desktop.viewer.layers[1].visible = False
    export(desktop, tmp_path / "view.jpg")
    note = read_derived(tmp_path / "view.jpg")
    assert note is not None
    assert [layer["pixels"] for layer in note["layers"]] == [cells.digest]


def test_an_input_is_never_replaced_by_a_view(desktop: Desktop, tmp_path: Path, pump: Any) -> None:
    path = tmp_path / "photo.png"
    Picture.fromarray(np.zeros((8, 9, 3), np.uint8)).save(path)
    desktop.session.open(path)
    pump()
    before = path.read_bytes()
    said: list[str] = []
    desktop.notifier.show_error = lambda error: said.append(error.what)  # type: ignore[method-assign]
    export(desktop, path)
    assert said == ["photo.png is an input of this session."]
    assert path.read_bytes() == before
