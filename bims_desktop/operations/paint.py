"""Painting: the operation that applies strokes, and all that makes them."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.brush import brush, check_labels, fill
from bims_desktop.operations.regions import apply, native, one
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Accepts, Blob, Found
from bims_desktop.operations.strokes import Strokes, decode, from_atoms

__all__ = ["Strokes", "brush", "decode", "fill", "from_atoms", "paint"]


@operation(
    title="Paint",
    menu="",
    sentence="Painted {pixels} pixels of {image} with label {labels}",
    halo="0",
)
def paint(image: Annotated[Image, Accepts("labels", "mask")], strokes: Annotated[bytes, Blob()]) -> Found:
    """Write strokes into labels or a mask.

    Parameters
    ----------
    image : Image
        Labels or mask of the axes and shape that the strokes belong to.
    strokes : bytes
        Encoded `Strokes`; a macro holds their digest.

    Returns
    -------
    Found
        A painted copy; ``pixels``, how many changed, and ``labels``, with which values.

    Raises
    ------
    BadParameter
        The strokes are damaged, belong to another shape, or hold a label that the dtype cannot.

    References
    ----------
    `napari.layers.Labels.paint` for what a stroke covers; the format of strokes is bims-stroke-1.

    Examples
    --------
    >>> image = Image(np.zeros((2, 2), np.int32), "YX", kind="labels")
    >>> found = paint(image, Strokes("YX", (2, 2), np.array([3]), np.array([7])).encode())
    >>> found.result.array().tolist(), dict(found.values)
    ([[0, 0], [0, 7]], {'pixels': 1, 'labels': 7})
    """
    painted = decode(strokes)
    if (painted.axes, painted.shape) != (image.axes, image.shape):
        raise BadParameter(
            f"The strokes belong to an image {painted.axes} of shape {painted.shape}.",
            f"This one is {image.axes} of shape {image.shape}: paint it anew.",
        )
    labels = np.unique(painted.values).tolist()
    check_labels(image, labels)
    result = apply(image, lambda plane: plane, "YX", native(image.dtype))
    flat = result.reshape(-1)
    indices = painted.indices.astype(np.int64)
    values = painted.values.astype(result.dtype)
    pixels = int(np.count_nonzero(flat[indices] != values))
    flat[indices] = values
    return Found(image.with_pixels(result), {"pixels": pixels, "labels": one(labels)})
