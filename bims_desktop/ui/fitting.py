"""Whether a layer fits an argument of an operation, and what a form says where none does."""

from __future__ import annotations

from bims_desktop.app.data import Data
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Argument

_KINDS = {"intensity": "an intensity image", "labels": "labels", "mask": "a mask", "rgb": "an RGB image"}
_HOW = {
    "intensity": "Open one, or drop it into the window.",
    "rgb": "Open one, or drop it into the window.",
    "mask": "Run a threshold first.",
    "labels": "Run Label on a mask first.",
}


def fits(argument: Argument, data: Data | None) -> bool:
    """Whether `argument` takes what a layer shows; never what is not recorded, such as points."""
    return data is not None and data.table is None and (not argument.kinds or data.image.kind in argument.kinds)


def kind_of(data: Data | None) -> str:
    """What a layer shows, in words: ``a mask``."""
    return "not an image" if data is None else _KINDS[data.image.kind]


def missing(argument: Argument, offered: bool, why: str = "", refused: Data | None = None) -> str:
    """What `argument` needs and how to come by it.

    Parameters
    ----------
    argument : Argument
        Nothing is chosen for it.
    offered : bool
        Whether there are layers to choose.
    why : str
        A sentence on what the person works on, which does not fit.
    refused : Data, optional
        What that is.
    """
    wanted = " or ".join(_KINDS[kind] for kind in argument.kinds) or "an image"
    needs = f"{why} The operation needs" if why else "It needs"
    return f"{needs} {wanted}. {_way(argument, refused, offered)}"


def _way(argument: Argument, refused: Data | None, offered: bool) -> str:
    first = argument.kinds[0] if argument.kinds else "intensity"
    way = _HOW[first]
    if refused is not None and refused.image.kind == "rgb" and first == "intensity":
        way = f"Run {registry.get('rgb2gray').title} first."
    elif offered and first in ("intensity", "rgb"):
        return "Choose one above."
    return f"{way[:-1]}, or choose a layer above." if offered else way
