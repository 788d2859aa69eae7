"""JPEG in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import JpegImagePlugin
from PIL.ExifTags import TAGS

from bims_desktop.files.acquisition import Acquisition
from bims_desktop.files.calibration import Calibration
from bims_desktop.files.damage import decoding
from bims_desktop.files.guard import Budget
from bims_desktop.files.lazy import frozen
from bims_desktop.files.opened import Opened
from bims_desktop.files.plain import plain_image
from bims_desktop.model.canonical import Json

MAGIC = b"\xff\xd8\xff"
_ORIENTATION = 274


def read_jpeg(path: Path, *, budget: Budget) -> Opened:
    """A JPEG as grey or RGB samples, as they are stored.

    Raises
    ------
    UnreadableFile
        Truncated or damaged.
    FileTooLarge
        Beyond the budget, seen from its header.
    """
    with decoding(path):
        size = path.stat().st_size
        # The class itself: Image.open would stop large scans at its own limit, not at the budget.
        opened = JpegImagePlugin.JpegImageFile(path)
        width, height = opened.size
    decoded = width * height * len(opened.getbands())
    budget.check_pixels(path.name, decoded=decoded, stored=size)
    budget.check_plane(path.name, decoded)
    with opened, decoding(path):
        # Print colours (CMYK) have no place in the model.
        array = np.array(opened if opened.mode in ("L", "RGB") else opened.convert("RGB"))
        fields, raw = _metadata(opened)
    image, notes = plain_image(frozen(array), Calibration(), path.name)
    if opened.mode not in ("L", "RGB"):
        notes += (f"{path.name} has {opened.mode} samples, which were converted to RGB.",)
    if fields.get("Orientation", "1") != "1":
        notes += (f"{path.name} asks to be shown turned; its pixels were read as they are stored.",)
    return Opened(image, Acquisition(fields, raw), path, size, 0, notes)


def _metadata(opened: JpegImagePlugin.JpegImageFile) -> tuple[dict[str, Json], str]:
    fields: dict[str, Json] = {TAGS.get(code, str(code)): str(value) for code, value in opened.getexif().items()}
    comment = opened.info.get("comment", b"")
    return fields, comment.decode("latin-1") if isinstance(comment, bytes) else str(comment)
