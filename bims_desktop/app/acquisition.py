"""`Description`: how an image was taken, as far as file and people say, and what is missing to take it again."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bims_desktop.app.acquisition_checklist import Item, Level, checklist
from bims_desktop.app.acquisition_facts import Fact, facts
from bims_desktop.app.acquisition_notes import MEMBER, Note, Notes, read_notes, write_notes
from bims_desktop.app.inputs import Input
from bims_desktop.app.source import is_image, read_record
from bims_desktop.errors import NoRecord, RecordDamaged
from bims_desktop.files.readers import read
from bims_desktop.model.image import Image
from bims_desktop.provenance.recorder import utc_now

if TYPE_CHECKING:
    from bims_desktop.app.session import Session

Answer = Literal["in the file", "by hand", "missing"]


class Line(NamedTuple):
    """A line of the vendor's text, and its number from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one item: from the file, by hand, both, or nothing."""

    item: Item
    fact: Fact | None
    note: Note | None

    @property
    def answer(self) -> Answer:
        if self.fact:
            return "in the file"
        return "by hand" if self.note else "missing"


@dataclass(frozen=True, slots=True)
class Description:
    """How one image was taken.

    Parameters
    ----------
    name : str
        Of the file.
    entries : tuple of Entry
        One for each item of the checklist that makes sense for the image.
    raw : str
        The vendor's text, word for word.
    """

    name: str
    entries: tuple[Entry, ...]
    raw: str

    def missing(self, level: Level) -> tuple[Item, ...]:
        """What nobody said yet."""
        return tuple(e.item for e in self.entries if e.answer == "missing" and e.item.level == level)

    def search(self, text: str) -> tuple[Line, ...]:
        """The lines of the vendor's text that hold `text`, in any case."""
        wanted = text.casefold()
        lines = enumerate(self.raw.splitlines(), 1)
        return tuple(Line(number, line) for number, line in lines if wanted in line.casefold())


def describe(
    fields: dict[str, Any],
    raw: str,
    image: Image | None,
    notes: Notes | None = None,
    name: str = "",
    calibration: str = "calibration",
) -> Description:
    """Hold what a file and its person say against the checklist.

    Parameters
    ----------
    fields : dict
        As `Acquisition.fields`.
    raw : str
        The vendor's text.
    image : Image, optional
        For its axes, kind and calibration.
    notes : Notes, optional
        What was filled in by hand.
    name : str
        Of the file.
    calibration : str
        What to call the place where pixel sizes come from.

    Examples
    --------
    >>> found = describe({"objective": [{"LensNA": "1.4"}]}, "", None)
    >>> [(e.item.title, e.fact.text) for e in found.entries if e.fact]
    [('Numerical aperture', '1.4')]
    """
    known = {fact.item: fact for fact in facts(fields, raw, image, calibration)}
    said = notes or Notes()
    items = (item for item in checklist() if item.concerns(image))
    return Description(name, tuple(Entry(item, known.get(item.id), said.of(item.id)) for item in items), raw)


def describe_file(path: str | PathLike[str]) -> tuple[Description, ...]:
    """The description of a raw file; of a saved one those of its inputs, as its record has them.

    Raises
    ------
    UnreadableFile, FileTooLarge
        It is no image that can be read.
    RecordDamaged
        Its record cannot be read.
    """
    path = Path(path)
    opened = read(path)
    try:
        inputs = read_record(path).content["inputs"] if is_image(path) else []
    except NoRecord:
        inputs = []
    if not inputs:
        return (describe(opened.acquisition.fields, opened.acquisition.raw, opened.image, name=path.name),)
    return tuple(_of_record(given, opened.image) for given in inputs)


def describe_input(session: Session, source: Input, image: Image | None = None) -> Description:
    """The description of an input of a session, with what was filled in there.

    Parameters
    ----------
    session : Session
        Where it was opened.
    source : Input
        As in ``session.inputs``.
    image : Image, optional
        Its pixels' calibration.
    """
    notes = read_notes(session.folder, source.digest)
    return describe(source.acquisition.fields, source.acquisition.raw, image, notes, source.name)


def fill_in(session: Session, source: Input, item: str, text: str) -> Notes:
    """Say by hand what an input's file does not, in the name of the settings; an empty text takes it back.

    Raises
    ------
    BadParameter
        There is no such item, or the text does not fit it.
    SaveFailed
        The session's folder cannot be written.
    """
    agent = session.home.settings.agent
    notes = read_notes(session.folder, source.digest).fill_in(item, text, agent, utc_now())
    write_notes(session.folder, source.digest, notes)
    return notes


def _of_record(given: Any, image: Image) -> Description:
    try:
        fields = dict(given["acquisition"])
        raw = base64.b64decode(given["vendor"] or "", validate=True).decode("utf-8", "replace")
        notes = Notes.from_json(fields.pop(MEMBER, []))
        return describe(fields, raw, image, notes, str(given["file"]), "calibration of the saved image")
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise RecordDamaged("An input of the record cannot be read.", "Use an undamaged copy.") from error
