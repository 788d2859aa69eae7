"""Measurements of labelled objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, get_args

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations.regions import Array, Index, Region, check_alike, dense, read, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.rows import gathered
from bims_desktop.operations.spacing import spacing, unit
from bims_desktop.operations.spec import Accepts, Found, IfNone

Property = Literal[
    "label",
    "area",
    "area_bbox",
    "area_convex",
    "area_filled",
    "axis_major_length",
    "axis_minor_length",
    "bbox",
    "centroid",
    "centroid_local",
    "centroid_weighted",
    "eccentricity",
    "equivalent_diameter_area",
    "euler_number",
    "extent",
    "feret_diameter_max",
    "intensity_max",
    "intensity_mean",
    "intensity_median",
    "intensity_min",
    "intensity_std",
    "num_pixels",
    "orientation",
    "perimeter",
    "perimeter_crofton",
    "solidity",
]
PROPERTIES: tuple[str, ...] = get_args(Property)
OF_SHAPE = ("label", "area", "centroid", "bbox")
OF_INTENSITY = ("intensity_mean", "intensity_min", "intensity_max")
NEEDS_INTENSITY = tuple(name for name in PROPERTIES if name.startswith("intensity_") or name.endswith("_weighted"))
AREAS = ("area", "area_bbox", "area_convex", "area_filled")
LENGTHS = (
    "axis_major_length",
    "axis_minor_length",
    "centroid",
    "centroid_local",
    "centroid_weighted",
    "equivalent_diameter_area",
    "feret_diameter_max",
    "perimeter",
    "perimeter_crofton",
)


@operation(
    title="Measure objects",
    menu="Measure",
    sentence="Measured {objects} objects of {label_image}",
)
def regionprops_table(
    label_image: Annotated[Image, Accepts("labels")],
    intensity_image: Annotated[Image, Accepts("intensity")] | None = None,
    *,
    properties: Annotated[tuple[Property, ...], IfNone("the usual ones")] | None = None,
    units: Literal["physical", "pixels"] = "physical",
    axes: Region = "ZYX",
) -> Found:
    """Measure every labelled object.

    Parameters
    ----------
    label_image : Image
        Labels; 0 is background.
    intensity_image : Image, optional
        Intensities of the same shape and axes.
    properties : tuple of str, optional
        What to measure; label, area, centroid and bbox if not given, and with an intensity
        image intensity_mean, intensity_min and intensity_max.
    units : {"physical", "pixels"}
        Lengths and areas by the image's calibration, or in pixels.
    axes : {"YX", "ZYX"}
        Objects of each plane alone, or of each volume.

    Returns
    -------
    Found
        A `Table`, one row an object in the order of regions and labels, its columns as
        scikit-image names them, after one index column for each of T, C, Z that a region does
        not span; ``objects``, the number of rows.

    Raises
    ------
    BadParameter
        The images differ in shape, an intensity is asked for without an intensity image, or the
        axes have different physical units.
    OperationFailed
        A property does not exist for these regions (a perimeter in 3-D, for instance).

    References
    ----------
    `skimage.measure.regionprops_table` with ``spacing`` from the calibration.

    Examples
    --------
    >>> labels = Image(np.array([[1, 1, 0, 2]], np.int32), "YX", (0.5, 0.5), ("µm", "µm"), kind="labels")
    >>> table = regionprops_table(labels, properties=("label", "area")).result
    >>> table.columns["area"].tolist(), table.units["area"]
    ([0.5, 0.25], 'µm²')
    """
    chosen = properties if properties is not None else _default(intensity_image)
    _check(label_image, intensity_image, chosen)
    steps = spacing(label_image, axes) if units == "physical" else None

    def measure(index: Index, region: Array) -> dict[str, Array]:
        intensities = None if intensity_image is None else read(intensity_image, index)
        return measured_properties(region, intensities, chosen, steps)

    columns = gathered(label_image, axes, measure)
    table = Table(columns, units_of(columns, label_image, axes, units))
    return Found(table, {"objects": table.rows})


def _default(intensity_image: Image | None) -> tuple[str, ...]:
    return OF_SHAPE if intensity_image is None else OF_SHAPE + OF_INTENSITY


def _check(label_image: Image, intensity_image: Image | None, properties: tuple[str, ...]) -> None:
    if not properties:
        raise BadParameter("No property to measure was given.", "Name at least one, such as area.")
    if intensity_image is not None:
        check_alike(label_image, intensity_image, "intensity_image")
    elif needy := [name for name in properties if name in NEEDS_INTENSITY]:
        raise BadParameter(f"{needy[0]} cannot be measured without an intensity image.", "Choose one.")


def measured_properties(
    labels: Array, intensities: Array | None, properties: tuple[str, ...], steps: tuple[float, ...] | None
) -> dict[str, Array]:
    """Columns of `regionprops_table` for one region; labels keep their numbers."""
    numbers, values = dense(labels)
    try:
        columns = ski.measure.regionprops_table(numbers, intensities, properties=properties, spacing=steps)
    except (NotImplementedError, ValueError, RuntimeError) as error:
        raise OperationFailed(f"The objects could not be measured: {error}.", "Choose other properties.") from error
    if "label" in columns:
        columns["label"] = values[columns["label"]].astype(np.int64)
    return {name: np.asarray(column) for name, column in columns.items()}


def units_of(columns: Iterable[str], image: Image, axes: Region, units: str) -> dict[str, str]:
    """The units of those among `columns` of `regionprops_table` that have one."""
    ndim = len(span(image, axes))
    length, area = ("px", f"px{'²' if ndim == 2 else '³'}")
    if units == "physical":
        length, area = unit(image, axes), unit(image, axes, ndim)
    known = dict.fromkeys(LENGTHS, length) | dict.fromkeys(AREAS, area) | {"bbox": "px", "orientation": "rad"}
    return {name: known[name.split("-")[0]] for name in columns if name.split("-")[0] in known}
