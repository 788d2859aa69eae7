"""`bims app`: the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

OpenWindow = Callable[[Sequence[Path]], None]

EXAMPLES = """\b
Examples:
  bims                          an empty window
  bims cells.tif spots.tif      each image as a layer
  bims app verify               a file that is called like a command"""


@click.command(epilog=EXAMPLES)
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def app(open_window: OpenWindow, files: tuple[Path, ...]) -> None:
    """Open the window, on FILES if there are any."""
    open_window(files)
