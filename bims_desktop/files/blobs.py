"""Blobs: stroke masks and snapshots by the digest of their content, compressed with zstd."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import zstandard

from bims_desktop.errors import MissingInput, RecordDamaged, SaveFailed

MAX_BLOB = 1 << 34
LEVEL = 9


class Blobs:
    """Blobs in a folder, one file each; some may lie in memory only.

    Parameters
    ----------
    folder : Path, optional
        Where `put` keeps them; without it they stay in memory.
    """

    def __init__(self, folder: Path | None = None, packed: Mapping[str, bytes] | None = None) -> None:
        self._folder = folder
        self._packed = dict(packed or {})

    def put(self, data: bytes) -> str:
        """Keep `data` and return its digest; durable when this answers.

        Raises
        ------
        SaveFailed
            The folder cannot be written.
        """
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if self._find(digest) is None:
            self._store(digest, zstandard.ZstdCompressor(LEVEL, write_content_size=True).compress(data))
        return digest

    def packed(self, digest: str) -> bytes:
        """The compressed bytes of a blob.

        Raises
        ------
        MissingInput
            It is not here.
        """
        if (found := self._find(digest)) is None:
            raise MissingInput(
                f"The stored edit {digest[:19]}… cannot be found.", "Put its companion file beside the image."
            )
        return found

    def get(self, digest: str) -> bytes:
        """The bytes of a blob, checked against its digest.

        Raises
        ------
        MissingInput
            It is not here.
        RecordDamaged
            Its bytes are not those that were stored.
        """
        return unpack(self.packed(digest), digest)

    def _find(self, digest: str) -> bytes | None:
        if digest in self._packed:
            return self._packed[digest]
        path = self._path(digest)
        return path.read_bytes() if path and path.is_file() else None

    def _store(self, digest: str, packed: bytes) -> None:
        path = self._path(digest)
        if path is None:
            self._packed[digest] = packed
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, packed)
        except OSError as error:
            raise SaveFailed(
                f"An edit could not be kept in {path.parent}: {error.strerror}.", "Free some space."
            ) from error

    def _path(self, digest: str) -> Path | None:
        return self._folder / f"{digest.removeprefix('sha256:')}.zst" if self._folder else None


def unpack(packed: bytes, digest: str) -> bytes:
    """Decompress within bounds and hold the result against `digest`.

    Raises
    ------
    RecordDamaged
        It does not decompress, is too large, or has another digest.
    """
    try:
        size = zstandard.get_frame_parameters(packed).content_size
        if size > MAX_BLOB:
            raise RecordDamaged("A stored edit claims to be larger than 16 GiB.", "It was damaged or made to harm.")
        data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=size)
    except zstandard.ZstdError as error:
        raise RecordDamaged(f"A stored edit cannot be unpacked: {error}.", "It was damaged.") from error
    if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
        raise RecordDamaged(
            f"A stored edit is not the one that was recorded ({digest[:19]}…).", "It was damaged or exchanged."
        )
    return data


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file so that it is there whole or not at all."""
    import os

    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
