"""`DestinationForm`: where and how an image is saved, and who signs for it."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from bims_desktop.app.last_folder import can_save_in, keep_folder, last_folder
from bims_desktop.app.table_title import measured_in
from bims_desktop.errors import SaveRefused
from bims_desktop.files.csv_table import ENDING as TABLE
from bims_desktop.files.place import check_place
from bims_desktop.ui.choices import Choice
from bims_desktop.ui.file_dialog import ask_for_folder, ask_to_save
from bims_desktop.ui.icons import icon
from bims_desktop.ui.labelled import label_for
from bims_desktop.ui.new_folder import can_be_made
from bims_desktop.ui.theme import GRID, Palette
from bims_desktop.ui.words import homely, typed_path

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.inputs import Input
    from bims_desktop.app.session import Session

SUFFIX = ".ome.tif"
_FORMATS = {"OME-TIFF (.ome.tif)": SUFFIX}
_COMPRESSIONS = {
    "zlib, small, read everywhere": "zlib",
    "zstd, smaller and faster, newer readers": "zstd",
    "LZW, for old programs": "lzw",
    "none, fastest to write": "none",
}
_KNOWN_SUFFIXES = re.compile(r"(\.ome)?\.(tiff?|png|jpe?g|csv)$", re.IGNORECASE)
_WHERE = {
    False: "Where the image is saved; the record travels inside it.",
    True: "Where all of them are saved; the record of an image travels inside it, that of a table lies beside it.",
}


class DestinationForm(QWidget):
    """File or folder, format, compression, agent and organisation.

    Parameters
    ----------
    suggestion : Path
        What the file, or the folder of several files, is at first.
    agent, organisation : str
        Who signs, as the settings have it.
    palette : Palette
        Colours of the theme.
    many : bool
        Whether a folder is asked for.
    """

    changed = Signal()

    def __init__(
        self,
        suggestion: Path,
        agent: str,
        organisation: str,
        palette: Palette,
        *,
        many: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._many = many
        self.file, self.agent_line = QLineEdit(homely(suggestion)), QLineEdit(agent)
        self.organisation_line = QLineEdit(organisation)
        self.browse = QPushButton("Browse…")
        self.format, self.compression_box = Choice(), Choice()
        for text, suffix in _FORMATS.items():
            self.format.addItem(text, suffix)
        for text, name in _COMPRESSIONS.items():
            self.compression_box.addItem(text, name)
        self.agent_line.setPlaceholderText("Your name, as others will read it; may stay empty")
        self.organisation_line.setPlaceholderText("Your laboratory or institute; may stay empty")
        for line in (self.file, self.agent_line, self.organisation_line):
            line.textChanged.connect(self.changed)
        self.browse.clicked.connect(self._browse)
        self._lay_out()
        self.restyle(palette)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.browse.setIcon(icon("browse", palette.icon))

    @property
    def path(self) -> Path:
        """Where to save: a folder, or a file with the format's ending."""
        text = self.file.text().strip()
        return typed_path(text if self._many else with_ending(text))

    @property
    def folder(self) -> Path:
        """The folder in which it is saved."""
        return self.path if self._many else self.path.parent

    @property
    def compression(self) -> str:
        return str(self.compression_box.currentData())

    @property
    def agent(self) -> str:
        return self.agent_line.text().strip()

    @property
    def organisation(self) -> str:
        return self.organisation_line.text().strip()

    def problem(self) -> str:
        """Why it cannot be saved there; empty where it can."""
        if not self.file.text().strip() or self.path.name == SUFFIX:
            return "Choose a folder." if self._many else "Give the file a name."
        try:
            check_place(self.path)
        except SaveRefused as error:
            return str(error)
        if self.folder.is_dir():
            return ""
        todo = "make it, or choose another" if can_be_made(self.folder) else "choose another"
        return f"There is no folder {homely(self.folder)}; {todo}."

    def hint(self) -> str:
        """That the file gets another name than was typed, where another kind of file was meant; else empty."""
        return "" if self._many else ending_hint(self.file.text().strip(), self.path.name)

    def begin(self) -> None:
        """Take the focus: a name that is typed replaces the one that stands there, in the same folder."""
        self.file.setFocus()
        if not self._many:
            name = Path(self.file.text()).name
            start = len(self.file.text()) - len(name)
            self.file.setSelection(start, len(name.removesuffix(SUFFIX)))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(self.browse)
        grid.addWidget(label_for(self.file, "Folder" if self._many else "File", _WHERE[self._many]), 0, 0)
        grid.addLayout(row, 0, 1, 1, 3)
        format_help = "An ordinary image file: Fiji, QuPath, OMERO and Python open it."
        parts = (
            ("Format", self.format, format_help),
            ("Compression", self.compression_box, "Lossless each; the pixels stay exactly the same."),
            ("Saved by", self.agent_line, "Stands in the record. Kept in Ledger › Ledger Settings."),
            ("Organisation", self.organisation_line, "Stands in the record. Kept in Ledger › Ledger Settings."),
        )
        for place, (text, widget, help) in enumerate(parts):
            down, across = divmod(place, 2)
            grid.addWidget(label_for(widget, text, help), 1 + down, 2 * across)
            grid.addWidget(widget, 1 + down, 2 * across + 1)
            grid.setColumnStretch(2 * across + 1, 1)
        self.browse.setToolTip("Choose a folder." if self._many else "Choose a folder and a name.")

    def _browse(self) -> None:
        if self._many:
            chosen = ask_for_folder(self, "Save in", self.path)
        else:
            # The dialog asks before it replaces a file; we ask in place, once, when Save is pressed.
            chosen = ask_to_save(self, "Save as", self.path, "OME-TIFF (*.ome.tif)", confirm=False)
        if chosen:
            self.file.setText(chosen)


def folder_of(session: Session, *wanted: Data) -> Path:
    """Where `wanted` is likely wanted: where the person saved last.

    Before the first save beside the file that it was made from, else beside the session's first input, unless nothing
    can be saved there.
    """
    if (last := last_folder(session.home)) is not None:
        return last
    made_from = (found for data in wanted if (found := _input_of(data)) is not None)
    beside = next((entry.path.parent for entry in (*made_from, *session.inputs.values())), Path.home())
    return beside if can_save_in(beside) else Path.home()


def saved_in(session: Session, folder: Path) -> None:
    """Something was saved in `folder`: there the next dialogs begin."""
    with suppress(OSError):  # they then begin somewhere else, nothing else is lost
        keep_folder(session.home, folder)


def _input_of(data: Data) -> Input | None:
    """The file that `data` goes back to, by the first image of each step that leads to one."""
    inputs, recorder = data.session.inputs, data.session.recorder
    waiting, seen = [data.version], {data.version}
    while waiting:
        version = waiting.pop()
        if version in inputs:
            return inputs[version]
        arguments = recorder.actions[recorder.writers[version] - 1].arguments
        further = [version for version in dict.fromkeys(arguments.values()) if version not in seen]
        seen.update(further)
        waiting += reversed(further)
    return None


def with_ending(text: str, ending: str = SUFFIX) -> str:
    """`text` with `ending` in the place of whatever ending it has.

    Examples
    --------
    >>> with_ending("cells.tif"), with_ending("areas", ".csv")
    ('cells.ome.tif', 'areas.csv')
    """
    return text if text.lower().endswith(ending) else _KNOWN_SUFFIXES.sub("", text) + ending


def ending_hint(typed: str, name: str) -> str:
    """That an image that was `typed` as another kind of file is saved as `name`; empty where it was not.

    Examples
    --------
    >>> ending_hint("cells.png", "cells.ome.tif")
    'It is saved as cells.ome.tif: an image keeps its record in an OME-TIFF.'
    >>> ending_hint("cells.tif", "cells.ome.tif")
    ''
    """
    same = not _KNOWN_SUFFIXES.search(typed) or typed.lower().endswith((SUFFIX, ".tif", ".tiff"))
    return "" if same else f"It is saved as {name}: an image keeps its record in an OME-TIFF."


def suggested_table(folder: Path, table: Data) -> Path:
    """A file in `folder` for a table, after the layer that was measured."""
    return suggested(folder, measured_in(table), f" measured{TABLE}")


def suggested(folder: Path, name: str, suffix: str = SUFFIX) -> Path:
    """A file in `folder` after a layer's `name`, without what file systems refuse.

    Examples
    --------
    >>> suggested(Path("data"), "cells: day 1.tif").name
    'cells_ day 1.ome.tif'
    """
    clean = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", _KNOWN_SUFFIXES.sub("", name)).strip(" .")
    return folder / f"{clean or 'image'}{suffix}"
