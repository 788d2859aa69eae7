"""`bims log`: what was done in a session, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bims_desktop.cli.output import print_json, printable
from bims_desktop.errors import FileError

if TYPE_CHECKING:
    from bims_desktop.provenance.action import Action

SIGNS = {"replayable": "●", "manual": "◐", "snapshot": "▲", "opaque": "✕"}
EXAMPLES = """\b
Examples:
  bims log                                 the sessions on this computer
  bims log 2026-11-21T09-30-00-a1b2c3      one of them, by name
  bims log ./my-session                    one that is kept in a folder
  bims log ./my-session --json"""


@click.command(epilog=EXAMPLES, short_help="List sessions, or what was done in one.")
@click.argument("session", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
def log(session: str | None, as_json: bool) -> None:
    """List the sessions, or the actions of SESSION (a name in that list, or a folder)."""
    if session is None:
        _print_sessions(as_json)
        return
    actions = _actions(_folder(session))
    if as_json:
        print_json([action.to_json() for action in actions])
        return
    for action in actions:
        click.echo(printable(f"{action.number:>4} {SIGNS[action.status]} {action.started}  {action.sentence}"))


def _print_sessions(as_json: bool) -> None:
    from bims_desktop.app.home import Home
    from bims_desktop.provenance.journal import FILE

    folders = sorted(path.parent for path in Home().sessions.glob(f"*/{FILE}"))
    facts = [{"session": path.name, "folder": str(path), "actions": len(_actions(path))} for path in folders]
    if as_json:
        print_json(facts)
    elif facts:
        for fact in facts:
            click.echo(printable(f"{fact['session']}  {fact['actions']} actions"))
    else:
        click.echo("No session was recorded on this computer yet; open an image with bims FILE.")


def _folder(session: str) -> Path:
    from bims_desktop.app.home import Home
    from bims_desktop.provenance.journal import FILE

    for folder in (Path(session), Home().sessions / session):
        if (folder / FILE).is_file():
            return folder
    raise FileError(f"There is no session {session!r}.", "The command `bims log` lists them.")


def _actions(folder: Path) -> list[Action]:
    from bims_desktop.provenance.action import Action
    from bims_desktop.provenance.journal import entries

    return [Action.from_json(body["action"]) for kind, body in entries(folder) if kind == "action"]
