"""The lines that say or ask something where a box would stand in the way."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import tifffile
from napari._qt.dialogs.qt_notification import NapariQtNotification
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog
from studio import Studio

from bims_desktop.app.lost_work import lost_work
from bims_desktop.errors import BimsError, UnreadableFile
from bims_desktop.operations.running import tick
from bims_desktop.ui.channels_line import ChannelsLine
from bims_desktop.ui.history_line import HistoryLine
from bims_desktop.ui.images_offer import ImagesOffer
from bims_desktop.ui.job_bar import JobBar
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.offer import put_above
from bims_desktop.ui.recovery import RecoveryBar
from bims_desktop.ui.series_offer import SeriesOffer
from bims_desktop.ui.units_line import UnitsLine
from bims_desktop.ui.unopened_line import UnopenedLine, tell_unopened
from bims_desktop.ui.view_export import ask_where

_MICRON = "µm"
_SIZE = {"PhysicalSizeX": 0.166, "PhysicalSizeXUnit": _MICRON, "PhysicalSizeY": 0.166, "PhysicalSizeYUnit": _MICRON}


def lines(studio: Studio) -> None:
    """Offers above the image, notices, errors, the status bar."""
    _notices(studio)
    _offers(studio)
    _opened(studio)
    _status(studio)
    _channels(studio)


def _notices(studio: Studio) -> None:
    panel = studio.desktop.panel
    (nuclei,) = studio.open("nuclei.tif")
    studio.viewer.layers.selection = {nuclei}
    studio.desktop.choose("gaussian")
    panel.parameters.field("sigma").editor.setValue(-1)  # type: ignore[union-attr]
    studio.live(50)
    studio.take("notice-problem", panel, "A value that cannot be used, and what it must be.", Notice)
    panel.parameters.field("sigma").set_value(2.0)  # type: ignore[union-attr]
    panel.notice.fail(BimsError("nuclei.tif cannot be read: the disk is full.", "Free some space, then run it again."))
    studio.take("notice-error", panel, "What went wrong, and what to do now.", Notice)
    panel.notice.clear()
    _job(studio)


def _job(studio: Studio) -> None:
    """Work that begins, and comes on, as far as it is told here."""
    panel, far, go_on = studio.desktop.panel, Event(), Event()

    def work() -> None:
        far.wait()
        tick(0.6)
        go_on.wait()

    panel.job.follow(studio.desktop.jobs.start("Gaussian smoothing", work, lambda _: None))
    panel._settle()
    studio.live(500)
    studio.take("job", studio.desktop.main_window, "Long work: what is being done, and how to stop it.")
    far.set()
    studio.live(300)
    studio.take("job-progress", panel, "The same, once it is known how far it is.", JobBar)
    go_on.set()
    studio.settle()
    panel._settle()


def _offers(studio: Studio) -> None:
    desktop, main = studio.desktop, studio.desktop.main_window
    names = [f"day {number}.tif" for number in (1, 2, 3)]
    for name in names:
        (studio.images / name).write_bytes((studio.images / "nuclei.tif").read_bytes())
    studio.open(*names)
    studio.settle(300)
    studio.take("series-offer", main, "Several files of one size can become one series.", SeriesOffer)
    main.findChild(SeriesOffer).leave()
    bar = RecoveryBar(desktop, [lost_work(Path(desktop.session.folder))])
    put_above(desktop, bar, "Recovery")
    studio.settle(300)
    studio.take("recovery-bar", bar, "A session that ended too early can be had back.", RecoveryBar)
    bar.forget.click()
    studio.settle(300)
    studio.take("recovery-bar-forgotten", bar, "It is not offered again, unless one wants it back.", RecoveryBar)
    bar.leave()
    for what in ("plate.tif is damaged.", "1 of 4 files could not be opened: notes.txt."):
        tell_unopened(desktop, UnreadableFile(what, "BIMS Desktop reads TIFF, PNG and JPEG."))
    studio.settle(300)
    line = main.findChild(UnopenedLine)
    studio.take("unopened-line", line, "Files that could not be opened, until one closes it.", UnopenedLine)
    line.leave()


def _opened(studio: Studio) -> None:
    main, several = studio.desktop.main_window, studio.images / "two images.ome.tif"
    with tifffile.TiffWriter(several) as file:
        for name in ("nuclei.tif", "plate.tif"):
            pixels = tifffile.imread(studio.images / name)
            file.write(pixels, metadata=_SIZE | {"axes": "ZYX"[-pixels.ndim :], "Name": name})
    studio.open(several.name)
    studio.settle(300)
    offer = main.findChild(ImagesOffer)
    studio.take("images-offer-folded", offer, "A file holds more images than are open.", ImagesOffer)
    offer.choose.click()
    studio.settle(300)
    studio.take("images-offer", main, "A file of several images offers those that are not open.", ImagesOffer)
    offer.leave()
    saved = studio.save(studio.run("gaussian", studio.viewer.layers["nuclei.tif"], sigma=2.0), "smoother.ome.tif").path
    studio.open(saved.name)
    studio.settle(300)
    line = main.findChild(HistoryLine)
    line.show_steps.setChecked(True)
    studio.live(100)
    studio.take("history-line", main, "A file with a record says how it was made.", HistoryLine)
    line.show_steps.setChecked(False)
    studio.live(100)
    studio.take("history-line-folded", line, "The same in one line, as it comes.", HistoryLine)
    line.leave()


def _status(studio: Studio) -> None:
    desktop, bar = studio.desktop, studio.desktop.main_window.statusBar()
    desktop.show_error(BimsError("The disk is full.", "Free some space, then save again."))
    studio.settle(500)
    studio.take("notification", desktop.main_window, "An error that belongs to no window of its own.")
    _export(studio)
    studio.take("status-bar", bar, "Observed, versions, ledger: three facts at all times.")
    studio.type('viewer.add_tracks([[1, 0, 10, 10], [1, 1, 20, 20]], name="tracks")')
    studio.settle(300)
    studio.take("status-bar-unrecorded", bar, "A layer of a kind that is not recorded.")


def _export(studio: Studio) -> None:
    """The dialog stands in the way of this program too: it is photographed from within, and left."""

    def look() -> None:
        (dialog,) = [shown for shown in studio.desktop.main_window.findChildren(QFileDialog) if shown.isVisible()]
        words = "Where a picture of the view goes; its metadata names the records of what it shows."
        studio.take("export-view", dialog, words)
        dialog.reject()

    QTimer.singleShot(500, look)
    ask_where(studio.desktop)


def _channels(studio: Studio) -> None:
    main = studio.desktop.main_window
    for told in main.findChildren(NapariQtNotification):
        told.close()
    for layer in studio.viewer.layers:
        layer.visible = False
    studio.open("two stains.tif")
    studio.viewer.reset_view()
    studio.settle(300)
    line = main.findChild(ChannelsLine)
    studio.take("channels-line", line, "An image of several channels, and the way to see them together.", ChannelsLine)
    for units in main.findChildren(UnitsLine):
        units.leave()
    line.split.click()
    studio.settle(500)
    studio.take("channels", main, "Its channels, each in its colour.")
