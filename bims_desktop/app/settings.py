"""`Settings`: who the user is, and whose keys the user believes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bims_desktop.errors import BimsError, RecordDamaged
from bims_desktop.files.blobs import write_durably
from bims_desktop.ledger.signing import decode_public
from bims_desktop.model.canonical import parse

FILE = "settings.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose.

    Parameters
    ----------
    agent : str
        Name that records carry; empty until the user gives one.
    organisation : str
        Likewise.
    pinned : tuple of str
        Public keys of others that are believed, as text.
    """

    agent: str = ""
    organisation: str = ""
    pinned: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[bytes, ...]:
        return tuple(decode_public(text) for text in self.pinned)

    @classmethod
    def load(cls, folder: Path) -> Settings:
        """Settings kept in `folder`; defaults where there are none.

        Raises
        ------
        BimsError
            The file is damaged.
        """
        path = folder / FILE
        if not path.is_file():
            return cls()
        try:
            value: Any = parse(path.read_bytes())
            return cls(str(value["agent"]), str(value["organisation"]), tuple(map(str, value["pinned"])))
        except (RecordDamaged, KeyError, TypeError) as error:
            raise BimsError(f"The settings in {path} cannot be read.", "Mend or remove that file.") from error

    def save(self, folder: Path) -> None:
        """Keep these settings in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        write_durably(folder / FILE, json.dumps(asdict(self), indent=2, ensure_ascii=False).encode())
