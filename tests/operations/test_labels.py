"""Labels chosen, marked, grown, joined and counted against scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage import feature, measure, segmentation

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.operations.counting import count_labels
from bims_desktop.operations.hulls import convex_hull_image, convex_hull_object, skeletonize
from bims_desktop.operations.labels import clear_border, expand_labels, join_segmentations, relabel_sequential
from bims_desktop.operations.markers import peak_local_max
from bims_desktop.operations.measure import regionprops_table
from bims_desktop.operations.partition import random_walker, slic
from bims_desktop.operations.selection import select_labels
from tests.operations.examples import (
    DTYPES,
    GREY_LAYOUTS,
    LAYOUTS,
    indices,
    labels,
    mask,
    same_calibration,
    textured,
    wrap,
)

AXES = ["YX", "ZYX"]


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("name", ["area", "intensity_mean", "extent"])
@pytest.mark.parametrize("units", ["pixels", "physical"])
def test_labels_by_measurement(layout: str, axes: str, name: str, units: str) -> None:
    image, bright = labels(layout), textured(layout)
    limit = {"area": 40.0, "intensity_mean": 127.0, "extent": 0.1}[name]
    found = select_labels(image, bright, property=name, minimum=limit, units=units, axes=axes)  # type: ignore[arg-type]
    kept = []
    for index in indices(image, axes):
        region = image.array()[index]
        steps = (2.0, 0.5, 0.5)[-region.ndim :] if units == "physical" else None
        table = measure.regionprops_table(region, bright.array()[index], ("label", name), spacing=steps)
        staying = table["label"][table[name] >= limit]
        np.testing.assert_array_equal(found.result.array()[index], np.where(np.isin(region, staying), region, 0))
        kept.append(len(staying))
    assert found.values["kept"] == (kept[0] if len(kept) == 1 else kept)
    assert same_calibration(found.result, image)


def test_labels_are_kept_within_both_limits_included() -> None:
    image = wrap(np.array([[1, 0, 2, 2, 0, 3, 3, 3]], np.int32), "YX", "labels")
    two = select_labels(image, minimum=2.0, maximum=2.0, units="pixels")
    assert two.result.array().tolist() == [[0, 0, 2, 2, 0, 0, 0, 0]]
    assert select_labels(image, minimum=None).values == {"kept": 3, "range": "anything"}
    assert select_labels(image, maximum=2.0, units="pixels").values["range"] == "0 to 2 px²"
    measured = regionprops_table(image).result
    assert measured.columns["area"].tolist() == [0.25, 0.5, 0.75]
    kept = select_labels(image, minimum=0.5)
    assert (kept.values["kept"], kept.values["range"]) == (2, f"at least 0.5 {measured.units['area']}")
    for wrong, message in (
        ({"minimum": 3.0, "maximum": 2.0}, "less than the minimum"),
        ({"property": "intensity_mean"}, "without an intensity image"),
    ):
        with pytest.raises(BadParameter, match=message):
            select_labels(image, **wrong)  # type: ignore[arg-type]
    with pytest.raises(OperationFailed, match="measured"):
        select_labels(labels("ZYX"), property="perimeter")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("within", [False, True])
def test_peaks(layout: str, dtype: str, axes: str, within: bool) -> None:
    image = textured(layout, dtype)
    cells = labels(layout) if within else None
    found = peak_local_max(image, cells, min_distance=2, axes=axes)  # type: ignore[arg-type]
    for index in indices(image, axes):
        inside = None if cells is None else cells.array()[index].astype(int)
        region = image.array()[index].astype(np.float64 if np.dtype(dtype).kind in "iu" else dtype)
        places = feature.peak_local_max(region, min_distance=2, exclude_border=False, labels=inside)
        marked = found.result.array()[index]
        assert marked.max() == len(places)
        assert [int(marked[tuple(place)]) for place in places] == list(range(1, len(places) + 1))
    assert (found.result.kind, found.result.dtype) == ("labels", np.int32)


def test_peaks_by_number_and_brightness() -> None:
    image = wrap(np.array([[0, 3, 0, 0, 5, 0, 0, 4, 0]], np.uint8), "YX")
    assert peak_local_max(image, num_peaks=2).result.array().tolist() == [[0, 0, 0, 0, 1, 0, 0, 2, 0]]
    assert peak_local_max(image, threshold_abs=4.0).values["objects"] == 1
    assert peak_local_max(image, threshold_rel=0.5).values["objects"] == 3
    nothing = wrap(np.zeros((4, 4), np.uint8), "YX")
    assert peak_local_max(nothing).values["objects"] == 0
    nowhere = wrap(np.zeros((4, 13, 17), np.int32), "ZYX", "labels")
    assert not peak_local_max(textured("ZYX"), nowhere).result.array().any()
    with pytest.raises(OperationFailed, match="finite"):
        peak_local_max(wrap(np.array([[np.nan, 1.0]]), "YX"))


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
def test_joined_segmentations(layout: str, axes: str) -> None:
    one, two = labels(layout), labels(layout, seed=7)
    found = join_segmentations(one, two, axes=axes)  # type: ignore[arg-type]
    for index in indices(one, axes):
        expected = segmentation.join_segmentations(one.array()[index].astype(int), two.array()[index].astype(int))
        np.testing.assert_array_equal(found.result.array()[index], expected)
    assert same_calibration(found.result, one)


@given(arrays(np.int32, (4, 5), elements=st.integers(0, 2**31 - 1)))
def test_renumbered_labels_part_the_same_pixels(pixels: np.ndarray) -> None:
    found = relabel_sequential(wrap(pixels, "YX", "labels"), offset=3)
    result = found.result.array()
    values = np.unique(pixels[pixels > 0])
    assert np.unique(result[result > 0]).tolist() == list(range(3, 3 + len(values)))
    assert all((result[pixels == value] == 3 + n).all() for n, value in enumerate(values))
    assert found.values["objects"] == len(values)


def test_numbers_beyond_int32_and_below_zero_are_refused() -> None:
    with pytest.raises(BadParameter, match="do not fit"):
        relabel_sequential(labels("YX"), offset=2**31 - 1)
    with pytest.raises(BadParameter, match="below zero"):
        relabel_sequential(wrap(np.array([[-1, 2]], np.int32), "YX", "labels"))


def test_rings_grow_by_physical_steps() -> None:
    pixels = np.zeros((3, 5, 5), np.int32)
    pixels[1, 2, 2] = 7
    image = wrap(pixels, "ZYX", "labels")  # Z steps are four times those of X
    near = expand_labels(image, distance=2.0, spacing="physical", axes="ZYX").array()
    assert not near[[0, 2]].any()
    assert near[1].sum() == 7 * 13
    assert expand_labels(image, distance=2.0, axes="ZYX").array()[0].any()
    empty = wrap(np.zeros((3, 4), np.int32), "YX", "labels")
    assert not expand_labels(empty, distance=5.0).array().any()


def test_a_border_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(BadParameter, match="leaves nothing"):
        clear_border(labels("YX"), buffer_size=13)
    counted = clear_border(mask("ZYX"), axes="ZYX")
    assert counted.values["removed"] >= 1


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
def test_random_walker(layout: str) -> None:
    image = textured(layout, "float64")
    seeds = np.zeros(image.shape, np.int32)
    seeds[..., 1, 1], seeds[..., 9, 12], seeds[..., 6, 3] = 40, 7, 9
    result = random_walker(image, wrap(seeds, layout, "labels"), beta=10.0, axes="YX")
    for index in indices(image, "YX"):
        direct = segmentation.random_walker(image.array()[index].copy(), seeds[index], beta=10, mode="bf")
        np.testing.assert_array_equal(result.array()[index], np.array([0, 7, 9, 40])[direct])
    assert (result.kind, result.dtype) == ("labels", np.int32)


def test_a_walk_without_seeds_or_without_doubt_keeps_the_labels() -> None:
    image = textured("YX")
    for pixels in (np.zeros((13, 17), np.int32), np.full((13, 17), 5, np.int32)):
        np.testing.assert_array_equal(random_walker(image, wrap(pixels, "YX", "labels")).array(), pixels)
    one = np.zeros((13, 17), np.int32)
    one[3, 3] = 6
    assert (random_walker(image, wrap(one, "YX", "labels")).array() == 6).all()


def test_a_walk_that_is_too_far_is_refused() -> None:
    large = wrap(np.zeros((2, 200, 200), np.uint8), "ZYX")
    seeds = np.zeros((2, 200, 200), np.int32)
    seeds[0, 0, :2] = 1, 2
    with pytest.raises(OperationFailed, match="solved") as caught:
        random_walker(large, wrap(seeds, "ZYX", "labels"), axes="ZYX")
    assert "watershed" in caught.value.todo


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_superpixels(layout: str, axes: str, dtype: str) -> None:
    image = textured(layout, dtype)
    found = slic(image, n_segments=6, axes=axes)  # type: ignore[arg-type]
    for index in indices(image, axes + "S"):
        last = -1 if "S" in layout else None
        expected = segmentation.slic(image.array()[index].copy(), 6, 0.1, channel_axis=last)
        place = index[: found.result.ndim]
        np.testing.assert_array_equal(found.result.array()[place], expected)
    assert found.result.axes == layout.removesuffix("S")
    assert found.result.unit_of("X") == "µm"


def test_superpixels_within_a_mask() -> None:
    image, inside = textured("YX"), mask("YX")
    found = slic(image, inside, n_segments=4)
    np.testing.assert_array_equal(found.result.array() > 0, inside.array())
    with pytest.raises(OperationFailed, match="empty"):
        slic(image, wrap(np.zeros((13, 17), bool), "YX", "mask"))


def test_hulls_and_skeletons_of_volumes() -> None:
    corners = np.zeros((5, 6, 7), bool)
    corners[[0, 0, 0, 4], [0, 5, 0, 0], [0, 0, 6, 0]] = True
    image = wrap(corners, "ZYX", "mask")
    full = convex_hull_image(image, axes="ZYX").array()
    assert full.sum() > 30
    apart = convex_hull_object(wrap(np.kron(corners, np.ones((2, 2, 2), bool)), "ZYX", "mask"), axes="ZYX")
    assert apart.array().sum() == 4 * 8
    with pytest.raises(OperationFailed, match="flat"):
        convex_hull_image(wrap(np.ones((1, 4, 4), bool), "ZYX", "mask"), axes="ZYX")
    with pytest.raises(BadParameter, match="planes only"):
        skeletonize(image, method="zhang", axes="ZYX")


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
def test_counts(layout: str, axes: str) -> None:
    image = labels(layout)
    found = count_labels(image, axes=axes)  # type: ignore[arg-type]
    regions = [image.array()[index] for index in indices(image, axes)]
    counts = [len(np.unique(region[region > 0])) for region in regions]
    assert found.result.columns["objects"].tolist() == counts
    np.testing.assert_allclose(found.result.columns["share"], [(region > 0).mean() for region in regions])
    assert list(found.result.columns)[:-2] == [axis for axis in layout if axis not in axes]


@given(arrays(np.int32, (5, 6), elements=st.integers(0, 6)), arrays(np.int32, (5, 6), elements=st.integers(0, 3)))
def test_counts_within_others(spots: np.ndarray, cells: np.ndarray) -> None:
    table = count_labels(wrap(spots, "YX", "labels"), wrap(cells, "YX", "labels")).result
    belongs = [int(np.argmax(np.bincount(cells[spots == n], minlength=4))) for n in np.unique(spots[spots > 0])]
    names = sorted({0, *np.unique(cells).tolist()})
    assert table.columns["label"].tolist() == names
    assert table.columns["objects"].tolist() == [belongs.count(name) for name in names]
    shares = [float((spots > 0)[cells == name].mean()) if (cells == name).any() else 0.0 for name in names]
    np.testing.assert_allclose(table.columns["share"], shares)
