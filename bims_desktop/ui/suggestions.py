"""Where settings begin on this very image: its size, its voxels, its range of intensities."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.measure import NEEDS_INTENSITY
from bims_desktop.operations.resampling import cubic_sizes
from bims_desktop.operations.spec import Operation, Parameter
from bims_desktop.ui.glimpse import AXES
from bims_desktop.ui.levels import Levels

_INTENSITIES = {"value", "low", "high", "threshold_abs", "initial_guess", "a_min", "a_max", "background"}
_EXTENT = re.compile(r"([xyztc])_(?:stop|size)")
_ALONG = re.compile(r"([xyztc])_[a-z]+")


def intensities(parameters: Sequence[Parameter]) -> list[str]:
    """Names of the settings that are an intensity of the image, such as a threshold.

    Examples
    --------
    >>> from bims_desktop.operations import registry
    >>> intensities(registry.get("threshold").parameters), intensities(registry.get("gaussian").parameters)
    (['value'], [])
    """
    return [p.name for p in parameters if p.type is float and p.name in _INTENSITIES and not p.bounds.unit]


def by_extent(operation: Operation, image: Image) -> dict[str, Any]:
    """Settings that follow from the size and the pixels of `image`.

    Examples
    --------
    >>> import numpy as np
    >>> from bims_desktop.operations import registry
    >>> by_extent(registry.get("crop"), Image(np.zeros((4, 6)), "YX"))
    {'x_stop': 6, 'y_stop': 4}
    """
    found: dict[str, Any] = {}
    for parameter in operation.parameters:
        match = _EXTENT.fullmatch(parameter.name)
        if match and match[1].upper() in image.axes:
            found[parameter.name] = image.size(match[1].upper())
    if operation.id == "swapaxes":  # the other one is Y
        found["axis1"] = "Z" if "Z" in image.axes else "X"
    if operation.id == "rescale_isotropic":
        # As many digits as a box has room for; the number of pixels is whole, and stays the same.
        found["size"] = float(f"{min(image.scale_of(axis) for axis in image.axes if axis in 'ZYX'):.6g}")
    if operation.id == "profile_line":
        middle = float(image.size("Y") // 2)
        found |= {"src_y": middle, "dst_y": middle, "dst_x": float(image.size("X") - 1)}
    return found


def by_axes(operation: Operation, image: Image | None) -> dict[str, Sequence[Any]]:
    """What to offer of the settings that choose axes: those that `image` has, all where none of them is there.

    Examples
    --------
    >>> import numpy as np
    >>> from bims_desktop.operations import registry
    >>> by_axes(registry.get("gaussian"), Image(np.zeros((4, 6)), "YX"))
    {'axes': ('YX',)}
    >>> by_axes(registry.get("rescale_intensity"), Image(np.zeros((4, 6)), "YX"))
    {'axes': ('image', 'YX')}
    """
    return {p.name: _here(p, image) or p.choices for p in _of_axes(operation)}


def by_images(operation: Operation, images: Collection[str]) -> dict[str, Sequence[Any]]:
    """What to offer of the settings that list what is measured, where only `images` of the arguments are chosen.

    Examples
    --------
    >>> from bims_desktop.operations import registry
    >>> measure = registry.get("regionprops_table")
    >>> "intensity_max" in by_images(measure, ["label_image"])["properties"]
    False
    >>> "intensity_max" in by_images(measure, ["label_image", "intensity_image"])["properties"]
    True
    """
    if not any(argument.name == "intensity_image" for argument in operation.arguments):
        return {}
    lists = [p for p in operation.parameters if p.type is tuple and p.choices]
    left_out = () if "intensity_image" in images else NEEDS_INTENSITY
    return {p.name: tuple(choice for choice in p.choices if choice not in left_out) for p in lists}


def lacking_axes(operation: Operation, image: Image | None) -> dict[str, str]:
    """Names of the settings that choose axes none of which `image` has, with the reason why it cannot run.

    Examples
    --------
    >>> import numpy as np
    >>> from bims_desktop.operations import registry
    >>> lacking_axes(registry.get("max_projection"), Image(np.zeros((4, 6)), "YX"))
    {'axis': 'The image has no axis Z, T or C. Its axes are YX.'}
    """
    if image is None:
        return {}
    lacking = [p for p in _of_axes(operation) if not _here(p, image)]
    said = {p.name: " or ".join(", ".join(p.choices).rsplit(", ", 1)) for p in lacking}
    colour = " S is the colour." if "S" in image.axes else ""
    return {name: f"The image has no axis {axes}. Its axes are {image.axes}.{colour}" for name, axes in said.items()}


def needless(operation: Operation, image: Image | None, values: Mapping[str, Any]) -> str:
    """Why there is nothing to do on `image` with these settings; empty where there is.

    Examples
    --------
    >>> import numpy as np
    >>> from bims_desktop.operations import registry
    >>> needless(registry.get("rescale_isotropic"), Image(np.zeros((4, 6)), "YX"), {"size": None})
    'The pixels are square already: nothing would change.'
    """
    if image is None or operation.id != "rescale_isotropic":
        return ""
    with suppress(BadParameter):  # of axes with different units; the run says so
        if all(count == image.size(axis) for axis, count in cubic_sizes(image, values["size"]).items()):
            shape = "voxels are cubic" if "Z" in image.axes else "pixels are square"
            return f"The {shape if values['size'] is None else 'steps are of this size'} already: nothing would change."
    return ""


def _of_axes(operation: Operation) -> list[Parameter]:
    """The settings that choose among axes; but a stack gets an axis that its images do not have."""
    return [p for p in operation.parameters if p.name in AXES and p.choices and operation.id != "stack"]


def _here(parameter: Parameter, image: Image | None) -> tuple[Any, ...]:
    """The choices that `image` has; words such as "image" name no axes."""
    return tuple(c for c in parameter.choices if image and (c.islower() or set(c) <= set(image.axes)))


def without_axis(operation: Operation, image: Image | None) -> list[str]:
    """Names of the settings along an axis that `image` does not have: there is nothing to set.

    Examples
    --------
    >>> import numpy as np
    >>> from bims_desktop.operations import registry
    >>> without_axis(registry.get("shift"), Image(np.zeros((4, 6)), "YX"))
    ['z_shift']
    """
    named = ((p.name, _ALONG.fullmatch(p.name)) for p in operation.parameters if not p.required)
    return [name for name, match in named if match and image and match[1].upper() not in image.axes]


def by_levels(levels: Levels) -> dict[str, float]:
    """Settings that follow from the intensities of the plane that is shown."""
    split = levels.split
    return {
        "value": split,
        "low": levels.rounded((levels.low + split) / 2),
        "high": split,
        "threshold_abs": split,
        "initial_guess": split,
        "a_max": levels.rounded(levels.high),
    }
