"""From the axes that a file names, or does not name, to the house order."""

from __future__ import annotations

from typing import Any

import numpy as np

from bims_desktop.model import axes as _axes

_UNNAMED = "IQ"
_STACKS = {1: "Z", 2: "TZ", 3: "TCZ"}
_SPARE = "ABDEFGHJKLMNOPRUVW"


def named(axes: str, *, rgb: bool) -> tuple[str, tuple[str, ...]]:
    """Distinct letters for `axes` as tifffile gives them, and a note where one was assumed.

    A plain stack (I, Q: nobody named the axis) is taken as Z, as Fiji does; two as T and Z, three
    as T, C, Z. Samples that are no colours become channels.

    Examples
    --------
    >>> named("QQYX", rgb=False)
    ('TZYX', ('Its axes have no names; they were taken as TZYX.',))
    """
    letters = list(axes if rgb else _without_samples(axes))
    unnamed = [i for i, letter in enumerate(letters) if letter in _UNNAMED or letter in letters[:i]]
    taken = {letter for i, letter in enumerate(letters) if i not in unnamed}
    stack = _STACKS.get(len(unnamed), "TCZ")
    free = [letter for letter in stack + "ZTC" + _SPARE if letter not in taken]
    for i, letter in zip(unnamed, dict.fromkeys(free), strict=False):
        letters[i] = letter
    result = "".join(letters)
    return result, (f"Its axes have no names; they were taken as {result}.",) if unnamed else ()


def _without_samples(axes: str) -> str:
    spare = next(letter for letter in "C" + _SPARE if letter not in axes)
    return axes.replace("S", spare)


def in_order(pixels: Any, axes: str) -> tuple[Any, str]:
    """`pixels` as a view in the house order; an image plane of one row or column gets its Y or X."""
    for axis in "YX":
        if axis not in axes:
            pixels, axes = pixels[np.newaxis], axis + axes
    return pixels.transpose(_axes.permutation(axes)), _axes.ordered(axes)


def expanded(pixels: Any, axes: str, wanted: str) -> tuple[Any, str]:
    """`pixels` with the axes `wanted` where those only add axes of length 1; otherwise as they are."""
    fits = wanted == _axes.ordered(wanted) and "".join(a for a in wanted if a in axes) == axes
    if not fits or len(set(wanted)) != len(wanted) or not (wanted.isascii() and wanted.isalpha() and wanted.isupper()):
        return pixels, axes
    return pixels[tuple(slice(None) if axis in axes else np.newaxis for axis in wanted)], wanted
