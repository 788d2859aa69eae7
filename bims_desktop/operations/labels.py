"""Labels from labels: border objects, growing, outlines, numbers, two segmentations in one."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Labels, Objects
from bims_desktop.operations.regions import (
    Array,
    Region,
    apply,
    check_alike,
    check_connectivity,
    count_objects,
    dense,
    each,
    native,
    one,
    read,
    span,
)
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spacing import spacing as steps_of
from bims_desktop.operations.spec import Bounds, Found
from bims_desktop.operations.tiles import Local


@operation(
    title="Clear border objects",
    menu="Segmentation/Labels",
    sentence="Removed {removed} objects within {buffer_size} px of the border of {labels}",
)
def clear_border(
    labels: Objects, *, buffer_size: Annotated[int, Bounds(0, 10_000, "px")] = 0, axes: Region = "ZYX"
) -> Found:
    """Remove objects that touch the border, whose size nobody knows.

    Parameters
    ----------
    labels : Image
        Mask or labels; labels that stay keep their numbers.
    buffer_size : int
        Width of the border, in pixels; 0 is the outermost row of pixels.
    axes : {"YX", "ZYX"}
        Borders of each plane, or of each volume, of which the first and last plane are borders.

    Returns
    -------
    Found
        Mask or labels with the same axes, dtype and calibration; ``removed``, the number of
        connected objects removed, one a region.

    Raises
    ------
    BadParameter
        The border is as wide as the image.

    References
    ----------
    `skimage.segmentation.clear_border`.

    Examples
    --------
    >>> found = clear_border(Image(np.array([[1, 0, 0], [0, 2, 0], [0, 0, 0]], np.int32), "YX", kind="labels"))
    >>> found.result.array().tolist(), found.values["removed"]
    ([[0, 0, 0], [0, 2, 0], [0, 0, 0]], 1)
    """
    least = min(labels.size(axis) for axis in span(labels, axes))
    if buffer_size >= least:
        raise BadParameter(f"A border of {buffer_size} px leaves nothing of {least} px.", "Make it narrower.")
    result = empty(labels.shape, native(labels.dtype))
    removed = []
    for index, region in each(labels, axes):
        objects = ski.measure.label(region if region.dtype == bool else region.astype(np.int64), background=0)
        inner = (slice(buffer_size + 1, -buffer_size - 1),) * region.ndim
        border = np.ones(region.shape, bool)
        border[inner] = False
        touching = np.zeros(int(objects.max(initial=0)) + 1, bool)
        touching[objects[border]] = True
        touching[0] = False
        result[index] = np.where(touching[objects], 0, region)
        removed.append(int(touching.sum()))
    return Found(labels.with_pixels(result), {"removed": one(removed)})


@operation(
    title="Expand labels",
    menu="Segmentation/Labels",
    sentence="Expanded {label_image} by {distance} px",
)
def expand_labels(
    label_image: Labels,
    *,
    distance: Annotated[float, Bounds(0, 10_000, "px")] = 1.0,
    spacing: Literal["pixels", "physical"] = "pixels",
    axes: Region = "ZYX",
) -> Image:
    """Grow labels into the background without letting them meet: rings of cytoplasm around nuclei.

    Parameters
    ----------
    label_image : Image
        Labels with axes from YX to TCZYX.
    distance : float
        How far, in pixels.
    spacing : {"pixels", "physical"}
        Every step counts 1, or as many pixels along X as its calibrated size.
    axes : {"YX", "ZYX"}
        Within each plane, or each volume.

    Returns
    -------
    Image
        Labels with the same axes, dtype and calibration.

    Raises
    ------
    BadParameter
        `spacing` is physical and the axes have different units.

    References
    ----------
    `skimage.segmentation.expand_labels`.

    Examples
    --------
    >>> row = Image(np.array([[0, 1, 0, 0, 0, 2]], np.int32), "YX", kind="labels")
    >>> expand_labels(row, distance=1.0).array().tolist()
    [[1, 1, 1, 0, 2, 2]]
    """
    step = label_image.scale_of("X")
    steps = [size / step for size in steps_of(label_image, axes)] if spacing == "physical" else 1

    def grown(region: Array) -> Array:
        return np.asarray(ski.segmentation.expand_labels(region, distance, steps)) if region.any() else region

    return label_image.with_pixels(apply(label_image, grown, axes, native(label_image.dtype)))


@operation(
    title="Outlines",
    menu="Segmentation/Labels",
    sentence="Drew the outlines of {label_img} ({mode})",
)
def find_boundaries(
    label_img: Objects,
    *,
    mode: Literal["inner", "outer", "thick"] = "inner",
    connectivity: Annotated[int, Bounds(1, 3)] = 1,
    axes: Region = "ZYX",
) -> Image:
    """The pixels where objects end.

    Parameters
    ----------
    label_img : Image
        Mask or labels with axes from YX to TCZYX.
    mode : {"inner", "outer", "thick"}
        Pixels of the objects, of the background around them, or both.
    connectivity : int
        Steps along axes that join two pixels.
    axes : {"YX", "ZYX"}
        Lines in each plane, or surfaces in each volume.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    Raises
    ------
    BadParameter
        `connectivity` is 3 where regions are planes.

    References
    ----------
    `skimage.segmentation.find_boundaries`.

    Examples
    --------
    >>> block = Image(np.pad(np.ones((3, 3), np.int32), 1), "YX", kind="labels")
    >>> int(find_boundaries(block).array().sum())
    8
    """
    check_connectivity(connectivity, label_img, axes)

    def outlined(region: Array) -> Array:
        return np.asarray(ski.segmentation.find_boundaries(region, connectivity, mode))

    local = Local(1, 4 * 3 ** len(span(label_img, axes)))
    return label_img.with_pixels(apply(label_img, outlined, axes, np.dtype(bool), local), "mask")


@operation(
    title="Relabel from 1",
    menu="Segmentation/Labels",
    sentence="Renumbered the {objects} labels of {label_field} from {offset}",
)
def relabel_sequential(
    label_field: Labels, *, offset: Annotated[int, Bounds(1, 2**31 - 1)] = 1, axes: Region = "ZYX"
) -> Found:
    """Number labels without gaps, in their order.

    Parameters
    ----------
    label_field : Image
        Labels; 0 stays 0.
    offset : int
        The first number.
    axes : {"YX", "ZYX"}
        Numbers start anew in each plane, or in each volume.

    Returns
    -------
    Found
        int32 labels with the same axes and calibration; ``objects``, how many, one a region.

    Raises
    ------
    BadParameter
        A label is below zero, or the last number does not fit int32.

    References
    ----------
    `skimage.segmentation.relabel_sequential`.

    Examples
    --------
    >>> relabel_sequential(Image(np.array([[0, 7, 9]], np.int32), "YX", kind="labels")).result.array().tolist()
    [[0, 1, 2]]
    """
    result = empty(label_field.shape, np.int32)
    objects = []
    for index, region in each(label_field, axes):
        numbers, _ = dense(region)
        objects.append(count_objects(numbers))
        if offset + objects[-1] > 2**31:
            raise BadParameter(f"{objects[-1]} labels from {offset} on do not fit int32.", "Start lower.")
        result[index] = ski.segmentation.relabel_sequential(numbers.astype(np.int64), offset)[0]
    return Found(label_field.with_pixels(result, "labels"), {"objects": one(objects)})


@operation(
    title="Join segmentations",
    menu="Segmentation/Labels",
    sentence="Joined {s1} with {s2} into {objects} labels",
)
def join_segmentations(s1: Labels, s2: Labels, *, axes: Region = "ZYX") -> Found:
    """Labels that part two pixels wherever either of two segmentations does.

    Parameters
    ----------
    s1, s2 : Image
        Labels of one shape and the same axes.
    axes : {"YX", "ZYX"}
        Numbers start anew in each plane, or in each volume.

    Returns
    -------
    Found
        int32 labels with the axes and calibration of `s1`; 0 where both are 0; ``objects``, how
        many, one a region.

    Raises
    ------
    BadParameter
        Axes or shapes differ, or a label is below zero.

    References
    ----------
    `skimage.segmentation.join_segmentations`.

    Examples
    --------
    >>> one, two = (Image(np.array([row], np.int32), "YX", kind="labels") for row in ([0, 1, 1], [0, 0, 5]))
    >>> join_segmentations(one, two).result.array().tolist()
    [[0, 1, 2]]
    """
    check_alike(s1, s2, "s2")
    result = empty(s1.shape, np.int32)
    objects = []
    for index, region in each(s1, axes):
        first, second = (dense(labels)[0].astype(np.int64) for labels in (region, read(s2, index)))
        result[index] = ski.segmentation.join_segmentations(first, second)
        objects.append(count_objects(result[index]))
    return Found(s1.with_pixels(result), {"objects": one(objects)})
