"""The record in the file: put in, given its receipt, taken out. See ``docs/formats/embedding.md``."""

from __future__ import annotations

import base64
import binascii
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bims_desktop.errors import NoRecord, RecordDamaged, SaveRefused, UnreadableFile
from bims_desktop.files import ome_annotations, tiff, xml
from bims_desktop.files.guard import DEFAULT, MIB, Budget, unreadable
from bims_desktop.files.sidecar import is_table, read_sidecar

RECORD_NAMESPACE = "urn:bims-desktop:record:1"
RECORD_ID = "Annotation:BIMS:Record"
SUMMARY_NAMESPACE = "urn:bims-desktop:summary:1"
SUMMARY_ID = "Annotation:BIMS:Summary"
RECEIPT_NAMESPACE = "urn:bims-desktop:receipt:1"
RECEIPT_ID = "Annotation:BIMS:Receipt"
SLOT = 4096
MAX_COMPRESSED = MIB
_SLOT = re.compile(
    rb'<CommentAnnotation ID="%s"[^>]*>\s*<Value>([A-Za-z0-9+/= ]{%d})</Value>' % (RECEIPT_ID.encode(), SLOT)
)


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a file carries: the envelope as it was signed, and the ledger's receipt."""

    envelope: bytes | None
    receipt: bytes | None


def embed(path: str | os.PathLike[str], envelope: bytes, summary: Mapping[str, str]) -> None:
    """Put a record into an OME-TIFF, with an empty slot for its receipt; an earlier record goes.

    Parameters
    ----------
    path : path
        An OME-TIFF, whose first ImageDescription is rewritten; its pixels stay untouched.
    envelope : bytes
        The signed envelope; extraction gives back the same bytes.
    summary : mapping of str to str
        Short facts for people, as other programs (OMERO for instance) show them.

    Raises
    ------
    SaveRefused
        The file is no OME-TIFF, or the record has more than 1 MiB compressed.
    """
    text = _pack(envelope)
    if len(text) > MAX_COMPRESSED * 4 // 3 + 4:
        raise SaveRefused(
            f"The record of {Path(path).name} has {len(text)} characters, too many for an OME-XML annotation.",
            "Move its largest blobs to a companion file.",
        )
    root = _ome_root(path, DEFAULT)
    if root is None:
        raise SaveRefused(f"{Path(path).name} has no OME-XML to hold a record.", "Save it as OME-TIFF first.")
    for identity in (RECORD_ID, SUMMARY_ID, RECEIPT_ID):
        ome_annotations.remove_annotation(root, identity)
    ome_annotations.annotate_map(root, SUMMARY_ID, SUMMARY_NAMESPACE, summary)
    ome_annotations.annotate_comment(root, RECORD_ID, RECORD_NAMESPACE, text)
    ome_annotations.annotate_comment(root, RECEIPT_ID, RECEIPT_NAMESPACE, " " * SLOT)
    tiff.replace_description(path, xml.to_bytes(root))


def set_receipt(path: str | os.PathLike[str], receipt: bytes) -> None:
    """Write a receipt over the slot, in place; no other byte of the file changes. The caller flushes.

    Raises
    ------
    SaveRefused
        The receipt does not fit into 4 KiB compressed.
    NoRecord
        The file has no slot.
    """
    text = _pack(receipt)
    if len(text) > SLOT:
        raise SaveRefused(f"The receipt has {len(text)} characters, more than the {SLOT} of its slot.")
    found = tiff.description(path)
    slot = found and _SLOT.search(found.text)
    if not (found and slot):
        raise NoRecord(f"{Path(path).name} has no slot for a receipt.", "Embed a record first.")
    with Path(path).open("r+b") as stream:
        stream.seek(found.offset + slot.start(1))
        stream.write(text.ljust(SLOT).encode("ascii"))


def extract(path: str | os.PathLike[str], *, budget: Budget = DEFAULT) -> Embedded:
    """The record and the receipt that a file carries, or that lie beside a table; None for what is not there.

    Raises
    ------
    RecordDamaged
        An annotation is there, and it cannot be read, or stands there twice.
    UnreadableFile
        The file is not there, or is a damaged TIFF.
    FileTooLarge
        The metadata are beyond the budget.
    """
    if is_table(path):
        return Embedded(*read_sidecar(Path(path), budget))
    if not _is_tiff(path):
        return Embedded(None, None)
    root = _ome_root(path, budget)
    if root is None:
        return Embedded(None, None)
    return Embedded(
        _unpack(path, _only(path, root, RECORD_NAMESPACE), budget),
        _unpack(path, _only(path, root, RECEIPT_NAMESPACE), budget),
    )


def _is_tiff(path: str | os.PathLike[str]) -> bool:
    try:
        with Path(path).open("rb") as stream:
            return stream.read(4) in tiff.MAGIC
    except OSError as error:
        raise unreadable(path, error) from error


def _ome_root(path: str | os.PathLike[str], budget: Budget) -> xml.Element | None:
    found = tiff.description(path, budget=budget)
    if found is None or not (b"<OME" in found.text or b":OME" in found.text):
        return None
    try:
        return xml.parse(found.text, Path(path).name)
    except UnreadableFile as error:
        if RECORD_NAMESPACE.encode() in found.text:
            raise RecordDamaged(
                f"{Path(path).name} carries a record in XML that cannot be read.",
                "Its metadata were damaged or edited.",
            ) from error
        raise


def _only(path: str | os.PathLike[str], root: xml.Element, namespace: str) -> str:
    texts = [ome_annotations.value_of(annotation) for annotation in ome_annotations.annotations_of(root, namespace)]
    if len(texts) > 1:
        raise RecordDamaged(
            f"{Path(path).name} carries {len(texts)} annotations of {namespace}.", "One was added later."
        )
    return "".join("".join(texts).split())


def _pack(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def _unpack(path: str | os.PathLike[str], text: str, budget: Budget) -> bytes | None:
    if not text:
        return None
    name = Path(path).name
    engine = zlib.decompressobj()
    try:
        data = engine.decompress(base64.b64decode(text, validate=True), budget.max_metadata)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise RecordDamaged(f"The record in {name} cannot be decoded: {error}.", "It was damaged or edited.") from error
    if not engine.eof or engine.unused_data:
        raise RecordDamaged(
            f"The record in {name} is cut short, or larger than the limit.", "It was damaged or edited."
        )
    return data
