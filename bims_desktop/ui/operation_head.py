"""`OperationHead`: the top of the panel: choose an operation, star it, read what it does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bims_desktop.app.preferences import Preferences
from bims_desktop.model.image import Kind
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.icons import icon
from bims_desktop.ui.operation_chooser import OperationChooser
from bims_desktop.ui.operation_help import OperationHelp
from bims_desktop.ui.theme import GRID, Palette


class OperationHead(QWidget):
    """Chooser, star and help; favourites, what was last used and the units of settings are kept in `folder`.

    `selected` tells the kind of the layer that the person works on.

    Signals
    -------
    chosen : str
        Id of the operation that the person picked.
    failed : str
        Why they could not be kept.
    """

    chosen = Signal(str)
    failed = Signal(str)

    def __init__(self, folder: Path, palette: Palette, selected: Callable[[], Kind | None]) -> None:
        super().__init__()
        self._folder = folder
        self._palette = palette
        self._operation: Operation | None = None
        self.preferences = Preferences.load(folder)
        self.chooser = OperationChooser(self.preferences, selected)
        self.star, self.help = QToolButton(), OperationHelp(palette)
        self.star.setCheckable(True)
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(self.chooser, 1)
        row.addWidget(self.star)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(row)
        layout.addWidget(self.help)
        self.chooser.chosen.connect(self.chosen)
        self.chooser.searched.connect(self._searched)
        self.star.clicked.connect(self._star)
        self.restyle(palette)

    def show_operation(self, operation: Operation) -> None:
        """Show `operation` as the chosen one."""
        self._operation = operation
        self.chooser.show_operation(operation.id)
        self.help.show_operation(operation)
        self._draw()

    def ran(self, id: str) -> None:
        """Note that operation `id` was run."""
        self._keep(self.preferences.ran(id))

    def measure(self, quantity: str, physical: bool) -> None:
        """Note that settings of the kind `quantity` are wanted in physical units, or in pixels."""
        self._keep(self.preferences.measure(quantity, physical))

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.chooser.restyle(palette)
        self.help.restyle(palette)
        self._draw()

    def _star(self, starred: bool) -> None:
        if self._operation is not None:
            self._keep(self.preferences.star(self._operation.id, starred))
        self._draw()

    def _keep(self, preferences: Preferences) -> None:
        self.preferences = preferences
        self.chooser.offer(preferences)
        try:
            preferences.save(self._folder)
        except OSError as error:
            self.failed.emit(
                f"Favourites and units hold until you quit: {self._folder} cannot be written, {error.strerror}."
            )

    def _searched(self, text: str, count: int) -> None:
        if text and not count:
            back = "" if self._operation is None else f" Esc goes back to {self._operation.title}."
            self.help.say(f"No operation is about “{text}”. Try another word, or open the list.{back}")
        else:
            self.help.show_operation(self._operation)

    def _draw(self) -> None:
        id = None if self._operation is None else self._operation.id
        starred = id in self.preferences.favourites
        said = "No longer a favourite" if starred else "Keep it on top of the list, as a favourite"
        self.star.setEnabled(id is not None)
        self.star.setChecked(starred)
        self.star.setToolTip(said if id else "Choose an operation, then star it to find it again.")
        self.star.setAccessibleName(f"Favourite, {'yes' if starred else 'no'}")
        self.star.setIcon(icon("starred" if starred else "star", self._palette.icon))
