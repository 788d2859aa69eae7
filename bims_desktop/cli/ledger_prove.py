"""`bims ledger prove` and `bims ledger verify`: proofs for others, and checking theirs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from bims_desktop.cli.ledger_words import AS_JSON, BAD, GOOD, SIGNS, receipt_facts, record_of, say
from bims_desktop.cli.output import Progress, print_json
from bims_desktop.errors import NoRecord

PROVE_EXAMPLES = """\b
Examples:
  bims ledger prove nuclei.ome.tif -o proof.json
  bims ledger prove sha256:6f1c… > proof.json

The proof is the log's receipt: the entry, its place in the log, and a signed
checkpoint. Who checks it needs your log's key, see bims ledger status.
Exit codes: 0 proven, 1 no log here holds the record."""
VERIFY_EXAMPLES = """\b
Examples:
  bims ledger verify proof.json --key lab.pub    offline
  bims ledger verify                             every log that is kept here
  bims ledger verify --json

Without a PROOF everything is read anew, as somebody would who was given the
log as a file; where a consortium is configured, its anchors are compared.
Exit codes: 0 good, 1 bad, or unknown for want of a key, 2 not a proof."""


@click.command("prove", epilog=PROVE_EXAMPLES, short_help="Write the log's proof of a record.")
@click.argument("record", metavar="DIGEST|FILE")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to (the terminal).")
@AS_JSON
@click.pass_context
def prove_(ctx: click.Context, record: str, output: Path | None, as_json: bool) -> None:
    """Write the proof that a log on this computer holds a record; --json tells where it was written."""
    from bims_desktop.app.home import Home
    from bims_desktop.app.proof import receipt_of
    from bims_desktop.files.atomic import replacing

    digest = record_of(record)
    with closing(Home()) as home:
        try:
            receipt = receipt_of(home, digest)
        except NoRecord as error:
            say(str(error), err=True)
            ctx.exit(BAD)
    if output is None:
        click.echo(receipt.to_bytes())
        return
    with replacing(output) as part:
        part.write_bytes(receipt.to_bytes() + b"\n")
    if as_json:
        print_json({"record": digest, "proof": str(output), **receipt_facts(receipt)})
    else:
        say(f"{output}: {receipt.place} of the ledger {receipt.ledger}, since {receipt.since}")


@click.command("verify", epilog=VERIFY_EXAMPLES, short_help="Check a proof, or the whole log.")
@click.argument("proof", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "keys", multiple=True, metavar="PUB", help="Key of a log to trust, as text or as a file.")
@AS_JSON
@click.pass_context
def verify_(ctx: click.Context, proof: Path | None, keys: tuple[str, ...], as_json: bool) -> None:
    """Check PROOF offline; without one, go through every log that is kept on this computer."""
    from bims_desktop.app.home import Home
    from bims_desktop.ledger.signing import decode_public

    trusted = tuple(map(decode_public, keys))
    with closing(Home()) as home:
        facts = [_checked(home, proof, trusted)] if proof else _audited(home)
    if as_json:
        print_json(facts)
    for fact in [] if as_json else facts:
        say(f"{SIGNS[fact['state']]} {fact['name']}: {fact['text']}")
        if limits := fact["details"].get("limits"):
            say(f"  But {limits}.")
    if proof:
        ctx.exit(GOOD if facts[0]["state"] == "good" else BAD)
    ctx.exit(BAD if any(fact["state"] == "bad" for fact in facts) else GOOD)


def _checked(home: Any, proof: Path, keys: tuple[bytes, ...]) -> dict[str, Any]:
    from bims_desktop.app.proof import check_receipt

    found = check_receipt(home, proof, keys)
    entry = {"kind": found.entry.kind, "body": dict(found.entry.body)} if found.entry else None
    details = {"ledger key": found.log}
    return {"name": str(proof), "state": found.state, "text": found.text, "details": details, "entry": entry}


def _audited(home: Any) -> list[dict[str, Any]]:
    from bims_desktop.app.proof import audit

    progress, facts = Progress(), []
    progress.say("Reading the whole log …")
    for name, verdict in audit(home):
        facts.append({"name": name, "state": verdict.state, "text": verdict.text, "details": dict(verdict.details)})
    progress.clear()
    return facts
