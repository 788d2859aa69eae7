"""The window and its docks."""

from __future__ import annotations

from studio import Studio, shown

from bims_desktop.ui.action_log_dock import ActionLogDock
from bims_desktop.ui.guide import Guide, GuidePage, open_guide
from bims_desktop.ui.object_mark import ObjectMark
from bims_desktop.ui.operation_panel import OperationPanel
from bims_desktop.ui.table_dock import TableDock, open_tables


def docks(studio: Studio) -> None:
    """From the empty window to a table of measurements."""
    _empty(studio)
    _panel(studio)
    _log(studio)


def _empty(studio: Studio) -> None:
    desktop, take = studio.desktop, studio.take
    take("window-empty", desktop.main_window, "The window at the start: nothing is open yet.")
    take("operation-panel-empty", desktop.panel, "The operation panel before an operation is chosen.", OperationPanel)
    take("action-log-empty", desktop.log, "The action log before anything was done.", ActionLogDock)
    tables = open_tables(desktop)
    studio.live(50)
    take("tables-empty", tables, "The tables before anything was measured.", TableDock)
    tables.parentWidget().hide()
    with shown(open_guide(desktop, "guide"), studio) as guide:
        studio.take("guide", guide, "Our own pages, from the menu Help; they need no network.", Guide, GuidePage)


def _panel(studio: Studio) -> None:
    desktop, panel = studio.desktop, studio.desktop.panel
    (nuclei,) = studio.open("nuclei.tif")
    studio.viewer.layers.selection = {nuclei}
    desktop.choose("gaussian")
    panel.parameters.field("sigma").set_value(2.0)  # type: ignore[union-attr]
    panel.preview_box.setChecked(True)
    studio.settle(900)
    studio.take("operation-panel", desktop.main_window, "Gaussian smoothing, with its preview on the image.")
    panel.preview_box.setChecked(False)
    smooth = studio.run("gaussian", nuclei, sigma=2.0)
    desktop.choose("threshold")
    studio.settle()
    studio.take("operation-panel-threshold", panel, "A threshold, with the histogram beside it.", OperationPanel)
    panel.chooser.setFocus()
    panel.chooser.lineEdit().setText("denois")
    panel.chooser.lineEdit().textEdited.emit("denois")
    panel.chooser.completer().complete()
    studio.live(200)
    words = "Searching the operations as one types."
    studio.take("operation-panel-search", panel, words, OperationPanel, popup=True)
    panel.chooser.completer().popup().hide()
    labels = studio.run("label", studio.run("threshold_otsu", smooth))
    studio.viewer.layers.selection = {labels}
    desktop.choose("regionprops_table")
    studio.settle()
    studio.take("operation-panel-two-images", panel, "Measuring objects: labels and an image go in.", OperationPanel)
    panel.run()
    studio.settle()


def _log(studio: Studio) -> None:
    desktop, log = studio.desktop, studio.desktop.log
    tables = open_tables(desktop)
    tables.view.selectRow(3)
    studio.settle(400)
    words = "A session: smoothed, thresholded, labelled and measured."
    frame = lambda: tables.view.clicked.emit(tables.view.currentIndex())  # noqa: E731  it goes after a while
    studio.take("window", desktop.main_window, words, ObjectMark, pose=frame)
    studio.take("tables", tables, "Measurements; the selected row is the object that the image shows.", TableDock)
    studio.take("action-log", log, "The log: every step a sentence, with a thumbnail of its result.", ActionLogDock)
    log.table.selectRow(1)
    studio.settle(400)
    studio.take("action-log-detail", log, "A selected step, with its code and values.", ActionLogDock)
    log.filters.text.setText("deconvolution")
    studio.live(50)
    studio.take("action-log-no-match", log, "A search that no action fits.", ActionLogDock)
    log.filters.text.clear()
