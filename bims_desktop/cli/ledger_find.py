"""`bims ledger log` and `bims ledger find`: what ledgers hold."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.ledger_words import (
    AS_JSON,
    BAD,
    CALLED,
    GOOD,
    WHERE,
    data_of,
    facts_of,
    line_of,
    pixels_of,
    record_of,
    say,
)
from bims_desktop.cli.output import print_json

if TYPE_CHECKING:
    from bims_desktop.app.harvest import Found
    from bims_desktop.app.home import Home

KINDS = ["record", "check", "attestation", "supersede", "retract", "key"]
LOG_EXAMPLES = """\b
Examples:
  bims ledger log                 the last 20 entries
  bims ledger log -n 100 --json"""
FIND_EXAMPLES = """\b
Examples:
  bims ledger find nuclei                        files known here with this in their name
  bims ledger find --pixels cells.tif            records of these pixels
  bims ledger find --uses raw.tif --json         what was made from them
  bims ledger find --operation gaussian --since 2026-01-01T00:00:00Z
  bims ledger find --agent "A. Robert" --where all --csv found.csv
  bims ledger find --subject reads.fastq         a file of any science

Digests are written sha256:…; --pixels, --subject and --uses take a file as
well. A check is what came of replaying a record, an attestation in the formats.
Exit codes: 0 found, 1 nothing found."""
NAMES_HERE = """A ledger holds no file names: known are those that this computer saved or opened.
Give the path of a file, or search with --pixels, --operation, --agent and others (bims ledger find --help)."""


@click.command("log", epilog=LOG_EXAMPLES, short_help="The newest entries of the local log.")
@click.option("-n", "count", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many.")
@AS_JSON
def log_(count: int, as_json: bool) -> None:
    """List the newest entries of the local log, oldest of them first."""
    from bims_desktop.app.harvest import search
    from bims_desktop.app.home import Home

    with closing(Home()) as home:
        found = search(home, offset=max(0, home.ledger.size - count), limit=count)
        _print(home, found, as_json)
    if not found and not as_json:
        say("The log is empty; every save with provenance appends to it.")


@click.command("find", epilog=FIND_EXAMPLES, short_help="Search the ledgers.")
@click.argument("name", required=False, metavar="[NAME|FILE]")
@click.option("--pixels", metavar="DIGEST|FILE", help="Records of the image with these pixels.")
@click.option("--subject", metavar="DIGEST|FILE", help="Records of this file or data.")
@click.option("--uses", metavar="DIGEST|FILE", help="Records that read these data (an image, or any file).")
@click.option("--record", metavar="DIGEST|FILE", help="Entries about this record.")
@click.option("--macro", metavar="DIGEST", help="Records with this macro.")
@click.option("--agent", metavar="NAME|KEY", help="Records of this person: name, or the key's fingerprint.")
@click.option("--operation", metavar="ID", help="Records with this step.")
@click.option("--instrument", metavar="NAME", help="Records of data from this instrument.")
@click.option("--kind", type=click.Choice(KINDS), help="Only entries of this kind.")
@click.option("--since", metavar="TIME", help="From this time on, as 2026-01-31T12:00:00Z.")
@click.option("--until", metavar="TIME", help="Before this time.")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@click.option(
    "--csv", "table", type=click.Path(dir_okay=False, path_type=Path), help="Write a table for a spreadsheet."
)
@WHERE
@AS_JSON
@click.pass_context
def find_(ctx: click.Context, /, name: str | None, as_json: bool, table: Path | None, where: Any, **asked: Any) -> None:
    """Search the ledgers; an entry is found when it agrees with everything that is given.

    NAME is a part of the name of a file that this computer saved or opened; FILE is looked for by its contents.
    """
    from bims_desktop.app.harvest import write_csv
    from bims_desktop.app.home import Home

    if name and Path(name).is_file():
        asked, name = asked | _of_file(name), None
    with closing(Home()) as home:
        found = _search(home, where, _query(asked), name or "")
        _print(home, found, as_json)
    if table:
        write_csv(found, table)
    if not found and not as_json:
        say("Nothing was found.", err=True)
        for hint in [NAMES_HERE] if name else _hints(asked):
            say(hint, err=True)
    ctx.exit(GOOD if found else BAD)


def _search(home: Home, where: Any, query: Any, name: str) -> tuple[Found, ...]:
    """What fits `query`; with a `name` only what this computer knows by a file with that in its name."""
    from bims_desktop.app.harvest import search
    from bims_desktop.app.named import files_known, is_named

    if not name:
        return search(home, where=where, **query)
    limit = query.pop("limit", None)
    found = search(home, where=where, **query)
    files = files_known(home, found)
    return tuple(one for one in found if is_named(files.get(one.record, ()), name))[:limit]


def _of_file(name: str) -> dict[str, str]:
    """An image is looked for by its pixels, any other file by its bytes."""
    from bims_desktop.app.source import is_image

    return {"pixels" if is_image(Path(name)) else "subject": name}


def _hints(asked: dict[str, Any]) -> list[str]:
    """Where else to look: a picture has no record of its own, and names those of what it shows."""
    from bims_desktop.app.pictured import records_in

    paths = [Path(text) for text in asked.values() if isinstance(text, str) and Path(text).is_file()]
    found = [(path.name, records) for path in paths if (records := records_in(path))]
    return [
        f"{name} is a picture; search for a record that it names: --record {' or '.join(records)}."
        for name, records in found
    ]


def _query(asked: dict[str, Any]) -> Any:
    query = {name: value for name, value in asked.items() if value is not None}
    readers = {"pixels": pixels_of, "record": record_of, "subject": data_of, "uses": _used, "kind": _kind}
    return {name: readers[name](value) if name in readers else value for name, value in query.items()}


def _used(text: str) -> str:
    """An image is known by its pixels, any other file by its bytes."""
    from bims_desktop.app.source import is_image

    return pixels_of(text) if Path(text).is_file() and is_image(Path(text)) else data_of(text)


def _kind(word: str) -> str:
    """The kind of entry that goes by that word."""
    return next((kind for kind, called in CALLED.items() if called == word), word)


def _print(home: Home, found: tuple[Found, ...], as_json: bool) -> None:
    from bims_desktop.app.named import files_known, own_keys

    if as_json:
        print_json([facts_of(entry) for entry in found])
        return
    files, keys = files_known(home, found), own_keys(home)
    for entry in found:
        say(line_of(entry, files.get(entry.record, ()), keys))
