"""The last checkpoint that was seen of a log, kept outside its database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger import keystore


class LastSeen:
    """A file with one signed checkpoint, replaced whole.

    It notices a database that was put back to an older state. Who can put back the
    database can put back this file too: it guards against backups and sync programs.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> str | None:
        """The checkpoint, None before there is any."""
        return keystore.read_text(self.path) if self.path.exists() else None

    def forget(self) -> None:
        """Remove the checkpoint: another log comes to stand beside this file."""
        self.path.unlink(missing_ok=True)

    def write(self, note: str) -> None:
        """Replace the checkpoint; it is on the disk when this answers.

        Raises
        ------
        LedgerUnavailable
            The folder cannot be written.
        """
        temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        try:
            try:
                with temporary.open("x", encoding="utf-8", newline="\n") as file:
                    file.write(note)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(self.path)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise LedgerUnavailable(
                f"{self.path} cannot be written: {error}.", "Check the disk and its rights."
            ) from error
