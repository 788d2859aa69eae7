"""Labels chosen by what is measured of them."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.operations.kinds import Intensity, Labels
from bims_desktop.operations.measure import measured_properties, units_of
from bims_desktop.operations.regions import Region, check_alike, each, native, one, read
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spacing import spacing
from bims_desktop.operations.spec import Found, IfNone

Limit = Annotated[float, IfNone("no limit")] | None
Scalar = Literal[
    "area",
    "area_bbox",
    "area_convex",
    "area_filled",
    "axis_major_length",
    "axis_minor_length",
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
    "label",
    "num_pixels",
    "orientation",
    "perimeter",
    "perimeter_crofton",
    "solidity",
]


@operation(
    title="Select labels by measurement",
    menu="Segmentation/Labels",
    sentence="Kept {kept} objects of {label_image} whose {property} is {range}",
)
def select_labels(
    label_image: Labels,
    intensity_image: Intensity | None = None,
    *,
    property: Scalar = "area",
    minimum: Limit = 0.0,
    maximum: Limit = None,
    units: Literal["physical", "pixels"] = "physical",
    axes: Region = "ZYX",
) -> Found:
    """Keep objects of which a measurement lies within limits, both included.

    Parameters
    ----------
    label_image : Image
        Labels; those that stay keep their numbers.
    intensity_image : Image, optional
        Intensities of the same shape and axes, for what is measured of them.
    property : str
        What is measured, as by `regionprops_table`.
    minimum : float, optional
        Least value, in the unit that the table of `regionprops_table` gives it in; no limit if not given.
    maximum : float, optional
        Greatest value, in the same unit; no limit if not given.
    units : {"physical", "pixels"}
        Limits of lengths, areas and volumes by the image's calibration (µm² for instance), or in pixels.
    axes : {"YX", "ZYX"}
        Objects of each plane alone, or of each volume.

    Returns
    -------
    Found
        Labels with the same axes, dtype and calibration; objects that cannot be measured (NaN)
        go. ``kept``, how many stayed, one a region; ``range``, the limits in words.

    Raises
    ------
    BadParameter
        The images differ in shape, an intensity is asked for without an intensity image, the
        axes have different units, or `maximum` is less than `minimum`.
    OperationFailed
        The property does not exist for these regions (a perimeter in 3-D, for instance).

    References
    ----------
    `skimage.measure.regionprops_table`.

    Examples
    --------
    >>> from bims_desktop.model.image import Image
    >>> found = select_labels(Image(np.array([[1, 0, 2, 2]], np.int32), "YX", kind="labels"), minimum=2.0)
    >>> found.result.array().tolist(), found.values["kept"]
    ([[0, 0, 2, 2]], 1)
    """
    low, high = (-np.inf if minimum is None else minimum), (np.inf if maximum is None else maximum)
    if high < low:
        raise BadParameter(f"The maximum {high:g} is less than the minimum {low:g}.", "Exchange them.")
    if intensity_image is not None:
        check_alike(label_image, intensity_image, "intensity_image")
    elif property.startswith("intensity_"):
        raise BadParameter(f"{property} cannot be measured without an intensity image.", "Choose one.")
    steps = spacing(label_image, axes) if units == "physical" else None
    result = empty(label_image.shape, native(label_image.dtype))
    kept = []
    for index, region in each(label_image, axes):
        intensities = None if intensity_image is None else read(intensity_image, index)
        columns = measured_properties(region, intensities, ("label", property), steps)
        values = np.asarray(columns[property], np.float64)
        staying = columns["label"][(values >= low) & (values <= high)]
        result[index] = np.where(np.isin(region, staying), region, 0)
        kept.append(int(staying.size))
    unit = units_of((property,), label_image, axes, units).get(property, "")
    return Found(label_image.with_pixels(result), {"kept": one(kept), "range": _range(minimum, maximum, unit)})


def _range(minimum: float | None, maximum: float | None, unit: str) -> str:
    """Limits as a person says them.

    Examples
    --------
    >>> _range(50.0, None, "µm³"), _range(None, 5.0, ""), _range(2.0, 5.0, "px")
    ('at least 50 µm³', 'at most 5', '2 to 5 px')
    """
    if minimum is None and maximum is None:
        return "anything"
    if maximum is None:
        said = f"at least {minimum:g}"
    elif minimum is None:
        said = f"at most {maximum:g}"
    else:
        said = f"{minimum:g} to {maximum:g}"
    return f"{said} {unit}".strip()
