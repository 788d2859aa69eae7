"""`Walk`: a person at the window who follows a tutorial, with keys and clicks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from bims_desktop.ui.choices import Checklist, Choice
from bims_desktop.ui.number_box import NumberBox
from bims_desktop.ui.save_dialog import SaveDialog
from bims_desktop.ui.table_dock import TableDock
from tests.docs.walkthrough import Step

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop
    from bims_desktop.ui.field import Field


class Walk:
    """Opens, runs and saves in the window `desktop`, as the person does."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        desktop.main_window.activateWindow()  # where no window manager does, keys go nowhere
        live(50)

    def open(self, image: Path) -> None:
        """Open an image; its layer is selected then."""
        self.desktop.open([image])
        self.settle()

    def follow(self, step: Step) -> str:
        """Choose the operation of a step, set what it says, run it; the last sentence of the log."""
        self._choose(step)
        self.set(step)
        self.run()
        return [action.sentence for action in self.desktop.session.actions if action.effect == "pixels"][-1]

    def set(self, step: Step) -> None:
        """Fill the form."""
        form = self.desktop.panel.form
        assert form is not None
        for name, layer in step.images().items():
            box = form.arguments.box(name)
            box.setCurrentIndex(box.findText(layer))
        for name, value in step.parameters().items():
            enter(form.parameters.field(name), value)

    def run(self) -> None:
        """Press Run, and wait for the result."""
        panel = self.desktop.panel
        assert panel.run_button.isEnabled(), panel.run_button.toolTip()
        self.press(panel.run_button)

    def save(self, name: str, path: Path) -> None:
        """Save the layer `name` with provenance, by the dialog; the replay beside it is waited for."""
        self.press(self.ask_to_save(name, path).save_button)

    def press(self, button: QWidget) -> None:
        """Press a button, and wait for what it does."""
        click(button)
        self.settle()

    def ask_to_save(self, name: str, path: Path) -> SaveDialog:
        """The dialog, filled in."""
        layers = self.desktop.viewer.layers
        layers.selection = {layers[name]}
        self.desktop.save()
        self.settle()
        (dialog,) = (shown for shown in self.desktop.main_window.findChildren(SaveDialog) if shown.isVisible())
        type_over(dialog.destination.file, str(path))
        return dialog

    def show_table(self) -> TableDock:
        """Press what the panel offers once something was measured."""
        self.press(self.desktop.panel.notice.answer)
        dock: TableDock = self.desktop.main_window.findChild(TableDock)
        return dock

    def clear(self) -> None:
        """Take all layers off the list."""
        self.desktop.viewer.layers.clear()
        self.settle()

    def settle(self, milliseconds: int = 30) -> None:
        """Let the jobs end, those too that one begins as another ends, and the window draw."""
        for _ in range(3):
            self.desktop.wait(120)
            live(milliseconds / 3)

    def _choose(self, step: Step) -> None:
        """Search the title, and take the first find."""
        self.desktop.search()
        line = self.desktop.panel.chooser.line
        type_over(line, step.operation.title)
        QTest.keyClick(line, Qt.Key.Key_Return)
        operation = self.desktop.panel.operation
        assert operation is not None
        assert operation.id == step.operation.id
        live(5)


def enter(field: Field, value: Any) -> None:
    """Put `value` into the editor of a parameter."""
    if field.automatic is not None and field.automatic.isChecked():
        click(field.automatic)
    match field.editor:
        case NumberBox():
            type_over(field.editor.lineEdit(), f"{value:g}")
        case Choice():
            field.editor.setCurrentIndex(field.editor.findData(value))
        case Checklist():
            for row in range(field.editor.count()):
                item = field.editor.item(row)
                ticked = item.text() in value
                item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
    assert field.value() == value


def type_over(line: Any, text: str) -> None:
    """Replace what stands in a line."""
    line.selectAll()
    QTest.keyClicks(line, text)


def click(widget: QWidget) -> None:
    """Press the left button where a push button and a check box both feel it."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(8, widget.height() // 2))


def live(milliseconds: float) -> None:
    """Let the window live for a while."""
    end = time.monotonic() + milliseconds / 1000
    while True:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        QApplication.sendPostedEvents()
        if time.monotonic() > end:
            return
