"""`bims acquisition`: how an image was taken, what is missing to take it again, and the vendor's own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.output import print_json, printable

if TYPE_CHECKING:
    from bims_desktop.app.acquisition import Description, Entry

EXAMPLES = """\b
Examples:
  bims acquisition cells.tif                     what it says, and what is missing
  bims acquisition nuclei.ome.tif                the same of the inputs of a saved image
  bims acquisition cells.tif --find objective    lines of the microscope's own text
  bims acquisition cells.tif --raw               all of it

Missing is what the QUAREP-LiMi checklists ask for and nobody said; nothing is
mandatory. What was filled in by hand says so, with name and time."""


@click.command(epilog=EXAMPLES, short_help="Say how an image was taken, and what is missing.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--find", metavar="TEXT", help="Print the lines of the microscope's text that hold TEXT.")
@click.option("--raw", is_flag=True, help="Print the microscope's text, word for word.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
def acquisition(file: Path, find: str | None, raw: bool, as_json: bool) -> None:
    """Print how the image in FILE was taken: what is there, what was filled in by hand, what is missing."""
    from bims_desktop.app.acquisition import describe_file

    found = describe_file(file)
    if as_json:
        print_json([_facts(each, find) for each in found])
    elif find is not None:
        lines = [f"{number:>6}  {text}" for each in found for number, text in each.search(find)]
        click.echo(printable("\n".join(lines) or f"Nothing in it holds {find!r}."))
    else:
        for each in found:
            click.echo(printable((each.raw or _no_text(each)) if raw else "\n".join(_lines(each))))


def _lines(found: Description) -> Iterator[str]:
    yield found.name
    yield from _block("In the file", [(e, f"{e.fact.text}  ({e.fact.where})") for e in found.entries if e.fact])
    told = [(e, f"{e.note.text}  ({e.note.agent or 'no name'}, {e.note.when})") for e in found.entries if e.note]
    yield from _block("By hand", told)
    gaps = [e for e in found.entries if e.answer == "missing"]
    for level in ("minimal", "recommended"):
        yield from _block(f"Missing, {level}", [(e, e.item.why) for e in gaps if e.item.level == level])
    if found.raw:
        yield f"The microscope's own text has {len(found.lines)} lines: --find TEXT searches it, --raw prints it."
    elif found.source.left_out:
        yield _no_text(found)


def _no_text(found: Description) -> str:
    """Why there is nothing of the microscope's own to print."""
    if found.source.left_out:
        return (
            f"The microscope's own text of {found.name} was left out when {found.source.via} was saved; "
            f"its fingerprint is {found.source.left_out}."
        )
    if found.source.via:
        return f"{found.source.via} carries no text of the microscope of {found.name}; it stays in the first record."
    return f"{found.name} holds no text of its microscope."


def _block(title: str, rows: list[tuple[Entry, str]]) -> list[str]:
    return [title, *(f"  {entry.item.title:<28}{text}" for entry, text in rows)] if rows else []


def _facts(found: Description, find: str | None) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "items": [_entry(entry) for entry in found.entries],
        "left_out": found.source.left_out,
        "name": found.name,
        "raw": found.raw,
    }
    if find is not None:
        fact["found"] = [{"line": number, "text": text} for number, text in found.search(find)]
    return fact


def _entry(entry: Entry) -> dict[str, Any]:
    note, fact, item = entry.note, entry.fact, entry.item
    return {
        "answer": entry.answer,
        "by_hand": {"agent": note.agent, "text": note.text, "when": note.when} if note else None,
        "group": item.group,
        "in_file": {"text": fact.text, "where": fact.where} if fact else None,
        "item": item.id,
        "level": item.level,
        "title": item.title,
        "why": item.why,
    }
