"""`Description`: how an image was taken, as far as file and people say, and what is missing to take it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from bims_desktop.app.acquisition_checklist import Item, Level, checklist
from bims_desktop.app.acquisition_facts import Fact, facts
from bims_desktop.app.acquisition_notes import Note, Notes, write_notes
from bims_desktop.app.acquisition_raw import RawImage, images_in, raw_images
from bims_desktop.app.acquisition_text import readable
from bims_desktop.app.source import is_image, read_record
from bims_desktop.errors import NoRecord
from bims_desktop.files.readers import read
from bims_desktop.model.image import Image
from bims_desktop.provenance.recorder import utc_now

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.session import Session

Answer = Literal["in the file", "by hand", "missing"]


class Line(NamedTuple):
    """A line of the vendor's text as it is read, and its number from 1."""

    number: int
    text: str


class Source(NamedTuple):
    """A raw image behind a layer, and the image that was opened for it, for its axes and calibration."""

    raw: RawImage
    opened: Image


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


@dataclass(frozen=True)
class Description:
    """How one raw image was taken.

    Parameters
    ----------
    source : RawImage
        Which.
    entries : tuple of Entry
        One for each item of the checklist that makes sense for the image.
    """

    source: RawImage
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """Of the file."""
        return self.source.name

    @property
    def raw(self) -> str:
        """The vendor's text, word for word."""
        return self.source.acquisition.raw

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The vendor's text in lines that can be read."""
        return tuple(Line(number, line) for number, line in enumerate(readable(self.raw), 1))

    @property
    def answered(self) -> int:
        """How many of the items somebody said."""
        return sum(entry.answer != "missing" for entry in self.entries)

    def missing(self, level: Level) -> tuple[Item, ...]:
        """What nobody said yet."""
        return tuple(e.item for e in self.entries if e.answer == "missing" and e.item.level == level)

    def search(self, text: str) -> tuple[Line, ...]:
        """The lines of the vendor's text that hold `text`, in any case."""
        wanted = text.casefold()
        return tuple(line for line in self.lines if wanted in line.text.casefold())


def describe(
    source: RawImage, image: Image | None, notes: Notes | None = None, calibration: str = "calibration"
) -> Description:
    """Hold what a file and its person say against the checklist.

    Parameters
    ----------
    source : RawImage
        What the file says.
    image : Image, optional
        For its axes, kind and calibration.
    notes : Notes, optional
        What was filled in by hand; by default what an earlier session did.
    calibration : str
        What to call the place where pixel sizes come from.

    Examples
    --------
    >>> from bims_desktop.files.acquisition import Acquisition
    >>> cells = RawImage("sha256:…", "cells.tif", Acquisition({"objective": [{"LensNA": "1.4"}]}))
    >>> found = describe(cells, None)
    >>> [(e.item.title, e.fact.text) for e in found.entries if e.fact]
    [('Numerical aperture', '1.4')]
    """
    told = source.acquisition
    known = {fact.item: fact for fact in facts(told.fields, told.raw, image, calibration)}
    said = source.notes if notes is None else notes
    items = (item for item in checklist() if item.concerns(image))
    return Description(source, tuple(Entry(item, known.get(item.id), said.of(item.id)) for item in items))


def describe_file(path: str | PathLike[str]) -> tuple[Description, ...]:
    """The description of a raw file; of a saved one those of the raw images behind it, as its record has them.

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
        images = images_in(read_record(path).content["inputs"], path.name) if is_image(path) else ()
    except NoRecord:
        images = ()
    return tuple(
        describe(each, opened.image, calibration=_place(each))
        for each in images or (RawImage("", path.name, opened.acquisition),)
    )


def sources_of(session: Session, data: Data) -> tuple[Source, ...]:
    """The raw images that `data` comes from, each once; empty where it comes from no file."""
    loaded = (version for action in session.explain(data).kept.actions for version in action.writes)
    found: dict[str, Source] = {}
    for version in loaded:
        for raw in raw_images(session.inputs[version]) if version in session.inputs else ():
            found.setdefault(raw.digest, Source(raw, session.data(version).image))
    return tuple(found.values())


def describe_source(session: Session, source: Source) -> Description:
    """The description of a raw image, with what was filled in there.

    Raises
    ------
    BimsError
        The session's notes are damaged.
    """
    return describe(source.raw, source.opened, source.raw.notes_in(session.folder), _place(source.raw))


def describe_data(session: Session, data: Data) -> tuple[Description, ...]:
    """The descriptions of all `sources_of` `data`."""
    return tuple(describe_source(session, source) for source in sources_of(session, data))


def fill_in(session: Session, raw: RawImage, item: str, text: str) -> Notes:
    """Say by hand what a raw image's file does not, in the name of the settings; an empty text takes it back.

    Raises
    ------
    BadParameter
        There is no such item, or the text does not fit it.
    SaveFailed
        The session's folder cannot be written.
    """
    fill_in_all(session, (raw,), item, text)
    return raw.notes_in(session.folder)


def fill_in_all(session: Session, raws: Sequence[RawImage], item: str, text: str) -> int:
    """The same of several raw images at once: of all of them, or of none where that fails.

    Returns
    -------
    int
        Of how many a person had said something else before.
    """
    agent, when, folder = session.home.settings.agent, utc_now(), session.folder
    before = {raw.digest: raw.notes_in(folder) for raw in raws}
    after = {digest: notes.fill_in(item, text, agent, when) for digest, notes in before.items()}
    write_notes(folder, after)
    said = (note.text for notes in before.values() if (note := notes.of(item)))
    return sum(each != text.strip() for each in said)


def _place(image: RawImage) -> str:
    return f"calibration of {image.via}" if image.via else "calibration"
