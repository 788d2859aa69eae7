"""What the gallery shows: a file, what was asked of it, and the steps that answer, as a script writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bims_desktop.app.data import Data

Run = Callable[..., Any]


@dataclass(frozen=True)
class Recipe:
    """`make` gives what is shown before, what after, in that order."""

    name: str
    file: str
    title: str
    about: str
    make: Callable[[Run, Data], tuple[Data, Data]]


def nuclei(run: Run, cells: Data) -> tuple[Data, Data]:
    mask = run("threshold_otsu", run("gaussian", cells, sigma=2))
    return cells, run("clear_border", run("label", run("binary_fill_holes", mask)))


def noisy(run: Run, cells: Data) -> tuple[Data, Data]:
    clean = run("denoise_nl_means", cells, patch_size=7, patch_distance=11, fast_mode=True)
    return cells, run("label", run("remove_small_objects", run("threshold_otsu", clean), max_size=30))


def touching(run: Run, image: Data) -> tuple[Data, Data]:
    mask = run("threshold", image, value=127.0)
    distance = run("gaussian", run("distance_transform_edt", mask), sigma=1)
    seeds = run("peak_local_max", distance, labels=mask, min_distance=4)
    return image, run("watershed", run("invert", distance, signed_float=True), markers=seeds, mask=mask)


def cells(run: Run, image: Data) -> tuple[Data, Data]:
    tubulin, dna = (run("gaussian", run("select_channel", image, channel=number), sigma=2) for number in (0, 1))
    middles = run("spot_markers", dna, min_sigma=6, max_sigma=8, threshold_rel=0.05)
    seeds = run("watershed", run("invert", dna), markers=middles, mask=run("threshold_li", dna))
    return tubulin, run("watershed", run("invert", tubulin), markers=seeds, mask=run("threshold_triangle", tubulin))


def spots(run: Run, field: Data) -> tuple[Data, Data]:
    flat = run("white_tophat", run("gaussian", field, sigma=2, dtype="float32"), radius=10)
    return field, run("label", run("threshold_otsu", flat))


def spots_in_depth(run: Run, image: Data) -> tuple[Data, Data]:
    channel = run("select_channel", image, channel=0)
    sharp = run("difference_of_gaussians", channel, low_sigma=1, high_sigma=4)
    return channel, run("remove_small_objects", run("label", run("threshold_otsu", sharp)), max_size=10)


def plate(run: Run, stack: Data) -> tuple[Data, Data]:
    parts = run("label", run("threshold_otsu", run("gaussian", stack, sigma=1.5)))
    return stack, run("select_labels", parts, minimum=50.0, units="physical")


def lines(run: Run, image: Data) -> tuple[Data, Data]:
    tubulin = run("select_channel", image, channel=0)
    return tubulin, run("sato", tubulin, black_ridges=False)


def colours(run: Run, image: Data) -> tuple[Data, Data]:
    return image, run("unsharp_mask", run("adjust_gamma", image, gamma=0.6), radius=2, amount=1)


def blue(run: Run, image: Data) -> tuple[Data, Data]:
    mask = run("threshold_otsu", run("gaussian", run("select_channel", image, channel=2), sigma=2))
    return image, run("remove_small_objects", run("label", run("binary_fill_holes", mask)), max_size=100)


RECIPES = (
    Recipe("nuclei", "resources/samples/nuclei.tif", "Nuclei", "Whole nuclei of cultured cells.", nuclei),
    Recipe("spots", "resources/samples/spots.tif", "Spots before a glow", "The background goes first.", spots),
    Recipe(
        "mitotic-plate",
        "resources/samples/mitotic_plate.tif",
        "A mitotic plate",
        "One object in six planes; shown are the greatest values along Z.",
        plate,
    ),
    Recipe(
        "noisy",
        "tests/data/xy_8bit__nuclei_noisy_small.tif",
        "Nuclei in noise",
        "Non-local means keeps edges where a wide Gaussian would move them.",
        noisy,
    ),
    Recipe(
        "touching",
        "tests/data/xy_8bit_binary__nuclei.tif",
        "Objects that touch",
        "Each pixel's distance to the background peaks in the middle of each object; a watershed parts them.",
        touching,
    ),
    Recipe(
        "cells",
        "tests/data/xyc_16bit__nuclei_tubulin.tif",
        "Cells around nuclei",
        "Two channels: nuclei are parted first, and are then the seeds from which cells are flooded.",
        cells,
    ),
    Recipe(
        "lines", "tests/data/xyc_16bit__nuclei_tubulin.tif", "Bright lines", "Ridges of the tubulin channel.", lines
    ),
    Recipe(
        "depth",
        "tests/data/xyzc_16bit__spots.tif",
        "Spots in three dimensions",
        "One of two channels, 17 planes; shown are the greatest values along Z.",
        spots_in_depth,
    ),
    Recipe(
        "colours",
        "tests/data/xy_rgb__cells.tif",
        "An RGB image",
        "Dim parts lifted, then sharpened; colours stay.",
        colours,
    ),
    Recipe(
        "blue",
        "tests/data/xy_rgb__cells.tif",
        "Nuclei in an RGB image",
        "Of a picture that was coloured for a slide the blue is taken, a grey image like any other.",
        blue,
    ),
)
