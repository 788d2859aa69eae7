"""The companion file: blobs too large for the image file, beside it and named by its own digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bims_desktop.errors import MissingInput, RecordDamaged
from bims_desktop.files.atomic import replacing
from bims_desktop.model.canonical import canonical, parse

SUFFIX = ".bims-blobs"
MAX_HEADER = 1 << 24


def write_companion(folder: Path, packed: Mapping[str, bytes]) -> str:
    """Write compressed blobs (by digest) into one file in `folder`; returns the file's digest.

    Raises
    ------
    SaveFailed
        The folder cannot be written.
    """
    header = {digest: len(packed[digest]) for digest in sorted(packed)}
    data = canonical(header) + b"\x00" + b"".join(packed[digest] for digest in sorted(packed))
    digest = hashlib.sha256(data).hexdigest()
    with replacing(folder / f"{digest}{SUFFIX}") as part:
        part.write_bytes(data)
    return f"sha256:{digest}"


def read_companion(folder: Path, digest: str) -> dict[str, bytes]:
    """Compressed blobs by digest, from the companion `digest` in `folder`.

    Raises
    ------
    MissingInput
        It is not there.
    RecordDamaged
        It is not the one that was written.
    """
    path = folder / f"{digest.removeprefix('sha256:')}{SUFFIX}"
    if not path.is_file():
        raise MissingInput(f"The companion file {path.name} is missing.", f"Put it beside the image, in {folder}.")
    data = path.read_bytes()
    if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
        raise RecordDamaged(f"The companion file {path.name} was changed.", "Use an undamaged copy.")
    head, _, body = data.partition(b"\x00")
    header: Any = parse(head[:MAX_HEADER])
    packed, start = {}, 0
    for name in sorted(header):
        packed[name] = body[start : start + int(header[name])]
        start += int(header[name])
    return packed
