"""`RawImage`: a raw image that something comes from, and what is known of how it was taken.

A file that was saved with provenance tells of the raw images in its record; what it tells is carried on into
the next record, so that it is there after any number of saves.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bims_desktop.app.acquisition_notes import MEMBER, Notes, kept_notes
from bims_desktop.app.acquisition_stated import without_text
from bims_desktop.errors import FileError, RecordDamaged, RecordError
from bims_desktop.files.acquisition import Acquisition
from bims_desktop.files.embedding import extract
from bims_desktop.macro.record import open_envelope
from bims_desktop.model.canonical import Json

if TYPE_CHECKING:
    from bims_desktop.app.inputs import Input

EARLIER = "earlier"
MOST = 10_000


@dataclass(frozen=True, slots=True)
class RawImage:
    """A raw image.

    Parameters
    ----------
    digest : str
        Of its pixels.
    name : str
        Of its file.
    acquisition : Acquisition
        What the file says, or said once.
    notes : Notes
        What an earlier session filled in by hand.
    via : str
        Name of the saved file whose record tells of it; empty for a file that was opened itself.
    left_out : str
        Digest of the vendor's text where that record leaves it out; else empty.
    """

    digest: str
    name: str
    acquisition: Acquisition
    notes: Notes = field(default_factory=Notes)
    via: str = ""
    left_out: str = ""

    def notes_in(self, folder: Path) -> Notes:
        """What is filled in by hand, in the session in `folder` or before it.

        Raises
        ------
        BimsError
            The session's file is damaged.
        """
        kept = kept_notes(folder, self.digest)
        return self.notes if kept is None else kept


def raw_images(source: Input) -> tuple[RawImage, ...]:
    """The raw images behind an input: itself, unless it carries a record that tells of others."""
    try:
        earlier = _earlier(source.path, source.parent) if source.parent else ()
    except (FileError, RecordError):
        # The pixels can be worked on all the same; what is wrong with the file is for a verification to say.
        earlier = ()
    return earlier or (RawImage(source.digest, source.name, source.acquisition),)


@lru_cache(maxsize=64)
def _earlier(path: Path, parent: str) -> tuple[RawImage, ...]:
    """What the record of digest `parent` tells, which the file at `path` carries unless it was changed since."""
    record = open_envelope(extract(path).envelope or b"")
    return images_in(record.content["inputs"], path.name) if record.digest == parent else ()


def images_in(inputs: Sequence[Any], via: str) -> tuple[RawImage, ...]:
    """The raw images that a record tells of, each once.

    Parameters
    ----------
    inputs : sequence
        Member ``inputs`` of the record, which somebody else may have written.
    via : str
        Name of the file that carries it.

    Raises
    ------
    RecordDamaged
        They cannot be read.
    """
    found: dict[str, RawImage] = {}
    try:
        for given in inputs:
            for image in _images(given, via):
                found.setdefault(image.digest, image)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise RecordDamaged("An input of the record cannot be read.", "Use an undamaged copy.") from error
    if len(found) > MOST:
        raise RecordDamaged("The record has too many inputs.", "It may be made to harm.")
    return tuple(found.values())


def acquisition_of(folder: Path, source: Input, keep: bool) -> dict[str, Json]:
    """Member ``acquisition`` of an input in a new record: what its file says, by hand, of earlier files.

    Parameters
    ----------
    folder : Path
        Of the session.
    source : Input
        The input.
    keep : bool
        Whether the microscope's own text may stand in the record; what is known from it does at any rate.
    """
    told = _fields(source.acquisition, keep)
    images = raw_images(source)
    if images[0].via:
        return {**told, EARLIER: [_to_json(folder, image, keep) for image in images]}
    notes = images[0].notes_in(folder).to_json()
    return {**told, MEMBER: notes} if notes else told


def _fields(said: Acquisition, keep: bool) -> dict[str, Json]:
    return dict(said.fields) if keep else without_text(said.fields, said.raw)


def _to_json(folder: Path, image: RawImage, keep: bool) -> Json:
    return {
        "acquisition": _fields(image.acquisition, keep),
        MEMBER: image.notes_in(folder).to_json(),
        "digest": image.digest,
        "file": image.name,
    }


def _images(given: Any, via: str) -> Iterator[RawImage]:
    fields = dict(given["acquisition"])
    notes = fields.pop(MEMBER, [])
    if earlier := fields.pop(EARLIER, []):
        for told in earlier:
            yield _image(told, dict(told["acquisition"]), told[MEMBER], "", via)
    else:
        raw = base64.b64decode(given["vendor"] or "", validate=True).decode("utf-8", "replace")
        yield replace(_image(given, fields, notes, raw, via), left_out=_left_out(given))


def _image(told: Any, fields: dict[str, Json], notes: Any, raw: str, via: str) -> RawImage:
    name = str(told["file"]).rpartition("/")[2]
    return RawImage(str(told["digest"]), name, Acquisition(fields, raw), Notes.from_json(notes), via)


def _left_out(given: Any) -> str:
    """Digest of a text that there was and that the record lacks; empty where it lacks none."""
    digest = str(given["vendor_digest"])
    return digest if given["vendor"] is None and digest != Acquisition().digest else ""
