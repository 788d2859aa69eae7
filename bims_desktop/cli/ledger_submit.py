"""`bims ledger submit`: a record of any science."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from bims_desktop.cli.ledger_words import AS_JSON, receipt_facts, say
from bims_desktop.cli.output import print_json
from bims_desktop.errors import RecordError

EXAMPLES = """\b
Examples:
  bims ledger submit run.json
  bims ledger submit run.json --json      the record's digest, for programs

The least that run.json must hold:
  {"subject": [{"kind": "sequence", "name": "reads.fastq", "digest": "sha256:…"}]}

It may name inputs, steps, an instrument and any other content; see
resources/schemas/statement-1.schema.json. It is signed with your key."""


@click.command("submit", epilog=EXAMPLES, short_help="Append a record of any science.")
@click.argument("document", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS_JSON
def submit_(document: Path, as_json: bool) -> None:
    """Check DOCUMENT against the schema, sign it, and append it to the ledger with all it says."""
    from bims_desktop.app.home import Home
    from bims_desktop.app.submit import submit

    told = _read(document)
    with closing(Home()) as home:
        submitted = submit(told, home)
    if as_json:
        print_json({"record": submitted.record, **receipt_facts(submitted.receipt)})
    else:
        say(f"{document.name} is recorded as entry {submitted.entry}: {submitted.record}")


def _read(path: Path) -> Any:
    from bims_desktop.app.statement import MAX_STATEMENT
    from bims_desktop.model.canonical import parse

    if path.stat().st_size > 2 * MAX_STATEMENT:
        raise RecordError(f"{path.name} is too large for a record.", "State digests of its larger parts.")
    return parse(path.read_bytes())
