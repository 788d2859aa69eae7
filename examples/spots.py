"""Find and measure spots that lie on a background brighter than themselves.

Run it as ``python examples/spots.py resources/samples/spots.tif FOLDER``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bims_desktop as bims


def main(image: Path, folder: Path) -> None:
    with bims.Session() as session:
        field = session.open(image)
        smooth = session.run("gaussian", field, sigma=2, dtype="float32")
        flat = session.run("white_tophat", smooth, radius=10)
        mask = session.run("threshold_otsu", flat)
        spots = session.run("label", mask)
        properties = ("label", "area", "centroid", "intensity_max", "intensity_mean")
        table = session.run("regionprops_table", spots, intensity_image=flat, properties=properties)
        for action in session.actions:
            print(f"{action.number}. {action.sentence}")
        saved = session.save(spots, folder / "spots.ome.tif")
        listed = session.save_table(table, folder / "spots.csv")

    places = zip(table.columns["centroid-0"], table.columns["centroid-1"], table.columns["intensity_max"], strict=True)
    for y, x, height in places:
        print(f"spot at y {y:.0f}, x {x:.0f} px, {height:.1f} above its background")
    for path in (saved.path, listed.path):
        print(f"{path.name}: {bims.verify(path).summary} Replayed, it is {bims.replay(path).verdict}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
