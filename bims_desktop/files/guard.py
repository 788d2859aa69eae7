"""`Budget`: what a file may cost, checked before anything is decoded."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from bims_desktop.errors import FileTooLarge, UnreadableFile

MIB = 1 << 20
GIB = 1 << 30
RATIO_FLOOR = GIB


@dataclass(frozen=True, slots=True)
class Budget:
    """Upper bounds for one file.

    Parameters
    ----------
    max_bytes : int
        Decoded pixels of the series that is read.
    max_pages : int
        Pages (image file directories) of a TIFF.
    max_metadata : int
        One text of metadata, and one decompressed record.
    max_ratio : int
        Decoded bytes for each byte of the file; only looked at above 1 GiB decoded,
        since an empty mask compresses without end.
    max_plane : int
        Decoded bytes that must be held at once: a compressed plane, a PNG, a JPEG.

    Examples
    --------
    >>> Budget(max_bytes=100).check_pixels("a.tif", decoded=64, stored=64)
    """

    max_bytes: int = 64 * GIB
    max_pages: int = 1_000_000
    max_metadata: int = 64 * MIB
    max_ratio: int = 10_000
    max_plane: int = 8 * GIB

    def check_pixels(self, name: str, *, decoded: int, stored: int) -> None:
        """Refuse pixels of `decoded` bytes out of a file of `stored` bytes.

        Raises
        ------
        FileTooLarge
            There are too many bytes, or too many for so small a file.
        """
        if decoded > self.max_bytes:
            raise FileTooLarge(
                f"The pixels of {name} need {_size(decoded)}, above the limit of {_size(self.max_bytes)}."
            )
        if decoded > RATIO_FLOOR and decoded > stored * self.max_ratio:
            raise FileTooLarge(
                f"{name} claims {_size(decoded)} of pixels in a file of {_size(stored)}.",
                "It is damaged, or made to exhaust the memory.",
            )

    def check_plane(self, name: str, decoded: int) -> None:
        """Refuse a plane (or a whole PNG or JPEG) of `decoded` bytes.

        Raises
        ------
        FileTooLarge
            It could not be held in memory.
        """
        if decoded > self.max_plane:
            raise FileTooLarge(
                f"One plane of {name} needs {_size(decoded)}, above the limit of {_size(self.max_plane)}.",
                "Use a smaller copy or a lower level of its pyramid.",
            )

    def check_pages(self, name: str, pages: int) -> None:
        """Refuse a TIFF of so many pages.

        Raises
        ------
        FileTooLarge
            There are more than `max_pages`.
        """
        if pages > self.max_pages:
            raise FileTooLarge(f"{name} has {pages} pages, above the limit of {self.max_pages}.")

    def check_metadata(self, name: str, length: int) -> None:
        """Refuse a text of `length` bytes.

        Raises
        ------
        FileTooLarge
            It is longer than `max_metadata`.
        """
        if length > self.max_metadata:
            raise FileTooLarge(
                f"A text of metadata in {name} has {_size(length)}, above the limit of {_size(self.max_metadata)}."
            )


DEFAULT = Budget()


def file_digest(path: str | os.PathLike[str]) -> str:
    """SHA-256 of the bytes of a file, as ``sha256:<hex>``; reads it in pieces.

    Raises
    ------
    UnreadableFile
        The file cannot be opened or read.
    """
    try:
        with Path(path).open("rb") as stream:
            return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: str | os.PathLike[str], error: OSError) -> UnreadableFile:
    """What an `OSError` at reading `path` means to a person."""
    if isinstance(error, IsADirectoryError):
        return UnreadableFile(f"{Path(path).name} is a folder, not an image.", "Choose a file in it.")
    return UnreadableFile(
        f"{Path(path).name} cannot be read: {error.strerror or error}.",
        "Check that it is there and that you may read it.",
    )


def _size(count: int) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.4g} {unit}"
        count /= 1024  # type: ignore[assignment]
    return f"{count:.4g} TiB"
