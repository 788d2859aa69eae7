"""Open a folder of single images as one series, smooth its planes, and save it with its record.

Run it as ``python examples/series.py FOLDER series.ome.tif``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bims_desktop as bims


def main(folder: Path, target: Path) -> None:
    with bims.Session() as session:
        series = session.open_series(folder, axis="T")
        report = session.save(session.run("median", series, radius=1), target)
        opened = sum(action.operation == "load" for action, _ in report.kept)
        print(f"{series.name}: {opened} files, {series.image.axes} {series.image.shape}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
