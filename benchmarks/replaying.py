"""A replay against the same scikit-image calls by hand: read, smooth, threshold, label."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import tifffile
from skimage import filters, measure
from timing import median_ratio, paired, row

from bims_desktop.app.home import Home
from bims_desktop.app.replay import replay
from bims_desktop.app.session import Session

SHAPE = (8, 1024, 1024)


def smooth_by_hand(stack: np.ndarray) -> np.ndarray:
    smooth = np.stack([filters.gaussian(plane, 2.0, preserve_range=True) for plane in stack])
    return np.clip(np.rint(smooth), 0, 65535).astype(np.uint16)


def label_by_hand(stack: np.ndarray) -> np.ndarray:
    return measure.label(stack > filters.threshold_otsu(stack)).astype(np.int32)


def compare(folder: Path, home: Home, name: str, smoothing: bool) -> None:
    with Session(home=home) as session:
        data = session.open(folder / "stack.tif")
        data = session.run("gaussian", data, sigma=2.0) if smoothing else data
        labels = session.run("label", session.run("threshold_otsu", data))
        session.save(labels, folder / "labels.ome.tif")

    def ours() -> None:
        assert replay(folder / "labels.ome.tif", home=home).verdict == "identical"

    def by_hand() -> None:
        stack = tifffile.imread(folder / "stack.tif")
        label_by_hand(smooth_by_hand(stack) if smoothing else stack)

    ratio, ratios = median_ratio(*paired(ours, by_hand, 9))
    print(row(f"replay of {name}, as a ratio to the same calls by hand", ratio, "×", "≤ 1.05 ×", ratios))


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    noise = filters.gaussian(np.random.default_rng(0).random(SHAPE), sigma=(0, 8, 8))
    pixels = np.rint(np.interp(noise, (noise.min(), noise.max()), (0, 65535))).astype(np.uint16)
    tifffile.imwrite(folder / "stack.tif", pixels, metadata={"axes": "ZYX"}, imagej=True)
    compare(folder, Home(folder / "home"), "smooth, threshold, label", smoothing=True)
    compare(folder, Home(folder / "home"), "threshold, label", smoothing=False)


if __name__ == "__main__":
    main()
