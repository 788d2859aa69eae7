"""What a macro imports: every operation by its id, and the few verbs around them.

A macro is ordinary Python too: run in the folder of its inputs, ``op.load`` finds them by
digest. The program itself never runs a macro that way; it reads it (`bims_desktop.macro`).

Examples
--------
>>> import numpy as np
>>> from bims_desktop import op
>>> op.invert(op.Image(np.zeros((2, 2), np.uint8), "YX")).array().max()
np.uint8(255)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bims_desktop.app.find_input import Search
from bims_desktop.app.home import Home
from bims_desktop.errors import UnknownOperation
from bims_desktop.files.blobs import Blobs
from bims_desktop.files.image_blob import read_image
from bims_desktop.macro import plugin
from bims_desktop.macro.plan import Step
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.operations.execute import execute

__all__ = ["Image", "blobs", "call", "load", "snapshot"]

blobs = Blobs(Path("blobs"))
"""Where stored edits are looked for; put another store here before running a macro that needs it."""


def load(digest: str, *, name: str) -> Image:
    """The image of this digest: called `name` in the current folder, or where it was last seen.

    Raises
    ------
    MissingInput, FileChanged
        It cannot be found, or has other pixels.
    """
    step = Step(("image",), "load", {}, {"digest": digest, "name": name})
    return Search(Home(), near=(Path.cwd(),)).find(step).image


def snapshot(digest: str, *, cause: str) -> Image:
    """Pixels that came by an unrecorded route, from the stored edits.

    Raises
    ------
    MissingInput
        They are not in `blobs`.
    """
    return blobs.load(digest, read_image)


def call(function: str, **arguments: Any) -> Any:
    """A third-party function, in a process of its own.

    Raises
    ------
    ReplayStopped
        It is not installed, or failed.
    """
    images = {name: value for name, value in arguments.items() if isinstance(value, Image)}
    plain: Mapping[str, Any] = {name: value for name, value in arguments.items() if name not in images}
    step = Step(("result",), "call", {name: name for name in images}, {"function": function, **plain})
    return _given(plugin.call(step, images).results)


def __getattr__(name: str) -> Any:
    try:
        operation = registry.get(name)
    except UnknownOperation as error:
        raise AttributeError(str(error)) from error

    def run(*positional: Any, **keywords: Any) -> Any:
        leading = [operation.arguments[0].name, *operation.blobs]
        given = {**dict(zip(leading, positional, strict=False)), **keywords}
        names = {argument.name for argument in operation.arguments}
        images = {key: value for key, value in given.items() if key in names and value is not None}
        options = {key: value for key, value in given.items() if key not in names}
        return _given(execute(operation, images, options, blobs.get).results)

    run.__name__, run.__doc__ = name, operation.function.__doc__
    return run


def _given(results: tuple[Any, ...]) -> Any:
    return results if len(results) > 1 else results[0]
