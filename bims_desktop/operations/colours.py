"""Colours as grey levels."""

from __future__ import annotations

from typing import Annotated

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.extent import without
from bims_desktop.operations.regions import Array, Dtype, each, output_dtype, restore, widened
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Accepts

# Of red, green and blue, as scikit-image has them.
WEIGHTS = (0.2125, 0.7154, 0.0721)


@operation(title="RGB to grey", menu="Intensity", sentence="Converted the colours of {rgb} to grey levels", halo="0")
def rgb2gray(rgb: Annotated[Image, Accepts("rgb")], *, dtype: Dtype = "input") -> Image:
    """Weigh the colours of an RGB image into one intensity: 0.2125 red + 0.7154 green + 0.0721 blue.

    Parameters
    ----------
    rgb : Image
        RGB image with axes from YXS to TCZYXS; a fourth sample, alpha, is left out.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, the value range is preserved. The input's is
        rounded half to even where it holds integers.

    Returns
    -------
    Image
        Intensity image with the same axes but for samples, and the same calibration.

    Raises
    ------
    BadParameter
        A pixel has neither three samples nor four.

    References
    ----------
    `skimage.color.rgb2gray` of the values as they are, added in this order, so that the last bit does
    not depend on the number of threads: the luminance of ITU-R BT.709; C. Poynton (1997), Frequently
    Asked Questions about Color.

    Examples
    --------
    >>> import numpy as np
    >>> red_green_blue_white = np.array([[[200, 0, 0], [0, 200, 0], [0, 0, 200], [200, 200, 200]]], np.uint8)
    >>> rgb2gray(Image(red_green_blue_white, "YXS", kind="rgb")).array().tolist()
    [[42, 143, 14, 200]]
    """
    if rgb.size("S") not in (3, 4):
        raise BadParameter(
            f"The image has {rgb.size('S')} samples a pixel, which are not red, green and blue.", "Select one of them."
        )
    result = empty(rgb.shape[:-1], output_dtype(rgb, dtype))
    for index, region in each(rgb, "YXS"):
        result[index[:-1]] = restore(_weighed(widened(region)), result.dtype)
    return without(rgb, "S", result, rgb.channels)


def _weighed(colours: Array) -> Array:
    red, green, blue = (colours[..., number] * weight for number, weight in enumerate(WEIGHTS))
    weighed: Array = red + green + blue
    return weighed
