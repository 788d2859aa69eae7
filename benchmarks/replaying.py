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


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    noise = filters.gaussian(np.random.default_rng(0).random(SHAPE), sigma=(0, 8, 8))
    pixels = np.rint(np.interp(noise, (noise.min(), noise.max()), (0, 65535))).astype(np.uint16)
    tifffile.imwrite(folder / "stack.tif", pixels, metadata={"axes": "ZYX"}, imagej=True)
    home = Home(folder / "home")
    with Session(folder / "session", home=home) as session:
        stack = session.open(folder / "stack.tif")
        smooth = session.run("gaussian", stack, sigma=2.0)
        labels = session.run("label", session.run("threshold_otsu", smooth))
        session.save(labels, folder / "labels.ome.tif")

    def ours() -> None:
        assert replay(folder / "labels.ome.tif", home=home).verdict == "identical"

    def by_hand() -> None:
        stack = tifffile.imread(folder / "stack.tif")
        smooth = np.stack([filters.gaussian(plane, 2.0, preserve_range=True) for plane in stack])
        smooth = np.clip(np.rint(smooth), 0, 65535).astype(np.uint16)
        measure.label(smooth > filters.threshold_otsu(smooth)).astype(np.int32)

    ratio, ratios = median_ratio(*paired(ours, by_hand, 9))
    print(row("replay, as a ratio to the same calls by hand", ratio, "×", "≤ 1.05 ×", ratios))


if __name__ == "__main__":
    main()
