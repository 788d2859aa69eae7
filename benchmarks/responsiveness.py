"""How long the window stands still while a person works: a session as in the tutorial, in the real window.

Open, search, preview, run, paint, undo, save, verify and replay, and the same with layers in bare napari, so that its
own share shows beside ours. Needs Xvfb.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from screen import Screen

BOUND = 100
IMAGE = Path(__file__).parents[1] / "resources" / "samples" / "nuclei.tif"


def ours(folder: Path, image: Path) -> list[dict[str, Any]]:
    """Every action of the session in our window."""
    from heartbeat import Heartbeat
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    gc.disable()  # as the program does, as it freezes what its start made
    from bims_desktop.ui.window import Desktop

    desktop = Desktop()
    gc.freeze()
    desktop._capture.self_test.ended.connect(gc.freeze)
    panel, layers, heart = desktop.panel, desktop.viewer.layers, Heartbeat()

    def idle() -> bool:
        return not desktop.jobs.running

    def now() -> bool:
        return True

    def dialog(name: str) -> Any:
        return next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == name and w.isVisible())

    def search() -> None:
        panel.search()
        QTest.keyClicks(panel.chooser.line, "gaussian smoothing", delay=20)

    def run(settings: dict[str, Any]) -> Callable[[], None]:
        def start() -> None:
            if settings:
                panel.parameters.set_values(settings)
            panel.run()

        return start

    heart.during("self-test", lambda: None, lambda: desktop._capture.self_test.over)
    heart.during("open", lambda: desktop.open([image]), lambda: bool(layers) and idle())
    heart.during("search", search, now)
    heart.during("choose", lambda: panel.choose("gaussian"), now)
    heart.during("preview", lambda: panel.preview_box.click(), now)
    for sigma in (1.0, 2.0, 3.0, 2.0):
        heart.during("preview", lambda sigma=sigma: panel.parameters.set_values({"sigma": sigma}), now)
    heart.during("gaussian", run({"sigma": 2.0}), lambda: len(layers) == 2 and idle())
    heart.during("choose", lambda: panel.choose("threshold_otsu"), now)
    heart.during("threshold", run({}), lambda: len(layers) == 3 and idle())
    heart.during("choose", lambda: panel.choose("label"), now)
    heart.during("label", run({}), lambda: len(layers) == 4 and idle())
    labels = layers[-1]
    for stroke in range(3):
        heart.during("paint", lambda stroke=stroke: paint(labels, stroke), now)
    heart.during("undo", desktop.undo, idle)
    heart.during("save dialog", desktop.save, idle)
    save = dialog("SaveDialog")
    save.destination.file.setText(str(folder / "nuclei.ome.tif"))
    path = save.destination.path
    heart.during("save", save.save_button.click, lambda: path.exists() and not desktop.jobs.running)
    heart.during("verify", lambda: desktop.verify([path]), idle)
    heart.during("player", lambda: desktop.play(path), idle)
    player = dialog("MacroPlayer")
    heart.during("replay", player.transport.run.click, lambda: player.outcome is not None and idle())
    assert player.outcome.verdict == "identical", player.outcome
    return told(heart)


def bare(folder: Path, image: Path) -> list[dict[str, Any]]:
    """The same layers in bare napari, what takes long in a thread as well."""
    import napari
    from heartbeat import Heartbeat
    from napari.qt.threading import create_worker
    from skimage import filters, measure

    viewer = napari.Viewer()
    layers, heart = viewer.layers, Heartbeat()

    def add(work: Callable[[], Any], show: Callable[[Any], object]) -> Callable[[], None]:
        return lambda: create_worker(work, _connect={"returned": show})

    def now() -> bool:
        return True

    heart.during("settle", lambda: None, now)
    heart.during("open", lambda: viewer.open(image), lambda: bool(layers))
    pixels = layers[0].data
    smooth = filters.gaussian(pixels, 2.0, preserve_range=True).astype(pixels.dtype)
    mask = smooth > filters.threshold_otsu(smooth)
    heart.during("gaussian", add(lambda: smooth, viewer.add_image), lambda: len(layers) == 2)
    heart.during("threshold", add(lambda: mask, viewer.add_labels), lambda: len(layers) == 3)
    heart.during("label", add(lambda: measure.label(mask), viewer.add_labels), lambda: len(layers) == 4)
    for stroke in range(3):
        heart.during("paint", lambda stroke=stroke: paint(layers[-1], stroke), now)
    heart.during("undo", layers[-1].undo, now)
    return told(heart)


def paint(layer: Any, stroke: int) -> None:
    """One drag of the brush, as napari's own mouse function does it."""
    layer.mode, layer.selected_label, layer.brush_size = "paint", 7, 20
    with layer.block_history():
        for step in range(20):
            layer.paint((100 + 40 * stroke, 100 + 8 * step), 7)


def told(heart: Any) -> list[dict[str, Any]]:
    """The worst standstills of each action."""
    found = []
    for action in dict.fromkeys(pause.action for pause in heart.pauses if pause.action):
        wall, busy = heart.worst(action), heart.busiest(action)
        found.append({"action": action, "wall": wall.wall, "processor": busy.processor, "where": wall.where})
    return found


def measured(face: str, screen: Screen, image: Path) -> dict[str, dict[str, Any]]:
    """One session in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DISPLAY": screen.display, "BIMS_HOME": f"{folder}/home", "BIMS_KEYRING": "off",
            "NAPARI_CONFIG": f"{folder}/napari.yaml", "QT_QPA_PLATFORM": "xcb",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, __file__, face, folder, str(image)],
            env=os.environ | settings, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
    return {one["action"]: one for one in json.loads(done.stdout.splitlines()[-1])}


def main() -> None:
    if len(sys.argv) == 4:
        face, folder, image = sys.argv[1:]
        found = {"ours": ours, "bare": bare}[face](Path(folder), Path(image))
        print(json.dumps(found), flush=True)
        os._exit(0)  # how long the window takes to close is not what is measured
    image = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGE
    with Screen() as screen:
        with_us, without = measured("ours", screen, image), measured("bare", screen, image)
    print("| action | longest standstill | of the thread's processor time | the same in bare napari | where |")
    print("| --- | --- | --- | --- | --- |")
    for action, one in with_us.items():
        peer = without.get(action)
        beside = f"{peer['wall']:.0f} ms ({peer['processor']:.0f} ms)" if peer else ""
        print(f"| {action} | {one['wall']:.0f} ms | {one['processor']:.0f} ms | {beside} | {one['where']} |")


if __name__ == "__main__":
    main()
