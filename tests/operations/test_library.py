"""Every operation that goes region by region against the direct call of its library, as one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from scipy import ndimage
from skimage import exposure, filters, morphology, restoration, segmentation, transform

from bims_desktop.model.image import Image
from bims_desktop.operations.registry import get
from bims_desktop.operations.spec import Found
from tests.operations.examples import DTYPES, GREY_LAYOUTS, LAYOUTS, by_hand, labels, mask, same_calibration, textured

Array = np.ndarray[Any, Any]
BOTH = ("YX", "ZYX")
UNSIGNED = tuple(dtype for dtype in DTYPES if dtype != "int16")


def wide(region: Array) -> Array:
    """Integers with their values kept, in the type that they are computed in."""
    return region if region.dtype.kind == "f" else region.astype(np.float64)


@dataclass(frozen=True)
class Case:
    """One operation, its parameters, and the call that must give the same."""

    id: str
    direct: Callable[[Array], Array]
    options: dict[str, Any] = field(default_factory=dict)
    dtype: str = "input"
    layouts: tuple[str, ...] = LAYOUTS
    axes: tuple[str, ...] = BOTH
    dtypes: tuple[str, ...] = DTYPES
    make: Callable[..., Image] = textured
    kind: str = ""


SCALES = np.linspace(1, 2, 3)


def bilateral(region: Array) -> Array:
    low = min(region.min(), 0)
    return low + restoration.denoise_bilateral(wide(region) - low, sigma_color=9, sigma_spatial=1.5, mode="edge")


def non_local(region: Array) -> Array:
    return restoration.denoise_nl_means(wide(region), 3, 2, 20, preserve_range=True)


def sharpened(region: Array) -> Array:
    return filters.unsharp_mask(wide(region), 1.5, 2, preserve_range=True)


def ridges(name: str) -> Callable[[Array], Array]:
    find = getattr(filters, name)
    return lambda region: find(wide(region), SCALES, black_ridges=False)


def gamma(region: Array) -> Array:
    top = 1 if region.dtype.kind == "f" else np.iinfo(region.dtype).max
    return exposure.adjust_gamma(region / top, 0.7, 0.9) * top


def clahe(region: Array) -> Array:
    low, high = wide(region).min(), wide(region).max()
    return exposure.equalize_adapthist((wide(region) - low) / (high - low), 5) * (high - low) + low


def local(region: Array) -> Array:
    return wide(region) > filters.threshold_local(wide(region), 5, offset=-1)


SMOOTHING = [
    Case("denoise_bilateral", bilateral, {"sigma_color": 9.0, "sigma_spatial": 1.5}, axes=()),
    Case("denoise_tv_chambolle", lambda r: restoration.denoise_tv_chambolle(wide(r), 7), {"weight": 7.0}),
    Case("denoise_nl_means", non_local, {"patch_size": 3, "patch_distance": 2, "h": 20.0}),
    Case("rolling_ball", lambda r: wide(r) - restoration.rolling_ball(wide(r), radius=3), {"radius": 3.0}),
    Case("rolling_ball", lambda r: restoration.rolling_ball(wide(r), radius=3), {"radius": 3.0, "background": True}),
    Case("difference_of_gaussians", lambda r: filters.difference_of_gaussians(wide(r), 1, 1.6), dtype="float32"),
    Case("unsharp_mask", sharpened, {"radius": 1.5, "amount": 2.0}),
    Case("laplace", lambda r: filters.laplace(wide(r)), dtype="float32"),
    Case("sobel", lambda r: filters.sobel(wide(r)), dtype="float32"),
    *(
        Case(name, ridges(name), {"max_sigma": 2.0}, dtype="float32", layouts=GREY_LAYOUTS)
        for name in ("sato", "frangi", "meijering")
    ),
]
INTENSITY = [
    Case("adjust_gamma", gamma, {"gamma": 0.7, "gain": 0.9}, axes=(), dtypes=UNSIGNED),
    Case("clip", lambda r: np.clip(r, 20, 90), {"a_min": 20.0, "a_max": 90.0}, axes=()),
    Case("clip", lambda r: np.clip(wide(r), None, 40.5), {"a_min": None, "a_max": 40.5}, axes=()),
    Case("nan_to_num", np.nan_to_num, axes=()),
    *(
        Case("astype", lambda r: r, {"dtype": dtype}, dtype=dtype, axes=(), dtypes=("uint8", "uint16"))
        for dtype in ("uint16", "int32", "uint32", "float32", "float64")
    ),
    Case("equalize_adapthist", clahe, {"kernel_size": 5}),
]
THRESHOLDS = [
    Case("threshold_local", local, {"block_size": 5, "offset": -1.0}, "bool", GREY_LAYOUTS, kind="mask"),
    Case(
        "apply_hysteresis_threshold",
        lambda r: filters.apply_hysteresis_threshold(r, 60, 150),
        {"low": 60.0, "high": 150.0},
        "bool",
        GREY_LAYOUTS,
        kind="mask",
    ),
]


def disk(ndim: int) -> Array:
    return morphology.disk(2) if ndim == 2 else morphology.ball(2)


def neighbours(name: str) -> Callable[[Array], Array]:
    take = getattr(morphology, name)
    return lambda region: take(region, disk(region.ndim))


def hull(region: Array) -> Array:
    return morphology.convex_hull_image(region) if region.any() else region


def grown(region: Array) -> Array:
    return segmentation.expand_labels(region, 1.5) if region.any() else region


def outlines(mode: str) -> Callable[[Array], Array]:
    return lambda region: segmentation.find_boundaries(region, mode=mode)


def turned(order: int) -> Callable[[Array], Array]:
    return lambda region: transform.rotate(wide(region).copy(), 30, order=order, preserve_range=True)


NEIGHBOURS = [
    Case(name, neighbours(name), {"radius": 2}, dtypes=UNSIGNED if name == "black_tophat" else DTYPES)
    for name in ("erosion", "dilation", "opening", "closing", "black_tophat")
]
MASKS = [
    Case("erosion", neighbours("erosion"), {"radius": 2}, make=mask),
    Case("dilation", neighbours("dilation"), {"radius": 2}, make=mask),
    Case("binary_fill_holes", ndimage.binary_fill_holes, make=mask),
    Case("remove_small_holes", lambda r: morphology.remove_small_holes(r, max_size=2), {"max_size": 2}, make=mask),
    Case("skeletonize", lambda r: morphology.skeletonize(r.copy()), make=mask),
    Case("skeletonize", lambda r: morphology.skeletonize(r.copy(), method="lee"), {"method": "lee"}, make=mask),
    Case("convex_hull_image", hull, make=mask),
    Case("convex_hull_object", morphology.convex_hull_object, axes=("YX",), make=mask),
    Case("find_boundaries", outlines("inner"), make=mask),
    Case("clear_border", segmentation.clear_border, make=mask),
    Case("logical_not", np.logical_not, axes=(), make=mask),
]
LABELLED = [
    Case("clear_border", lambda r: segmentation.clear_border(r, 1), {"buffer_size": 1}, make=labels),
    Case("expand_labels", grown, {"distance": 1.5}, make=labels),
    Case("find_boundaries", outlines("thick"), {"mode": "thick"}, "bool", make=labels, kind="mask"),
    Case("relabel_sequential", lambda r: segmentation.relabel_sequential(r.copy())[0], make=labels),
]
MOVED = [
    Case("shift", lambda r: ndimage.shift(wide(r), (1, -2.5), order=1), {"y_shift": 1.0, "x_shift": -2.5}, axes=()),
    Case("rotate", turned(1), {"angle": 30.0}, axes=()),
    Case("rotate", turned(0), {"angle": 30.0}, axes=(), make=labels),
    Case("flip", lambda r: r[:, ::-1], {"axis": "X"}, axes=()),
    Case("flip", lambda r: r[::-1], {"axis": "Y"}, axes=()),
]
GREY_ONLY = (mask, labels)
CASES = [
    replace(case, layouts=GREY_LAYOUTS) if case.make in GREY_ONLY else case
    for case in (*SMOOTHING, *INTENSITY, *THRESHOLDS, *NEIGHBOURS, *MASKS, *LABELLED, *MOVED)
]


def run(case: Case, image: Image, axes: str) -> Image:
    operation = get(case.id)
    operation.check_images({operation.arguments[0].name: image})
    options = operation.bind(case.options | ({"axes": axes} if case.axes else {}))
    returned = operation.function(image, **options)
    result = returned.result if isinstance(returned, Found) else returned
    assert isinstance(result, Image)
    return result


def check(case: Case, image: Image, axes: str) -> None:
    result = run(case, image, axes)
    target = image.dtype if case.dtype == "input" else np.dtype(case.dtype)
    expected = by_hand(image, axes, case.direct, target)
    np.testing.assert_array_equal(result.array(), expected)
    assert result.dtype == target
    assert result.kind == (case.kind or image.kind)
    assert same_calibration(result, image)


def ids(case: Case) -> str:
    return f"{case.id} {case.options}"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_every_layout(case: Case) -> None:
    for layout in case.layouts:
        for axes in case.axes or ("YX",):
            check(case, case.make(layout), axes)


@pytest.mark.parametrize("case", [case for case in CASES if case.make is textured], ids=ids)
def test_every_dtype(case: Case) -> None:
    for dtype in case.dtypes:
        check(case, textured("ZYX", dtype), (case.axes or ("YX",))[-1])
