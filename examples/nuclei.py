"""Count nuclei, and measure those that lie in the field as a whole.

Run it as ``python examples/nuclei.py resources/samples/nuclei.tif FOLDER``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bims_desktop as bims


def main(image: Path, folder: Path) -> None:
    with bims.Session() as session:
        cells = session.open(image)
        smooth = session.run("gaussian", cells, sigma=2)
        mask = session.run("threshold_otsu", smooth)
        filled = session.run("binary_fill_holes", mask)
        nuclei = session.run("label", filled)
        whole = session.run("clear_border", nuclei)
        properties = ("label", "area", "equivalent_diameter_area", "intensity_mean", "solidity")
        table = session.run("regionprops_table", whole, intensity_image=cells, properties=properties)
        for action in session.actions:
            print(f"{action.number}. {action.sentence}")
        saved = session.save(whole, folder / "nuclei.ome.tif")
        listed = session.save_table(table, folder / "nuclei.csv")

    area = table.columns["area"]
    print(f"{table.rows} whole nuclei, {area.mean():.0f} ± {area.std(ddof=1):.0f} {table.units['area']} each")
    for path in (saved.path, listed.path):
        print(f"{path.name}: {bims.verify(path).summary} Replayed, it is {bims.replay(path).verdict}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
