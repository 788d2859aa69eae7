"""`Glimpse`: what an operation makes of the plane that is shown, computed from no more than it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bims_desktop.errors import BimsError
from bims_desktop.model.canonical import Json
from bims_desktop.model.image import Image
from bims_desktop.operations.execute import Outcome, execute
from bims_desktop.operations.spec import Operation

if TYPE_CHECKING:
    import napari

ALONG = {"correct_bleaching": "T", "correct_drift": "T", "rescale_isotropic": "Z", "split_channels": "C"}
"""Axes that these look along whatever their settings."""
AXES = ("axes", "axis", "axis1", "axis2")
"""Names of the settings that choose among the axes of an image."""
SIDE = 1024
"""Of the part of a large plane that is enough where neighbours only count, in pixels."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to compute: an operation on images by argument, and its settings."""

    operation: Operation
    images: Mapping[str, Image]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """A plane before and after; `after` is None where the result is no image.

    `corner` is the row and the column, in the whole image, of the first pixel; `plane` says which plane it is, ``Z 3``,
    and is empty where there is only one.
    """

    before: Image
    after: Image | None
    found: Mapping[str, Json]
    corner: tuple[int, int]
    plane: str

    @property
    def in_place(self) -> bool:
        """Whether every pixel of the result lies where it came from."""
        before, after = self.before, self.after
        return after is not None and all(
            (before.size(axis), before.scale_of(axis)) == (after.size(axis), after.scale_of(axis)) for axis in "YX"
        )


def shown_point(viewer: napari.Viewer, *axes: str) -> dict[str, float]:
    """Where the viewer is along the axes of images, in its units: the sliders, and the middle of what is displayed.

    Parameters
    ----------
    viewer : napari.Viewer
        Lays the last axes of all images over each other, whatever they are called.
    *axes : str
        Of each image; of an axis that lies elsewhere in another image the first one counts.
    """
    dims = viewer.dims
    places = [float(at) for at in dims.point]
    for axis, at in zip(dims.displayed, viewer.scene.camera.center[-len(dims.displayed) :], strict=True):
        places[axis] = float(at)
    point: dict[str, float] = {}
    for names in reversed(axes):
        point |= dict(zip(reversed(names.removesuffix("S")), reversed(places), strict=False))
    return point


def place_of(image: Image, axis: str, point: Mapping[str, float]) -> int:
    """Which plane of `image` along `axis` is shown at `point`, from 0; beyond its ends the last one there."""
    return min(max(round(point.get(axis, 0.0) / image.scale_of(axis)), 0), image.size(axis) - 1)


def glimpse(request: Request, point: Mapping[str, float]) -> Glimpse:
    """Run `request` on what the viewer shows at `point`; nothing of it is recorded.

    Raises
    ------
    OperationError
        The operation does not take these images or settings, or stopped.
    """
    images, outcome = _run(request, point)
    result, first = outcome.results[0], next(iter(images.values()))
    after = shown_part(result, point, "", False) if isinstance(result, Image) else None
    whole = next(iter(request.images.values()))
    window = _window(whole, point, _local(request))
    corner = (window["Y"].start, window["X"].start)
    along = (axis for axis in whole.axes if axis not in "YXS" and whole.size(axis) > 1)
    plane = ", ".join(f"{axis} {place_of(whole, axis, point)}" for axis in along)
    return Glimpse(shown_part(first, point, "", False), after, outcome.found, corner, plane)


def found_at(request: Request, point: Mapping[str, float]) -> Mapping[str, Json]:
    """What `request` finds in what the viewer shows at `point`; see `glimpse`."""
    return _run(request, point)[1].found


def shown_part(image: Image, point: Mapping[str, float], whole: str, local: bool) -> Image:
    """The part of `image` that a preview computes.

    Parameters
    ----------
    image : Image
        Any axes.
    point : mapping of str to float
        Where the viewer is along each axis, in its units.
    whole : str
        Axes that the operation looks along, which stay whole.
    local : bool
        Whether a result pixel depends on its neighbours only: then a part of a large plane is enough.
    """
    window = _window(image, point, local)
    index: list[slice] = []
    for axis in image.axes:
        if axis in "YX":
            index.append(window[axis])
        elif axis == "S" or axis in whole:
            index.append(slice(None))
        else:
            place = place_of(image, axis, point)
            index.append(slice(place, place + 1))
    named = image.channels and "C" in image.axes  # a channel that was selected keeps its name without the axis
    kept = image.channels[index[image.axes.index("C")]] if named else image.channels
    return Image(image.pixels[tuple(index)], image.axes, image.scale, image.units, kept, image.kind)


def across(operation: str, values: Mapping[str, Any]) -> str:
    """Axes that the operation looks along, by its nature or by its settings."""
    named = ALONG.get(operation, "") + "".join(str(values.get(name, "")) for name in AXES)
    letters = "TCZ" if named == "image" else "".join(letter for letter in "TCZ" if letter in named)
    cut = "".join(axis for axis in "TCZ" if any(name.startswith(f"{axis.lower()}_") for name in values))
    return letters + cut + ("C" if "channel" in values else "")


def _run(request: Request, point: Mapping[str, float]) -> tuple[dict[str, Image], Outcome]:
    whole = across(request.operation.id, request.values)
    images = {name: shown_part(image, point, whole, _local(request)) for name, image in request.images.items()}
    return images, execute(request.operation, images, request.values, _no_blob)


def _local(request: Request) -> bool:
    return request.operation.halo != "whole"


def _window(image: Image, point: Mapping[str, float], local: bool) -> dict[str, slice]:
    """Rows and columns that are looked at: all, or about as many as are seen, around the middle of the view."""
    window = {}
    for axis in "YX":
        size = image.size(axis)
        middle = round(point[axis] / image.scale_of(axis)) if axis in point else size // 2
        start = min(max(middle - SIDE // 2, 0), max(size - SIDE, 0)) if local else 0
        window[axis] = slice(start, start + SIDE if local and size > SIDE else size)
    return window


def _no_blob(digest: str) -> bytes:
    raise BimsError("What was drawn by hand has no preview.", "Run the operation to see it.")
