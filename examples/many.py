"""Replay the macro of one saved image on many others, and count the objects in each.

Run it as ``python examples/many.py nuclei-labels.ome.tif IMAGE…``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bims_desktop as bims


def main(saved: Path, images: list[Path]) -> None:
    given = bims.read_record(saved).content["inputs"][0]["name"]
    for image in images:
        result = bims.replay(saved, inputs={given: image})
        print(f"{image.name}: {result.steps[-1].sentence} ({result.verdict})")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
