"""A save with its record against `tifffile.imwrite` with the same options and fsync; verifying against decoding.

On 1 GiB of planes of 2048 x 2048, uncompressed and with the default compression.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from scale import planes
from timing import median_ratio, paired, row

from bims_desktop.app.home import Home
from bims_desktop.app.session import Session
from bims_desktop.app.verify import verify
from bims_desktop.files.ome_tiff import TILE, Compression

SIDE = 2048
REPEATS = 3


def plainly(path: Path, pixels: np.ndarray[Any, Any], compression: Compression) -> None:
    coded = None if compression == "none" else compression
    with path.open("wb") as file:
        tifffile.imwrite(
            file, pixels, ome=True, metadata={"axes": "ZYX"}, photometric="minisblack", tile=(TILE, TILE),
            compression=coded, predictor=coded is not None, contiguous=False,
        )  # fmt: skip
        file.flush()
        os.fsync(file.fileno())


def decoded(path: Path) -> None:
    """Every plane once, as the reader of a stack that is larger than memory has to."""
    with tifffile.TiffFile(path) as tiff:
        for page in tiff.pages:
            page.asarray()


def compare(folder: Path, source: Path, compression: Compression) -> None:
    home = Home(folder / "home")
    ours, peer = folder / "ours.ome.tif", folder / "peer.ome.tif"
    with Session(home=home, memory=16 << 30) as session:
        data = session.run("invert", session.open(source))  # both write from memory
        pixels = data.image.array()
        assert data.digest
        size = f"{pixels.nbytes >> 20} MiB, {compression}"

        # A save replaces the file that is there, tifffile would write into it: neither shall find one.
        def save() -> None:
            ours.unlink(missing_ok=True)
            session.save(data, ours, compression=compression)

        def write() -> None:
            peer.unlink(missing_ok=True)
            plainly(peer, pixels, compression)

        ratio, ratios = median_ratio(*paired(save, write, REPEATS))
    print(row(f"save of {size}, as a ratio to tifffile.imwrite and fsync", ratio, "×", "≤ 1.15 ×", ratios))

    def verified() -> None:
        assert verify(ours, home=home).pixels.state == "good"

    ratio, ratios = median_ratio(*reversed(paired(verified, lambda: decoded(ours), REPEATS)))
    print(row(f"verify of {size}, as a ratio of speed to decoding", ratio, "×", "≥ 0.8 ×", ratios))


def main() -> None:
    os.environ["BIMS_KEYRING"] = "off"
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 128
    for compression in ("none", "zlib"):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "stack.tif"
            tifffile.imwrite(source, planes(count, SIDE), shape=(count, SIDE, SIDE), dtype=np.uint16, bigtiff=True)
            compare(Path(folder), source, compression)


if __name__ == "__main__":
    main()
