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
    # Piece by piece: joined, the blobs would lie in memory twice.
    pieces = (canonical(header), b"\x00", *(packed[digest] for digest in header))
    hasher = hashlib.sha256()
    for piece in pieces:
        hasher.update(piece)
    digest = hasher.hexdigest()
    with replacing(folder / f"{digest}{SUFFIX}") as part, part.open("wb") as file:
        file.writelines(pieces)
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
    with path.open("rb") as file:
        if f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}" != digest:
            raise RecordDamaged(f"The companion file {path.name} was changed.", "Use an undamaged copy.")
        file.seek(0)
        head = file.read(MAX_HEADER).partition(b"\x00")[0]
        header: Any = parse(head)
        file.seek(len(head) + 1)
        size = path.stat().st_size  # no more is made room for, whatever the header says
        return {name: file.read(min(max(int(header[name]), 0), size)) for name in sorted(header)}
