"""A whole afternoon at the window on a real image; then its files replay without Qt and napari."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import bims_desktop as bims

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

DATA = Path(__file__).parents[1] / "data"
REPLAY_WITHOUT_QT = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"napari", "PySide6", "qtpy", "magicgui", "superqt", "vispy"}:
            raise ImportError(f"{name} is out of reach")

sys.meta_path.insert(0, Blocked())
sys.argv = ["bims", *sys.argv[1:]]
from bims_desktop.__main__ import main
main()
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    copy(DATA / "xy_8bit__nuclei_PLK1_control.tif", folder / "nuclei.tif")
    copy(DATA / "xyz_8bit__mitotic_plate_calibrated.tif", folder / "plate.tif")
    return folder


def operate(desktop: Desktop, operation: str, layer: Any, **values: Any) -> Any:
    """Choose an operation for a layer, adjust it and run it, as the person does; returns the new layer."""
    before = set(desktop.viewer.layers)
    desktop.viewer.layers.selection = {layer}
    desktop.choose(operation)
    assert desktop.panel.parameters is not None
    for name, value in values.items():
        desktop.panel.parameters.field(name).set_value(value)
    desktop.panel.run()
    desktop.wait()
    (new,) = set(desktop.viewer.layers) - before
    return new


def drag(layer: Any, points: list[tuple[float, ...]], value: int) -> None:
    """One drag of the brush, as napari's mouse binding does it."""
    layer._begin_stroke()
    for point in points:
        layer.paint(point, value, refresh=False)
    layer._commit_stroke()


def save(desktop: Desktop, layer: Any, path: Path) -> None:
    """Save a layer by the dialog."""
    from bims_desktop.ui.save_dialog import open_save_dialog

    dialog = open_save_dialog(desktop, desktop.data_of(layer))
    desktop.wait()
    dialog.destination.file.setText(str(path))
    dialog.save()
    desktop.wait(120)


def run_plugin(desktop: Desktop, layer: Any, pump: Callable[..., None]) -> Any:
    """Gaussian filter of napari-skimage, by its own widget."""
    before = set(desktop.viewer.layers)
    _, widget = desktop.viewer.window.add_plugin_dock_widget("napari-skimage", "Gaussian filter")
    widget.img_layer.value = layer
    widget.sigma.value = 2.0
    widget()
    pump(100)
    (new,) = set(desktop.viewer.layers) - before
    return new


def replay_blocked(source: Path, folder: Path, *options: str) -> dict[str, Any]:
    """``bims replay`` in a process that cannot import Qt or napari, in a folder and home of its own."""
    environment = {**os.environ, "BIMS_HOME": str(folder / "other-home"), "BIMS_KEYRING": "off"}
    command = [sys.executable, "-c", REPLAY_WITHOUT_QT, "replay", str(source), "--json", "--no-attest", *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_session_and_its_replay(desktop: Desktop, files: Path, tmp_path: Path, pump: Callable[..., None]) -> None:
    desktop.open([files / "nuclei.tif", files / "plate.tif"])
    desktop.wait()
    nuclei = desktop.viewer.layers["nuclei.tif"]
    smooth = operate(desktop, "gaussian", nuclei, sigma=1.5)
    mask = operate(desktop, "threshold_otsu", smooth)
    labels = operate(desktop, "label", mask)
    drag(labels, [(50, 60), (70, 90)], 3)
    drag(labels, [(55, 65), (60, 75)], 0)
    labels.fill((300, 300), 7)
    labels.undo()
    labels.name = "painted nuclei"
    nuclei.contrast_limits = (0, 120)
    operate(desktop, "invert", nuclei)
    desktop.viewer.layers.selection = {nuclei}
    desktop.undo()
    desktop.viewer.layers.remove(operate(desktop, "median", nuclei, radius=2))
    blurred = run_plugin(desktop, nuclei, pump)
    plugin_mask = operate(desktop, "threshold_otsu", blurred)

    save(desktop, labels, tmp_path / "labels.ome.tif")
    save(desktop, plugin_mask, tmp_path / "plugin.ome.tif")

    actions = desktop.session.actions
    assert {action.status for action in actions} <= {"replayable", "manual"}, [a.sentence for a in actions]
    assert [action.operation for action in actions].count("paint") == 2
    assert [actions[number - 1].operation for number in sorted(desktop.session.undone)] == ["paint", "invert"]
    shown = desktop.data_of(labels)
    assert np.array_equal(shown.image.array(), labels.data)

    for name, data in (("labels", shown), ("plugin", desktop.data_of(plugin_mask))):
        verdicts = bims.verify(tmp_path / f"{name}.ome.tif", home=desktop.session.home)
        states = {entry: verdict.state for entry, verdict in verdicts}
        # The plugin ran in this person's own session, so that its replay may run it too.
        assert set(states.values()) == {"good"}, verdicts.summary
        assert data.digest == bims.read_record(tmp_path / f"{name}.ome.tif").content["image"]["pixels"]

    replay_alone(tmp_path, files, shown.digest)
    replay_plugin(tmp_path, files, desktop.data_of(plugin_mask).digest)


def replay_alone(tmp_path: Path, files: Path, digest: str) -> None:
    """The labels' macro with its strokes, the saved pixels and the promised digest out of reach."""
    stripped = strip(tmp_path / "labels.ome.tif", tmp_path / "stripped.ome.tif")
    answer = replay_blocked(stripped, tmp_path, "--input", f"nuclei={files / 'nuclei.tif'}")
    assert answer["digest"] == digest


def replay_plugin(tmp_path: Path, files: Path, digest: str) -> None:
    """The plugin's step runs in a process of its own, once its package is trusted."""
    source = str(tmp_path / "plugin.ome.tif")
    given = ["--json", "--no-attest", "--input", f"nuclei={files / 'nuclei.tif'}"]
    environment = {**os.environ, "BIMS_HOME": str(tmp_path / "other-home")}
    command = [sys.executable, "-m", "bims_desktop", "replay", source, *given]
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "--trust napari_skimage" in refused.stderr
    trusted = [*command, "--trust", "napari_skimage"]
    done = subprocess.run(trusted, env=environment, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["digest"] == digest, done.stderr


def strip(source: Path, target: Path) -> Path:
    """A file whose pixels are all zero and whose record promises other digests, the steps being the same."""
    from bims_desktop.app.source import read_record
    from bims_desktop.files import embedding, ome_tiff
    from bims_desktop.files.readers import read
    from bims_desktop.ledger.signing import Ed25519Signer
    from bims_desktop.macro.record import sign
    from bims_desktop.model.canonical import canonical

    image = read(source).image
    content = json.loads(json.dumps(read_record(source).content))
    content["image"]["pixels"] = f"sha256:{'0' * 64}"
    for step in content["steps"]:
        step["entry"]["outputs"] = []
    ome_tiff.write(target, image.with_pixels(np.zeros_like(image.array())))
    embedding.embed(target, sign(canonical(content), Ed25519Signer.generate()), {})
    return target
