"""The rules that every operation of the registry keeps."""

from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import dask.array as da
import numpy as np
import pytest

from bims_desktop.errors import BadParameter, Cancelled
from bims_desktop.model.canonical import canonical
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations.execute import execute
from bims_desktop.operations.paint import brush
from bims_desktop.operations.registry import get, operations
from bims_desktop.operations.running import monitored, storing
from bims_desktop.operations.spec import Argument, Found, fill
from tests.operations.examples import labels, mask, textured, wrap

LAYOUT = "TCZYX"
FIRST = {
    "gaussian", "median", "white_tophat", "rescale_intensity", "invert", "threshold", "threshold_otsu", "threshold_li",
    "label", "remove_small_objects", "binary_opening", "binary_closing", "distance_transform_edt", "watershed", "crop",
    "max_projection", "select_channel", "add", "subtract", "regionprops_table", "paint", "duplicate",
    "zeros_like",
}  # fmt: skip
EVERY = sorted(operation.id for operation in operations() if not operation.package)
# What the defaults leave to be said.
OPTIONS: dict[str, dict[str, Any]] = {
    "denoise_nl_means": {"patch_size": 3, "patch_distance": 2},
    "rolling_ball": {"radius": 3.0},
    "laplace": {"ksize": 3},
    "threshold_local": {"block_size": 5},
    "concatenate": {"axis": "Z"},
    "blob_log": {"max_sigma": 2.0, "num_sigma": 2},
    "blob_dog": {"max_sigma": 2.0},
    "spot_markers": {"max_sigma": 2.0},
    "resize": {"x_size": 9, "z_size": 3},
    "rescale": {"x_scale": 0.5},
    "rescale_isotropic": {"size": 1.0},
    "rotate": {"angle": 30.0},
    "shift": {"x_shift": 1.5, "z_shift": 1.0},
    "richardson_lucy": {"num_iter": 2},
    "slic": {"n_segments": 5},
    "set_scale": {"physical_size_x": 0.5},
    "widefield_psf": {"radius": 4, "depth": 2},
    "confocal_psf": {"radius": 4, "depth": 2},
}
LAYOUTS = {"stack": "TCYX", "rename_axis": "CZYX", "rgb2gray": "TCZYXS"}
NEW_AXES = {"stack": "Z", "rename_axis": "T"}
# These give images of another pixel size; but for exchanged axes the extent stays, up to a pixel.
SHARING = {"duplicate", "set_scale"}
RESCALED = {"resize", "rescale", "rescale_isotropic", "downscale_local_mean", "swapaxes"}


def layout(id: str) -> str:
    return LAYOUTS.get(id, LAYOUT)


def image_for(id: str, argument: Argument, seed: int) -> Image:
    if argument.name == "psf":
        return wrap(np.ones((1, 3, 3)), "ZYX")
    kind = argument.kinds[0] if argument.kinds else "intensity"
    return {"intensity": textured, "rgb": textured, "mask": mask, "labels": labels}[kind](layout(id), seed=seed)


def inputs(id: str) -> dict[str, Image]:
    if id == "as_labels":
        return {"image": wrap(labels(LAYOUT).array().astype(np.uint16), LAYOUT)}
    given = {argument.name: image_for(id, argument, seed) for seed, argument in enumerate(get(id).arguments)}
    if id == "correct_flat_field":  # it must be brighter than the dark picture
        dark = np.zeros(given["image"].shape, np.uint8)
        given |= {"flat": wrap(given["flat"].array() // 2 + np.uint8(9), LAYOUT), "dark": wrap(dark, LAYOUT)}
    return given


def parameters(id: str) -> dict[str, Any]:
    operation = get(id)
    given = operation.bind({"strokes": "sha256:" + "0" * 64} if id == "paint" else OPTIONS.get(id, {}))
    if id == "paint":
        first = inputs(id)["image"]
        given["strokes"] = brush(first, [(0,) * (first.ndim - 2) + (5, 5)], value=1).encode()
    return given


def run(id: str, images: dict[str, Image]) -> Any:
    operation = get(id)
    operation.check_images(images)
    return operation.function(**images, **parameters(id))


def result_of(returned: Any) -> Any:
    return returned.result if isinstance(returned, Found) else returned


def results_of(returned: Any) -> tuple[Any, ...]:
    result = result_of(returned)
    return result if isinstance(result, tuple) else (result,)


def same(one: Any, other: Any) -> None:
    if isinstance(one, tuple):
        assert len(one) == len(other)
        for first, second in zip(one, other, strict=True):
            same(first, second)
        return
    if isinstance(one, Table):
        for name, column in one.columns.items():
            np.testing.assert_array_equal(column, other.columns[name])
    else:
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one.array(), other.array())


def test_the_registry_holds_the_first_operations_and_many_more() -> None:
    assert set(EVERY) >= FIRST
    assert len(EVERY) >= 65


@pytest.mark.parametrize("id", EVERY)
class TestEveryOperation:
    def test_leaves_its_inputs_alone(self, id: str) -> None:
        images = inputs(id)
        copies = {name: image.array().copy() for name, image in images.items()}
        results = results_of(run(id, images))
        for name, image in images.items():
            np.testing.assert_array_equal(image.array(), copies[name])
            for result in results:
                if isinstance(result, Image) and id not in SHARING:
                    assert not np.shares_memory(result.array(), image.array())

    def test_gives_the_same_for_pixels_of_another_byte_order(self, id: str) -> None:
        images = inputs(id)
        swapped = {
            name: wrap(image.array().astype(image.dtype.newbyteorder(">")), image.axes, image.kind)
            for name, image in images.items()
        }
        expected, returned = result_of(run(id, images)), run(id, swapped)
        same(expected, result_of(returned))
        for result in results_of(returned):
            if isinstance(result, Image) and id not in SHARING:
                assert result.dtype.isnative

    def test_gives_the_same_for_lazy_pixels(self, id: str) -> None:
        images = inputs(id)
        chunks = {"T": 1, "C": 1, "Z": 2, "Y": 7, "X": 17}
        lazy = {
            name: wrap(da.from_array(image.array(), chunks=tuple(map(chunks.get, image.axes))), image.axes, image.kind)
            for name, image in images.items()
        }
        same(result_of(run(id, images)), result_of(run(id, lazy)))

    def test_gives_the_same_twice_and_in_a_thread(self, id: str) -> None:
        images = inputs(id)
        expected = result_of(run(id, images))
        with ThreadPoolExecutor(2) as pool:
            for again in pool.map(lambda _: run(id, images), range(2)):
                same(expected, result_of(again))

    def test_keeps_calibration(self, id: str) -> None:
        images = inputs(id)
        first = next(iter(images.values()))
        for result in results_of(run(id, images)):
            if isinstance(result, Table):
                assert set(result.units.values()) <= {"µm", "µm³", "px"}
                continue
            assert set(result.axes) <= {*first.axes, *NEW_AXES.get(id, "")}
            for axis in set(result.axes) & set(first.axes):
                if id not in RESCALED:
                    assert (result.scale_of(axis), result.unit_of(axis)) == (first.scale_of(axis), first.unit_of(axis))
                elif id != "swapaxes":
                    assert result.unit_of(axis) == first.unit_of(axis)
                    whole = first.scale_of(axis) * first.size(axis)
                    assert result.scale_of(axis) * result.size(axis) == pytest.approx(whole, rel=0.25)
            assert len(result.channels) == (result.size("C") if "C" in result.axes and first.channels else 1) or (
                result.channels == ()
            )

    def test_says_what_it_did_with_all_that_it_found(self, id: str) -> None:
        images = inputs(id)
        returned = run(id, images)
        values = dict(returned.values) if isinstance(returned, Found) else {}
        operation = get(id)
        canonical(values)
        known = {} if id == "paint" else operation.bind(OPTIONS.get(id, {}))
        said = operation.say({name: name.upper() for name in images} | known | values)
        assert "..." not in said.replace(" ... ", " to ")
        assert any(name.upper() in said for name in images)
        assert all("{" + name + "}" in operation.sentence for name in values)
        assert said[0].isupper()
        assert not said.endswith(".")

    def test_is_executed_as_it_is_called(self, id: str) -> None:
        images = inputs(id)
        options = {} if id == "paint" else OPTIONS.get(id, {})
        strokes = parameters(id)["strokes"] if id == "paint" else b""
        blob = {"strokes": "sha256:" + "0" * 64} if id == "paint" else {}
        outcome = execute(get(id), images, options | blob, lambda digest: strokes)
        same(outcome.results, results_of(run(id, images)))

    def test_names_its_sources(self, id: str) -> None:
        described = inspect.cleandoc(get(id).function.__doc__ or "")
        _, heading, sources = described.partition("\nReferences\n----------\n")
        assert heading
        assert sources.partition("\n\n")[0].strip()

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


AT_ONCE = {
    "crop",
    "select_planes",
    "select_channel",
    "split_channels",
    "duplicate",
    "paint",
    "zeros_like",
    "gaussian_psf",
    "widefield_psf",
    "confocal_psf",
    "set_scale",
}


@pytest.mark.parametrize("id", [id for id in EVERY if "intensity" in get(id).arguments[0].kinds and id != "as_labels"])
@pytest.mark.parametrize("dtype", ["uint16", "uint32", "float32", "float64"])
def test_takes_read_only_pixels_of_every_dtype(id: str, dtype: str) -> None:
    images = inputs(id)
    for name, image in images.items():
        if image.kind == "intensity":
            images[name] = wrap(image.array().astype(dtype), image.axes)
    for result in results_of(run(id, images)):
        assert isinstance(result, Table) or result.dtype.name not in ("int64", "uint64", "float16")


REGIONWISE = sorted(set(EVERY) - AT_ONCE)


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

    images = {name: wrap(Counting(image.array()), image.axes, image.kind) for name, image in inputs(id).items()}
    run(id, images)
    assert max(sizes) <= largest


@pytest.mark.parametrize("id", sorted({*REGIONWISE, "crop", "select_planes", "select_channel", "paint", "zeros_like"}))
def test_results_are_made_where_the_session_keeps_them(id: str) -> None:
    made: list[np.ndarray[Any, Any]] = []

    def allocate(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
        made.append(np.empty(shape, dtype))
        made[-1].view(np.uint8).fill(77)
        return made[-1]

    images = inputs(id)
    with storing(allocate):
        results = results_of(run(id, images))
    for result in results:
        assert isinstance(result, Table) or any(result.pixels is array for array in made)
    same(tuple(results), results_of(run(id, images)))


@pytest.mark.parametrize(
    "id", [id for id in REGIONWISE if "intensity" in (get(id).arguments[0].kinds or ("intensity",))]
)
def test_complex_pixels_are_refused_with_a_sentence(id: str) -> None:
    axes = layout(id)
    image = wrap(np.ones(tuple(range(2, len(axes) + 2)), np.complex64), axes)
    images = {argument.name: image for argument in get(id).arguments if not argument.optional}
    if id == "richardson_lucy":
        images["psf"] = wrap(np.ones((1, 3, 3)), "ZYX")
    for argument in get(id).arguments:
        if argument.kinds in (("mask",), ("labels",)) and argument.name in images:
            images[argument.name] = wrap(
                np.ones(image.shape, bool if argument.kinds == ("mask",) else np.int32), axes, argument.kinds[0]
            )
    with pytest.raises(BadParameter, match=r"[Cc]omplex"):
        run(id, images)


# What is done to each plane alone unless asked otherwise; docs/operations.md says so.
PLANES = {
    "Deconvolution": set(),
    "Measure": set(),
    "Measure/Spots": set(),
    "Measure/Colocalisation": set(),
    "Segmentation/Labels": set(),
    "Segmentation/Markers": set(),
    "Segmentation/Threshold": {"threshold_local"},
    "Segmentation": {"slic"},
}


@pytest.mark.parametrize("menu", PLANES)
def test_objects_do_not_end_with_their_plane(menu: str) -> None:
    defaults = {
        operation.id: parameter.default
        for operation in operations()
        for parameter in operation.parameters
        if operation.menu == menu and parameter.name == "axes"
    }
    assert defaults
    assert {id for id, axes in defaults.items() if axes != "ZYX"} == PLANES[menu]


def test_colours_are_refused_with_a_way_to_grey_levels() -> None:
    for id in EVERY:
        argument = get(id).arguments[0]
        if "intensity" in argument.kinds and "rgb" not in argument.kinds:
            with pytest.raises(BadParameter) as caught:
                get(id).check_images({argument.name: textured("YXS")})
            assert "with RGB to grey, or select a channel" in caught.value.todo


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [(1, "Kept 1 object of cells"), (0, "Kept 0 objects of cells"), (13, "Kept 13 objects of cells")],
)
def test_a_single_object_is_one_object(kept: int, sentence: str) -> None:
    assert fill("Kept {kept} objects of {labels}", {"kept": kept, "labels": "cells"}) == sentence


@pytest.mark.parametrize(("width", "said"), [(0, "touching the border"), (10, "within 10 px of the border")])
def test_what_is_no_pixel_away_touches(width: int, said: str) -> None:
    assert fill("Removed those within {width} px of the border", {"width": width}) == f"Removed those {said}"
