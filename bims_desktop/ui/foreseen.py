"""What settings that are left open come to on this very image, where that is known before they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bims_desktop.model.image import Image
from bims_desktop.operations.measure import OF_INTENSITY, OF_SHAPE
from bims_desktop.operations.regions import span
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.suggestions import by_extent

Images: TypeAlias = Mapping[str, Image]
Values: TypeAlias = Mapping[str, Any]


def foreseen(operation: Operation, images: Images, values: Values) -> dict[str, Any]:
    """Those among the parameters of `operation` that may be None, by what None comes to; unknown ones are left out.

    Parameters
    ----------
    operation : Operation
        Whose settings they are.
    images : mapping of str to Image
        What it is applied to, by the names of its arguments.
    values : mapping
        The settings beside them, such as the axes.

    Examples
    --------
    >>> import numpy as np
    >>> from bims_desktop.operations import registry
    >>> mask = Image(np.zeros((4, 6), bool), "YX", kind="mask")
    >>> foreseen(registry.get("label"), {"label_image": mask}, {"axes": "ZYX"})
    {'background': 0, 'connectivity': 2}
    >>> foreseen(registry.get("crop"), {"image": mask}, {})
    {'x_stop': 6, 'y_stop': 4}
    """
    image = images.get(operation.arguments[0].name) if operation.arguments else None
    if image is None:
        return {}
    optional = {parameter.name for parameter in operation.parameters if parameter.optional}
    extent = {name: value for name, value in by_extent(operation, image).items() if name in optional}
    tell = _KNOWN.get(operation.id)
    return extent if tell is None else extent | tell(image, images, values)


def _of_scale(image: Image, _: Images, values: Values) -> dict[str, Any]:
    """Sizes in the unit that is chosen, where the image has them in it."""
    units = {"X": "unit", "Y": "unit", "Z": "unit", "T": "time_unit"}
    has = {axis: image.scale_of(axis) for axis in image.axes if image.unit_of(axis) == values.get(units.get(axis, ""))}
    names = {"X": "physical_size_x", "Y": "physical_size_y", "Z": "physical_size_z", "T": "time_increment"}
    kept = {name: has[axis] for axis, name in names.items() if axis in has}
    width = values["physical_size_x"]
    return kept if width is None else kept | {"physical_size_y": width}


def _of_label(image: Image, _: Images, values: Values) -> dict[str, Any]:
    return {"background": 0, "connectivity": len(span(image, values["axes"]))}


def _of_skeleton(image: Image, _: Images, values: Values) -> dict[str, Any]:
    return {"method": "zhang" if len(span(image, values["axes"])) == 2 else "lee"}


def _of_table(_: Image, images: Images, values: Values) -> dict[str, Any]:
    return {"properties": OF_SHAPE + OF_INTENSITY if "intensity_image" in images else OF_SHAPE}


def _of_planes(image: Image, _: Images, values: Values) -> dict[str, Any]:
    return {"stop": image.size(values["axis"])} if values["axis"] in image.axes else {}


_KNOWN: Mapping[str, Callable[[Image, Images, Values], dict[str, Any]]] = {
    "label": _of_label,
    "regionprops_table": _of_table,
    "select_planes": _of_planes,
    "set_scale": _of_scale,
    "skeletonize": _of_skeleton,
}
