"""`Levels`: how often each intensity occurs on a plane, and where a threshold could begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from skimage.filters import threshold_otsu

from bims_desktop.model.image import Image
from bims_desktop.ui.glimpse import shown_part

Array = np.ndarray[Any, Any]
BINS = 128
_SAMPLES = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """A histogram: `counts` (n,) between `edges` (n + 1,); `whole` where intensities are integers."""

    counts: Array
    edges: Array
    whole: bool

    @property
    def low(self) -> float:
        return float(self.edges[0])

    @property
    def high(self) -> float:
        return float(self.edges[-1])

    @property
    def split(self) -> float:
        """Otsu's threshold of the histogram, in as many digits as a person would type.

        References
        ----------
        Otsu, N. (1979). A threshold selection method from gray-level histograms. IEEE Trans. SMC 9(1).
        """
        if np.count_nonzero(self.counts) < 2:
            return self.rounded((self.low + self.high) / 2)
        centres = (self.edges[:-1] + self.edges[1:]) / 2
        return self.rounded(float(threshold_otsu(hist=(self.counts, centres))))

    def rounded(self, value: float) -> float:
        """`value` as a person would type it on this range."""
        step = 10.0 ** np.floor(np.log10((self.high - self.low) / 1000))
        return float(round(value)) if self.whole else float(f"{round(value / step) * step:.10g}")


def levels_of(image: Image, point: Mapping[str, float]) -> Levels | None:
    """The histogram of the plane of `image` that the viewer shows; None where it has no finite number, or a vast range.

    Parameters
    ----------
    image : Image
        Any axes; of a large plane about a million pixels are read.
    point : mapping of str to float
        Where the viewer is along each axis, in its units.

    Examples
    --------
    >>> levels = levels_of(Image(np.array([[0, 0, 9, 9]], np.uint8), "YX"), {})
    >>> int(levels.counts.sum()), levels.low, levels.high
    (4, 0.0, 9.0)
    """
    pixels = shown_part(image, point, "", False).pixels
    every = max(1, int(np.ceil(np.sqrt(np.prod(pixels.shape) / _SAMPLES))))
    thin = tuple(slice(None, None, every) if axis in "YX" else slice(None) for axis in image.axes)
    values = np.asarray(pixels[thin]).ravel()
    whole = values.dtype.kind in "biu"
    values = values[np.isfinite(values)].astype(np.float64)
    if not values.size:
        return None
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(high - low):
        return None
    margin = max(0.5, 1e-6 * abs(low))
    if high - low < 1e-9 * margin:  # one value: it stands in the middle
        low, high = low - margin, high + margin
    counts, edges = np.histogram(values, bins=BINS, range=(low, high))
    return Levels(counts, edges, whole)
