"""`InputBinder`: which image stands for each input of a macro: the recorded one, a file, or a layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bims_desktop.app.data import Data
from bims_desktop.files.series import Series
from bims_desktop.macro.plan import Step
from bims_desktop.ui.choices import Choice
from bims_desktop.ui.elided import Elided
from bims_desktop.ui.file_dialog import ask_for_folder, ask_to_open
from bims_desktop.ui.icons import icon
from bims_desktop.ui.signs import VERDICT
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import breakable, shortened, tip

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_RECORDED = "the recorded file"


class InputBinder(QWidget):
    """One card an input.

    Signals
    -------
    recorded : str
        Look for the recorded file of this input again.
    file_chosen : str, Path, int or None
        A file, and which of its images, where that was said.
    folder_chosen : str, Path
        This input is to be looked for there.
    layer_chosen : str, Data
    """

    recorded = Signal(str)
    file_chosen = Signal(str, object, object)
    folder_chosen = Signal(str, object)
    layer_chosen = Signal(str, object)

    def __init__(self, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desktop = desktop
        self._cards: dict[str, _Card] = {}
        self.folder = Path.home()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID)

    def show_inputs(self, steps: Sequence[Step], folder: Path, palette: Palette) -> None:
        """One card for each load step; files are looked for in `folder` first, then where the last one was."""
        self.folder = folder
        for old in self._cards.values():
            self._layout.removeWidget(old)
            old.deleteLater()
        self._cards = {step.name: _Card(self, step, palette) for step in steps}
        for card in self._cards.values():
            self._layout.addWidget(card)

    def tell(self, name: str, state: str, text: str, palette: Palette) -> None:
        """What became of the input `name`: good, bad or unknown, and why."""
        self._cards[name].tell(state, text, palette)

    def looked_for(self, name: str, found: Path | None) -> None:
        """The recorded file of the input `name` was looked for: that is what stands there, by the name it has now."""
        self._cards[name].looked_for(found)

    def found(self, name: str) -> str:
        """What to say of the file that `looked_for` was told of."""
        return self._cards[name].found

    def offer(self, name: str, path: Path, several: Sequence[Series], chosen: int) -> None:
        """Let the person choose among the images of the file at `path`; nothing to choose where it holds one."""
        self._cards[name].offer(path, several, chosen)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        for card in self._cards.values():
            card.restyle(palette)

    def layers(self) -> list[tuple[str, Data]]:
        """What can stand in now: the images of the main window, topmost first, with their names."""
        self._desktop.settle()
        session = self._desktop.session
        layers = ((layer.name, session.data(layer.version)) for layer in reversed(session.layers))
        return [(name, data) for name, data in layers if data.table is None]


class _Sources(Choice):
    """Says when it is about to be opened: what it offers may have changed since."""

    opening = Signal()

    def showPopup(self) -> None:
        self.opening.emit()
        super().showPopup()


class _Card(QFrame):
    """Name, where it comes from, and whether these are the recorded pixels."""

    def __init__(self, binder: InputBinder, step: Step, palette: Palette) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._binder, self._step, self._state = binder, step, ""
        self.source, self.locate, self.which = _Sources(), QToolButton(), Choice()
        self._sign, self._text = QLabel(), QLabel(wordWrap=True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._fill()
        self._lay_out()
        self.restyle(palette)

    def _fill(self) -> None:
        self.source.addItem(_RECORDED, None)
        self._offer_layers()
        self.source.opening.connect(self._offer_layers)
        self.source.setAccessibleName(f"Source of the input {self._step.name}")
        self.source.setToolTip("The recorded file gives the same pixels again; anything else gives a derived image.")
        self.source.activated.connect(self._pick)
        self.locate.setText("Locate…")
        self.locate.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.locate.setToolTip("Say where the file is now, or choose another one")
        self.locate.setAccessibleName(f"Locate the file for {self._step.name}")
        menu = QMenu(self.locate)
        menu.addAction("Choose a file…", self._browse)
        menu.addAction("Look in a folder, and below it…", self._browse_folder)
        self.locate.setMenu(menu)
        self.locate.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.which.setAccessibleName(f"Which image of the file, for {self._step.name}")
        self.which.setToolTip("The file holds several images.")
        self.which.activated.connect(self._pick_series)
        self.which.hide()

    def _lay_out(self) -> None:
        title, file = Elided(self._step.name), Elided(name := str(self._step.parameters["name"]))
        assign(title, "heading")
        assign(file, "quiet")
        file.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        file.setToolTip(tip(f"{name}\nPixels {self._step.parameters['digest']}"))
        names = QHBoxLayout()
        names.addWidget(title)
        names.addWidget(file, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(GRID, GRID, GRID, GRID)
        grid.setSpacing(GRID)
        grid.setColumnStretch(1, 1)
        grid.addLayout(names, 0, 0, 1, 4)
        grid.addWidget(self.source, 1, 0, 1, 3)
        grid.addWidget(self.locate, 1, 3)
        grid.addWidget(self.which, 2, 0, 1, 4)
        grid.addWidget(self._sign, 3, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._text, 3, 1, 1, 3)

    def tell(self, state: str, text: str, palette: Palette) -> None:
        self._state = state
        self._text.setText(breakable(shortened(text)))
        self._text.setToolTip(tip(text))
        assign(self.locate, "primary" if state == "bad" else "")
        self.restyle(palette)

    def restyle(self, palette: Palette) -> None:
        self.locate.setIcon(icon("browse", palette.icon))
        if self._state:
            self._sign.setPixmap(VERDICT[self._state].icon(palette).pixmap(16, 16))

    def looked_for(self, found: Path | None) -> None:
        renamed = found is not None and found.name != self._step.parameters["name"]
        self.source.setItemText(0, found.name if found is not None and renamed else _RECORDED)
        self.source.setCurrentIndex(0)
        self.which.hide()

    @property
    def found(self) -> str:
        """That the recorded file was found, or another one with its pixels."""
        name = self.source.itemText(0)
        if name == _RECORDED:
            return "The recorded file was found."
        return f"{name} was found in place of {self._step.parameters['name']}."

    def offer(self, path: Path, several: Sequence[Series], chosen: int) -> None:
        self.which.clear()
        for one in several:
            self.which.addItem(one.label, (path, one.number))
        self.which.setCurrentIndex(next((row for row, one in enumerate(several) if one.number == chosen), -1))
        self.which.setVisible(len(several) > 1)

    def _offer_layers(self) -> None:
        """The layers as they are now; the one that is chosen stays, whatever became of it."""
        chosen = self.source.currentData()
        for row in reversed(range(1, self.source.count())):
            if isinstance(held := self.source.itemData(row), Data) and held != chosen:
                self.source.removeItem(row)
        layers = [(name, data) for name, data in self._binder.layers() if data != chosen]
        for row, (name, data) in enumerate(layers, 1):
            self.source.insertItem(row, f"layer: {name}", data)

    def _pick_series(self) -> None:
        path, number = self.which.currentData()
        self._binder.file_chosen.emit(self._step.name, path, number)

    def _pick(self) -> None:
        self.which.hide()
        chosen = self.source.currentData()
        if isinstance(chosen, Path):
            self._binder.file_chosen.emit(self._step.name, chosen, None)
        elif chosen is None:
            self._binder.recorded.emit(self._step.name)
        else:
            self._binder.layer_chosen.emit(self._step.name, chosen)

    def _browse(self) -> None:
        path = ask_to_open(self, f"Input {self._step.name}", self._binder.folder)
        if path:
            self.take(Path(path))

    def _browse_folder(self) -> None:
        title = f"Where to look for {self._step.parameters['name']}"
        folder = ask_for_folder(self, title, self._binder.folder)
        if folder:
            self._binder.folder = Path(folder)
            self._binder.folder_chosen.emit(self._step.name, Path(folder))

    def take(self, path: Path) -> None:
        self._binder.folder = path.parent
        self.source.addItem(path.name, path)
        self.source.setCurrentIndex(self.source.count() - 1)
        self._pick()
