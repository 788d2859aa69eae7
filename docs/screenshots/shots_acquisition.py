"""The acquisition dock."""

from __future__ import annotations

from typing import Any

import tifffile
from studio import Studio

from bims_desktop.ui.acquisition.dock import AcquisitionDock, open_acquisition
from bims_desktop.ui.unfolding import Unfolding


def acquisition(studio: Studio) -> None:
    """Without a layer, with one, its microscope's own text, and what a person says."""
    dock = open_acquisition(studio.desktop)
    studio.settle(300)
    studio.take("acquisition-empty", dock, "The acquisition dock before a layer is selected.", AcquisitionDock)
    (plate,) = studio.open("plate.tif")
    studio.viewer.layers.selection = {plate}
    studio.settle(300)
    _choose(dock, 0)
    studio.settle(100)
    studio.take("acquisition-window", studio.desktop.main_window, "The acquisition dock beside the image.")
    studio.take("acquisition", dock, "How the image was taken, and what nobody said yet.", AcquisitionDock)
    dock.fill_in("specimen", "HeLa cells, Kyoto line")
    _choose(dock, 0)
    studio.settle(300)
    studio.take("acquisition-by-hand", dock, "What a person filled in, with name and time.", AcquisitionDock)
    _raw(studio, dock)
    _elsewhere(studio, dock, plate)


def _raw(studio: Studio, dock: AcquisitionDock) -> None:
    dock.tabs.setCurrentIndex(1)
    studio.settle(100)
    studio.take("acquisition-raw", dock, "The microscope's own text, searched.", AcquisitionDock)
    dock.head.text.setText("microtubule")
    dock.tabs.setCurrentIndex(0)
    studio.settle(100)
    studio.take("acquisition-no-match", dock, "A search that nothing fits.", AcquisitionDock)
    dock.head.text.clear()


def travelled(studio: Studio) -> None:
    """Another session opens what was saved twice: the text stayed behind."""
    studio.open("smoother plate.ome.tif")
    dock = open_acquisition(studio.desktop)
    dock.tabs.setCurrentIndex(1)
    studio.settle(300)
    words = "Where the microscope's text is, of a file that was made of another."
    studio.take("acquisition-no-text-here", dock, words, AcquisitionDock)


def _elsewhere(studio: Studio, dock: AcquisitionDock, plate: Any) -> None:
    """A file without such a text, and a layer without a file."""
    saved = studio.save(studio.run("gaussian", plate, sigma=1.0), "smooth plate.ome.tif").path
    studio.save(studio.run("gaussian", studio.open(saved.name)[0], sigma=1.0), "smoother plate.ome.tif")
    dock.tabs.setCurrentIndex(1)
    tifffile.imwrite(studio.images / "bare.tif", tifffile.imread(studio.images / "nuclei.tif"), metadata=None)
    (nuclei,) = studio.open("bare.tif")
    studio.viewer.layers.selection = {nuclei}
    studio.settle(300)
    lines = studio.desktop.main_window.findChildren(Unfolding)
    (line,) = (line for line in lines if "pixel size" in line.notice.text)
    studio.take("units-line", line, "Some layers have a pixel size, others have none.", type(line))
    line.leave()
    studio.take("acquisition-no-text", dock, "A file that holds no text of its microscope.", AcquisitionDock)
    drawn = studio.type('viewer.add_labels(viewer.layers["bare.tif"].data > 30, name="drawn")')
    studio.viewer.layers.selection = {drawn}
    studio.settle(300)
    studio.take("acquisition-no-file", dock, "A layer that comes from no file.", AcquisitionDock)


def _choose(dock: AcquisitionDock, place: int) -> None:
    dock.tree.setCurrentItem(dock.tree.topLevelItem(0).child(place))
