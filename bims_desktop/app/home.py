"""`Home`: the user's own folder with settings, keys, the local ledger, sessions and known inputs."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from bims_desktop.app.seen import Sighting, note_down, sightings
from bims_desktop.app.settings import Settings
from bims_desktop.errors import LedgerError
from bims_desktop.ledger.keeper import open_log
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.signing import Ed25519Signer, load_or_create

if TYPE_CHECKING:
    from bims_desktop.app.carrier import Carrier


class Home:
    """Folder of one user.

    Parameters
    ----------
    folder : Path, optional
        Default: what the environment variable ``BIMS_HOME`` names, else the user's data folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        named = os.environ.get("BIMS_HOME")
        self.folder = folder or (Path(named) if named else user_data_path("bims-desktop"))
        self._carrier: Carrier | None = None

    @cached_property
    def settings(self) -> Settings:
        return Settings.load(self.folder)

    @cached_property
    def agent(self) -> Ed25519Signer:
        """The key that signs the user's records."""
        return load_or_create("agent", self.folder / "keys")

    @property
    def log_signer(self) -> Ed25519Signer:
        """The key that is kept for the local log now; `log_keys` are all that ever signed it."""
        return load_or_create("log", self.folder / "keys")

    @cached_property
    def ledger(self) -> LocalLog:
        """The local log, opened once and kept open."""
        return open_log(self.log_file, self.folder / "keys")

    @property
    def log_file(self) -> Path:
        """The local log's database, made when the ledger is first used."""
        return self.folder / "ledger" / "log.sqlite"

    @property
    def log_keys(self) -> tuple[bytes, ...]:
        """Keys that ever signed the local log; where none can be read, the one that is kept for it."""
        if self.log_file.exists():
            with suppress(LedgerError):  # whoever asks the log itself is told what is wrong with it
                return self.ledger.keys
        return (self.log_signer.public_key,)

    @property
    def carrier(self) -> Carrier | None:
        """What takes the log to the consortium that the settings name now; None where they name none."""
        fabric = self.settings.fabric
        if self._carrier is not None and self._carrier.fabric != fabric:
            self._carrier.close()
            self._carrier = None
        if self._carrier is None and fabric is not None:
            from bims_desktop.app.carrier import Carrier

            self._carrier = Carrier(self, fabric)
        return self._carrier

    @property
    def sessions(self) -> Path:
        return self.folder / "sessions"

    @property
    def pinned(self) -> tuple[bytes, ...]:
        """Keys that are believed: the user's own and those named in the settings."""
        return (self.agent.public_key, *self.log_keys, *self.settings.keys)

    def remember_input(self, digest: str, path: Path) -> None:
        """Note where pixels, or a record, of this digest were seen, as a hint for a later replay."""
        with suppress(OSError):  # where it cannot be kept, a later replay asks the person
            note_down(self._note(digest), path)

    def seen_inputs(self, digest: str) -> tuple[Sighting, ...]:
        """Files that held pixels of this digest, those first that were not changed since, then the newest."""
        found = sightings(self._note(digest))
        return tuple(sorted(found, key=lambda seen: not seen.unchanged()))

    def seen_input(self, digest: str) -> Path | None:
        """Where pixels of this digest were last seen."""
        return next((seen.path for seen in self.seen_inputs(digest)), None)

    def files_of(self, record: str, subject: str) -> tuple[Path, ...]:
        """Files by which this computer knows a record: those that carried it, else those that held its subject.

        Another record may be of the same pixels, so that what is known of the record itself comes first.
        """
        digests = (digest for digest in (record, subject) if digest)
        return next((tuple(one.path for one in seen) for digest in digests if (seen := self.seen_inputs(digest))), ())

    def close(self) -> None:
        """Cease to carry, and close the ledger if it was opened."""
        if self._carrier is not None:
            self._carrier.close()
            self._carrier = None
        if "ledger" in self.__dict__:
            self.ledger.close()
            del self.__dict__["ledger"]

    def _note(self, digest: str) -> Path:
        return self.folder / "inputs" / digest.removeprefix("sha256:")
