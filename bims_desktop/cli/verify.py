"""`bims verify`: is a file what was saved, and who says so?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.output import Progress, print_json, printable
from bims_desktop.errors import BimsError

if TYPE_CHECKING:
    from bims_desktop.app.verdicts import Verdicts

SIGNS = {"good": "✓", "bad": "✗", "unknown": "?"}
BAD_VERDICT, WRONG = 1, 2
EXAMPLES = """\b
Examples:
  bims verify nuclei.ome.tif
  bims verify results/*.ome.tif areas.csv figure.png --json
  bims verify from-anna.ome.tif --key anna.pub

The record of a table lies beside it; an exported picture names the records of
what it shows, and is never good by itself.

Exit codes: 0 only if pixels, macro and signature are good and nothing is bad;
1 if a verdict says otherwise, 2 if a file could not be read. A signature by a
key that is not known here is unknown: give the key with --key once somebody
you trust handed it to you."""


@click.command(epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--key", "keys", multiple=True, metavar="PUB", help="Public key to trust, as text or as a file.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_context
def verify(ctx: click.Context, files: tuple[Path, ...], keys: tuple[str, ...], as_json: bool) -> None:
    """Check each of FILES against the record that it carries."""
    from bims_desktop.app.verify import verify as check
    from bims_desktop.ledger.signing import decode_public

    trusted = tuple(map(decode_public, keys))
    facts: list[dict[str, Any]] = []
    codes: list[int] = []
    progress = Progress()
    for number, path in enumerate(files, 1):
        progress.say(f"Checking {path.name} ({number} of {len(files)}) …")
        try:
            verdicts = check(path, trusted)
        except BimsError as error:
            progress.clear()
            click.echo(printable(str(error)), err=True)
            facts.append({"path": str(path), "error": str(error)})
            codes.append(WRONG)
            continue
        progress.clear()
        facts.append({"path": str(path), "kind": verdicts.kind, "verdicts": _facts(verdicts)})
        codes.append(0 if verdicts.good else BAD_VERDICT)
        if not as_json:
            _print(path, verdicts)
    if as_json:
        print_json(facts)
    ctx.exit(max(codes))


def _facts(verdicts: Verdicts) -> dict[str, Any]:
    return {
        name: {"state": verdict.state, "text": verdict.text, "details": dict(verdict.details)}
        for name, verdict in verdicts
    }


def _print(path: Path, verdicts: Verdicts) -> None:
    from bims_desktop.app.dates import dated

    click.echo(printable(f"{path}: {dated(verdicts.summary)}"))
    for name, verdict in verdicts:
        click.echo(printable(f"  {SIGNS[verdict.state]} {verdicts.title(name):<10}  {dated(verdict.text)}"))
