"""`bims ledger retract` and `bims ledger supersede`: withdraw one's own record."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from bims_desktop.cli.ledger_words import AS_JSON, receipt_facts, record_of, say
from bims_desktop.cli.output import print_json

if TYPE_CHECKING:
    from bims_desktop.app.home import Home
    from bims_desktop.ledger.base import Receipt

RETRACT_EXAMPLES = """\b
Examples:
  bims ledger retract nuclei.ome.tif --reason "the wrong dye"
  bims ledger retract sha256:6f1c… --reason "the wrong dye" --json

Only a record of your own log can be retracted. The record stays, and whoever
verifies the file is told. It cannot be undone."""
SUPERSEDE_EXAMPLES = """\b
Examples:
  bims ledger supersede old.ome.tif --by new.ome.tif --reason "a better threshold"

Both must be records of your own log. A digest may be that of pixels which no
other record has. It cannot be undone."""
REASON = click.option("--reason", required=True, help="Why, in a sentence; everybody can read it.")


@click.command("retract", epilog=RETRACT_EXAMPLES, short_help="Say that a record must not be relied on.")
@click.argument("record", metavar="DIGEST|FILE")
@REASON
@AS_JSON
def retract_(record: str, reason: str, as_json: bool) -> None:
    """Say for everybody to see that a record must not be relied on, and why."""
    from bims_desktop.app.home import Home
    from bims_desktop.app.withdraw import retract

    with closing(Home()) as home:
        digest = _named(home, record)
        receipt = retract(home, digest, reason)
    _answer(digest, receipt, "retracted", as_json)


@click.command("supersede", epilog=SUPERSEDE_EXAMPLES, short_help="Say that another record replaces one.")
@click.argument("record", metavar="DIGEST|FILE")
@click.option("--by", required=True, metavar="DIGEST|FILE", help="The record that replaces it.")
@REASON
@AS_JSON
def supersede_(record: str, by: str, reason: str, as_json: bool) -> None:
    """Say that another record replaces a record, and why."""
    from bims_desktop.app.home import Home
    from bims_desktop.app.withdraw import supersede

    with closing(Home()) as home:
        digest, newer = _named(home, record), _named(home, by)
        receipt = supersede(home, digest, newer, reason)
    _answer(digest, receipt, "superseded", as_json)


def _named(home: Home, text: str) -> str:
    """The record of a file, or that of this log which a digest names, be it of the record or of its pixels."""
    from bims_desktop.app.naming import own_record

    named = record_of(text)
    return own_record(home, named) if named == text else named


def _answer(record: str, receipt: Receipt, done: str, as_json: bool) -> None:
    if as_json:
        print_json({"record": record, "state": done, **receipt_facts(receipt)})
    else:
        say(f"{record} is {done}, by {receipt.place} of the ledger {receipt.ledger}.")
