"""The acquisition dock."""

from __future__ import annotations

from studio import Studio

from bims_desktop.ui.acquisition.dock import AcquisitionDock, open_acquisition


def acquisition(studio: Studio) -> None:
    """Without a layer, with one, and its microscope's own text."""
    dock = open_acquisition(studio.desktop)
    studio.settle(300)
    studio.take("acquisition-empty", dock, "The acquisition dock before a layer is selected.", AcquisitionDock)
    (plate,) = studio.open("plate.tif")
    studio.viewer.layers.selection = {plate}
    studio.settle(300)
    dock.tree.setCurrentItem(dock.tree.topLevelItem(0).child(0))
    studio.settle(100)
    studio.take("acquisition-window", studio.desktop.main_window, "The acquisition dock beside the image.")
    studio.take("acquisition", dock, "How the image was taken, and what nobody said yet.", AcquisitionDock)
    dock.tabs.setCurrentIndex(1)
    studio.settle(100)
    studio.take("acquisition-raw", dock, "The microscope's own text, searched.", AcquisitionDock)
