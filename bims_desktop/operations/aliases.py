"""`ALIASES`: what operations are called elsewhere: in Fiji, in QuPath, in papers, in the laboratory."""

from __future__ import annotations

import re

ALIASES: dict[str, str] = {
    "absolute_difference": "image calculator",
    "add": "image calculator math plus sum of images",
    "astype": "convert type bit depth 8-bit 16-bit 32-bit cast",
    "binary_closing": "close mask",
    "binary_fill_holes": "fill gaps",
    "binary_opening": "open mask despeckle mask",
    "black_tophat": "bottom hat",
    "blob_dog": "spot detection particles puncta",
    "blob_log": "spot detection particles puncta",
    "clear_border": "exclude on edges remove touching border kill borders",
    "clip": "clamp limit",
    "closing": "close",
    "concatenate": "append join stacks",
    "correct_bleaching": "photobleaching fading bleach correction",
    "correct_drift": "stabilize align frames register motion",
    "correct_flat_field": "shading illumination vignetting",
    "count_labels": "cell counter count nuclei count cells count particles number of objects",
    "crop": "cut roi region of interest duplicate",
    "denoise_bilateral": "edge-preserving smoothing",
    "denoise_nl_means": "nlm",
    "denoise_tv_chambolle": "total variation rof",
    "difference_of_gaussians": "dog bandpass band-pass filter",
    "dilation": "dilate maximum filter",
    "distance_transform_edt": "distance map",
    "divide": "math ratio image calculator",
    "downscale_local_mean": "binning downsample",
    "equalize_adapthist": "clahe adaptive enhance local contrast",
    "erosion": "erode minimum filter",
    "expand_labels": "grow dilate labels voronoi",
    "find_boundaries": "outlines contours boundary edges of labels",
    "flip": "mirror",
    "frangi": "vesselness vessels tubes neurites",
    "gaussian": "blur low-pass",
    "gaussian_noise": "add noise",
    "invert": "negative complement",
    "label": "analyze particles connected components ccl objects number",
    "laplace": "second derivative edges",
    "logical_and": "intersection of masks image calculator",
    "logical_not": "complement of a mask",
    "logical_or": "union of masks image calculator",
    "logical_xor": "image calculator",
    "manders_coloc_coeff": "overlap of channels",
    "max_projection": "z project mip maximum intensity",
    "maximum": "image calculator",
    "mean_projection": "average intensity z project",
    "median": "despeckle salt and pepper rank filter",
    "meijering": "neurites tubes filaments",
    "min_projection": "minimum intensity z project",
    "minimum": "image calculator",
    "multiply": "math times image calculator",
    "opening": "open",
    "peak_local_max": "find maxima seeds markers",
    "pearson_corr_coeff": "correlation of channels",
    "phase_cross_correlation": "align registration shift",
    "poisson_noise": "shot noise add noise",
    "profile_line": "plot profile line scan",
    "regionprops_table": "measure set measurements analyze particles area shape features statistics",
    "remove_small_holes": "fill small gaps",
    "remove_small_objects": "size filter debris area opening",
    "rescale": "zoom scale magnify",
    "rescale_intensity": "normalize contrast stretch brightness enhance contrast",
    "resize": "scale zoom resample size",
    "rgb2gray": "grayscale luminance luma brightness colour to black and white 8-bit desaturate",
    "richardson_lucy": "deconvolve deblur",
    "rolling_ball": "subtract background",
    "sato": "tubeness ridges filaments",
    "select_channel": "rgb red green blue colour",
    "select_labels": "filter by size area shape size filter",
    "select_planes": "make substack slice keeper",
    "set_scale": "calibrate pixel size voxel size physical units um µm micron nm",
    "shift": "translate move",
    "skeletonize": "thin medial axis",
    "slic": "superpixels",
    "sobel": "gradient find edges",
    "spot_markers": "puncta seeds",
    "split_channels": "rgb red green blue colours separate",
    "stack": "z-stack images to stack",
    "std_projection": "standard deviation z project",
    "subtract": "image calculator math minus difference",
    "sum_projection": "sum slices z project",
    "swapaxes": "reslice orthogonal view",
    "threshold": "binarize segment mask make binary convert to mask histogram",
    "threshold_isodata": "make binary convert to mask",
    "threshold_local": "adaptive binarize niblack sauvola uneven background",
    "threshold_otsu": "auto automatic binarize segment mask make binary convert to mask",
    "unsharp_mask": "sharpen",
    "watershed": "split separate touching nuclei cells objects",
    "white_tophat": "subtract background",
}
"""Words by the operation's id."""

_FOLDS = (
    (re.compile(r"is(?=e|ing|ation|abl|$)"), "iz"),
    (re.compile(r"lys(?=e|ing)"), "lyz"),
    (re.compile(r"grey"), "gray"),
    (re.compile(r"our\b"), "or"),
    (re.compile(r"(?<=[ae])ll(?=ed|ing)"), "l"),
    (re.compile(r"[-–_]"), " "),
)


def folded(text: str) -> str:
    """`text` in one case and one spelling, British or American.

    Examples
    --------
    >>> folded("Labelled, normalised grey-scale colours") == folded("labeled, normalized gray scale colours")
    True
    """
    text = text.casefold()
    for pattern, other in _FOLDS:
        text = pattern.sub(other, text)
    return text
