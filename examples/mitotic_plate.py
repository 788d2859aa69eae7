"""Measure the volume of a mitotic plate in a stack of planes.

Run it as ``python examples/mitotic_plate.py resources/samples/mitotic_plate.tif FOLDER``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bims_desktop as bims


def main(image: Path, folder: Path) -> None:
    with bims.Session() as session:
        stack = session.open(image)
        smooth = session.run("gaussian", stack, sigma=1.5)
        mask = session.run("threshold_otsu", smooth)
        parts = session.run("label", mask)
        plate = session.run("select_labels", parts, minimum=50.0, units="physical")
        properties = ("label", "area", "axis_major_length", "axis_minor_length", "intensity_mean")
        table = session.run("regionprops_table", plate, intensity_image=stack, properties=properties)
        for action in session.actions:
            print(f"{action.number}. {action.sentence}")
        saved = session.save(plate, folder / "plate.ome.tif")
        listed = session.save_table(table, folder / "plate.csv")

    volume, length, width = (table.columns[name][0] for name in ("area", "axis_major_length", "axis_minor_length"))
    print(f"volume {volume:.0f} {table.units['area']}, {length:.1f} µm long, {width:.1f} µm thick")
    for path in (saved.path, listed.path):
        print(f"{path.name}: {bims.verify(path).summary} Replayed, it is {bims.replay(path).verdict}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
