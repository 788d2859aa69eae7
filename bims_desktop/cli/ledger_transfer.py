"""`bims ledger export` and `bims ledger import`: the log as a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from bims_desktop.cli.ledger_words import AS_JSON, say
from bims_desktop.cli.output import print_json

EXPORT_EXAMPLES = """\b
Examples:
  bims ledger export log.bims-log                  with all records
  bims ledger export log.bims-log --no-records     what others may see

The file proves itself: whoever imports it checks everything in it."""
IMPORT_EXAMPLES = """\b
Examples:
  bims ledger import log.bims-log

Your own log, known by its key, comes back where it was lost, and continues a
shorter one; one that says something else is refused. Another's is kept as a
copy, which bims ledger find and bims recover ask from then on."""


@click.command("export", epilog=EXPORT_EXAMPLES, short_help="Write the whole log to a file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--records/--no-records", default=True, help="Whether the records go along, or their digests only.")
@AS_JSON
def export_(file: Path, records: bool, as_json: bool) -> None:
    """Write the local log to FILE, with its proofs and its records."""
    from bims_desktop.app.holdings import held
    from bims_desktop.app.home import Home
    from bims_desktop.app.transfer import export_home

    with closing(Home()) as home:
        size, origin, said = export_home(home, file, records=records), home.ledger.origin, held(home.ledger.kinds)
    if as_json:
        print_json({"path": str(file), "ledger": origin, "entries": size})
    else:
        say(f"{file}: {size} entries of the log {origin} ({said})")


@click.command("import", epilog=IMPORT_EXAMPLES, short_help="Bring back a log, or keep a copy of another's.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS_JSON
def import_(file: Path, as_json: bool) -> None:
    """Check the exported log in FILE whole, and bring it here."""
    from bims_desktop.app.home import Home
    from bims_desktop.app.transfer import import_home
    from bims_desktop.ledger.signing import fingerprint

    with closing(Home()) as home:
        brought = import_home(home, file)
    log = brought.log
    if as_json:
        key = fingerprint(log.public_key)
        print_json({"ledger": log.origin, "own": brought.own, "entries": log.size, "added": log.added, "key": key})
    else:
        kind = "Your log" if brought.own else "A copy of the log"
        say(f"{kind} {log.origin} is here: {log.size} entries, {log.added} of them new.")
        say(f"  Its key is {fingerprint(log.public_key)}")
