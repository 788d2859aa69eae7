"""What the commands of the ledger take and print: records by digest or file, entries as lines and as facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.output import printable

if TYPE_CHECKING:
    from bims_desktop.app.harvest import Found
    from bims_desktop.ledger.base import Receipt

GOOD, BAD = 0, 1
SIGNS = {"good": "✓", "bad": "✗", "unknown": "?"}
CALLED = {"attestation": "check"}
STATES = {"stands": " ", "retracted": "✗", "superseded": "▲"}
WHERE = click.option(
    "--where",
    type=click.Choice(["local", "fabric", "all"]),
    default="local",
    show_default=True,
    help="The logs on this computer, the consortium's ledger, or both.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def record_of(text: str) -> str:
    """The record that a person names by its digest, or by a file that carries it."""
    from bims_desktop.app.source import read_record

    return text if _DIGEST.fullmatch(text) else read_record(_file(text)).digest


def pixels_of(text: str) -> str:
    """A pixel digest, or that of the image file that is named."""
    from bims_desktop.files.readers import read
    from bims_desktop.model.digest import pixel_digest

    return text if _DIGEST.fullmatch(text) else pixel_digest(read(_file(text)).image)


def data_of(text: str) -> str:
    """A digest, or that of the bytes of the file that is named."""
    from bims_desktop.files.guard import file_digest

    return text if _DIGEST.fullmatch(text) else file_digest(_file(text))


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise click.UsageError(f"{text!r} is neither a digest (sha256:…) nor a file", click.get_current_context())
    return Path(text)


def facts_of(found: Found) -> dict[str, Any]:
    """An entry as JSON."""
    from bims_desktop.app.harvest import COLUMNS

    told = {name: getattr(found, name) for name in COLUMNS}
    return {**{k: list(v) if isinstance(v, tuple) else v for k, v in told.items()}, "body": dict(found.entry.body)}


def line_of(found: Found, files: Iterable[Path], keys: Mapping[str, str]) -> str:
    """An entry for reading: place, time, state, kind, record, its `files` and what is known of it."""
    from bims_desktop.app.named import name_of

    about = (" + ".join(name for name in found.steps if name != "load"), name_of(found, keys), found.organisation)
    words = ", ".join(dict.fromkeys(filter(None, (*about, *(f"replayed: {verdict}" for verdict in found.attested)))))
    name = (found.record or found.subject)[7:19]
    called = ", ".join(dict.fromkeys(file.name for file in files))
    return (
        f"{STATES[found.state]} {found.place:<10} {found.since}  {CALLED.get(found.kind, found.kind):<9} "
        f"{name:<12}  {called + '  ' if called else ''}{words}"
    )


def receipt_facts(receipt: Receipt) -> dict[str, Any]:
    """Where an entry came to stand."""
    return {"entry": receipt.index + 1, "ledger": receipt.ledger, "since": receipt.since}


def say(text: str, *, err: bool = False) -> None:
    """One harmless line."""
    click.echo(printable(text), err=err)
