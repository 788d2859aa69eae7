"""Why large planes are shown whole: what ADR 33 says of napari, held to be so."""

from __future__ import annotations

import numpy as np
import pytest
from napari.layers import Image as ImageLayer

from bims_desktop.files import pyramid
from bims_desktop.model.image import Image
from bims_desktop.ui.layers import image_of, look_of

PLANE = np.arange(4100 * 8, dtype=np.uint16).reshape(4100, 8)


def test_a_large_plane_is_one_array() -> None:
    image = Image(PLANE, "YX")
    layer = look_of(image).build("large")
    assert pyramid.sizes(*image.shape)
    assert layer.data is image.pixels


def test_napari_hands_the_smallest_level_out() -> None:
    levels = [PLANE, *pyramid.levels(PLANE, nearest=False)]
    layer = ImageLayer(levels, multiscale=True)
    assert np.asarray(layer.data).shape == levels[-1].shape
    with pytest.raises(TypeError):
        layer.data[0, 0] = 1
    np.testing.assert_array_equal(image_of(layer).pixels, PLANE)
