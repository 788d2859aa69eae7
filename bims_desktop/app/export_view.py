"""Export the view: a picture for slides and figures, which names the records of what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bims_desktop.app.inputs import Input
from bims_desktop.errors import SaveRefused
from bims_desktop.files.atomic import replacing
from bims_desktop.files.derived import is_picture, write_derived
from bims_desktop.model.canonical import Json
from bims_desktop.provenance.recorder import utc_now

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.session import Session


@dataclass(frozen=True, slots=True)
class Shown:
    """A layer in the picture.

    Parameters
    ----------
    data : Data
        Its pixels.
    look : mapping
        How they became colours: look-up table, contrast limits, gamma, opacity.
    crop : mapping
        Which part is seen, in pixels of the layer.
    """

    data: Data
    look: Mapping[str, Json] = field(default_factory=dict)
    crop: Mapping[str, Json] = field(default_factory=dict)


def export_view(
    session: Session,
    path: str | PathLike[str],
    pixels: np.ndarray[Any, Any],
    layers: Sequence[Shown],
    *,
    others: Sequence[str] = (),
    view: Mapping[str, Json] | None = None,
    overwrite: bool = True,
) -> Path:
    """Write what the viewer shows as PNG or JPEG, with a note of what it was made from.

    The picture proves nothing by itself: it names records, and a ledger says whether it knows them.

    Parameters
    ----------
    session : Session
        Where the layers came to be.
    path : path
        Ends in ``.png``, ``.jpg`` or ``.jpeg``.
    pixels : array, (Y, X, 3) or (Y, X, 4) of uint8
        The picture.
    layers : sequence of Shown
        What it shows, from the back to the front.
    others : sequence of str
        Kinds of layers in the picture that are not recorded, such as points.
    view : mapping, optional
        From where it was seen: camera, displayed axes, place along the others.
    overwrite : bool
        Whether a file that is there may be replaced; an input never is.

    Raises
    ------
    SaveRefused
        Another ending, an input, or a file that exists.
    SaveFailed
        The disk is full or the folder read-only; whatever was there before still is.
    """
    path = Path(path).absolute()
    _check_destination(session.inputs.values(), path, overwrite)
    note = {
        "created": utc_now(),
        "layers": [_told(session, shown) for shown in layers],
        "others": list(others),
        "size": [int(pixels.shape[1]), int(pixels.shape[0])],
        "type": "bims-derived",
        "v": 1,
        "view": dict(view or {}),
    }
    with replacing(path) as part:
        write_derived(part, path.name, pixels, note)
    session.view(f"Exported the view as {path.name}")
    return path


def record_of(session: Session, data: Data) -> str:
    """Digest of the record that a file with `data` carries; empty where it was never saved with provenance."""
    saves = (action for action in reversed(session.actions) if action.operation == "save")
    for action in saves:
        if data.version in action.arguments.values():
            return str(action.parameters["record"])
    source = session.inputs.get(data.version)
    return source.parent if source else ""


def _told(session: Session, shown: Shown) -> dict[str, Any]:
    return {
        "crop": dict(shown.crop),
        "look": dict(shown.look),
        "pixels": shown.data.digest,
        "record": record_of(session, shown.data) or None,
    }


def _check_destination(inputs: Any, path: Path, overwrite: bool) -> None:
    if not is_picture(path.name):
        raise SaveRefused(f"{path.name} is neither .png nor .jpg.", "Give it one of these endings.")
    if path.is_dir():
        raise SaveRefused(f"{path.name} is a folder.", "Choose another name.")
    given: list[Input] = list(inputs)
    if path.exists() and any(source.path.exists() and source.path.samefile(path) for source in given):
        raise SaveRefused(
            f"{path.name} is an input of this session.", "Choose another name; what was opened stays as it is."
        )
    if path.exists() and not overwrite:
        raise SaveRefused(f"{path.name} exists already.", "Choose another name, or allow to replace it.")
