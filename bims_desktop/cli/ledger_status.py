"""`bims ledger status`: what the local log holds, and what waits for the consortium."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.ledger_words import AS_JSON, BAD, GOOD, say
from bims_desktop.cli.output import print_json

if TYPE_CHECKING:
    from bims_desktop.app.home import Home

EXAMPLES = """\b
Examples:
  bims ledger status
  bims ledger status --json

Exit codes: 0 good, 1 where a record is in conflict with the consortium's ledger."""


@click.command("status", epilog=EXAMPLES, short_help="What the log holds, and what waits.")
@AS_JSON
@click.pass_context
def status_(ctx: click.Context, as_json: bool) -> None:
    """Say what the local log holds, and how far it was carried to the consortium's ledger."""
    from bims_desktop.app.home import Home

    with closing(Home()) as home:
        facts: dict[str, Any] = {"local": _local(home), "mirrors": _mirrors(home), "fabric": _fabric(home)}
    print_json(facts) if as_json else _print(facts)
    ctx.exit(BAD if facts["fabric"] and facts["fabric"]["conflicts"] else GOOD)


def _local(home: Home) -> dict[str, Any]:
    from bims_desktop.ledger.signing import encode_public

    log = home.ledger
    key = encode_public(log.public_key, log.origin)
    return {"origin": log.origin, "entries": log.size, "kinds": log.kinds, "key": key, "checkpoint": log.checkpoint()}


def _mirrors(home: Home) -> list[dict[str, Any]]:
    from bims_desktop.app.transfer import mirrors

    found = []
    for mirror in mirrors(home):
        with closing(mirror):
            found.append({"origin": mirror.origin, "entries": mirror.size, "kinds": mirror.kinds})
    return found


def _fabric(home: Home) -> dict[str, Any] | None:
    if home.settings.fabric is None or home.carrier is None:
        return None
    carriage = home.carrier.status
    return {
        "msp": home.settings.fabric.msp,
        "waiting": carriage.waiting,
        "committed": carriage.committed,
        "last": carriage.last,
        "reachable": carriage.reachable,
        "error": carriage.error,
        "conflicts": [
            {"entry": stuck.index + 1, "kind": stuck.kind, "text": stuck.text, "transaction": stuck.transaction}
            for stuck in carriage.conflicts
        ],
    }


def _print(facts: dict[str, Any]) -> None:
    local, fabric = facts["local"], facts["fabric"]
    say(f"Local log {local['origin']}: {_entries(local)}")
    say(f"  its key, which others need to check your proofs: {local['key']}")
    for mirror in facts["mirrors"]:
        say(f"Copy of the log {mirror['origin']}: {_entries(mirror)}")
    if fabric is None:
        say("No consortium's ledger is configured; a local log alone cannot show that it was rolled back.")
        return
    say(f"Consortium, as {fabric['msp']}: {fabric['committed']} committed, {fabric['waiting']} waiting")
    if fabric["last"]:
        say(f"  last: {fabric['last']}")
    if fabric["error"]:
        say(f"  {fabric['error']}")
    for conflict in fabric["conflicts"]:
        say(f"  ✗ entry {conflict['entry']}: {conflict['text']}")


def _entries(log: dict[str, Any]) -> str:
    from bims_desktop.app.holdings import held

    return f"{log['entries']} entries ({held(log['kinds'])})"
