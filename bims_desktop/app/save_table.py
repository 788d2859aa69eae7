"""Save a table with provenance: CSV, its record beside it, ledger entry and receipt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bims_desktop.app import pending
from bims_desktop.app.payload import MAX_INLINE, account, inline, packed_blobs
from bims_desktop.app.save import Report
from bims_desktop.app.statement import make
from bims_desktop.app.submit import filled
from bims_desktop.app.table_record import KIND, TableRecord, open_table
from bims_desktop.app.table_title import title_of
from bims_desktop.errors import BadParameter, SaveRefused
from bims_desktop.files.atomic import replacing
from bims_desktop.files.companion import write_companion
from bims_desktop.files.csv_table import ENDING, columns_of, read_csv, write_csv
from bims_desktop.files.place import check_place
from bims_desktop.files.sidecar import sidecar_of, write_sidecar
from bims_desktop.ledger.base import Deposit, Entry
from bims_desktop.ledger.signing import fingerprint
from bims_desktop.model.canonical import canonical, parse
from bims_desktop.model.table import Table, table_digest
from bims_desktop.provenance.recorder import Intent, utc_now

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.draft import Draft
    from bims_desktop.app.session import Session


def save_table(session: Session, data: Data, path: Path, *, overwrite: bool = True) -> Report:
    """Write `data` as CSV with its record beside it, and commit the record to the ledger.

    What is signed is the digest of the values, so that another program may quote and part them otherwise.
    The metadata of the inputs stay with the images: the record holds their hash.

    Parameters
    ----------
    session : Session
        Where the table came to be.
    data : Data
        A table.
    path : Path
        Ends in ``.csv``; the record is written as ``NAME.csv.bims.json``.
    overwrite : bool
        Whether files that are there may be replaced.

    Raises
    ------
    BadParameter
        It is an image.
    SaveRefused
        The destination exists, has another ending or lies in no folder, or CSV cannot hold the values.
    SaveFailed
        The disk is full or the folder read-only; whatever was there before still is.
    """
    table, path = data.table, path.absolute()
    if table is None:
        raise BadParameter(f"{data.name} is an image, not a table.", "Save it as OME-TIFF.")
    _check_destination(path, overwrite)
    draft = session.draft(data)
    with replacing(path) as part, replacing(sidecar_of(path)) as beside:
        _write(part, table, data.digest)
        envelope, deposit = _signed(session, draft, data, path)
        record = open_table(envelope)
        note = pending.begin(session.home.folder, record.digest, path)
        receipt = session.ledger.append(_entry(record), deposit)
        write_sidecar(beside, envelope, receipt.to_bytes())
    pending.finish(note)
    session.home.remember_input(record.digest, path)
    _note(session, data, record, path)
    kept, dropped = draft.slice.kept, draft.slice.dropped
    number = session.ledger.kinds_until(receipt)["record"]
    return Report(path, record.digest, data.digest, kept, dropped, draft.warnings, receipt.index + 1, number)


def _check_destination(path: Path, overwrite: bool) -> None:
    if path.suffix.lower() != ENDING:
        raise SaveRefused(f"{path.name} does not end in {ENDING}.", "Give it that ending.")
    check_place(path)
    if not path.parent.is_dir():
        raise SaveRefused(f"There is no folder {path.parent}.", "Choose another one, or make it first.")
    for target in (path, sidecar_of(path)):
        if target.is_dir():
            raise SaveRefused(f"{target.name} is a folder.", "Choose another name.")
        if target.exists() and not overwrite:
            raise SaveRefused(f"{target.name} exists already.", "Choose another name, or allow to replace it.")


def _write(part: Path, table: Table, digest: str) -> None:
    write_csv(part, table)
    if table_digest(read_csv(part, columns_of(table))) != digest:
        raise SaveRefused("The table holds values that CSV cannot.", "Save it as an array from a script.")


def _signed(session: Session, draft: Draft, data: Data, path: Path) -> tuple[bytes, Deposit]:
    packed = packed_blobs(session, draft)
    apart = sum(map(len, packed.values())) > MAX_INLINE
    blobs: dict[str, Any] = {"companion": None, "inline": inline(packed)}
    if apart:
        blobs = {"companion": write_companion(path.parent, packed), "inline": {}}
    assert data.table is not None
    content = account(session, draft, blobs, keep_raw=False)
    content["table"] = {"columns": columns_of(data.table), "rows": data.table.rows}
    document: Any = parse(canonical(filled(_document(draft, data, path, content), session.home)))
    envelope = make(document, session.home.agent)
    return envelope, Deposit(envelope, packed if apart else {})


def _document(draft: Draft, data: Data, path: Path, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "content": content,
        "created": utc_now(),
        "inputs": [_input(entry.source.digest, entry.source.name, entry.source.parent) for entry in draft.inputs],
        "steps": [
            {"operation": step.operation, "parameters": dict(step.parameters), "sentence": step.sentence}
            for step in draft.plan
        ],
        "subject": [{"digest": data.digest, "kind": KIND, "name": path.name}],
    }


def _input(digest: str, name: str, parent: str) -> dict[str, str]:
    return {"digest": digest, "name": name} | ({"parent": parent} if parent else {})


def _entry(record: TableRecord) -> Entry:
    return Entry(
        "record",
        {
            "agent": fingerprint(record.agent_key),
            "macro": record.content["macro"]["digest"],
            "record": record.digest,
            "subject": record.subject,
        },
    )


def _note(session: Session, data: Data, record: TableRecord, path: Path) -> None:
    session.saved[data.version] = path
    session.recorder.record(
        Intent(
            "save",
            f"Saved the table “{title_of(data)}” with provenance as {path.name}",
            arguments={"table": data.version},
            parameters={"record": record.digest},
            effect="session",
        ),
        private=str(path),
    )
