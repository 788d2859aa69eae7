"""`bims digest`: what the pixels of a file are, whatever holds them."""

from __future__ import annotations

from pathlib import Path

import click

from bims_desktop.cli.output import Progress, print_json

EXAMPLES = """\b
Examples:
  bims digest cells.tif
  bims digest cells.tif cells.png           equal pixels have equal digests
  bims digest "run 1"                       each image of a folder
  bims digest plate.tif --series 2          the third of the images in the file
  bims digest cells.tif --json"""


@click.command(epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--series", type=click.IntRange(0), metavar="N", help="Of image N, from 0, of each file.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
def digest(files: tuple[Path, ...], series: int | None, as_json: bool) -> None:
    """Print the pixel digest (bims-pix-1) of each of FILES, and of the images of folders."""
    from bims_desktop.files.folder import unfolded
    from bims_desktop.files.readers import read
    from bims_desktop.model.digest import pixel_digest

    facts = []
    progress = Progress()
    for path in unfolded(files):
        progress.say(f"Reading {path.name} …")
        image = read(path, series=series).image
        found = {
            "path": str(path),
            "digest": pixel_digest(image),
            "axes": image.axes,
            "shape": list(image.shape),
            "dtype": image.dtype.name,
        }
        progress.clear()
        facts.append(found)
        if not as_json:
            click.echo(f"{found['digest']}  {path}")
    if as_json:
        print_json(facts)
