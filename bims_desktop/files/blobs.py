"""Blobs: stroke masks and snapshots by the digest of their content, compressed with zstd."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, Protocol, TypeVar

import zstandard

from bims_desktop.errors import MissingInput, RecordDamaged, SaveFailed

MAX_BLOB = 1 << 34
LEVEL = 9
_PIECE = 1 << 20
_FRAME_HEADER = 18
"""Bytes, at most."""

T = TypeVar("T")


class Stream(Protocol):
    """What a blob is read from."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, as many as asked for unless it ends."""


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
        digest = _digest(hashlib.sha256(data))
        if self._find(digest) is None:
            self._store(digest, zstandard.ZstdCompressor(LEVEL, write_content_size=True).compress(data))
        return digest

    def put_pieces(self, pieces: Iterable[bytes], size: int) -> str:
        """Keep the `size` bytes of all `pieces` as one blob, as `put` does, without holding it whole.

        Raises
        ------
        SaveFailed
            The folder cannot be written.
        """
        if self._folder is None:
            return self.put(b"".join(pieces))
        part = self._folder / f"{token_hex(8)}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("xb") as file:
                digest = _pack(pieces, size, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / _name(digest))
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise self._full(error) from error
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

    def load(self, digest: str, read: Callable[[Stream, int], T]) -> T:
        """What `read` makes of a blob, given a stream of its bytes and their number; checked against its digest.

        Nothing that `read` gave comes out of here before the digest was found to be right.

        Raises
        ------
        MissingInput
            It is not here.
        RecordDamaged
            Its bytes are not those that were stored.
        """
        with self._opened(digest) as packed:
            size = _content_size(packed.read(_FRAME_HEADER))
            packed.seek(0)
            stream = _Hashing(packed)
            try:
                value = read(stream, size)
                stream.check(digest, size)
            except zstandard.ZstdError as error:
                raise _unpackable(error) from error
        return value

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
            raise self._full(error) from error

    def _full(self, error: OSError) -> SaveFailed:
        return SaveFailed(f"An edit could not be kept in {self._folder}: {error.strerror}.", "Free some space.")

    def _path(self, digest: str) -> Path | None:
        return self._folder / _name(digest) if self._folder else None

    def _opened(self, digest: str) -> IO[bytes]:
        path = self._path(digest)
        if digest not in self._packed and path is not None and path.is_file():
            return path.open("rb")
        return io.BytesIO(self.packed(digest))


def unpack(packed: bytes, digest: str) -> bytes:
    """Decompress within bounds and hold the result against `digest`.

    Raises
    ------
    RecordDamaged
        It does not decompress, is too large, or has another digest.
    """
    size = _content_size(packed)
    try:
        data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=size)
    except zstandard.ZstdError as error:
        raise _unpackable(error) from error
    if _digest(hashlib.sha256(data)) != digest:
        raise _exchanged(digest)
    return data


class _Hashing:
    """The bytes of a compressed file, and their digest."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._stream = zstandard.ZstdDecompressor().stream_reader(packed, closefd=False)
        self._hasher = hashlib.sha256()
        self._read = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self._hasher.update(data)
        self._read += len(data)
        return data

    def check(self, digest: str, size: int) -> None:
        """Read on to the end of what was promised, and hold all of it against `digest`."""
        while self._read <= size and self.read(_PIECE):
            pass
        if self._read != size or _digest(self._hasher) != digest:
            raise _exchanged(digest)


def _pack(pieces: Iterable[bytes], size: int, file: IO[bytes]) -> str:
    hasher = hashlib.sha256()
    with zstandard.ZstdCompressor(LEVEL).stream_writer(file, size=size, closefd=False) as packer:
        for piece in pieces:
            hasher.update(piece)
            packer.write(piece)
    return _digest(hasher)


def _digest(hasher: Any) -> str:
    return f"sha256:{hasher.hexdigest()}"


def _name(digest: str) -> str:
    return f"{digest.removeprefix('sha256:')}.zst"


def _content_size(packed: bytes) -> int:
    try:
        size: int = zstandard.get_frame_parameters(packed).content_size
    except zstandard.ZstdError as error:
        raise _unpackable(error) from error
    if size > MAX_BLOB:
        raise RecordDamaged("A stored edit claims to be larger than 16 GiB.", "It was damaged or made to harm.")
    return size


def _unpackable(error: zstandard.ZstdError) -> RecordDamaged:
    return RecordDamaged(f"A stored edit cannot be unpacked: {error}.", "It was damaged.")


def _exchanged(digest: str) -> RecordDamaged:
    return RecordDamaged(
        f"A stored edit is not the one that was recorded ({digest[:19]}…).", "It was damaged or exchanged."
    )


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file so that it is there whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
