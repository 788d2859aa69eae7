"""A napari plugin with a reader, installed for one test as an installer would: a package, and what says so."""

from __future__ import annotations

import shutil
from pathlib import Path

NAME = "plane-reader"
PACKAGE = "plane-reader 1.2"
TEXT = """# plane
1 2 3
4 5 260
"""


def install(folder: Path) -> Path:
    """Put the plugin into `folder`, which is to go onto the path of Python."""
    shutil.copytree(Path(__file__).parent / "plane_reader", folder / "plane_reader")
    told = folder / "plane_reader-1.2.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.2\n")
    (told / "entry_points.txt").write_text(f"[napari.manifest]\n{NAME} = plane_reader:napari.yaml\n")
    return folder


def plane(path: Path, text: str = TEXT) -> Path:
    """A file for it: a comment, then rows of numbers."""
    path.write_text(text)
    return path
