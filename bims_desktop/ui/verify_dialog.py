"""`VerifyDialog`: Verify Provenance: is a file what was saved, and who says so?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QScrollArea, QSplitter

from bims_desktop.app.verdicts import DerivedVerdicts, Verdicts
from bims_desktop.app.verify import verify
from bims_desktop.errors import BimsError
from bims_desktop.files.folder import inside, readable
from bims_desktop.files.sidecar import is_recorded_table, is_table
from bims_desktop.ledger.signing import fingerprint
from bims_desktop.operations.running import tick
from bims_desktop.ui.destination_form import folder_of
from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.file_dialog import ask_to_open_several
from bims_desktop.ui.focus_order import lead_through
from bims_desktop.ui.icons import icon
from bims_desktop.ui.selected_file import selected_file
from bims_desktop.ui.theme import GRID, assign
from bims_desktop.ui.verdict_card import VerdictCard
from bims_desktop.ui.verdict_table import VerdictTable
from bims_desktop.ui.words import homely, several, tip

if TYPE_CHECKING:
    from bims_desktop.app.home import Home
    from bims_desktop.ui import Desktop

_EMPTY = """Drop saved images, tables or exported pictures here, or choose them below.

Each is checked against the record that it carries, that lies beside it, or that it names. Of a folder it is each of \
its images and recorded tables."""
_KINDS = "Images, tables, pictures (*.tif *.tiff *.csv *.png *.jpg *.jpeg);;All files (*)"
_REPLAY = "Run the steps of this file again and compare what comes of them."
_REPLAY_SHOWN = "Run the steps of an image that this picture shows, and compare what comes of them."
_NO_STEPS = "This file carries no steps to run again."
Answer = Verdicts | BimsError


class VerifyDialog(Dialog):
    """A card for one file; for several a table, and the card of the selected one.

    Parameters
    ----------
    desktop : Desktop
        The window.
    paths : iterable of Path
        What to verify at once.
    """

    _checked = Signal(object, object)

    def __init__(self, desktop: Desktop, paths: Iterable[str | Path] = ()) -> None:
        super().__init__(desktop, "Verify provenance")
        self.answers: list[tuple[Path, Answer]] = []
        self.card: VerdictCard | None = None
        self._row, self._follows = -1, True
        self._keys = {fingerprint(desktop.session.home.agent.public_key): "you"}
        self.table = VerdictTable()
        self.area = QScrollArea(widgetResizable=True)
        self.area.setAccessibleName("What was found out about the file")
        self.add_button, self.clear_button = QPushButton("Choose files…"), QPushButton("Clear")
        self.replay_button, self.close_button = QPushButton("Open in MacroPlayer"), QPushButton("Close")
        self.layer_button = QPushButton("Verify the selected layer")
        self.choice = QMenu(self)
        self._lay_out()
        self._connect()
        self.restyle()
        self.add_button.setFocus()
        self.verify(paths)

    def verify(self, paths: Iterable[str | Path]) -> None:
        """Check files, of a folder those in it, beside the window; each answer shows as it comes."""
        # A folder without any is answered by itself: that it is no image.
        files = list(dict.fromkeys(file for path in map(Path, paths) for file in inside(path, _has_verdicts) or [path]))
        if not files or self.busy:
            self.settle()
            return

        home = self.desktop.session.home
        self._follows = True
        # The button is about to be disabled; Qt would hand its focus, and the next Enter, to the one that closes.
        self.area.setFocus()

        def work() -> None:
            for number, path in enumerate(files):
                tick(number / len(files))
                self._checked.emit(path, _answer(path, home))

        self.start(f"Verifying {several(len(files), 'file')}", work, lambda _: None)

    def settle(self) -> None:
        """Enable what can be done now."""
        self.add_button.setEnabled(not self.busy)
        self.clear_button.setEnabled(bool(self.answers) and not self.busy)
        shown = self.answers[self._row][1] if self.card is not None else None
        playable = bool(self._players())
        self.replay_button.setEnabled(playable)
        self.replay_button.setToolTip(_NO_STEPS if shown is not None and not playable else _REPLAY)
        if playable and isinstance(shown, DerivedVerdicts):
            self.replay_button.setToolTip(_REPLAY_SHOWN)
        self.table.setVisible(len(self.answers) > 1)
        file = selected_file(self.desktop)
        self.layer_button.setVisible(file is not None and file not in self._paths)
        self.layer_button.setEnabled(not self.busy)
        self.layer_button.setToolTip(tip(homely(f"Verify {file}")))

    def restyle(self) -> None:
        """Draw all answers in the colours of the theme."""
        super().restyle()
        self.table.setRowCount(0)
        for path, answer in self.answers:
            self.table.add(path, answer, self.colours)
        self.add_button.setIcon(icon("browse", self.colours.icon))
        self._show(self._row)

    def clear(self) -> None:
        """Forget all answers."""
        self.answers.clear()
        self.restyle()
        self.settle()
        self.add_button.setFocus()

    def drop(self, paths: list[Path]) -> None:
        """Verify what was dropped."""
        self.verify(paths)

    def _lay_out(self) -> None:
        self.setAcceptDrops(True)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.table)
        splitter.addWidget(self.area)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(GRID)
        splitter.setSizes([GRID * 22, GRID * 50])
        self.page.addWidget(splitter, 1)
        self.add_button.setToolTip("Choose files to verify; dropping them works too.")
        self.clear_button.setToolTip("Forget these answers.")
        assign(self.add_button, "primary")
        # The one that comes and goes stands first, so that none moves under the mouse.
        self.add_footer(self.layer_button, self.close_button, self.clear_button, self.replay_button, self.add_button)

    def _connect(self) -> None:
        self._checked.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self.table.itemSelectionChanged.connect(self._show_selected)
        self.add_button.clicked.connect(self._choose)
        self.layer_button.clicked.connect(self._verify_layer)
        self.clear_button.clicked.connect(self.clear)
        self.replay_button.clicked.connect(self._replay)
        self.close_button.clicked.connect(self.close)

    def _take(self, path: Path, answer: Answer) -> None:
        """Show an answer, unless the person looks at another one meanwhile; a file that stands there keeps its row."""
        row = self._paths.index(path) if path in self._paths else len(self.answers)
        self.answers[row:] = [(path, answer), *self.answers[row + 1 :]]
        if row < self.table.rowCount():
            self.table.put(row, path, answer, self.colours)
        else:
            self.table.add(path, answer, self.colours)
        if self._follows or row == self._row:
            self._show(row)
        self.settle()

    @property
    def _paths(self) -> list[Path]:
        return [path for path, _ in self.answers]

    def _show(self, row: int) -> None:
        if not 0 <= row < len(self.answers):
            self.card, self._row = None, -1
            empty = QLabel(_EMPTY, wordWrap=True)
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            assign(empty, "quiet")
            self.area.setWidget(empty)
            self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            return
        self._row = row
        path, answer = self.answers[row]
        self.card = VerdictCard(path, answer, self.colours, self._keys, self._better(answer))
        self.card.wanted.connect(lambda better: self.verify([better]))
        self.area.setWidget(self.card)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that keys scroll a long card
        lead_through(self.area, self.card)
        self.table.selectRow(row)
        self.settle()

    def _show_selected(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and rows[0].row() != self._row and rows[0].row() < len(self.answers):
            self._follows = False
            self._show(rows[0].row())

    def _better(self, answer: Answer) -> Path | None:
        """A file of the record that took the place of another, where this computer knows one that is there."""
        record = answer.successor if isinstance(answer, Verdicts) else ""
        files = self.desktop.session.home.files_of(record, "") if record else ()
        return next((path for path in files if path.is_file()), None)

    def _verify_layer(self) -> None:
        if (path := selected_file(self.desktop)) is not None:
            self.verify([path])

    def _choose(self) -> None:
        self.verify(ask_to_open_several(self, "Verify", folder_of(self.desktop.session), _KINDS))

    def _players(self) -> list[Path]:
        """The files whose steps can run: the one that is shown, or the images that a picture shows."""
        path, answer = self.answers[self._row] if self.card is not None else (Path(), None)
        if isinstance(answer, DerivedVerdicts):
            return [one.files[0] for one in answer.shown if one.files]
        return [path] if isinstance(answer, Verdicts) and answer.has_macro else []

    def _replay(self) -> None:
        files = self._players()
        if len(files) == 1:
            self._play(files[0])
            return
        self.choice.clear()
        for path in files:
            self.choice.addAction(path.name).triggered.connect(partial(self._play, path))
        self.choice.popup(self.replay_button.mapToGlobal(QPoint(0, -self.choice.sizeHint().height())))

    def _play(self, path: Path, *_: object) -> None:
        from bims_desktop.ui.macro_player import open_macro_player

        open_macro_player(self.desktop, path)


def _has_verdicts(path: Path) -> bool:
    return readable(path) or (is_table(path) and is_recorded_table(path))


def _answer(path: Path, home: Home) -> Answer:
    """The verdicts, or why there are none; one bad file does not stop the others."""
    try:
        return verify(path, home=home)
    except BimsError as error:
        return error


def open_verify_dialog(desktop: Desktop, paths: Iterable[str | Path] = ()) -> VerifyDialog:
    """Show the dialog, verifying `paths`; the window stays usable."""
    dialog = VerifyDialog(desktop, paths)
    dialog.show()
    return dialog
