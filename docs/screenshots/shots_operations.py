"""The operation panel in its other states, menus, and the log's and tables' own empty places."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu
from studio import Studio

from bims_desktop.ui.action_log_dock import ActionLogDock
from bims_desktop.ui.operation_panel import OperationPanel
from bims_desktop.ui.table_dock import TableDock, open_tables
from bims_desktop.ui.unit_button import UnitButton


def operations(studio: Studio) -> None:
    """What the panel, the log and the tables say beside the usual."""
    _without_image(studio)
    (nuclei,) = studio.open("nuclei.tif")
    _units(studio, nuclei)
    _search(studio)
    _forms(studio, nuclei)
    _layers(studio, nuclei)
    _log(studio)
    _alone(studio, nuclei)
    _menus(studio)


def _without_image(studio: Studio) -> None:
    studio.desktop.choose("gaussian")
    studio.settle()
    words = "An operation, before an image is open."
    studio.take("operation-panel-no-image", studio.desktop.panel, words, OperationPanel)


def _units(studio: Studio, nuclei: Any) -> None:
    panel = studio.desktop.panel
    studio.viewer.layers.selection = {nuclei}
    studio.desktop.choose("gaussian")
    unit = next(button for button in panel.findChildren(UnitButton) if button.isVisible())
    unit.click()
    panel.head.help.more.setChecked(True)
    studio.settle()
    words = "A length in micrometres, and what the operation does, word for word."
    studio.take("operation-panel-units", panel, words, OperationPanel)
    unit.click()
    panel.head.help.more.setChecked(False)


def _search(studio: Studio) -> None:
    panel = studio.desktop.panel
    panel.chooser.search()
    panel.chooser.line.setText("teleport")
    panel.chooser.line.textEdited.emit("teleport")
    studio.live(200)
    words = "A search that no operation fits."
    studio.take("operation-panel-no-match", panel, words, OperationPanel)
    studio.desktop.choose("gaussian")
    panel.head.star.click()
    studio.run("gaussian", studio.viewer.layers[0], sigma=2.0)
    panel.chooser.showPopup()
    studio.live(200)
    studio.take("operation-panel-list", panel.chooser.view().window(), "All operations, favourites first.")
    panel.chooser.hidePopup()


def _forms(studio: Studio, nuclei: Any) -> None:
    desktop, panel = studio.desktop, studio.desktop.panel
    for operation, words in (
        ("threshold_multiotsu", "Thresholds that the operation finds by itself, in the histogram."),
        ("clip", "Two values that belong together, in the histogram."),
        ("rescale_intensity", "A word or two numbers."),
    ):
        studio.viewer.layers.selection = {nuclei}
        desktop.choose(operation)
        studio.settle(900)
        studio.take(f"operation-panel-{operation.replace('_', '-')}", panel, words, OperationPanel)
    desktop.choose("label")
    studio.viewer.layers.selection = {studio.run("threshold_otsu", nuclei)}
    desktop.choose("label")
    panel.preview_box.setChecked(True)
    studio.settle(900)
    studio.take("operation-panel-preview-labels", desktop.main_window, "What labelling would find, over the image.")
    panel.leave_preview()


def _layers(studio: Studio, nuclei: Any) -> None:
    desktop, panel = studio.desktop, studio.desktop.panel
    (plate,) = studio.open("plate.tif")
    studio.viewer.layers.selection = {nuclei, plate}
    desktop.choose("median")
    studio.settle()
    panel.form.arguments.every.setChecked(True)  # type: ignore[union-attr]
    studio.settle()
    words = "Two layers are selected: the operation runs on each."
    studio.take("operation-panel-several", panel, words, OperationPanel)
    panel.notice.say("Cancelled; nothing was changed.")
    studio.take("operation-panel-cancelled", panel, "An operation that was stopped.", OperationPanel)
    panel.notice.clear()
    studio.viewer.layers.remove(plate)


def _log(studio: Studio) -> None:
    log = studio.desktop.log
    log.filters.scope.setCurrentIndex(1)
    studio.viewer.layers.selection.clear()
    studio.settle()
    studio.take("action-log-no-layer", log, "The log of one layer, before one is selected.", ActionLogDock)
    log.filters.scope.setCurrentIndex(0)
    log.filters.quiet.setChecked(True)
    studio.viewer.layers[0].gamma = 1.2
    studio.viewer.layers[0].visible = False
    studio.desktop.settle()
    studio.settle(300)
    log.table.selectAll()
    studio.settle()
    studio.take("action-log-several", log, "Several steps selected, changes of the display among them.", ActionLogDock)
    log.table.clearSelection()
    log.filters.quiet.setChecked(False)
    studio.viewer.layers[0].visible = True


def _alone(studio: Studio, nuclei: Any) -> None:
    labels = studio.run("label", studio.run("threshold_otsu", nuclei))
    studio.run("regionprops_table", labels)
    tables = open_tables(studio.desktop)
    tables.copy()
    studio.settle(300)
    studio.take("tables-copied", tables, "What was copied.", TableDock)
    studio.viewer.layers.remove(labels)
    tables.notice.clear()
    studio.settle(300)
    tables._settle()
    studio.take("tables-alone", tables, "A table whose objects no layer shows any more.", TableDock)
    smooth = studio.viewer.layers["gaussian_1"]
    studio.run("blob_log", smooth)
    tables.show_table()
    studio.viewer.layers.remove(smooth)
    studio.settle(300)
    tables._settle()
    studio.take("tables-spots-alone", tables, "A table of spots whose image no layer shows any more.", TableDock)


def _menus(studio: Studio) -> None:
    main = studio.desktop.main_window
    for title in ("File", "Operations", "Macro", "Ledger"):
        (shown,) = [entry for entry in main.menuBar().actions() if entry.text().replace("&", "") == title]
        menu = shown.menu()
        assert isinstance(menu, QMenu)
        below = main.menuBar().mapToGlobal(main.menuBar().actionGeometry(shown).bottomLeft())

        def open_again(menu: QMenu = menu, below: QPoint = below) -> None:
            """Its icons take the colours of the theme when it opens."""
            menu.close()
            menu.popup(below)
            studio.live(100)

        studio.take(f"menu-{title.lower()}", menu, f"The menu {title}.", pose=open_again)
        menu.close()
