"""`bims recover`: put a record that a file has lost back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.output import Progress, print_json, printable
from bims_desktop.errors import BimsError, NoRecord

if TYPE_CHECKING:
    from bims_desktop.app.home import Home
    from bims_desktop.app.ledgers import Ledgers
    from bims_desktop.app.restore import Restored

NOT_FOUND, WRONG = 1, 2
EXAMPLES = """\b
Examples:
  bims recover cells.tif                    writes cells-recovered.ome.tif
  bims recover cells.png -o cells.ome.tif   from any format that keeps pixels
  bims recover stripped/*.tif --in-place
  bims recover cells.tif --list             the records of these pixels
  bims recover cells.tif --record sha256:6f1c…

The record is found by the pixels alone, in the log on this computer, in the
copies of other logs that were imported, then in the consortium's ledger; its
digest and signature are checked. Where the file lost its calibration too, the
new file has the recorded one. Exit codes: 0 recovered, 1 no record was found,
2 a file or ledger could not be used."""


@click.command(epilog=EXAMPLES, short_help="Put a lost record back, found by the pixels.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The new file, for a single FILE."
)
@click.option("--in-place", is_flag=True, help="Replace FILE itself, which must be a TIFF.")
@click.option("--overwrite", is_flag=True, help="Replace a new file that is there already.")
@click.option("--record", default="", metavar="DIGEST", help="Put this record back, not the newest that stands.")
@click.option("--list", "only_list", is_flag=True, help="List the records of these pixels, and write nothing.")
@click.option(
    "--where",
    type=click.Choice(["local", "fabric", "all"]),
    default="all",
    show_default=True,
    help="Which ledgers to ask.",
)
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_context
def recover(
    ctx: click.Context, /, files: tuple[Path, ...], output: Path | None, as_json: bool, only_list: bool, **options: Any
) -> None:
    """Find the records of FILES by their pixels, and write files that carry them."""
    if output and (len(files) > 1 or options["in_place"]):
        raise click.UsageError("-o names one new file, for one FILE and without --in-place", ctx)
    from bims_desktop.app.home import Home
    from bims_desktop.app.ledgers import Ledgers

    facts: list[dict[str, Any]] = []
    codes: list[int] = []
    progress = Progress()
    with closing(Home()) as home, Ledgers(home, options.pop("where")) as asked:
        for number, path in enumerate(files, 1):
            progress.say(f"Looking for the record of {path.name} ({number} of {len(files)}) …")
            try:
                fact = (_listed if only_list else _restored)(path, home, where=asked, out=output, **options)
                codes.append(0 if fact.get("records", True) else NOT_FOUND)
            except BimsError as error:
                fact = {"path": str(path), "error": str(error)}
                codes.append(NOT_FOUND if isinstance(error, NoRecord) else WRONG)
            progress.clear()
            facts.append(fact)
            _print(fact, as_json)
    if as_json:
        print_json(facts)
    ctx.exit(max(codes))


def _restored(path: Path, home: Home, **options: Any) -> dict[str, Any]:
    from bims_desktop.app.restore import restore

    return {"path": str(path), **_facts(restore(path, home, **options))}


def _facts(restored: Restored) -> dict[str, Any]:
    return {
        "restored": str(restored.path),
        "record": restored.record,
        "where": restored.where,
        "receipt": restored.receipt,
        "changed": list(restored.changed),
        "notes": list(restored.notes),
    }


def _listed(path: Path, home: Home, where: Ledgers, **_: Any) -> dict[str, Any]:
    from bims_desktop.app.restore import find

    found = find(path, home, where)
    records = [
        {
            "record": candidate.record.digest,
            "state": candidate.state,
            "created": candidate.created,
            "signer": candidate.signer,
            "known": candidate.known,
            "where": candidate.where,
            "since": candidate.since,
        }
        for candidate in found.candidates
    ]
    return {"path": str(path), "pixels": found.pixels, "records": records, "problems": list(found.problems)}


def _print(fact: dict[str, Any], as_json: bool) -> None:
    if "error" in fact:
        click.echo(printable(fact["error"]), err=True)
    elif not as_json:
        for line in _lines_of_list(fact) if "records" in fact else _lines(fact):
            click.echo(printable(line))


def _lines(fact: dict[str, Any]) -> list[str]:
    if not fact["where"]:
        return [f"{fact['path']}: it carries its record, nothing was lost."]
    receipt = "with its receipt" if fact["receipt"] else "without a receipt"
    lines = [f"{fact['restored']}: the record {fact['record']} is back, {receipt}, from {fact['where']}."]
    if fact["changed"]:
        lines.append(f"  It still differs from what was saved in: {', '.join(fact['changed'])}.")
    return lines + [f"  {note}" for note in fact["notes"]]


def _lines_of_list(fact: dict[str, Any]) -> list[str]:
    lines = [f"{fact['path']}: {len(fact['records'])} records of these pixels"]
    for found in fact["records"]:
        key = "" if found["known"] else ", whose key is not known here"
        lines.append(f"  {found['record']}  {found['state']}, {found['created']}, signed by {found['signer']}{key}")
    return lines + [f"  {problem}" for problem in fact["problems"]]
