"""Results known from elsewhere, on real images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from bims_desktop.model.image import Image
from bims_desktop.operations.registry import get
from bims_desktop.operations.segmentation import label
from bims_desktop.operations.thresholds import threshold, threshold_otsu

DATA = Path(__file__).parents[1] / "data"


def open_image(name: str) -> Image:
    return Image(tifffile.imread(DATA / name), "YX")


def test_otsu_and_label_of_nuclei() -> None:
    otsu = threshold_otsu(open_image("xy_8bit__nuclei_PLK1_control.tif"))
    assert dict(otsu.values) == {"threshold": 36}
    sentence = get("threshold_otsu").say({"image": "nuclei", **otsu.values})
    assert sentence == "Thresholded nuclei by Otsu's method, at 36"
    assert isinstance(otsu.result, Image)
    objects = label(otsu.result)
    assert dict(objects.values) == {"objects": 166}
    assert isinstance(objects.result, Image)
    assert np.max(objects.result.array()) == 166


@pytest.mark.parametrize(("connectivity", "objects"), [(1, 4), (2, 3), (None, 3)])
def test_label_of_a_binary_image(connectivity: int | None, objects: int) -> None:
    mask = threshold(open_image("xy_8bit_binary__nuclei.tif"))
    assert label(mask, connectivity=connectivity).values["objects"] == objects
