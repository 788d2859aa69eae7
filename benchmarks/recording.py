"""What recording costs per operation, journal durability included, beside the bare function."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import numpy as np
import tifffile
from timing import paired, row

from bims_desktop.app.home import Home
from bims_desktop.app.session import Session
from bims_desktop.operations.intensity import invert

REPEATS = 300


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    tifffile.imwrite(folder / "image.tif", np.random.default_rng(0).integers(0, 255, (512, 512), np.uint8))
    with Session(folder / "session", home=Home(folder / "home")) as session:
        image = session.open(folder / "image.tif")
        ours, peer = paired(lambda: session.run("invert", image), lambda: invert(image.image), REPEATS)
    costs = [(a - b) * 1e3 for a, b in zip(ours, peer, strict=True)]
    print(row("recording an operation, beside the bare call", statistics.median(costs), "ms", "≤ 1 ms", costs))


if __name__ == "__main__":
    main()
