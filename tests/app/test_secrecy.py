"""A saved file holds nothing of what was dropped, no path and no user's name."""

from __future__ import annotations

import base64
import json
import platform
import shutil
import socket
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard

from bims_desktop.app.environment import machine
from bims_desktop.app.home import Home
from bims_desktop.app.session import Session
from bims_desktop.app.settings import Settings
from bims_desktop.files.embedding import extract
from bims_desktop.model.image import Image
from tests.conftest import put
from tests.images import textured

SECRET = "Geheimprojekt"
FOLDER = "patient Mustermann"
LOGIN, HOST = "benutzerin7", "rechner7"
NUMBER = 13.37421
KEPT = 1.73205


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kept chain amid secrets: layer names, parameters, causes, files and stored edits that were all dropped."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, LOGIN)
    for module, function in ((socket, "gethostname"), (platform, "node")):
        monkeypatch.setattr(module, function, lambda: HOST)
    machine.cache_clear()
    folder = tmp_path / FOLDER
    folder.mkdir()
    cells = put(folder / "cells.tif", textured("YX", seed=1))
    other = put(folder / f"{SECRET}.tif", textured("YX", seed=2))
    home = Home(tmp_path / f"home of {SECRET}")
    Settings("Ada", "Lab").save(home.folder)
    with Session(folder / f"session {SECRET}", home=home) as session:
        data = session.open(cells, name=f"{SECRET} layer")
        hidden = session.open(other)
        session.run("threshold", hidden, value=NUMBER)
        smooth = session.run("gaussian", data, sigma=KEPT)
        session.rename(smooth, f"{SECRET} renamed")
        session.duplicate(smooth, f"{SECRET} copy")
        session.display(smooth, "contrast_limits", [NUMBER, 99])
        session.view(f"Looked at {SECRET}")
        session.snapshot(hidden, Image(hidden.image.array()[::-1].copy(), "YX"), cause=f"{SECRET} plugin")
        session.call(f"{SECRET}.run", {"image": hidden, "text": SECRET}, [(hidden.image, SECRET)], package=SECRET)
        session.run("gaussian", smooth, sigma=NUMBER)
        session.undo()
        mask = session.run("threshold_otsu", smooth)
        session.paint(session.run("threshold", hidden, value=0.5), at=[(3, 3)], value=1)
        session.remove(hidden)
        report = session.save(mask, folder / "saved.ome.tif")
        assert [action.operation for action, _ in report.kept] == ["load", "gaussian", "threshold_otsu"]
        assert len(report.dropped) > 10
    return report.path


def unpacked(data: bytes) -> Iterator[bytes]:
    """`data`, and whatever base64, zlib, zstd and JSON in it hide, to the bottom."""
    yield data
    text = data.strip()
    if (value := _json(text)) is not None:
        yield from _strings(value)
        return
    for open_it in (_zlib, _zstd, _base64):
        if (inside := open_it(text)) is not None:
            yield from unpacked(inside)
            return


def _strings(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key.encode()
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, str):
        yield from unpacked(value.encode())
    else:
        yield repr(value).encode()


def _json(data: bytes) -> Any:
    try:
        return json.loads(data) if data[:1] in (b"{", b"[") else None
    except ValueError:
        return None


def _zlib(data: bytes) -> bytes | None:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return None


def _zstd(data: bytes) -> bytes | None:
    if not data.startswith(b"\x28\xb5\x2f\xfd"):
        return None
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=1 << 24)


def _base64(data: bytes) -> bytes | None:
    if len(data) < 64:
        return None
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        return None


def everything(path: Path) -> list[bytes]:
    embedded = extract(path)
    assert embedded.envelope
    assert embedded.receipt
    beside = [other.read_bytes() for other in path.parent.glob("*.bims-blobs")]
    return [path.read_bytes(), *unpacked(embedded.envelope), *unpacked(embedded.receipt), *beside]


def test_what_was_kept_is_found_by_this_search(saved: Path) -> None:
    """Otherwise the search below would prove nothing."""
    found = everything(saved)
    for text in (b"cells.tif", str(KEPT).encode(), b"Ada", b"op.threshold_otsu", b"urn:bims-desktop:record:1"):
        assert any(text in part for part in found), text


def _needles(path: Path) -> dict[str, bytes]:
    return {
        "a secret name": SECRET.encode(),
        "a dropped value": str(NUMBER).encode(),
        "the folder": FOLDER.encode(),
        "the path": str(path.parent).encode(),
        "the temporary folder": str(path.parents[2]).encode(),
        "the host": HOST.encode(),
        "the login": LOGIN.encode(),
        "the home folder": str(Path.home()).encode() + b"/",
        "the temporary file": b".saved.ome-",
        "a dropped operation": b"op.snapshot",
        "a layer's copy": b"duplicate",
        "a view": b"Looked at",
    }


@pytest.mark.parametrize("name", _needles(Path("/a/b/c/d")))
def test_nothing_dropped_is_in_the_file(saved: Path, name: str) -> None:
    needle = _needles(saved)[name]
    for part in everything(saved):
        assert needle not in part
        assert needle.decode().encode("utf-16-le") not in part


def test_the_numbers_of_dropped_steps_are_all_that_is_told(saved: Path) -> None:
    envelope = extract(saved).envelope
    assert envelope
    content = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    redacted = content["redacted"]
    assert set(redacted) == {"count", "log", "proofs"}
    assert redacted["count"] == redacted["log"]["size"] - len(content["steps"])
    assert set(redacted["proofs"]) == {str(step["entry"]["number"]) for step in content["steps"]}


def test_the_vendors_metadata_can_be_left_out(home: Home, tmp_path: Path) -> None:
    source = Path(
        shutil.copy(Path(__file__).parents[1] / "data" / "xyz_8bit__mitotic_plate_calibrated.tif", tmp_path / "raw.tif")
    )
    with Session(tmp_path / "session", home=home) as session:
        data = session.run("max_projection", session.open(source))
        raw = next(iter(session.inputs.values())).acquisition.raw
        assert len(raw) > 100
        whole = session.save(data, tmp_path / "whole.tif")
        bare = session.save(data, tmp_path / "bare.tif", keep_vendor_metadata=False)
    piece = raw[20:60].encode("utf-8", "surrogateescape")
    assert any(piece in part for part in everything(whole.path))
    assert not any(piece in part for part in everything(bare.path))
    records = [
        json.loads(base64.b64decode(json.loads(extract(p.path).envelope or b"")["payload"])) for p in (whole, bare)
    ]
    assert len({record["inputs"][0]["vendor_digest"] for record in records}) == 1


def test_erased_strokes_of_a_dropped_paint_stay_out(home: Home, tmp_path: Path) -> None:
    labels = put(tmp_path / "labels.tif", textured("YX", "labels"))
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(labels)
        session.paint(data, at=[(2, 2)], value=1)
        session.undo()
        kept = session.paint(data, at=[(9, 9)], value=2)
        report = session.save(kept, tmp_path / "saved.tif")
        stored = {f"sha256:{path.stem}" for path in (session.folder / "blobs").iterdir()}
    envelope = extract(report.path).envelope
    assert envelope
    content = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    assert len(stored) == 2
    assert len(content["blobs"]["inline"]) == 1
    assert set(content["blobs"]["inline"]) < stored


def test_salts_are_drawn_for_each_action(home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(cells)
        for _ in range(20):
            session.run("invert", data)
        salts = {action.salt for action in session.actions}
    assert len(salts) == 21
    assert all(len(bytes.fromhex(salt)) == 16 for salt in salts)
    assert np.unique([len(salt) for salt in salts]).tolist() == [32]
