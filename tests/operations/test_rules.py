"""The rules that every operation of the registry keeps."""

from __future__ import annotations

from threading import Event
from typing import Any

import dask.array as da
import numpy as np
import pytest

from bims_desktop.errors import BadParameter, Cancelled
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations.paint import brush
from bims_desktop.operations.registry import get, operations
from bims_desktop.operations.running import monitored
from bims_desktop.operations.spec import Argument, Found
from tests.operations.examples import labels, mask, textured, wrap

LAYOUT = "TCZYX"
EXPECTED = {
    "gaussian", "median", "white_tophat", "rescale_intensity", "invert", "threshold", "threshold_otsu", "threshold_li",
    "label", "remove_small_objects", "binary_opening", "binary_closing", "distance_transform_edt", "watershed", "crop",
    "max_projection", "select_channel", "add", "subtract", "regionprops_table", "paint", "duplicate",
    "zeros_like",
}  # fmt: skip
EVERY = sorted(EXPECTED)


def image_for(argument: Argument, seed: int = 0) -> Image:
    kind = argument.kinds[0] if argument.kinds else "intensity"
    return {"intensity": textured, "mask": mask, "labels": labels}[kind](LAYOUT, seed=seed)


def inputs(id: str) -> dict[str, Image]:
    return {argument.name: image_for(argument, seed) for seed, argument in enumerate(get(id).arguments)}


def run(id: str, images: dict[str, Image]) -> Any:
    operation = get(id)
    operation.check_images(images)
    given = operation.bind({"strokes": "sha256:" + "0" * 64} if id == "paint" else {})
    if id == "paint":
        first = images["image"]
        given["strokes"] = brush(first, [(0,) * (first.ndim - 2) + (5, 5)], value=1).encode()
    return operation.function(**images, **given)


def result_of(returned: Any) -> Any:
    return returned.result if isinstance(returned, Found) else returned


def same(one: Any, other: Any) -> None:
    if isinstance(one, Table):
        for name, column in one.columns.items():
            np.testing.assert_array_equal(column, other.columns[name])
    else:
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one.array(), other.array())


def test_the_registry_holds_these_operations() -> None:
    assert {operation.id for operation in operations() if not operation.package} >= EXPECTED


@pytest.mark.parametrize("id", EVERY)
class TestEveryOperation:
    def test_leaves_its_inputs_alone(self, id: str) -> None:
        images = inputs(id)
        copies = {name: image.array().copy() for name, image in images.items()}
        result = result_of(run(id, images))
        for name, image in images.items():
            np.testing.assert_array_equal(image.array(), copies[name])
            if isinstance(result, Image) and id != "duplicate":
                assert not np.shares_memory(result.array(), image.array())

    def test_gives_the_same_for_pixels_of_another_byte_order(self, id: str) -> None:
        images = inputs(id)
        swapped = {
            name: wrap(image.array().astype(image.dtype.newbyteorder(">")), LAYOUT, image.kind)
            for name, image in images.items()
        }
        expected, result = result_of(run(id, images)), result_of(run(id, swapped))
        same(expected, result)
        if isinstance(result, Image) and id != "duplicate":
            assert result.dtype.isnative

    def test_gives_the_same_for_lazy_pixels(self, id: str) -> None:
        images = inputs(id)
        chunks = (1, 1, 2, 7, 17)
        lazy = {
            name: wrap(da.from_array(image.array(), chunks=chunks), LAYOUT, image.kind)
            for name, image in images.items()
        }
        same(result_of(run(id, images)), result_of(run(id, lazy)))

    def test_keeps_calibration(self, id: str) -> None:
        images = inputs(id)
        first, result = next(iter(images.values())), result_of(run(id, images))
        if isinstance(result, Table):
            assert result.units["centroid-0"] == "µm"
            return
        assert set(result.axes) <= set(first.axes)
        for axis in result.axes:
            assert (result.scale_of(axis), result.unit_of(axis)) == (first.scale_of(axis), first.unit_of(axis))
        assert result.channels in (first.channels, first.channels[:1])

    def test_says_what_it_did_with_all_that_it_found(self, id: str) -> None:
        images = inputs(id)
        returned = run(id, images)
        values = dict(returned.values) if isinstance(returned, Found) else {}
        operation = get(id)
        parameters = {} if id == "paint" else operation.bind({})
        said = operation.say({name: name.upper() for name in images} | parameters | values)
        assert "..." not in said
        assert next(iter(images)).upper() in said
        assert all("{" + name + "}" in operation.sentence for name in values)

    def test_refuses_kinds_that_it_does_not_take(self, id: str) -> None:
        operation = get(id)
        for argument in operation.arguments:
            if not argument.kinds:
                continue
            wrong = next(kind for kind in ("rgb", "mask", "labels", "intensity") if kind not in argument.kinds)
            other = {
                "rgb": textured("YXS"), "mask": mask(LAYOUT), "labels": labels(LAYOUT), "intensity": textured(LAYOUT)
            }[wrong]  # fmt: skip
            with pytest.raises(BadParameter, match="kind"):
                operation.check_images(inputs(id) | {argument.name: other})


REGIONWISE = sorted(EXPECTED - {"crop", "select_channel", "duplicate", "paint", "zeros_like"})


@pytest.mark.parametrize("id", REGIONWISE)
def test_progress_grows_and_cancel_stops(id: str) -> None:
    seen: list[float] = []
    with monitored(seen.append, Event()):
        run(id, inputs(id))
    assert len(seen) > 1
    assert all(0 <= fraction <= 1 for fraction in seen)
    stop = Event()
    stop.set()
    with pytest.raises(Cancelled), monitored(seen.append, stop):
        run(id, inputs(id))


@pytest.mark.parametrize("id", REGIONWISE)
def test_lazy_pixels_are_read_region_by_region(id: str) -> None:
    largest = 4 * 13 * 17
    sizes: list[int] = []

    class Counting:
        def __init__(self, pixels: np.ndarray[Any, Any]) -> None:
            self.pixels, self.shape, self.dtype, self.ndim = pixels, pixels.shape, pixels.dtype, pixels.ndim

        def __getitem__(self, key: Any) -> Any:
            part = self.pixels[key]
            sizes.append(part.size)
            return part

        def __array__(self, dtype: Any = None) -> Any:
            raise AssertionError("the image was loaded whole")

    images = {name: wrap(Counting(image.array()), LAYOUT, image.kind) for name, image in inputs(id).items()}
    run(id, images)
    assert max(sizes) <= largest


@pytest.mark.parametrize(
    "id", [id for id in REGIONWISE if "intensity" in (get(id).arguments[0].kinds or ("intensity",))]
)
def test_complex_pixels_are_refused_with_a_sentence(id: str) -> None:
    images = {argument.name: wrap(np.ones((2, 3, 4), np.complex64), "ZYX") for argument in get(id).arguments}
    if id == "watershed":
        images = {"image": images["image"]}
    with pytest.raises(BadParameter, match=r"[Cc]omplex"):
        run(id, images)
