"""Draw a picture of every operation, before and after, and the gallery that shows them.

Run it after an operation was added or changed: ``python docs/operations/make_pictures.py``. With the ids of
operations it draws only theirs.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from PIL import Image as Picture
from PIL import ImageDraw

from bims_desktop.files.readers import read
from bims_desktop.model.image import Channel, Image
from bims_desktop.model.table import Table
from bims_desktop.operations.execute import execute
from bims_desktop.operations.registry import get, operations
from bims_desktop.operations.spec import Operation

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "resources" / "samples" / "nuclei.tif"
SIDE, GAP, GREYS, BINS, BAR = 128, 4, 48, 5, 40
Array = np.ndarray[Any, Any]
INTRODUCTION = """Left before, right after. The rules for all of them are in [operations](../operations.md).
Drawn by `make_pictures.py` from the sample image (CC BY 4.0, see [resources](../../resources/README.md))."""
# Where what comes out must be seen on the scale of what went in.
COMPARED = ("Intensity", "Arithmetic", "Simulate")
OPTIONS: dict[str, dict[str, Any]] = {
    "gaussian": {"sigma": 2.0},
    "median": {"radius": 2},
    "denoise_bilateral": {"sigma_color": 15.0, "sigma_spatial": 2.0},
    "denoise_tv_chambolle": {"weight": 20.0},
    "denoise_nl_means": {"h": 8.0},
    "white_tophat": {"radius": 20},
    "black_tophat": {"radius": 5},
    "rolling_ball": {"radius": 20.0},
    "difference_of_gaussians": {"low_sigma": 1.5, "high_sigma": 3.0},
    "unsharp_mask": {"radius": 2.0, "amount": 2.0},
    "laplace": {"ksize": 3},
    "adjust_gamma": {"gamma": 0.5},
    "clip": {"a_min": 30.0, "a_max": 90.0},
    "rescale_intensity": {"in_range": (10.0, 90.0)},
    "equalize_adapthist": {"kernel_size": 24},
    "threshold": {"value": 40.0},
    "threshold_local": {"block_size": 51, "offset": -3.0},
    "apply_hysteresis_threshold": {"low": 25.0, "high": 80.0},
    **{key: {"radius": 3} for key in ("erosion", "dilation", "opening", "closing")},
    **{key: {"radius": 2} for key in ("binary_opening", "binary_closing")},
    "remove_small_objects": {"max_size": 300},
    "select_labels": {"minimum": 300.0, "maximum": 450.0, "units": "pixels"},
    "expand_labels": {"distance": 3.0},
    "find_boundaries": {"mode": "thick"},
    "peak_local_max": {"min_distance": 6, "threshold_abs": 30.0},
    "spot_markers": {"min_sigma": 4.0, "max_sigma": 8.0},
    "blob_log": {"min_sigma": 4.0, "max_sigma": 8.0},
    "blob_dog": {"min_sigma": 4.0, "max_sigma": 8.0},
    "slic": {"n_segments": 60},
    "rotate": {"angle": 20.0},
    "shift": {"x_shift": 20.0, "y_shift": 10.0},
    "resize": {"x_size": 32, "y_size": 32},
    "rescale": {"x_scale": 0.5, "y_scale": 0.25},
    "downscale_local_mean": {"x_factor": 8, "y_factor": 8},
    "crop": {"x_start": 32, "x_stop": 96, "y_start": 20, "y_stop": 84},
    "select_channel": {"channel": 1},
    "profile_line": {"src_x": 10.0, "src_y": 60.0, "dst_x": 120.0, "dst_y": 60.0},
    "gaussian_noise": {"sigma": 25.0},
    "poisson_noise": {"gain": 0.05},
    **{key: {"numerical_aperture": 0.3} for key in ("gaussian_psf", "widefield_psf", "confocal_psf")},
    "set_scale": {"physical_size_x": 0.00065, "unit": "mm"},
    "concatenate": {"axis": "X"},
    "flip": {"axis": "X"},
    "swapaxes": {"axis1": "Z", "axis2": "Y"},
    "where": {"y": 0.0},
}  # fmt: skip
STACKS = {"rescale_isotropic": "ZYX", "swapaxes": "ZYX", "rename_axis": "ZYX", "select_planes": "ZYX"}
STACKS |= {f"{name}_projection": "ZYX" for name in ("max", "min", "mean", "median", "sum", "std")}
STACKS |= {"correct_drift": "TYX", "correct_bleaching": "TYX", "select_channel": "CYX", "split_channels": "CYX"}


def scene() -> dict[str, Image]:
    """What operations are shown on: a crop of the sample, and what was made of it."""
    whole = read(SAMPLE).image
    part = Image(whole.array()[: BINS * SIDE, : BINS * SIDE], "YX", whole.scale, whole.units)
    cells = execute(
        get("downscale_local_mean"), {"image": part}, {"x_factor": BINS, "y_factor": BINS}, no_blob
    ).results[0]
    mask = run("threshold_li", image=run("gaussian", image=cells))
    return {
        "intensity": cells,
        "mask": mask,
        "labels": run("label", label_image=mask),
        "ZYX": stacked("ZYX", [np.roll(cells.array(), (0, 12 * n), (0, 1)) for n in range(-2, 3)], cells),
        "TYX": stacked("TYX", [np.roll(cells.array(), 9 * n, 1) // (n + 1) for n in (2, 1, 0)][::-1], cells),
        "CYX": stacked("CYX", [cells.array(), np.roll(cells.array(), 25, 0)], cells),
        "rgb": coloured([np.roll(cells.array(), 25 * n, 0) for n in range(3)], cells),
    }


def stacked(axes: str, planes: list[Array], like: Image) -> Image:
    """`planes` along a new axis."""
    channels = tuple(Channel(f"channel {n}") for n in range(len(planes))) if "C" in axes else ()
    return Image(np.stack(planes), axes, (1.0, *like.scale), (like.units[0], *like.units), channels)


def coloured(planes: list[Array], like: Image) -> Image:
    """`planes` as the red, green and blue of one image, bright enough to tell them apart."""
    bright = np.minimum(2 * np.stack(planes, axis=-1).astype(int), 255)
    return Image(bright.astype(np.uint8), "YXS", (*like.scale, 1.0), (*like.units, ""), kind="rgb")


def no_blob(digest: str) -> bytes:
    """No picture shows a stored edit."""
    return b""


def run(id: str, **images: Image) -> Any:
    """The first result of an operation with its defaults."""
    return execute(get(id), images, {}, no_blob).results[0]


def inputs(operation: Operation, given: dict[str, Image]) -> dict[str, Image]:
    """An image of the scene for each argument."""
    cells = given["intensity"].array()
    other = given["intensity"].with_pixels(np.roll(cells, (10, 25), (0, 1)))
    images: dict[str, Image] = {}
    for number, argument in enumerate(operation.arguments):
        kind = argument.kinds[0] if argument.kinds else "intensity"
        if not argument.optional:
            images[argument.name] = given[STACKS.get(operation.id, kind)] if not number else given[kind]
        if number and kind == "intensity" and argument.name in images:
            images[argument.name] = other
    return images | special(operation.id, given, other)


def special(id: str, given: dict[str, Image], other: Image) -> dict[str, Image]:
    """What some operations need instead, to have something to do."""
    cells, mask, labels = given["intensity"], given["mask"], given["labels"]
    hazy = cells.with_pixels((cells.array() + np.arange(SIDE)).clip(0, 255).astype(np.uint8))
    light = np.exp(-((np.arange(SIDE) - 90) ** 2) / 4000)
    noisy = mask.array() ^ (np.random.default_rng(0).random((SIDE, SIDE)) < 0.02)
    seeds = np.zeros((SIDE, SIDE), np.int32)
    seeds[cells.array() > 70], seeds[cells.array() < 20] = 2, 1
    shifted = mask.with_pixels(np.roll(mask.array(), 12, 1))
    return {
        "correct_flat_field": {
            "image": cells.with_pixels((cells.array() * light).astype(np.uint8)),
            "flat": cells.with_pixels(np.broadcast_to(200 * light, (SIDE, SIDE)).astype(np.float32)),
        },
        "rolling_ball": {"image": hazy},
        "white_tophat": {"image": hazy},
        "match_histograms": {"reference": other.with_pixels(np.uint8(255) - other.array() // 2)},
        "nan_to_num": {"image": cells.with_pixels(np.where(cells.array() > 60, np.nan, cells.array()))},
        "binary_fill_holes": {"input": run_on("find_boundaries", run_on("clear_border", labels))},
        "remove_small_holes": {"ar": mask.with_pixels(noisy)},
        "binary_opening": {"image": mask.with_pixels(noisy)},
        "binary_closing": {"image": mask.with_pixels(noisy)},
        "random_walker": {"labels": Image(seeds, "YX", cells.scale, cells.units, kind="labels")},
        "join_segmentations": {"s2": labels.with_pixels(np.roll(labels.array(), 6, 1))},
        "logical_and": {"x2": shifted}, "logical_or": {"x2": shifted}, "logical_xor": {"x2": shifted},
        "richardson_lucy": {"image": narrow(cells), "psf": run("gaussian_psf", image=narrow(cells))},
        **{key: {"image": narrow(cells)} for key in ("gaussian_psf", "widefield_psf", "confocal_psf")},
        "set_scale": {"image": Image(cells.array(), "YX")},
        "watershed": {"image": run_on("gaussian", cells.with_pixels(255 - cells.array())), "mask": mask},
        "convex_hull_image": {"image": run_on("clear_border", mask)},
        "skeletonize": {"image": run_on("binary_closing", mask)},
        "manders_coloc_coeff": {"image1_mask": mask},
        "relabel_sequential": {"label_field": labels.with_pixels(labels.array() * 7)},
    }.get(id, {})  # fmt: skip


def run_on(id: str, image: Image) -> Image:
    """The result of an operation of one image."""
    result: Image = run(id, **{get(id).arguments[0].name: image})
    return result


def narrow(image: Image) -> Image:
    """`image` as if its pixels were small enough to show a point."""
    return Image(image.array(), "YX", (0.04, 0.04), ("µm", "µm"))


def draw(operation: Operation, given: dict[str, Image]) -> Picture.Image:
    """Before at the left, after at the right."""
    images = inputs(operation, given)
    result = execute(operation, images, OPTIONS.get(operation.id, {}), no_blob).results[-1]
    before = images[operation.arguments[0].name]
    if operation.id == "phase_cross_correlation":
        before = images["moving_image"]
    sheet = Picture.new("RGB", (2 * SIDE + GAP, SIDE), "white")
    compared = operation.menu.split("/")[0] in COMPARED and operation.id not in ("invert", "match_histograms")
    limits = extremes(before) if compared else None
    sheet.paste(shown(before, limits), (0, 0))
    if isinstance(result, Table):
        sheet.paste(written(result), (SIDE + GAP, 0))
    else:
        sheet.paste(shown(result, limits if result.kind == "intensity" else None), (SIDE + GAP, 0))
        if operation.effect == "calibration":
            measured(sheet, before, 0)
            measured(sheet, result, SIDE + GAP)
    return sheet.quantize(GREYS * (5 if before.kind == "rgb" else 1), dither=Picture.Dither.NONE)


def plane(image: Image) -> Array:
    """The last plane along every axis but Y and X (and samples): most has happened to it."""
    return np.asarray(image.array()[(-1,) * (image.axes.index("Y"))])


def extremes(image: Image) -> tuple[float, float]:
    values = plane(image)[np.isfinite(plane(image))].astype(float)
    return float(values.min()), float(values.max())


def shown(image: Image, limits: tuple[float, float] | None) -> Picture.Image:
    """One plane as napari would draw it, within a square."""
    values = plane(image)
    if image.kind == "labels":
        if 0 < np.count_nonzero(values) < values.size / 200:  # single pixels would not be seen
            values = scipy.ndimage.maximum_filter(values, 3)
        colours = np.random.default_rng(1).integers(60, 255, (256, 3)).astype(np.uint8)
        colours[0] = 0
        drawn = colours[np.where(values > 0, values % 255 + 1, 0)]
    else:
        low, high = limits or extremes(image)
        grey = np.nan_to_num((values.astype(float) - low) / ((high - low) or 1))
        shades = np.clip(255 * grey, 0, 255).astype(np.uint8)
        drawn = shades if image.kind == "rgb" else np.repeat(shades[..., np.newaxis], 3, axis=-1)
    picture = Picture.fromarray(drawn)
    largest = max(picture.size)
    size = [max(1, round(SIDE * side / largest)) for side in picture.size]
    square = Picture.new("RGB", (SIDE, SIDE), (128, 128, 128))
    square.paste(picture.resize((size[0], size[1]), Picture.Resampling.NEAREST))
    return square


def measured(sheet: Picture.Image, image: Image, left: int) -> None:
    """A bar under the picture that begins at `left`, and how long it is."""
    pen = ImageDraw.Draw(sheet)
    length = f"{BAR * image.scale_of('X'):.3g} {image.unit_of('X') or 'px'}"
    pen.rectangle((left + 8, SIDE - 10, left + 8 + BAR, SIDE - 8), fill="white")
    pen.text((left + 8, SIDE - 26), length, fill="white", font_size=12)


def written(table: Table) -> Picture.Image:
    """The first rows of a table."""
    square = Picture.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(square)
    names = [name for name in table.columns if not name.startswith("bbox")][:3]
    for column, name in enumerate(names):
        cells = [name[-9:], *(f"{value:.5g}" for value in table.columns[name][:8])]
        for row, text in enumerate(cells):
            pen.text((3 + 42 * column, 3 + 13 * row), text[:7], fill="black", font_size=10)
    return square


def gallery(shown_operations: list[Operation]) -> str:
    """The page that shows all pictures."""
    lines = ["# Gallery of operations", "", INTRODUCTION]
    for menu, group in groupby(sorted(shown_operations, key=lambda o: o.menu), key=lambda o: o.menu):
        lines += ["", f"## {menu.replace('/', ' › ')}", "", "| | operation |", "|---|---|"]
        for operation in group:
            purpose = (operation.function.__doc__ or "").splitlines()[0]
            picture = f"![{operation.title}, before and after](pictures/{operation.id}.png)"
            lines += [f"| {picture} | **{operation.title}** `{operation.id}`<br>{purpose} |"]
    return "\n".join(lines) + "\n"


def main(only: Collection[str] = ()) -> None:
    """Draw everything anew, or `only` some, and write the gallery."""
    (HERE / "pictures").mkdir(exist_ok=True)
    given = scene()
    drawn = [operation for operation in operations() if operation.menu and not operation.package]
    for operation in (operation for operation in drawn if not only or operation.id in only):
        draw(operation, given).save(HERE / "pictures" / f"{operation.id}.png", optimize=True)
    (HERE / "README.md").write_text(gallery(drawn), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
