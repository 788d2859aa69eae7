"""The payload of a record: what a save says of an image, as JSON."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from bims_desktop.app.acquisition_raw import acquisition_of
from bims_desktop.app.draft import Draft, DraftInput
from bims_desktop.app.environment import environment, installed_version
from bims_desktop.macro.source import DIALECT
from bims_desktop.model.canonical import canonical
from bims_desktop.model.image import Image
from bims_desktop.provenance.log_tree import log_entry
from bims_desktop.provenance.recorder import utc_now

if TYPE_CHECKING:
    from bims_desktop.app.session import Session

MAX_INLINE = 640 * 1024


def payload(
    session: Session,
    draft: Draft,
    image: Image,
    pixels: str,
    bound: dict[str, Any],
    blobs: dict[str, Any],
    keep_raw: bool,
) -> bytes:
    """The bytes that are signed, hashed and embedded.

    Parameters
    ----------
    session : Session
        Whose log it is.
    draft : Draft
        Slice, macro and inputs.
    image : Image
        What was saved.
    pixels : str
        Its digest.
    bound : dict
        What else of the file is bound.
    blobs : dict
        Stored edits, as `packed_blobs` gave them.
    keep_raw : bool
        Whether the vendor's metadata stand in the record, or only their hash.
    """
    settings = session.home.settings
    key = base64.b64encode(session.home.agent.public_key).decode()
    return canonical(
        {
            **account(session, draft, blobs, keep_raw),
            "agent": {"name": settings.agent, "organisation": settings.organisation, "public_key": key},
            "created": utc_now(),
            "image": {**_calibration(image), "bound": bound, "pixels": pixels},
            "type": "bims-record",
            "v": 1,
        }
    )


def account(session: Session, draft: Draft, blobs: dict[str, Any], keep_raw: bool) -> dict[str, Any]:
    """How something came to be, whatever it is: the part of a record that images and tables share."""
    return {
        "blobs": blobs,
        "environment": environment(action.operation for action, _ in draft.slice.kept),
        "inputs": [_input(session, entry, keep_raw) for entry in draft.inputs],
        "macro": {
            "dialect": DIALECT,
            "digest": f"sha256:{hashlib.sha256(draft.macro.encode()).hexdigest()}",
            "result": draft.plan.result,
            "text": draft.macro,
        },
        "program": {"name": "bims-desktop", "version": installed_version("bims-desktop")},
        "redacted": _redacted(session, draft),
        "steps": _steps(session, draft),
    }


def packed_blobs(session: Session, draft: Draft) -> dict[str, bytes]:
    """Compressed stored edits that the draft's steps name."""
    digests = {digest for step in draft.plan for digest in step.blobs}
    return {digest: session.blobs.packed(digest) for digest in sorted(digests)}


def inline(packed: dict[str, bytes]) -> dict[str, str]:
    """Blobs as text, for a record that holds them itself."""
    return {digest: base64.b64encode(data).decode() for digest, data in packed.items()}


def _calibration(image: Image) -> dict[str, Any]:
    return {
        "axes": image.axes,
        "channels": [channel.name for channel in image.channels],
        "dtype": image.dtype.name,
        "kind": image.kind,
        "scale": list(image.scale),
        "shape": list(image.shape),
        "units": list(image.units),
    }


def _input(session: Session, entry: DraftInput, keep_raw: bool) -> dict[str, Any]:
    source = entry.source
    raw = source.acquisition.raw.encode("utf-8", "surrogateescape")
    return {
        "acquisition": acquisition_of(session.folder, source, keep_raw),
        "digest": source.digest,
        "file": source.name,
        "name": entry.name,
        "parent": source.parent or None,
        "size": source.size,
        "vendor": base64.b64encode(raw).decode() if keep_raw else None,
        "vendor_digest": source.acquisition.digest,
    }


def _redacted(session: Session, draft: Draft) -> dict[str, Any]:
    session.log_tree.extend(draft.slice.actions, _digest_of(session))
    kept = [action.number for action, _ in draft.slice.kept]
    return {
        "count": len(draft.slice.actions) - len(kept),
        "log": {"root": session.log_tree.root, "size": session.log_tree.size},
        "proofs": {str(number): session.log_tree.proof(number) for number in kept},
    }


def _steps(session: Session, draft: Draft) -> list[dict[str, Any]]:
    pairs = zip((action for action, _ in draft.slice.kept), draft.plan, strict=True)
    return [
        {
            "arguments": dict(step.arguments),
            "entry": log_entry(action, _digest_of(session)),
            "results": list(step.results),
            "salt": action.salt,
        }
        for action, step in pairs
    ]


def _digest_of(session: Session) -> Any:
    return lambda version: session.data(version).digest
