"""`bims app`: the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

OpenWindow = Callable[..., None]
"""Called with the files, and with `series` where one was named."""

EXAMPLES = """\b
Examples:
  bims                          an empty window
  bims cells.tif spots.tif      each image as a layer
  bims "run 1"                  the images of a folder; the window asks whether they are one series
  bims app plate.tif --series 2 the third of the images in the file
  bims app verify               a file that is called like a command"""


@click.command(epilog=EXAMPLES)
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--series", type=click.IntRange(0), metavar="N", help="Open image N, from 0, of each file.")
@click.pass_obj
def app(open_window: OpenWindow, files: tuple[Path, ...], series: int | None) -> None:
    """Open the window, on FILES if there are any, and on the images of folders."""
    from bims_desktop.files.folder import unfolded

    open_window(tuple(unfolded(files)), **({} if series is None else {"series": series}))
