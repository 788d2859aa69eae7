"""`bims ledger attest`: replay files here and now, and say in the ledger what came of it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.ledger_words import AS_JSON, BAD, GOOD, say
from bims_desktop.cli.output import Progress, print_json

if TYPE_CHECKING:
    from bims_desktop.app.prove import Proof

EXAMPLES = """\b
Examples:
  bims ledger attest nuclei.ome.tif
  bims ledger attest results/*.ome.tif --json

A verdict comes from a replay on this computer and from nothing else: to attest
work that was done elsewhere, attest it there. The inputs must be where they
were saved from, or beside the file. Exit codes: 0 all the same pixels, 1 not."""


@click.command("attest", epilog=EXAMPLES, short_help="Replay files, and note the verdicts.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS_JSON
@click.pass_context
def attest_(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Replay each of FILES in a process of its own, and append the verdict to the ledger."""
    from bims_desktop.app.home import Home
    from bims_desktop.app.prove import ATTESTED, prove

    facts: list[dict[str, Any]] = []
    progress = Progress()
    with closing(Home()) as home:
        for number, path in enumerate(files, 1):
            progress.say(f"Replaying {path.name} ({number} of {len(files)}) …")
            proof = prove(path, home, home.ledger)
            progress.clear()
            facts.append(_facts(path, proof))
            if not as_json:
                say(_line(path, proof))
    if as_json:
        print_json(facts)
    good = {verdict for verdict in ATTESTED if verdict != "different"}
    ctx.exit(GOOD if all(fact["verdict"] in good for fact in facts) else BAD)


def _facts(path: Path, proof: Proof) -> dict[str, Any]:
    said = {"verdict": proof.verdict, "digest": proof.digest, "reason": proof.reason}
    return {"path": str(path), **said, "place": proof.place, "stood": proof.stood}


def _line(path: Path, proof: Proof) -> str:
    reason = f" ({proof.reason})" if proof.reason else ""
    before = f"; the ledger said so before, in {proof.place}, and nothing was written" if proof.stood else ""
    return f"{path}: {proof.verdict}{reason}{before}"
