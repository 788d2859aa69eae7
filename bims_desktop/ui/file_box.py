"""`FileBox`: the path of one file: typed, dropped, or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from bims_desktop.ui.drop_line import DropLine
from bims_desktop.ui.file_dialog import ask_to_open
from bims_desktop.ui.icons import icon
from bims_desktop.ui.theme import GRID, Palette
from bims_desktop.ui.words import homely, typed_path


class FileBox(QWidget):
    """A line and a button.

    Parameters
    ----------
    name : str
        What the file is, for the dialog's title and for screen readers.
    kinds : str
        Which files the dialog offers, as Qt writes it.
    hint : str
        What an empty line says.

    Signals
    -------
    changed : no value
        Another path stands there.
    picked : Path
        A file was dropped, or chosen in the dialog: nothing more will be typed.
    """

    changed = Signal()
    picked = Signal(object)

    def __init__(self, name: str, kinds: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._kinds = name, kinds
        self.line, self.browse = DropLine(), QPushButton("Browse…")
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(name)
        self.browse.setAccessibleName(f"Browse for {name}")
        self.browse.setToolTip("Choose a file; dropping it on the line works too.")
        self.browse.setAutoDefault(False)
        self.setFocusProxy(self.line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.browse)
        self.line.textChanged.connect(self.changed)
        self.line.dropped.connect(self._pick)
        self.browse.clicked.connect(self._browse)

    @property
    def path(self) -> Path | None:
        """The file, or None while the line is empty."""
        text = self.line.text().strip()
        return typed_path(text) if text else None

    def choose(self, path: Path | None) -> None:
        """Put `path` there, selected: what is typed next takes its place."""
        self.line.setText("" if path is None else str(path))
        self.line.selectAll()

    def problem(self) -> str:
        """Why it cannot be used, as a sentence; empty where it can."""
        if self.path is None:
            return f"Choose the {self._name.lower()}."
        missing = f"There is no file {homely(self.path)}; choose the {self._name.lower()} again."
        return "" if is_there(self.path) else missing

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.browse.setIcon(icon("browse", palette.icon))

    def _browse(self) -> None:
        begin = str(self.path.parent) if self.path else ""
        chosen = ask_to_open(self, self._name, begin, self._kinds)
        if chosen:
            self._pick(Path(chosen))

    def _pick(self, path: Path) -> None:
        self.choose(path)
        self.picked.emit(path)


def is_there(path: Path) -> bool:
    """Whether a path that was typed is that of a file; one that no system would take is not."""
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False
