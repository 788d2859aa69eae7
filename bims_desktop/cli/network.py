"""`bims network`: a real network of Hyperledger Fabric on this computer, to try a consortium out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bims_desktop.cli.output import Progress, print_json, printable

if TYPE_CHECKING:
    from bims_network import Network, NodeStatus

MIB = 1024 * 1024
NOT_READY = 1
EXAMPLES = """\b
Examples:
  bims network up                          start it; the first time takes a little longer
  bims network status --json               every node with its process, memory and block height
  bims network down                        stop it; its ledger stays
  bims network down --wipe                 stop it and delete it

It listens on this computer only. For a consortium of several laboratories see docs/network."""
UP_EXAMPLES = """\b
Examples:
  bims network up                          on free ports, in BIMS_HOME
  bims network up --bft                    four BFT orderers instead
  bims network up --folder D:/trial        one that is kept in a folder of its own
  bims network up --batch-timeout 1s       larger blocks, later"""
STATUS_EXAMPLES = """\b
Examples:
  bims network status                      every node, and the connection profiles
  bims network status --json               the same for programs
  bims network status --folder D:/trial    of one in a folder of its own"""
DOWN_EXAMPLES = """\b
Examples:
  bims network down                        stop it; `bims network up` goes on where it stood
  bims network down --wipe                 delete its ledger and its keys, too
  bims network down --folder D:/trial      one that is kept in a folder of its own"""

in_folder = click.option("--folder", type=click.Path(path_type=Path), help="Where it is kept; by default in BIMS_HOME.")
as_facts = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")


@click.group(epilog=EXAMPLES, short_help="Start or stop a Fabric network on this computer.")
def network() -> None:
    """Start, stop and look at a Hyperledger Fabric network on this computer: two organisations, no containers."""


@network.command(epilog=UP_EXAMPLES)
@in_folder
@click.option("--bft", is_flag=True, help="Four BFT orderers instead of three Raft orderers; for a new network.")
@click.option("--batch-timeout", metavar="TIME", help="How long a block waits to fill; 250ms for a new one.")
@click.option("--base-port", type=click.IntRange(0, 65000), default=0, help="First port; 0 takes free ones.")
@as_facts
def up(folder: Path | None, bft: bool, batch_timeout: str | None, base_port: int, as_json: bool) -> None:
    """Start the network, and make it if it is not there."""
    from bims_network import Network

    chosen = Network(_place(folder), consensus="bft" if bft else None, batch_timeout=batch_timeout, base_port=base_port)
    progress = Progress()
    try:
        chosen.up(progress.say)
    finally:
        progress.clear()
    _report(chosen, as_json)


@network.command(epilog=STATUS_EXAMPLES)
@in_folder
@as_facts
@click.pass_context
def status(ctx: click.Context, folder: Path | None, as_json: bool) -> None:
    """Show every node; exits with 1 unless all are ready."""
    from bims_network import Network

    ctx.exit(0 if _report(Network(_place(folder)), as_json) else NOT_READY)


@network.command(epilog=DOWN_EXAMPLES)
@in_folder
@click.option("--wipe", is_flag=True, help="Delete its ledger and its keys, too.")
@as_facts
def down(folder: Path | None, wipe: bool, as_json: bool) -> None:
    """Stop the network: exactly the processes that `up` started."""
    from bims_network import Network

    place = _place(folder)
    chosen = Network(place)
    if not chosen.exists:
        raise click.UsageError(f"There is no network in {place}.")
    chosen.down(wipe=wipe)
    if as_json:
        print_json({"folder": str(place), "running": False, "deleted": wipe})
    else:
        click.echo(printable(f"The network in {place} is {'deleted' if wipe else 'stopped'}."))


def _place(folder: Path | None) -> Path:
    from bims_desktop.app.home import Home

    return folder or Home().folder / "network"


def _report(chosen: Network, as_json: bool) -> bool:
    nodes = chosen.status()
    profiles = {msp: str(chosen.profile(msp)) for msp in chosen.peers}
    if as_json:
        print_json({"folder": str(chosen.folder), "nodes": [asdict(node) for node in nodes], "profiles": profiles})
    else:
        _print(nodes, profiles)
    return all(node.ready for node in nodes)


def _print(nodes: tuple[NodeStatus, ...], profiles: dict[str, str]) -> None:
    for node in nodes:
        height = "" if node.height is None else f"{node.height} blocks"
        state = f"process {node.pid}, {node.rss // MIB} MiB" if node.pid else "not running"
        sign = "✓" if node.ready else "✗"
        click.echo(printable(f"{sign} {node.name:<15} {node.msp:<10} {node.address:<16} {state:<25} {height}"))
    for msp, profile in profiles.items():
        click.echo(printable(f"Connection profile of {msp}: {profile}"))
