"""Napari's own and other people's readers beside ours: origin recorded, replayed once trusted; several in one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Timer, current_thread, main_thread
from typing import Any

import mrcfile
import numpy as np
import pytest
import tifffile
from npe2 import PluginManager
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bims_desktop.files.whole import whole_digest
from bims_desktop.provenance.journal import entries
from bims_desktop.ui import Desktop
from bims_desktop.ui.capture import arrivals
from bims_desktop.ui.history_line import HistoryLine
from bims_desktop.ui.images_offer import ImagesOffer
from bims_desktop.ui.macro_player import open_macro_player
from tests.reader_plugin import NAME, PACKAGE, install, plane

MRC, MRC_PACKAGE = "napari-mrcfile-reader", "napari-mrcfile-reader 0.2.0"


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "site"
    folder.mkdir()
    install(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    manager = PluginManager.instance()
    manager.discover()
    yield
    manager.unregister(NAME)


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    path = tmp_path / "plate.ome.tif"
    with tifffile.TiffWriter(path, ome=True) as writer:
        for number in range(3):
            plane = np.random.default_rng(number).integers(0, 99, (20 + number, 24)).astype(np.uint8)
            writer.write(plane, metadata={"axes": "YX", "Name": f"A{number + 1}"})
    return path


def loads(desktop: Desktop) -> list[Any]:
    return [action for action in desktop.session.actions if action.operation in ("load", "snapshot")]


def test_each_layer_of_a_reader_is_recorded_with_its_origin(desktop: Desktop, reader: None, tmp_path: Path) -> None:
    path = plane(tmp_path / "cells.plane")
    desktop.viewer.open(path, plugin=NAME)
    desktop.settle()
    first, second = loads(desktop)
    assert (first.operation, first.status, first.package) == ("load", "replayable", PACKAGE)
    assert first.sentence == f"Opened cells.plane with {PACKAGE}"
    assert dict(first.found) == {"file": whole_digest(path), "layer": 0, "reader": NAME}
    assert second.found["layer"] == 2, "marks lie between"
    regions = desktop.data_of(desktop.viewer.layers["regions"])
    assert regions is not None
    assert (regions.image.kind, regions.image.scale, regions.image.units) == ("labels", (0.5, 0.25), ("µm", "µm"))
    report = desktop.session.save(regions, tmp_path / "regions.ome.tif")
    assert desktop.session.prove(report).verdict == "identical"


def test_what_no_replay_can_call_again_is_a_snapshot_that_says_where_it_came_from(
    desktop: Desktop, reader: None, tmp_path: Path
) -> None:
    path = plane(tmp_path / "cells.plane")
    desktop.viewer.open(path, plugin=NAME, gamma=0.5, layer_type="image")
    desktop.wait()
    action = loads(desktop)[0]
    assert action.status == "snapshot"
    assert f"cells.plane, read by {PACKAGE} from {whole_digest(path)}" in action.sentence


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """The digest of a file takes until the event is set."""
    through = Event()

    def digest(path: Path) -> str:
        assert current_thread() is not main_thread()
        through.wait(20)
        return whole_digest(path)

    monkeypatch.setattr(arrivals, "whole_digest", digest)
    yield through
    through.set()


def test_the_window_lives_while_a_file_is_digested(
    desktop: Desktop, reader: None, held_up: Event, tmp_path: Path
) -> None:
    path = plane(tmp_path / "cells.plane")
    desktop.viewer.open(path, plugin=NAME)
    cells, regions = desktop.viewer.layers["pixels"], desktop.viewer.layers["regions"]
    assert ([job.title for job in desktop.jobs.running], loads(desktop)) == (["Opening cells.plane"], [])
    desktop._status.refresh()
    assert desktop._status.observed.text() == "1 layer not recorded (points) ▲"
    assert (desktop.known_of(cells), desktop.arriving(cells)) == (None, True)
    cells.name, cells.opacity, regions.data[0, 0] = "nuclei", 0.5, 7
    desktop.redo()
    desktop.viewer.layers.selection.active = cells
    held_up.set()
    desktop.wait()
    desktop.settle()
    told = [(action.operation, action.sentence) for action in desktop.session.actions]
    assert told[0] == ("load", f"Opened cells.plane with {PACKAGE}")
    assert [operation for operation, _ in told] == ["load", "rename", "load", "snapshot", "display"]
    data = desktop.data_of(regions)
    assert data is not None
    assert data.image.array()[0, 0] == 7
    assert [layer.name for layer in desktop.session.layers] == ["nuclei", "regions"]
    (opened, other) = [action for action in desktop.session.actions if action.operation == "load"]
    assert dict(opened.found) | {"layer": 2} == dict(other.found)

    held_up.clear()
    desktop.viewer.open(path, plugin=NAME)
    desktop.jobs.running[0].cancel()
    desktop.wait()
    assert len(loads(desktop)) == 3
    assert not {"pixels", "regions [1]"} & {layer.name for layer in desktop.viewer.layers}


def test_nothing_is_lost_where_the_window_closes_meanwhile(
    desktop: Desktop, reader: None, held_up: Event, tmp_path: Path
) -> None:
    desktop.viewer.open(plane(tmp_path / "cells.plane"), plugin=NAME)
    Timer(0.3, held_up.set).start()
    desktop.close()
    kinds = [body["action"]["operation"] for kind, body in entries(desktop.session.folder) if kind == "action"]
    assert kinds == ["load", "load"]


def test_a_published_reader_beside_a_published_function(
    desktop: Desktop, tmp_path: Path, pump: Callable[..., None]
) -> None:
    """As the tutorial of a person who has both plugins: read with one, smooth with the other, save, replay."""
    from napari_skimage.skimage_filter_widget import gaussian_filter_widget

    path = tmp_path / "volume.mrc"
    with mrcfile.new(path) as made:
        made.set_data(np.random.default_rng(1).random((3, 12, 14)).astype(np.float32))
    desktop.viewer.window._qt_viewer._qt_open([str(path)], stack=False)
    desktop.wait()
    (opened,) = loads(desktop)
    assert (opened.operation, opened.package, opened.found["reader"]) == ("load", MRC_PACKAGE, MRC)
    widget = gaussian_filter_widget()
    desktop.viewer.window.add_dock_widget(widget)
    widget()
    smooth = desktop.data_of(desktop.viewer.layers[-1])
    assert smooth is not None
    report = desktop.session.save(smooth, tmp_path / "smooth.ome.tif")
    path.rename(tmp_path / "moved.mrc")
    player = open_macro_player(desktop, report.path)
    desktop.wait()
    pump(20)
    assert f"Trust {MRC}, napari_skimage" in player.notice.answer.text()
    player.notice.answer.click()
    desktop.wait()
    pump(20)
    player.transport.run.click()
    desktop.wait()
    pump(20)
    assert player.panes.verdict.text() == "Identical to the saved pixels"


def test_a_file_of_several_images_offers_the_others(
    desktop: Desktop, plate: Path, tmp_path: Path, pump: Callable[..., None]
) -> None:
    desktop.open([plate])
    desktop.wait()
    pump(20)
    desktop.wait()
    offer = desktop.main_window.findChild(ImagesOffer)
    assert offer is not None
    assert offer.notice.text == "There is more in plate.ome.tif: 2 images not open yet."
    assert not offer.rows.isVisible()
    offer.choose.click()
    desktop.wait()
    pump(20)
    assert [offer.rows.item(row).text() for row in range(2)] == [
        "1: A2, 21 × 24 (YX), uint8",
        "2: A3, 22 × 24 (YX), uint8",
    ]
    assert not offer.rows.item(1).icon().isNull()
    assert (offer.rows.currentRow(), offer.rows.selectedItems()) == (0, []), "keys begin there, nothing is chosen"
    assert (offer.take.text(), offer.take.isEnabled()) == ("Open selected", False)
    offer.rows.item(1).setSelected(True)
    assert offer.take.text() == "Open 1 image"
    offer.take.click()
    desktop.wait()
    pump(20)
    desktop.wait()
    assert [layer.name for layer in desktop.viewer.layers] == ["plate.ome.tif", "plate.ome.tif, series 2"]
    rest = desktop.main_window.findChild(ImagesOffer)
    assert rest is not None
    assert rest.notice.text == "There is more in plate.ome.tif: 1 image not open yet."
    rest.choose.click()
    desktop.wait()
    QTest.keyClick(rest.rows, Qt.Key.Key_Return)
    desktop.wait()
    pump(20)
    desktop.wait()
    assert desktop.viewer.layers[-1].name == "plate.ome.tif, series 1", "Enter takes the row where it is"
    assert desktop.main_window.findChild(ImagesOffer) is None

    data = desktop.session.data(2)
    report = desktop.session.save(desktop.session.run("gaussian", data, sigma=1), tmp_path / "smooth.ome.tif")
    desktop.open([report.path])
    desktop.wait()
    pump(20)
    desktop.wait()
    line = desktop.main_window.findChild(HistoryLine)
    assert line is not None
    assert "says that it was made in 2 steps" in line.notice.text
    line.show_steps.click()
    assert line.rows.isVisible()
    assert line.rows.item(0).text() == "1  Opened plate.ome.tif, series 2"

    player = open_macro_player(desktop, report.path)
    desktop.wait()
    pump(20)
    (card,) = player.panes.inputs._cards.values()
    card.take(plate)
    desktop.wait()
    pump(20)
    assert card.which.currentText().startswith("2: A3")
    card.which.setCurrentIndex(1)
    card.which.activated.emit(1)
    desktop.wait()
    pump(20)
    assert player.rehearsal is not None
    (bound,) = player.rehearsal.bound.values()
    assert bound.image.shape == (21, 24)
    folder = tmp_path / "archive"
    folder.mkdir()
    plate.rename(folder / "old.tif")
    player.rehearsal.bound.clear()
    (name,) = player.panes.inputs._cards
    player.panes.inputs.folder_chosen.emit(name, folder)
    desktop.wait()
    pump(20)
    assert [bound.image.shape for bound in player.rehearsal.bound.values()] == [(22, 24)]
