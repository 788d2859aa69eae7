"""Saved files, and what somebody might do to them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tifffile

from bims_desktop.app.home import Home
from bims_desktop.app.save import Report
from bims_desktop.app.session import Session
from bims_desktop.files.embedding import embed, extract, set_receipt
from bims_desktop.ledger.signing import Ed25519Signer
from bims_desktop.macro.record import PAYLOAD_TYPE, sign
from bims_desktop.model.canonical import canonical

STRANGER = Ed25519Signer(bytes(range(32)))


def saved(home: Home, source: Path, target: Path, sigma: float = 1.0, **options: Any) -> Report:
    """`source` smoothed and saved uncompressed, so that its samples can be edited in place."""
    with Session(target.parent / f"session-{target.stem}", home=home) as session:
        smooth = session.run("gaussian", session.open(source), sigma=sigma)
        return session.save(smooth, target, **{"compression": "none", **options})


def edit_bytes(path: Path, old: bytes, new: bytes) -> None:
    """Put `new` where `old` stands, which must be once."""
    data = path.read_bytes()
    assert data.count(old) == 1, (old, data.count(old))
    assert len(old) == len(new)
    path.write_bytes(data.replace(old, new))


def edit_pixel(path: Path) -> None:
    pixels = tifffile.memmap(path, mode="r+")
    pixels[(3,) * pixels.ndim] ^= 1
    pixels.flush()


def edit_record(
    path: Path, change: Callable[[dict[str, Any]], None], signer: Ed25519Signer | None = None, sign_as: bool = True
) -> bytes:
    """Change the payload, sign it again where there is a `signer`, and keep the old receipt; gives the payload."""
    embedded = extract(path)
    assert embedded.envelope
    envelope = json.loads(embedded.envelope)
    content = json.loads(base64.b64decode(envelope["payload"]))
    change(content)
    if signer and sign_as:
        content["agent"]["public_key"] = base64.b64encode(signer.public_key).decode()
    payload = canonical(content)
    envelope["payload"] = base64.b64encode(payload).decode()
    put(path, sign(payload, signer) if signer else canonical(envelope), embedded.receipt)
    return payload


def put(path: Path, envelope: bytes, receipt: bytes | None) -> None:
    embed(path, envelope, {"Made with": "a forger"})
    if receipt:
        set_receipt(path, receipt)


def edit_envelope(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what stands around the payload."""
    embedded = extract(path)
    assert embedded.envelope
    envelope = json.loads(embedded.envelope)
    change(envelope)
    put(path, canonical(envelope), embedded.receipt)


def new_macro(content: dict[str, Any], old: str, new: str) -> None:
    """Another text, with a digest that fits."""
    assert old in content["macro"]["text"]
    text = content["macro"]["text"].replace(old, new)
    content["macro"] |= {"text": text, "digest": f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"}


def is_payload_type(envelope: bytes) -> bool:
    return bool(json.loads(envelope)["payloadType"] == PAYLOAD_TYPE)
