"""What would be missed: results that no file holds yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bims_desktop.model.image import Image

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.session import Session


def unsaved(session: Session) -> tuple[Data, ...]:
    """Layers, then tables, that were made or changed here and not saved with provenance since, in their order.

    What holds exactly what a saved file holds is not missed, whichever steps made it.

    Examples
    --------
    >>> import tempfile, numpy, pathlib, tifffile
    >>> from bims_desktop.app.home import Home
    >>> from bims_desktop.app.session import Session
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> tifffile.imwrite(folder / "cells.tif", numpy.eye(8, dtype="uint8"))
    >>> with Session(folder / "session", home=Home(folder / "home")) as session:
    ...     smooth = session.run("gaussian", session.open(folder / "cells.tif"), sigma=1.0)
    ...     unsaved(session)
    (<Data 2 'gaussian_1'>,)
    """
    recorder, saved = session.recorder, _saved(session)
    held = {contents for version in saved if (contents := _contents(session, version)) is not None}
    shown = [layer.version for layer in session.layers] + [table.version for table in session.tables]
    made = [version for version in shown if session.actions[recorder.writers[version] - 1].operation != "load"]
    return tuple(
        session.data(version) for version in made if version not in saved and _contents(session, version) not in held
    )


def behind_saved(session: Session) -> set[int]:
    """The versions that saved files were made from: their steps stand in the records, from which they come again."""
    recorder, found, waiting = session.recorder, set[int](), list(_saved(session))
    while waiting:
        action = session.actions[recorder.writers[waiting.pop()] - 1]
        further = set(action.arguments.values()) - found
        found |= further
        waiting += further
    return found


def _saved(session: Session) -> set[int]:
    saves = (action for action in session.actions if action.operation == "save")
    return {version for action in saves for version in action.arguments.values()}


def _contents(session: Session, version: int) -> tuple[object, ...] | None:
    """What a file of it holds; None while its digest is being computed, for whoever closes a window does not wait."""
    kept = session.recorder.versions[version]
    if not kept.digest.done():
        return None
    told: tuple[object, ...] = (kept.digest.result(),)
    if isinstance(image := kept.value, Image):
        told += (image.axes, image.scale, image.units, image.channels, image.kind)
    return told
