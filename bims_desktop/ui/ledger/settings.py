"""`LedgerSettings`: who signs, and where records are kept besides this computer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bims_desktop.app.consortium import Check, test_connection
from bims_desktop.app.settings import Fabric, Settings
from bims_desktop.ledger.public_key import encode_public
from bims_desktop.operations.running import tick
from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.icons import icon
from bims_desktop.ui.labelled import label_for
from bims_desktop.ui.ledger.certificate import validity
from bims_desktop.ui.ledger.check_list import CheckList
from bims_desktop.ui.ledger.consortium_form import ConsortiumForm
from bims_desktop.ui.pane import pane, quiet, scrolled
from bims_desktop.ui.theme import GRID, assign

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_LOCAL = "This computer: a ledger of its own that works without a network. It is always written first."
_NO_TEST = """Test connection tries, one after the other: your files, the certificate, the clock, every peer, \
the contract, your role, and a second organisation.

Nothing is written to the consortium's ledger."""
_NO_CONSORTIUM = """Tick the consortium on the left if your laboratory takes part in one, then test the connection here.

Without one, everything works too: records are kept and proven on this computer."""


class LedgerSettings(Dialog):
    """The person on top, where records go below, the test of the connection beside it.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    _checked = Signal(object)

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop, "Ledger settings")
        self._home = desktop.session.home
        settings = self._home.settings
        self.agent, self.organisation = QLineEdit(settings.agent), QLineEdit(settings.organisation)
        self.public_key = QLineEdit(encode_public(self._home.agent.public_key, "bims-desktop/agent"), readOnly=True)
        self.public_key.setCursorPosition(0)
        self.copy_button = QPushButton("Copy")
        self.consortium = QCheckBox("Consortium (Hyperledger Fabric): other laboratories keep them too")
        self.form = ConsortiumForm(settings.fabric, self.colours)
        self.checks = CheckList(self.colours, _NO_TEST)
        self.save_button, self.close_button = QPushButton("Save"), QPushButton("Close")
        self.test_button = QPushButton("Test connection")
        self.consortium.setChecked(settings.fabric is not None)
        self.consortium.setToolTip("Every record is carried there in the background; it is kept here all the same.")
        self._lay_out()
        self._connect()
        self.restyle()
        self.settle()
        self._read_certificate()

    @property
    def fabric(self) -> Fabric | None:
        """The consortium as it stands there now; None where none is ticked."""
        return self.form.fabric if self.consortium.isChecked() else None

    def test(self) -> None:
        """Try the connection, beside the window; each check shows as it comes."""
        fabric = self.form.fabric
        self.checks.clear()

        def work() -> None:
            for check in _checks(fabric):
                self._checked.emit(check)

        self.start("Testing the connection", work, lambda _: None)

    def save(self) -> None:
        """Keep what stands there, and begin to carry, or end it."""
        home = self._home
        agent, organisation = self.agent.text().strip(), self.organisation.text().strip()
        settings = replace(home.settings, agent=agent, organisation=organisation, fabric=self.fabric)
        self.start("Keeping the settings", lambda: settings.save(home.folder), lambda _: self._saved(settings))

    def settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        chosen = self.consortium.isChecked()
        problem = self.form.problem() if chosen else ""
        self.form.setEnabled(chosen)
        self.checks.empty.setText(_NO_TEST if chosen else _NO_CONSORTIUM)
        self.test_button.setEnabled(chosen and not problem and not self.busy)
        self.test_button.setToolTip(problem or "Try everything that a save will need, one after the other.")
        self.save_button.setEnabled(not problem and not self.busy)
        self.save_button.setToolTip(problem or "Keep these settings.")
        if problem:
            self.notice.say(problem)

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.form.restyle(self.colours)
        self.checks.restyle(self.colours)
        self.copy_button.setIcon(icon("copy", self.colours.icon))

    def drop(self, paths: list[Path]) -> None:
        """Profile, certificate and key find their places by themselves."""
        self.consortium.setChecked(True)
        self.form.take(paths)

    def _lay_out(self) -> None:
        self.setAcceptDrops(True)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(pane("You", self._person(), end=True))
        column.addWidget(pane("Where records are kept", quiet(_LOCAL), self.consortium, self.form, end=True), 1)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(scrolled(left), 3)
        row.addWidget(pane("Connection", scrolled(self.checks, "What the test of the connection found")), 2)
        self.page.addLayout(row, 1)
        assign(self.save_button, "primary")
        self.add_footer(self.close_button, self.test_button, self.save_button)
        self.save_button.setDefault(True)

    def _person(self) -> QWidget:
        person = QWidget()
        grid = QGridLayout(person)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.agent.setPlaceholderText("Your name, as others will read it")
        self.organisation.setPlaceholderText("Your laboratory or institute")
        self.copy_button.setAutoDefault(False)
        self.copy_button.setToolTip("Copy your public key, to give it to those who shall believe your records.")
        key = "Others put this into their settings to know that a record is yours. It is no secret."
        grid.addWidget(label_for(self.agent, "Name", "Stands in every record that you save."), 0, 0)
        grid.addWidget(self.agent, 0, 1)
        grid.addWidget(label_for(self.organisation, "Organisation", "Stands beside your name."), 0, 2)
        grid.addWidget(self.organisation, 0, 3)
        grid.addWidget(label_for(self.public_key, "Public key", key), 1, 0)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.public_key, 1)
        row.addWidget(self.copy_button)
        grid.addLayout(row, 1, 1, 1, 3)
        return person

    def _connect(self) -> None:
        self._checked.connect(self.checks.add, Qt.ConnectionType.QueuedConnection)
        self.consortium.toggled.connect(self._edited)
        self.form.changed.connect(self._edited)
        self.form.certificate.changed.connect(self._read_certificate)
        self.copy_button.clicked.connect(self._copy)
        self.test_button.clicked.connect(self.test)
        self.save_button.clicked.connect(self.save)
        self.close_button.clicked.connect(self.close)

    def _edited(self) -> None:
        """What was tested is no longer what stands there."""
        self.notice.clear()
        self.checks.clear()
        self.settle()

    def _read_certificate(self) -> None:
        """Whose it is and for how long; said as soon as it is chosen, not when it has expired."""
        path = self.form.certificate.path
        if path is None or not path.is_file():
            self.form.tell_certificate("unknown", "")
            return

        def show(said: tuple[str, str]) -> None:
            if self.form.certificate.path == path:
                self.form.tell_certificate(*said)

        self.desktop.jobs.start(f"Reading {path.name}", lambda: validity(path), show, self.fail)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.public_key.text())
        self.notice.say("Your public key is on the clipboard.", "good")

    def _saved(self, settings: Settings) -> None:
        self._home.settings = settings
        self.desktop.consortium.carry()
        self.desktop.notifier.show_info("The ledger's settings are kept.")
        self.close()


def _checks(fabric: Fabric) -> Iterator[Check]:
    for number, check in enumerate(test_connection(fabric), 1):
        tick(1 - 0.75**number)  # how many peers there are is known only once the profile is read
        yield check


def open_ledger_settings(desktop: Desktop) -> LedgerSettings:
    """Show the settings; the window stays usable."""
    dialog = LedgerSettings(desktop)
    dialog.show()
    return dialog
