"""`bims ledger rotate`: give the local log another key."""

from __future__ import annotations

from contextlib import closing

import click

from bims_desktop.cli.ledger_words import AS_JSON, receipt_facts, say
from bims_desktop.cli.output import print_json

EXAMPLES = """\b
Examples:
  bims ledger rotate
  bims ledger rotate --json

Rotate when others may have had the key: a lost laptop, a backup that was read,
somebody who left. Proofs from before stay good for whoever trusts the old key;
hand out the new one. Cut off anywhere, call it again: no log is left without its
key."""


@click.command("rotate", epilog=EXAMPLES, short_help="Give the log another key.")
@AS_JSON
def rotate_(as_json: bool) -> None:
    """Make a new key for the local log, and let both sign that it takes the place of the old one.

    The old private key is destroyed. What was signed before keeps its proof.
    """
    from bims_desktop.app.home import Home
    from bims_desktop.ledger.keeper import rotate
    from bims_desktop.ledger.signing import encode_public

    with closing(Home()) as home:
        log = home.ledger
        replaced = encode_public(log.public_key, log.origin)
        receipt = rotate(log, home.folder / "keys")
        key = encode_public(log.public_key, log.origin)
    if as_json:
        print_json({**receipt_facts(receipt), "key": key, "replaces": replaced})
    else:
        say(f"The log {receipt.ledger} goes on with another key, as entry {receipt.index + 1} says.")
        say(f"  its new key, which others need to check your proofs from now on: {key}")
        say(f"  it replaces: {replaced}")
