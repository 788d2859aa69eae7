"""Binary morphology and distances against the direct calls."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import ndimage
from skimage import morphology as ski

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.morphology import (
    binary_closing,
    binary_opening,
    distance_transform_edt,
    remove_small_objects,
)
from tests.operations.examples import GREY_LAYOUTS, by_hand, indices, labels, mask, same_calibration, wrap
from tests.operations.test_filters import footprint, ndim


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", ["YX", "ZYX"])
@pytest.mark.parametrize("mode", ["ignore", "reflect"])
@pytest.mark.parametrize(
    ("operation", "direct"), [(binary_opening, ski.opening), (binary_closing, ski.closing)], ids=["opening", "closing"]
)
def test_binary(operation, direct, layout: str, axes: str, mode: str) -> None:  # type: ignore[no-untyped-def]
    image = mask(layout)
    result = operation(image, footprint="disk", radius=2, mode=mode, axes=axes)
    shape = footprint("disk", 2, ndim(layout, axes))
    np.testing.assert_array_equal(result.array(), by_hand(image, axes, lambda r: direct(r, shape, mode=mode)))
    assert (result.dtype, result.kind) == (np.bool_, "mask")
    assert same_calibration(result, image)


@pytest.mark.parametrize("name", ["disk", "square", "diamond"])
def test_results_are_those_of_the_functions_whose_names_they_bear(name: str) -> None:
    image = mask("YX")
    shape = footprint(name, 2, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        opened, closed = ski.binary_opening(image.array(), shape), ski.binary_closing(image.array(), shape)
    np.testing.assert_array_equal(binary_opening(image, footprint=name, radius=2).array(), opened)  # type: ignore[arg-type]
    np.testing.assert_array_equal(binary_closing(image, footprint=name, radius=2).array(), closed)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:Only one label")
@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", ["YX", "ZYX"])
@pytest.mark.parametrize("connectivity", [1, 2])
@pytest.mark.parametrize("make", [mask, labels])
@pytest.mark.parametrize("max_size", [0, 3, 40])
def test_remove_small_objects(make, layout: str, axes: str, connectivity: int, max_size: int) -> None:  # type: ignore[no-untyped-def]
    image = make(layout)
    found = remove_small_objects(image, max_size=max_size, connectivity=connectivity, axes=axes)  # type: ignore[arg-type]
    expected = by_hand(image, axes, lambda r: ski.remove_small_objects(r, connectivity=connectivity, max_size=max_size))
    np.testing.assert_array_equal(found.result.array(), expected)
    assert isinstance(found.values["removed"], list) == (len(indices(image, axes)) > 1)
    assert (found.result.dtype, found.result.kind) == (image.dtype, image.kind)
    assert same_calibration(found.result, image)


def test_removed_counts_objects_up_to_and_with_the_limit() -> None:
    image = wrap(np.array([[1, 1, 0, 2, 2, 2, 0, 9]], np.uint8), "YX", "labels")
    found = remove_small_objects(image, max_size=2)
    assert found.values["removed"] == 2
    assert found.result.array().tolist() == [[0, 0, 0, 2, 2, 2, 0, 0]]


def test_labels_far_beyond_the_number_of_pixels() -> None:
    image = wrap(np.array([[2**32 - 1, 2**32 - 1, 0, 5]], np.uint32), "YX", "labels")
    found = remove_small_objects(image, max_size=1)
    assert found.result.array().tolist() == [[2**32 - 1, 2**32 - 1, 0, 0]]


def test_labels_below_zero_are_refused() -> None:
    with pytest.raises(BadParameter, match="below zero"):
        remove_small_objects(wrap(np.array([[-1, 2]], np.int32), "YX", "labels"))


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", ["YX", "ZYX"])
@pytest.mark.parametrize("sampling", ["pixels", "physical"])
def test_distances(layout: str, axes: str, sampling: str) -> None:
    image = mask(layout)
    result = distance_transform_edt(image, sampling=sampling, axes=axes)  # type: ignore[arg-type]
    steps = [2.0, 0.5, 0.5][-ndim(layout, axes) :] if sampling == "physical" else None
    expected = by_hand(image, axes, lambda r: ndimage.distance_transform_edt(r, sampling=steps), np.float64)
    np.testing.assert_array_equal(result.array(), expected)
    assert (result.dtype, result.kind) == (np.float64, "intensity")
    assert same_calibration(result, image)


def test_distances_of_an_empty_mask_are_zero_and_of_a_full_one_do_not_exist() -> None:
    assert not distance_transform_edt(wrap(np.zeros((3, 3), bool), "YX", "mask")).array().any()
    with pytest.raises(OperationFailed, match="without background"):
        distance_transform_edt(wrap(np.ones((3, 3), bool), "YX", "mask"))


def test_physical_distances_need_one_unit() -> None:
    image = Image(np.eye(3, dtype=bool), "YX", units=("µm", "nm"), kind="mask")
    with pytest.raises(BadParameter, match="different units"):
        distance_transform_edt(image, sampling="physical")
