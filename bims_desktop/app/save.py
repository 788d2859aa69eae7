"""Save with Provenance: pixels, record, ledger entry and receipt, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bims_desktop.app import pending
from bims_desktop.app.draft import Draft
from bims_desktop.app.payload import MAX_INLINE, inline, packed_blobs, payload
from bims_desktop.app.summary import summary
from bims_desktop.errors import BadParameter, FileChanged, SaveRefused
from bims_desktop.files import embedding, ome_tiff
from bims_desktop.files.atomic import replacing
from bims_desktop.files.companion import write_companion
from bims_desktop.files.ome_tiff import Compression
from bims_desktop.files.place import check_place
from bims_desktop.files.tiff import bound_fields
from bims_desktop.ledger.base import Deposit, Entry
from bims_desktop.ledger.deposit import MAX_BLOBS
from bims_desktop.ledger.signing import fingerprint
from bims_desktop.macro.record import Record, open_envelope, sign
from bims_desktop.provenance.lineage import Explained
from bims_desktop.provenance.recorder import Intent

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.session import Session


@dataclass(frozen=True, slots=True)
class Report:
    """What a save did.

    Parameters
    ----------
    path : Path
        The file.
    record_digest, pixel_digest : str
        What the ledger holds, and what the file shows.
    kept, dropped : sequence of (Action, str)
        Steps in the record and steps redacted, each with its reason.
    warnings : tuple of str
        What the person should know.
    entry : int
        Number of the ledger's entry, from 1.
    number : int
        Of the record among the records of the ledger, from 1: checks of them are entries too.
    """

    path: Path
    record_digest: str
    pixel_digest: str
    kept: Sequence[Explained]
    dropped: Sequence[Explained]
    warnings: tuple[str, ...]
    entry: int
    number: int


def save(
    session: Session,
    data: Data,
    path: Path,
    *,
    compression: Compression = "zlib",
    overwrite: bool = True,
    keep_vendor_metadata: bool = True,
    on_progress: Callable[[float], None] | None = None,
) -> Report:
    """Write `data` as OME-TIFF with its record, and commit the record to the ledger.

    Parameters
    ----------
    session : Session
        Where the data came to be.
    data : Data
        An image.
    path : Path
        Ends in ``.tif`` or ``.tiff``.
    compression : {"none", "zlib", "zstd", "lzw"}
        Lossless each.
    overwrite : bool
        Whether a file that is there may be replaced; an input never is.
    keep_vendor_metadata : bool
        Whether the inputs' metadata stand in the record, or only their hash.
    on_progress : callable, optional
        Called with the share of the pixels that is written; what it raises stops the save.

    Raises
    ------
    SaveRefused
        The destination is an input, exists, or cannot hold this image.
    SaveFailed
        The disk is full or the folder read-only; whatever was there before still is.
    FileChanged
        The pixels changed since they were recorded, on disk for instance.
    """
    if data.table is not None:
        raise BadParameter(f"{data.name} is a table; it cannot be saved as an image.", "Use its to_pandas().")
    path = path.absolute()
    _check_destination(session, path, overwrite)
    draft = session.draft(data)
    with replacing(path) as part:
        pixels = ome_tiff.write(part, data.image, compression=compression, on_progress=on_progress)
        if pixels != data.digest:
            raise FileChanged(
                f"The pixels of {data.name} changed on disk since they were opened.", "Open the file again."
            )
        record, deposit = _embed(session, draft, data, part, path.parent, keep_vendor_metadata)
        note = pending.begin(session.home.folder, record.digest, path)
        receipt = session.ledger.append(_entry(session, record, pixels), deposit)
        embedding.set_receipt(part, receipt.to_bytes())
    pending.finish(note)
    session.home.remember_input(pixels, path)
    session.home.remember_input(record.digest, path)
    session.saved[data.version] = path
    session.recorder.record(
        Intent(
            "save",
            f"Saved {data.name} with provenance as {path.name}",
            arguments={"image": data.version},
            parameters={"record": record.digest},
            effect="session",
        ),
        private=str(path),
    )
    kept, dropped = draft.slice.kept, draft.slice.dropped
    number = session.ledger.kinds_until(receipt)["record"]
    return Report(path, record.digest, pixels, kept, dropped, draft.warnings, receipt.index + 1, number)


def is_input(session: Session, path: Path) -> bool:
    """Whether a file that `session` opened lies at `path`; it is never replaced."""
    return path.exists() and any(
        source.path.exists() and source.path.samefile(path) for source in session.inputs.values()
    )


def _check_destination(session: Session, path: Path, overwrite: bool) -> None:
    if path.suffix.lower() not in (".tif", ".tiff"):
        raise SaveRefused(f"{path.name} does not end in .ome.tif.", "Give it that ending.")
    check_place(path)
    if path.is_dir():
        raise SaveRefused(f"{path.name} is a folder.", "Choose another name.")
    if is_input(session, path):
        raise SaveRefused(
            f"{path.name} is an input of this session.", "Choose another name; what was opened stays as it is."
        )
    if path.exists() and not overwrite:
        raise SaveRefused(f"{path.name} exists already.", "Choose another name, or allow to replace it.")


def _embed(
    session: Session, draft: Draft, data: Data, part: Path, folder: Path, keep_raw: bool
) -> tuple[Record, Deposit]:
    """The record, now in the file, and what the ledger keeps so that a file that loses it can have it back."""
    packed = packed_blobs(session, draft)
    apart = sum(map(len, packed.values())) > MAX_INLINE
    blobs = _in_companion(packed, folder) if apart else {"companion": None, "inline": inline(packed)}
    body = payload(session, draft, data.image, data.digest, bound_fields(part), blobs, keep_raw)
    envelope = sign(body, session.home.agent)
    record = open_envelope(envelope)
    embedding.embed(part, envelope, summary(record, draft.plan))
    return record, Deposit(envelope, packed if apart and _fits(packed) else {})


def _in_companion(packed: dict[str, bytes], folder: Path) -> dict[str, Any]:
    return {"companion": write_companion(folder, packed), "inline": {}}


def _fits(packed: dict[str, bytes]) -> bool:
    # Beyond that the companion file alone holds the edits: a save never fails for want of room in the ledger.
    return sum(map(len, packed.values())) <= MAX_BLOBS


def _entry(session: Session, record: Record, pixels: str) -> Entry:
    return Entry(
        "record",
        {
            "agent": fingerprint(session.home.agent.public_key),
            "macro": record.content["macro"]["digest"],
            "pixels": pixels,
            "record": record.digest,
        },
    )
