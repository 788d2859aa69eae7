"""Open a file: its image, what is remembered of it, and the intent that the log will hold."""

from __future__ import annotations

import time
from pathlib import Path

from bims_desktop.app.inputs import Input, parent_record
from bims_desktop.files.readers import read
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.provenance.recorder import Intent, utc_now


def opened(path: Path) -> tuple[Image, Input, Intent]:
    """Read and digest the image at `path`.

    Raises
    ------
    UnreadableFile, FileTooLarge
        It is no image that can be read.
    """
    started, clock = utc_now(), time.perf_counter()
    found = read(path)
    status = path.stat()
    digest = pixel_digest(found.image)
    source = Input(path, digest, status.st_size, status.st_mtime_ns, parent_record(path), found.acquisition)
    intent = Intent(
        "load",
        f"Opened {source.name}",
        parameters={"digest": digest, "name": source.name},
        started=started,
        duration=time.perf_counter() - clock,
    )
    return found.image, source, intent
