"""`bims log`: what was done in a session, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.output import print_json, printable
from bims_desktop.errors import FileError, JournalError

if TYPE_CHECKING:
    from bims_desktop.provenance.action import Action

SIGNS = {"replayable": "●", "manual": "◐", "snapshot": "▲", "opaque": "✕"}
_MOST_NAMED = 3
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

    facts = [_session_facts(path.parent) for path in sorted(Home().sessions.glob(f"*/{FILE}"))]
    if as_json:
        print_json(facts)
    elif not facts:
        click.echo("No session was recorded on this computer yet; open an image with bims FILE.")
    for fact in [] if as_json else facts:
        click.echo(printable(_line(fact)))


def _line(fact: dict[str, Any]) -> str:
    if fact["problem"]:
        return f"{fact['session']}  {fact['problem']}"
    count, images = fact["actions"], fact["images"]
    more = [f"{len(images) - _MOST_NAMED} more"] if len(images) > _MOST_NAMED else []
    names = ", ".join(images[:_MOST_NAMED] + more)
    return f"{fact['session']}  {count} action{'s' * (count != 1)}{f'  {names}' if names else ''}"


def _session_facts(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = {"session": folder.name, "folder": str(folder), "actions": None}
    facts |= {"images": [], "problem": ""}
    try:
        actions = _actions(folder)
        opened = (str(action.parameters.get("name", "")) for action in actions if action.operation == "load")
        return facts | {"actions": len(actions), "images": [name for name in dict.fromkeys(opened) if name]}
    except JournalError as error:
        return facts | {"problem": error.what}


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
