"""The operations: plain functions image → image over scikit-image, SciPy and NumPy, declared with ``@operation``.

Importing this package fills the registry. The rules that all of them keep:

- ids, parameters and arguments have scikit-image's names (SciPy's or NumPy's where the function is theirs);
- the range of values is preserved; filters give the input's dtype back by default, computed in floating
  point, rounded half to even and clipped, and float32 where ``dtype`` asks for it;
- a threshold is strict (``>``); labels are int32, connected fully by default, numbered from 1 in each region;
- ``axes`` says whether each plane (``"YX"``) or each volume (``"ZYX"``) is processed alone;
- axes, scale, units and channel names are kept or follow what happens to them, and the input is never modified;
- the same input gives the same bytes, on any number of threads; what draws random numbers has a ``seed``;
- what an operation finds (a threshold, a count) is handed back with its result and stands in its sentence.
"""

from __future__ import annotations

from bims_desktop.operations import (
    arithmetic,
    background,
    calibration,
    channels,
    colocalisation,
    counting,
    deconvolution,
    denoising,
    diffraction,
    edges,
    filters,
    geometry,
    histogram_thresholds,
    histograms,
    holes,
    hulls,
    intensity,
    joining,
    labels,
    levels,
    local_thresholds,
    logic,
    markers,
    measure,
    morphology,
    multiplying,
    neighbours,
    noise,
    orientation,
    paint,
    partition,
    placement,
    profiles,
    projections,
    psf,
    registration,
    resampling,
    ridges,
    segmentation,
    selection,
    shading,
    sharpening,
    spots,
    thresholds,
)

__all__ = [
    "arithmetic",
    "background",
    "calibration",
    "channels",
    "colocalisation",
    "counting",
    "deconvolution",
    "denoising",
    "diffraction",
    "edges",
    "filters",
    "geometry",
    "histogram_thresholds",
    "histograms",
    "holes",
    "hulls",
    "intensity",
    "joining",
    "labels",
    "levels",
    "local_thresholds",
    "logic",
    "markers",
    "measure",
    "morphology",
    "multiplying",
    "neighbours",
    "noise",
    "orientation",
    "paint",
    "partition",
    "placement",
    "profiles",
    "projections",
    "psf",
    "registration",
    "resampling",
    "ridges",
    "segmentation",
    "selection",
    "shading",
    "sharpening",
    "spots",
    "thresholds",
]
