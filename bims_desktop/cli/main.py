"""`bims …`: finds the command, and turns every error into one sentence and an exit code."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from bims_desktop.cli.app import OpenWindow
from bims_desktop.cli.output import keep_details, printable
from bims_desktop.errors import BimsError

COMMANDS = (
    "app", "replay", "verify", "recover", "show", "digest", "ops", "log", "ledger", "network", "environment",
    "acquisition",
)  # fmt: skip
GOOD, BAD_VERDICT, WRONG, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


class Commands(click.Group):
    """Imports a command when it is called; what is no command is a file for the window."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"bims_desktop.cli.{cmd_name}"), cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args or ["app"])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in COMMANDS:
            return super().resolve_command(ctx, args)
        if not Path(args[0]).exists():
            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"There is no command and no file {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, ["app", *args])

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage("bims", "[FILES]... | COMMAND [ARGS]...")


EXAMPLES = """\b
Examples:
  bims                                 open the window
  bims cells.tif                       open it on an image
  bims verify nuclei.ome.tif           is it what was saved?
  bims show nuclei.ome.tif             how was it made?
  bims replay nuclei.ome.tif           make it again and compare
  bims recover stripped.tif            bring its lost record back
  bims ledger find --agent "A. Robert" search what was recorded

Exit codes: 0 good, 1 a verdict is bad, 2 the call or a file was wrong."""


@click.command("bims", cls=Commands, epilog=EXAMPLES)
@click.version_option(package_name="bims-desktop", message="BIMS Desktop %(version)s")
def bims() -> None:
    """BIMS Desktop: microscopy image processing that never loses track of what was done."""


def main(open_window: OpenWindow, args: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code.

    Parameters
    ----------
    open_window : callable
        Opens the application on some files; given by whoever may know the window.
    args : sequence of str, optional
        The words after ``bims``; those of this process by default.
    """
    try:
        code: int | None = bims.main(args=args, prog_name="bims", standalone_mode=False, obj=open_window)
    except BimsError as error:
        return complain(str(error))
    except click.exceptions.Abort:
        click.echo("Stopped; nothing was changed.", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        return complain(_sentence(error.format_message()), _help_of(error))
    except SystemExit as closed:  # click's answer to a reader that left early, and to the shell's completion
        return PIPE_CLOSED if closed.code else GOOD
    except OSError as error:
        return complain(f"{error.filename or 'A file'} could not be used: {error.strerror or error}.")
    except Exception as error:  # noqa: BLE001  the outermost frame: a person must not meet a traceback
        return complain(
            f"The program itself failed ({type(error).__name__}).", f"The details are in {keep_details(error)}."
        )
    return code or GOOD


def complain(*sentences: str) -> int:
    """Say on stderr what is wrong; gives the exit code for it."""
    click.echo(printable(" ".join(sentences)), err=True)
    return WRONG


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _help_of(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"See {context.command_path if context else 'bims'} --help."
