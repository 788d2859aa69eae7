"""`bims ledger sync` and `bims ledger anchor`: carry the log to the consortium's ledger now."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bims_desktop.cli.ledger_words import AS_JSON, BAD, GOOD, say
from bims_desktop.cli.output import Progress, print_json
from bims_desktop.errors import LedgerUnavailable

if TYPE_CHECKING:
    from bims_desktop.app.carriage import Carriage
    from bims_desktop.app.carrier import Carrier
    from bims_desktop.app.home import Home

SYNC_EXAMPLES = """\b
Examples:
  bims ledger sync                    until nothing waits, a minute at most
  bims ledger sync --timeout 600
  bims ledger sync --json

The window carries in the background by itself; this is for computers that run
without it. Exit codes: 0 nothing waits, 1 something still does or is in
conflict, 2 no consortium is configured."""
ANCHOR_EXAMPLES = """\b
Examples:
  bims ledger anchor                  one transaction for the whole log

From then on the consortium would notice a local log that was rolled back or
forked. Exit codes: 0 anchored, 1 not within the time, 2 no consortium is
configured."""
TIMEOUT = click.option(
    "--timeout", type=click.FloatRange(0.1, 86_400), default=60.0, show_default=True, help="Seconds to try for."
)


@click.command("sync", epilog=SYNC_EXAMPLES, short_help="Carry what waits to the consortium's ledger.")
@TIMEOUT
@AS_JSON
@click.pass_context
def sync_(ctx: click.Context, timeout: float, as_json: bool) -> None:
    """Carry what waits to the consortium's ledger, and say how it stands."""
    from bims_desktop.app.home import Home

    with closing(Home()) as home:
        carrier = home.carrier
        if carrier is None:
            raise _not_configured()
        carriage = _carried(carrier, timeout)
    _answer(ctx, carriage, as_json)


@click.command("anchor", epilog=ANCHOR_EXAMPLES, short_help="Send the log's newest checkpoint.")
@TIMEOUT
@AS_JSON
@click.pass_context
def anchor_(ctx: click.Context, timeout: float, as_json: bool) -> None:
    """Send the newest checkpoint of the local log to the consortium's ledger, with the proof that it only grew."""
    from bims_desktop.app.home import Home

    with closing(Home()) as home, closing(_anchoring(home)) as carrier:
        carriage = _carried(carrier, timeout)
    _answer(ctx, carriage, as_json)


def _anchoring(home: Home) -> Carrier:
    """A carrier of checkpoints, whatever else the settings want carried."""
    from bims_desktop.app.carrier import Carrier

    if home.settings.fabric is None:
        raise _not_configured()
    return Carrier(home, replace(home.settings.fabric, carry="anchors"))


def _carried(carrier: Carrier, timeout: float) -> Carriage:
    progress = Progress()
    unsubscribe = carrier.subscribe(lambda now: progress.say(f"{now.committed} committed, {now.waiting} waiting …"))
    try:
        return carrier.sync(timeout)
    finally:
        unsubscribe()
        progress.clear()


def _answer(ctx: click.Context, carriage: Carriage, as_json: bool) -> None:
    conflicts = [{"entry": stuck.index + 1, "kind": stuck.kind, "text": stuck.text} for stuck in carriage.conflicts]
    facts = {
        "waiting": carriage.waiting,
        "committed": carriage.committed,
        "last": carriage.last,
        "error": carriage.error,
        "conflicts": conflicts,
    }
    if as_json:
        print_json(facts)
    else:
        last = f"; last: {carriage.last}" if carriage.last else ""
        say(f"{carriage.committed} committed, {carriage.waiting} waiting{last}")
        for text in filter(None, (carriage.error, *(f"✗ entry {one['entry']}: {one['text']}" for one in conflicts))):
            say(f"  {text}")
    ctx.exit(BAD if carriage.waiting or conflicts else GOOD)


def _not_configured() -> LedgerUnavailable:
    return LedgerUnavailable("No consortium's ledger is configured here.", "Name one in the settings.")
