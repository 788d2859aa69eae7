"""`Acquisition`: what a file says of how its image was taken."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from bims_desktop.model.canonical import Json


@dataclass(frozen=True, slots=True)
class Acquisition:
    """Readable facts, and the vendor's metadata word for word.

    Parameters
    ----------
    fields : dict
        Facts as JSON: objective, numerical aperture, channels, exposure, times, pixel size.
    raw : str
        OME-XML, ImageJ's texts, or any other description, as the file holds it.

    Examples
    --------
    >>> Acquisition({}, "").digest[:15]
    'sha256:e3b0c442'
    """

    fields: dict[str, Json] = field(default_factory=dict)
    raw: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of `raw` in UTF-8, as ``sha256:<hex>``."""
        return f"sha256:{hashlib.sha256(self.raw.encode()).hexdigest()}"
