"""Whoever comes from Fiji finds an operation by the name that its menus have for it."""

from __future__ import annotations

import pytest

from bims_desktop.operations.search import find, offered


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Analyze Particles", "label"),
        ("Subtract Background", "rolling_ball"),
        ("Z Project", "max_projection"),
        ("Enhance Contrast", "rescale_intensity"),
        ("Find Maxima", "peak_local_max"),
        ("Make Binary", "threshold_isodata"),
        ("Convert to Mask", "threshold_isodata"),
        ("Watershed", "watershed"),
        ("Plot Profile", "profile_line"),
        ("Coloc", "manders_coloc_coeff"),
        ("Gaussian Blur", "gaussian"),
        ("Despeckle", "median"),
        ("Skeletonize", "skeletonize"),
        ("Fill Holes", "binary_fill_holes"),
        ("Convex Hull", "convex_hull_image"),
        ("Scale", "resize"),
        ("Reslice", "swapaxes"),
        ("Make Substack", "select_planes"),
        ("Bleach Correction", "correct_bleaching"),
        ("Find Edges", "sobel"),
        ("Image Calculator", "add"),
        ("Invert", "invert"),
        ("Crop", "crop"),
        ("Duplicate", "crop"),
        ("Set Scale", "set_scale"),
        ("Measure", "regionprops_table"),
        ("Histogram", "match_histograms"),
        ("Set Measurements", "regionprops_table"),
        ("Cell Counter", "count_labels"),
    ],
)
def test_the_words_of_fiji_are_known(typed: str, first: str) -> None:
    assert find(typed, offered())[0].id == first
