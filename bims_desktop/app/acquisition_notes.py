"""What a person filled in by hand about an acquisition, kept apart from what the file says and marked as such."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bims_desktop.app.acquisition_checklist import checklist, item
from bims_desktop.errors import BadParameter, BimsError, RecordDamaged, SaveFailed
from bims_desktop.files.blobs import write_durably
from bims_desktop.model.canonical import Json, canonical, parse

FILE = "acquisition.json"
MEMBER = "by_hand"
LONGEST = 2000
MAX_NOTES = 200


@dataclass(frozen=True, slots=True)
class Note:
    """One value that was filled in by hand.

    Parameters
    ----------
    item : str
        Id of the checklist's item.
    text : str
        One line.
    agent : str
        Who says so, by the name of the settings; may be empty.
    when : str
        UTC, ``2026-11-21T14:05:00Z``.

    Raises
    ------
    BadParameter
        Empty, too long, more than a line, or no address where a link belongs.
    """

    item: str
    text: str
    agent: str
    when: str

    def __post_init__(self) -> None:
        if not self.text.strip() or len(self.text) > LONGEST:
            raise BadParameter(f"{self.item} takes 1 to {LONGEST} characters.", "Shorten it, or leave it out.")
        if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in "".join(asdict(self).values())):
            raise BadParameter(f"{self.item} takes one line of plain text.", "Remove what is no character.")
        known = item(self.item)
        if known and known.kind == "link" and urlsplit(self.text).scheme not in ("http", "https"):
            raise BadParameter(f"{known.title} takes a link.", f"Give it as {known.example}.")


@dataclass(frozen=True, slots=True)
class Notes:
    """All that was filled in for one input; at most one note an item.

    Examples
    --------
    >>> notes = Notes().fill_in("specimen", "HeLa Kyoto", "A. Robert", "2026-11-21T14:05:00Z")
    >>> notes.of("specimen").text, notes.of("medium")
    ('HeLa Kyoto', None)
    """

    notes: tuple[Note, ...] = ()

    def of(self, id: str) -> Note | None:
        """The note of an item."""
        return next((note for note in self.notes if note.item == id), None)

    def fill_in(self, id: str, text: str, agent: str, when: str) -> Notes:
        """These notes with another value of an item; an empty text takes it away.

        Raises
        ------
        BadParameter
            There is no such item, or the text does not fit it.
        """
        if (known := item(id)) is None:
            raise BadParameter(f"The checklist has no item {id!r}.", f"It has {', '.join(i.id for i in checklist())}.")
        others = tuple(note for note in self.notes if note.item != id)
        text = text.strip()
        # Asked of who fills it in now; the notes of a record stand as they were signed.
        if text and known.kind == "number" and not any(map(str.isdecimal, text)):
            raise BadParameter(f"A number is expected: {known.title}.", f"Give it as {known.example}.")
        return Notes((*others, Note(id, text, agent, when)) if text else others)

    def to_json(self) -> list[Json]:
        """As a record and the session hold them."""
        return [asdict(note) for note in sorted(self.notes, key=lambda note: note.item)]

    @classmethod
    def from_json(cls, told: Any) -> Notes:
        """Notes as somebody else may have written them.

        Raises
        ------
        RecordDamaged
            They are none.
        """
        try:
            if len(told) > MAX_NOTES:
                raise RecordDamaged("There are more notes than items.", "They may be made to harm.")
            rows = [{name: str(row[name]) for name in Note.__slots__} for row in told]
            return cls(tuple({row["item"]: Note(**row) for row in rows}.values()))
        except (KeyError, TypeError, BadParameter) as error:
            raise RecordDamaged(f"What was filled in by hand cannot be read: {error}.", "Fill it in anew.") from error


def kept_notes(folder: Path, digest: str) -> Notes | None:
    """What the session in `folder` keeps for the image of that pixel digest; None where it was never touched.

    Raises
    ------
    BimsError
        The session's file is damaged.
    """
    told = _read(folder).get(digest)
    return None if told is None else Notes.from_json(told)


def write_notes(folder: Path, notes: Mapping[str, Notes]) -> None:
    """Keep the notes of images, by their digests, in the session in `folder`, none too; durable when this answers.

    Raises
    ------
    SaveFailed
        The folder cannot be written.
    """
    inputs = {**_read(folder), **{digest: each.to_json() for digest, each in notes.items()}}
    try:
        write_durably(folder / FILE, canonical({"inputs": inputs, "v": 1}))
    except OSError as error:
        raise SaveFailed(f"Notes could not be kept in {folder}: {error.strerror}.", "Free some space.") from error


def _read(folder: Path) -> Mapping[str, Any]:
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        told: Any = parse(path.read_bytes())
        inputs: dict[str, Any] = dict(told["inputs"])
    except (RecordDamaged, KeyError, TypeError, ValueError) as error:
        raise BimsError(f"The notes in {path} cannot be read.", "Mend or remove that file.") from error
    return inputs
