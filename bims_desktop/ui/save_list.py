"""`SaveList`: the layers and tables that one dialog saves, the file of each, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from bims_desktop.app.save import Report
from bims_desktop.app.table_title import title_of
from bims_desktop.files.csv_table import ENDING
from bims_desktop.ui.destination_form import SUFFIX, ending_hint, suggested, suggested_table, with_ending
from bims_desktop.ui.icons import icon
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.signs import VERDICT
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.words import several, tip

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.draft import Draft
    from bims_desktop.app.save_many import Outcome

HEADINGS = ("Layer or table", "File (double-click to rename)", "Outcome")
FILE = 1


@dataclass(slots=True)
class Saving:
    """One of them: its file's name, what would be written and after what, and what came of writing it."""

    data: Data
    file: str
    draft: Draft | None = None
    before: str = ""
    outcome: Outcome | None = None

    @property
    def name(self) -> str:
        """Of the file, with the ending of its format."""
        return with_ending(self.file, ending_of(self.data))

    @property
    def title(self) -> str:
        """What is saved, as the layer list or the tables' dock has it."""
        return title_of(self.data)

    @property
    def done(self) -> bool:
        return isinstance(self.outcome, Report)

    @property
    def state(self) -> str:
        """What came of it, or how much there is to mind."""
        if isinstance(self.outcome, Report):
            return f"record {self.outcome.number}"
        if self.outcome is not None:
            return "not saved"
        return several(len(self.draft.warnings), "warning") if self.draft and self.draft.warnings else ""

    @property
    def detail(self) -> str:
        """The same at length."""
        if isinstance(self.outcome, Report):
            return f"Saved as record {self.outcome.number}, entry {self.outcome.entry} of the ledger."
        if self.outcome is not None:
            return f"{self.outcome.what}\n{self.outcome.todo}"
        return "\n".join(self.draft.warnings) if self.draft else ""


class SaveList(RowModel):
    """Named after their layers, no two alike; a name can be edited in place.

    Parameters
    ----------
    data : sequence of Data
        What is saved.
    palette : Palette
        Colours of the signs.

    Signals
    -------
    renamed : str
        A file has another name now; that it is not the one that was typed, and why, else empty.
    """

    renamed = Signal(str)
    headings = HEADINGS

    def __init__(self, data: Sequence[Data], palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self.items = [Saving(one, name) for one, name in zip(data, _names(data), strict=True)]

    @property
    def waiting(self) -> list[Saving]:
        """Those that are not saved yet."""
        return [item for item in self.items if not item.done]

    def problem(self) -> str:
        """Why they cannot be saved under these names; empty where they can."""
        names = [item.name.casefold() for item in self.items]
        for item in self.waiting:
            if not item.file.strip():
                return f"Give the file of {item.title} a name."
            if names.count(item.name.casefold()) > 1:
                return f"Two files are called {item.name}; give one of them another name."
        return ""

    def paths(self, folder: Path) -> list[tuple[Data, Path]]:
        """What goes where in `folder`, without what is saved already."""
        return [(item.data, folder / item.name) for item in self.waiting]

    def take(self, outcome: Outcome) -> None:
        """The next one that has no outcome yet was saved, or not."""
        next(item for item in self.items if item.outcome is None).outcome = outcome
        self.repaint()

    def forget_failures(self) -> None:
        """Those that could not be saved are tried again."""
        for item in self.waiting:
            item.outcome = None
        self.repaint()

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.repaint()

    def count(self) -> int:
        return len(self.items)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The name of a file that is not written yet can be edited."""
        editable = index.column() == FILE and not self.items[index.row()].done
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if editable else Qt.ItemFlag.NoItemFlags)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Another name for the file; folders are chosen for all together."""
        if index.column() != FILE or role != Qt.ItemDataRole.EditRole:
            return False
        item = self.items[index.row()]
        item.file = suggested(Path(), str(value), ending_of(item.data)).name if str(value).strip() else ""
        self.dataChanged.emit(index, index)
        self.renamed.emit(_changed(str(value).strip(), item))
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item, column = self.items[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return (item.title, item.name if item.file else "", item.state)[column]
            case Qt.ItemDataRole.ToolTipRole:
                return tip(item.detail or (item.title, "Double-click or F2 to give it another name.", "")[column])
            case Qt.ItemDataRole.DecorationRole if column == 2 and item.state:
                if item.outcome is None:
                    return icon("warning", self._palette.unknown)
                return VERDICT["good" if item.done else "bad"].icon(self._palette)
        return None


def ending_of(data: Data) -> str:
    """Of the file that holds `data`: tables are CSV, images OME-TIFF."""
    return ENDING if data.table is not None else SUFFIX


def _changed(typed: str, item: Saving) -> str:
    """That the file is not called as was `typed`, and why; empty where only the ending that it needs was added."""
    if not item.file or item.name == with_ending(typed, ending_of(item.data)):
        return ending_hint(typed, item.name) if item.data.table is None else ""
    return f'It is saved as {item.name}: no file name holds / \\ : * ? " < > or |, or begins or ends with a dot.'


def _names(data: Sequence[Data]) -> list[str]:
    names: list[str] = []
    taken: set[str] = set()
    for one in data:
        ending = ending_of(one)
        whole = suggested(Path(), one.name, ending) if one.table is None else suggested_table(Path(), one)
        stem = whole.name.removesuffix(ending)
        tries = (f"{stem}{'' if number == 1 else f' {number}'}{ending}" for number in range(1, len(data) + 1))
        name = next(name for name in tries if name.casefold() not in taken)
        taken.add(name.casefold())
        names.append(name)
    return names
