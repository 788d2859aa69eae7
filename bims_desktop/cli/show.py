"""`bims show`: the macro or the record that a file carries."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bims_desktop.cli.output import printable

EXAMPLES = """\b
Examples:
  bims show nuclei.ome.tif > nuclei.py        the macro
  bims show nuclei.ome.tif --record           the whole record, for reading
  bims show nuclei.ome.tif --json             its exact bytes: what is signed and hashed"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--record", is_flag=True, help="Print the whole record, indented.")
@click.option("--json", "as_json", is_flag=True, help="Print the record's payload byte for byte.")
def show(file: Path, record: bool, as_json: bool) -> None:
    """Print how FILE was made: its macro, or its record. Nothing is checked; see bims verify."""
    from bims_desktop.app.earlier import earlier, parented
    from bims_desktop.app.home import Home
    from bims_desktop.app.source import read_record

    found = read_record(file)
    if as_json:
        click.echo(found.payload, nl=False)
    elif record:
        click.echo(json.dumps(json.loads(found.payload), indent=2))
    else:
        click.echo(printable(found.macro), nl=False)
        if before := earlier(parented(found.content), Home()):
            # Beside the macro, which may go into a file and has to stay as it is.
            click.echo(printable(f"These steps come {before}; show that file too."), err=True)
