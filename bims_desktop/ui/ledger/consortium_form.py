"""`ConsortiumForm`: how a laboratory takes part in a consortium's ledger, as files and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QWidget

from bims_desktop.app.settings import Fabric
from bims_desktop.errors import BimsError
from bims_desktop.ui.choices import Choice
from bims_desktop.ui.file_box import FileBox
from bims_desktop.ui.labelled import label_for
from bims_desktop.ui.theme import GRID, Palette, assign

_CARRY = {
    "every record, one by one": "records",
    "checkpoints of this ledger, for many records an hour": "anchors",
    "both": "records and anchors",
}
_PEM = "Certificates and keys (*.pem *.crt *.cer *.key *_sk);;All files (*)"
_PROFILES = "Profiles (*.json *.yaml *.yml)"
_PROFILE_SUFFIXES = (".json", ".yaml", ".yml")
_GLYPHS = {"good": "✓", "unknown": "▲", "bad": "✕"}
_MOST_READ = 64 * 1024


class ConsortiumForm(QWidget):
    """Three files, an organisation, and what is carried.

    Signals
    -------
    changed : no value
        Something was typed or chosen.
    """

    changed = Signal()

    def __init__(self, fabric: Fabric | None, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.profile = FileBox("Connection profile", _PROFILES, "JSON or YAML file; drop it here")
        self.certificate = FileBox("Certificate", _PEM, "PEM file that names you")
        self.key = FileBox("Private key", _PEM, "PEM file that nobody else can read")
        self.msp, self.channel, self.chaincode = QLineEdit(), QLineEdit(), QLineEdit()
        self.collection, self.carry = QLineEdit(), Choice()
        self.note = QLabel(wordWrap=True, indent=0)
        self.keep_contents = QCheckBox("Keep whole records there, so that lost ones can be had back")
        self.earlier = QCheckBox("Carry what this computer's ledger holds already, too")
        self._before = fabric or Fabric("", "", "", "")
        self._prepare()
        self._lay_out()
        if fabric is not None:
            self._show(fabric)
        self._connect()
        self.restyle(palette)

    @property
    def fabric(self) -> Fabric:
        """What stands there now; what has no editor stays as it was.

        Raises
        ------
        BimsError
            The private key itself was put in the place of its file.
        """
        return replace(
            self._before,
            profile=self.profile.line.text().strip(),
            msp=self.msp.text().strip(),
            certificate=self.certificate.line.text().strip(),
            key=self.key.line.text().strip(),
            channel=self.channel.text().strip(),
            chaincode=self.chaincode.text().strip(),
            collection=self.collection.text().strip(),
            carry=self.carry.currentData(),
            keep_contents=self.keep_contents.isChecked(),
            since="" if self.earlier.isChecked() else self._before.since or _now(),
        )

    def problem(self) -> str:
        """Why it cannot be used, as a sentence; empty where it can be tried."""
        for box in self._boxes:
            if problem := box.problem():
                return problem
        if not self.msp.text().strip():
            return "Name your organisation as the consortium knows it, such as Org1MSP."
        try:
            self.fabric  # noqa: B018  it checks itself
        except BimsError as error:
            return str(error)
        return ""

    def tell_certificate(self, state: str, text: str) -> None:
        """Say below the certificate whose it is, and for how long; empty says nothing."""
        self.note.setText(f"{_GLYPHS[state]} {text}")
        assign(self.note, state)
        self.note.setVisible(bool(text))

    def take(self, paths: Sequence[Path]) -> None:
        """Put dropped files where they belong, by what they hold."""
        for path in paths:
            box = self._box_for(path)
            if box is not None:
                box.choose(path)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        for box in self._boxes:
            box.restyle(palette)

    @property
    def _boxes(self) -> tuple[FileBox, ...]:
        return self.profile, self.certificate, self.key

    def _prepare(self) -> None:
        for text, value in _CARRY.items():
            self.carry.addItem(text, value)
        self.msp.setPlaceholderText("Such as Org1MSP")
        for line in (self.channel, self.chaincode):
            line.setPlaceholderText("As the profile says")
        self.collection.setPlaceholderText("Empty: all can read them")
        self.keep_contents.setChecked(True)
        self.keep_contents.setToolTip("Otherwise only their fingerprints go there: provable, but not recoverable.")
        self.earlier.setChecked(True)
        self.earlier.setToolTip("Otherwise only what is saved from now on goes there; the rest stays on this computer.")

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self._lay_out_files(grid)
        self._lay_out_names(grid)
        grid.addWidget(label_for(self.carry, "Carry", "What goes there in the background after each save."), 6, 0)
        for row, editor in enumerate((self.carry, self.keep_contents, self.earlier), 6):
            grid.addWidget(editor, row, 1, 1, 3)

    def _lay_out_files(self, grid: QGridLayout) -> None:
        files = (
            (self.profile, "Profile", "Addresses and roots of the network; whoever runs it hands it out."),
            (self.certificate, "Certificate", "Your own, from your organisation's certificate authority."),
            (self.key, "Private key", "Belongs to the certificate. It stays where it is and is never sent."),
        )
        for row, (box, text, help) in zip((0, 1, 3), files, strict=True):
            grid.addWidget(label_for(box.line, text, help), row, 0)
            grid.addWidget(box, row, 1, 1, 3)
        grid.addWidget(self.note, 2, 1, 1, 3)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.hide()

    def _lay_out_names(self, grid: QGridLayout) -> None:
        names = (
            (self.msp, "Organisation", "The identifier of your organisation's membership service (MSP)."),
            (self.channel, "Channel", "The ledger of the network that is used."),
            (self.chaincode, "Contract", "The name under which the contract was installed (chaincode)."),
            (self.collection, "Private in", "A private collection: only its member organisations read the contents."),
        )
        for place, (editor, text, help) in enumerate(names):
            row, column = 4 + place // 2, 2 * (place % 2)
            grid.addWidget(label_for(editor, text, help), row, column)
            grid.addWidget(editor, row, column + 1)
        self.msp.setAccessibleName("Organisation in the consortium")

    def _connect(self) -> None:
        for file in self._boxes:
            file.changed.connect(self.changed)
        for line in (self.msp, self.channel, self.chaincode, self.collection):
            line.textChanged.connect(self.changed)
        self.carry.currentIndexChanged.connect(self.changed)
        self.carry.currentIndexChanged.connect(self._settle)
        for box in (self.keep_contents, self.earlier):
            box.toggled.connect(self.changed)
        self.keep_contents.toggled.connect(self._settle)
        self._settle()

    def _settle(self) -> None:
        records = self.carry.currentData() != "anchors"
        self.keep_contents.setEnabled(records)
        self.collection.setEnabled(records and self.keep_contents.isChecked())

    def _show(self, fabric: Fabric) -> None:
        for box, text in zip(self._boxes, (fabric.profile, fabric.certificate, fabric.key), strict=True):
            box.line.setText(text)
        self.msp.setText(fabric.msp)
        self.channel.setText(fabric.channel)
        self.chaincode.setText(fabric.chaincode)
        self.collection.setText(fabric.collection)
        self.carry.setCurrentIndex(self.carry.findData(fabric.carry))
        self.keep_contents.setChecked(fabric.keep_contents)
        self.earlier.setChecked(not fabric.since)

    def _box_for(self, path: Path) -> FileBox | None:
        if path.suffix.lower() in _PROFILE_SUFFIXES:
            return self.profile
        try:
            with path.open("rb") as file:
                text = file.read(_MOST_READ)
        except OSError:
            return None
        if b"PRIVATE KEY-----" in text:
            return self.key
        return self.certificate if b"CERTIFICATE-----" in text else None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
