"""Ask for files and folders: the desktop's own dialog, or where it has none Qt's, with the folders one works in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QFileDialog, QHeaderView, QLineEdit, QSplitter, QTreeView, QWidget

from bims_desktop.ui.theme import GRID

_MOST_FOLDERS = 4
_WIDTHS = [GRID * 20, GRID * 72]
"""Of the list of folders, and of the files."""
_ALL = "All files (*)"


def ask_to_open(parent: QWidget, title: str, begin: Path | str, kinds: str = _ALL) -> str:
    """One file that is there; empty where none was chosen.

    Parameters
    ----------
    parent : QWidget
        What asks; it waits.
    title : str
        Of the dialog.
    begin : Path or str
        The folder that is shown first; with a file's name that is suggested. Empty: the last one.
    kinds : str
        The file names that are offered, as Qt writes them: ``Images (*.tif *.tiff);;All files (*)``.
    """
    return next(iter(_asked(_dialog(parent, title, begin, kinds, QFileDialog.FileMode.ExistingFile))), "")


def ask_to_open_several(parent: QWidget, title: str, begin: Path | str, kinds: str = _ALL) -> list[str]:
    """The same for any number of files."""
    return _asked(_dialog(parent, title, begin, kinds, QFileDialog.FileMode.ExistingFiles))


def ask_to_save(parent: QWidget, title: str, begin: Path | str, kinds: str, *, confirm: bool = True) -> str:
    """The same for a file to write; unless we ask in place, the dialog asks to `confirm` that one is replaced."""
    dialog = _dialog(parent, title, begin, kinds, QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not confirm)
    return next(iter(_asked(dialog)), "")


def ask_for_folder(parent: QWidget, title: str, begin: Path | str) -> str:
    """The same for a folder that is there."""
    dialog = _dialog(parent, title, begin, "", QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return next(iter(_asked(dialog)), "")


def _dialog(parent: QWidget, title: str, begin: Path | str, kinds: str, mode: QFileDialog.FileMode) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(mode)
    dialog.setNameFilter(kinds)
    dialog.setSizeGripEnabled(False)  # it lies over the lowest button
    dialog.resize(sum(_WIDTHS), GRID * 56)
    path = Path(begin)
    if path.is_absolute():
        dialog.setDirectory(str(path if path.is_dir() else path.parent))
    if path.name and not path.is_dir():
        dialog.selectFile(path.name)
    return dialog


def _asked(dialog: QFileDialog) -> list[str]:
    theirs = dialog.sidebarUrls()
    dialog.setSidebarUrls(_places(dialog))
    _arrange(dialog)
    chosen = dialog.selectedFiles() if dialog.exec() else []
    dialog.setSidebarUrls(theirs)  # Qt keeps them, for other programs too
    dialog.deleteLater()
    return chosen


def _arrange(dialog: QFileDialog) -> None:
    """Room for what is written, and the theme for the names that it proposes; Qt's own dialog only."""
    for splitter in dialog.findChildren(QSplitter):
        splitter.setSizes(_WIDTHS)
    for files in dialog.findChildren(QTreeView):
        files.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        files.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    sheet = next((widget.styleSheet() for widget in _above(dialog) if widget.styleSheet()), "")
    for line in dialog.findChildren(QLineEdit):
        if (completer := line.completer()) is not None and (names := completer.popup()) is not None:
            names.setStyleSheet(sheet)


def _above(widget: QWidget | None) -> Iterator[QWidget]:
    while widget is not None:
        yield widget
        widget = widget.parentWidget()


def _places(dialog: QFileDialog) -> list[QUrl]:
    """The computer, the own folder, the one that is shown, and those that were shown last."""
    last = [place for place in reversed(dialog.history()) if Path(place).is_dir()]
    folders = dict.fromkeys([str(Path.home()), dialog.directory().absolutePath(), *last])
    return [QUrl("file:"), *map(QUrl.fromLocalFile, list(folders)[:_MOST_FOLDERS])]
