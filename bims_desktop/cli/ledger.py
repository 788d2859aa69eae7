"""`bims ledger …`: the ledger from the command line; each family of commands is a file."""

from __future__ import annotations

from importlib import import_module

import click

FAMILIES = {
    "status": "status",
    "log": "find",
    "find": "find",
    "prove": "prove",
    "verify": "prove",
    "export": "transfer",
    "import": "transfer",
    "anchor": "carry",
    "sync": "carry",
    "attest": "attest",
    "retract": "withdraw",
    "supersede": "withdraw",
    "submit": "submit",
    "rotate": "rotate",
}
EXAMPLES = """\b
Examples:
  bims ledger status                              what the log holds, what waits
  bims ledger find --operation gaussian           search, also with --where fabric
  bims ledger prove nuclei.ome.tif -o proof.json  a proof that anybody can check
  bims ledger verify proof.json --key lab.pub     offline, with a key you trust
  bims ledger submit run.json                     a record of any science

Every save appends to the local log, and never waits for a network."""


class Families(click.Group):
    """Imports a command's family when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(FAMILIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in FAMILIES:
            return None
        family = import_module(f"bims_desktop.cli.ledger_{FAMILIES[cmd_name]}")
        command: click.Command = getattr(family, f"{cmd_name}_")
        return command


@click.group(cls=Families, epilog=EXAMPLES, short_help="Ask, prove, search and share the ledger.")
def ledger() -> None:
    """The ledger: what was saved, when, and the proofs of it."""
