"""Take a picture of every dock, dialog and empty state in both themes, and write the index that shows them.

Run it after something with a face was changed, on a screen or a virtual one::

    xvfb-run -a -s "-screen 0 1600x1000x24" python docs/screenshots/make_screenshots.py
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from shutil import copy
from typing import TYPE_CHECKING

from faces import empty_states, widgets

if TYPE_CHECKING:
    from studio import Album, Studio

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAMPLES = {
    "nuclei.tif": "tests/data/xy_8bit__nuclei_PLK1_control.tif",
    "plate.tif": "tests/data/xyz_8bit__mitotic_plate_calibrated.tif",
    "two stains.tif": "tests/data/xyc_16bit__nuclei_tubulin.tif",
}
INTRODUCTION = """# Screenshots

Every dock, dialog and empty state, in napari's dark and light themes, on real images (CC BY 4.0, see
[tests/data](../../tests/data/README.md)). Drawn by `make_screenshots.py`; look at each of them after a change.
"""

WIDGETS = "\n## Where each widget is seen\n"
EMPTIES = "\n## Where each empty place is seen\n"
_SOME = 4


def main() -> None:
    """Take the pictures that were asked for."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as own:
        folder = asked.folder or Path(own) / "images"
        folder.mkdir(parents=True, exist_ok=True)
        for name, source in SAMPLES.items():
            copy(ROOT / source, folder / name)
        os.environ |= {
            "NAPARI_CONFIG": f"{own}/napari.yaml", "XDG_CONFIG_HOME": own, "HOME": str(folder.parent),
            "BIMS_HOME": f"{own}/home", "BIMS_KEYRING": "off",
        }  # fmt: skip
        _take_all(asked, folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder of the pictures and the index")
    parser.add_argument("--only", default="", help="only pictures whose names begin so; the index stays as it is")
    parser.add_argument("--act", default="", help="only this part of the play; the index stays as it is")
    parser.add_argument("--size", default="1440x900", help="of the main window")
    parser.add_argument("--folder", type=Path, help="of the images, as dialogs show it; by default a temporary one")
    return parser.parse_args()


def _take_all(asked: argparse.Namespace, images: Path) -> None:
    sys.path.append(str(ROOT))  # the consortium is the one that the tests have
    # They import napari, which reads its settings from the environment as it is then.
    from shots_acquisition import acquisition, travelled
    from shots_consortium import consortium
    from shots_docks import docks
    from shots_files import files
    from shots_ledger import ledger
    from shots_lines import lines
    from shots_macro import macro
    from shots_operations import operations
    from studio import Album, Studio

    width, height = map(int, asked.size.split("x"))
    album = Album(asked.out, asked.only)
    acts: dict[str, Callable[[Studio], None]] = {
        "docks": docks,
        "operations": operations,
        "acquisition": acquisition,
        "travelled": travelled,
        "files": files,
        "macro": macro,
        "ledger": ledger,
        "consortium": consortium,
        "lines": lines,
    }
    for name, act in acts.items():
        if asked.act in ("", name):
            studio = Studio(album, images / ".bims" / name, images, (width, height))
            act(studio)
            studio.close()
    if not asked.only + asked.act:
        (asked.out / "README.md").write_text(_index(album), encoding="utf-8")


def _index(album: Album) -> str:
    rows = ["| dark | light | what it shows |", "|---|---|---|"]
    for shot in album.shots:
        name = shot.name
        classes = ", ".join(f"`{shown}`" for shown in shot.shows)
        words = f"**{name}**: {shot.words}" + (f" ({classes})" if classes else "")
        rows.append(f"| ![{name}, dark](dark/{name}.png) | ![{name}, light](light/{name}.png) | {words} |")
    seen = [f"- `{name}`: {_first(album.seen[name])}" for name in sorted(widgets() & album.seen.keys())]
    said = [f"- “{text}”: {_first(album.said[text])}" for text in sorted(empty_states() & album.said.keys())]
    return "\n".join([INTRODUCTION, *rows, WIDGETS, *seen, EMPTIES, *said, ""])


def _first(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:_SOME])


if __name__ == "__main__":
    main()
