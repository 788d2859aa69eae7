"""Pictures derived from images: PNG or JPEG that name in their metadata what they show.

References
----------
Portable Network Graphics (PNG) Specification, third edition, W3C 2025: the chunk ``iTXt``.
ISO 16684-1:2019, Extensible metadata platform (XMP).
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image as Picture
from PIL import JpegImagePlugin
from PIL.PngImagePlugin import PngInfo

from bims_desktop.errors import RecordDamaged, SaveRefused, UnreadableFile
from bims_desktop.files import jpeg, png, xml
from bims_desktop.files.damage import decoding
from bims_desktop.files.guard import MIB, unreadable
from bims_desktop.model.canonical import Json, canonical, parse

KEYWORD = "bims-derived"
NAMESPACE = "urn:bims-desktop:derived:1"
MOST = 60_000
"""Bytes of a note: one segment of a JPEG holds no more."""
_PNG, _JPEG = (".png",), (".jpg", ".jpeg")
_QUALITY = 95
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:bims="{namespace}"><bims:derived>{text}</bims:derived>'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def is_picture(name: str) -> bool:
    """Whether a picture can be written under this name.

    Examples
    --------
    >>> is_picture("view.PNG"), is_picture("view.tif")
    (True, False)
    """
    return name.lower().endswith((*_PNG, *_JPEG))


def write_derived(path: Path, name: str, pixels: np.ndarray[Any, Any], note: dict[str, Any]) -> None:
    """Write `pixels` with `note` as PNG or JPEG, as the ending of `name` says.

    Parameters
    ----------
    path : Path
        Where to write.
    name : str
        What the file will be called.
    pixels : array, (Y, X, 3) or (Y, X, 4) of uint8
        What is seen; what shines through is given up.
    note : dict
        JSON of at most 60,000 bytes: what it is derived from.

    Raises
    ------
    SaveRefused
        Another ending, or a note that is too long.
    """
    text = canonical(note).decode()
    if len(text.encode()) > MOST:
        raise SaveRefused(f"{name} shows too many layers to be named in it.", "Hide some of them.")
    picture = Picture.fromarray(np.ascontiguousarray(pixels[..., :3]))
    data = BytesIO()
    if name.lower().endswith(_PNG):
        info = PngInfo()
        info.add_itxt(KEYWORD, text)
        picture.save(data, "PNG", pnginfo=info)
    elif name.lower().endswith(_JPEG):
        packet = _XMP.format(namespace=NAMESPACE, text=escape(text)).encode()
        picture.save(data, "JPEG", quality=_QUALITY, subsampling=0, xmp=packet)
    else:
        raise SaveRefused(f"{name} is neither .png nor .jpg.", "Give it one of these endings.")
    path.write_bytes(data.getvalue())


def read_derived(path: Path) -> dict[str, Any] | None:
    """What a picture says that it is derived from; None for a file that says nothing of it.

    Raises
    ------
    RecordDamaged
        It says something that cannot be read.
    UnreadableFile
        The file is damaged, or not there.
    """
    try:
        with path.open("rb") as file:
            start = file.read(MIB)
        if start.startswith(png.MAGIC):
            # It stands before the pixels.
            with decoding(path):
                text = dict(png.texts_of(list(png.chunks_of(start)))).get(KEYWORD)
        else:
            text = _from_jpeg(path) if start.startswith(jpeg.MAGIC) else None
    except OSError as error:
        raise unreadable(path, error) from error
    return None if text is None else _note(path, text)


def _from_jpeg(path: Path) -> str | None:
    with decoding(path), JpegImagePlugin.JpegImageFile(path) as opened:
        packet = opened.info.get("xmp", b"")
    if NAMESPACE.encode() not in packet:
        return None
    try:
        found = xml.parse(packet.rstrip(b"\0"), path.name).find(f".//{{{NAMESPACE}}}derived")
    except UnreadableFile as error:
        raise RecordDamaged(f"What {path.name} says of itself cannot be read.", "It was edited.") from error
    return None if found is None else "".join(found.itertext())


def _note(path: Path, text: str) -> dict[str, Any]:
    wrong = RecordDamaged(f"What {path.name} says of itself cannot be read.", "It was damaged or edited.")
    if len(text) > MOST:
        raise wrong
    value: Json = parse(text)
    if not isinstance(value, dict) or value.get("v") != 1 or not isinstance(value.get("layers"), list):
        raise wrong
    return dict(value)
