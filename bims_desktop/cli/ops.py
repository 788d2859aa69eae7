"""`bims ops`: the operations that there are, and how each is called."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.output import print_json

if TYPE_CHECKING:
    from bims_desktop.operations.spec import Operation, Parameter

NO_MENU = "On a layer"
UNBOUNDED = 2.0**53 - 1
WIDTH = 88
EXAMPLES = """\b
Examples:
  bims ops                      all operations by menu
  bims ops gaussian             what it does, its images, parameters and sources,
                                and the others that the word finds
  bims ops "count cells"        the operations that these words are about
  bims ops --json               the same for programs"""


@click.command(epilog=EXAMPLES)
@click.argument("name", required=False, metavar="[NAME OR WORDS]")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
def ops(name: str | None, as_json: bool) -> None:
    """List the operations, or those that words are about, or explain the one called NAME."""
    from bims_desktop.operations import registry
    from bims_desktop.operations.search import find

    every = {operation.id: operation for operation in registry.operations()}
    found = [] if name in every else find(name, every.values()) if name else list(every.values())
    if found:
        print_json([_facts(operation) for operation in found]) if as_json else _print_list(found)
    elif as_json:
        print_json(_facts(registry.get(name or "")))
    else:
        _print_one(registry.get(name or ""))
        _print_others([operation for operation in find(name or "", every.values()) if operation.id != name])


def _facts(operation: Operation) -> dict[str, Any]:
    from bims_desktop.operations.describing import sections

    said = sections(operation)
    return {
        "id": operation.id,
        "version": operation.version,
        "title": operation.title,
        "menu": operation.menu,
        "summary": said[""].partition("\n\n")[0],
        "description": said[""],
        "sources": said.get("References", ""),
        "sentence": operation.sentence,
        "results": operation.results,
        "images": [
            {"name": a.name, "kinds": list(a.kinds), "optional": a.optional, "help": a.help}
            for a in operation.arguments
        ],
        "parameters": [_parameter_facts(parameter) for parameter in operation.parameters],
    }


def _parameter_facts(parameter: Parameter) -> dict[str, Any]:
    facts = {
        "name": parameter.name,
        "type": parameter.type.__name__,
        "required": parameter.required,
        "optional": parameter.optional,
        "none": parameter.none,
        "default": parameter.default,
        "choices": list(parameter.choices),
        "words": list(parameter.words),
        "length": parameter.length,
        "blob": parameter.blob,
        "help": parameter.help,
    }
    if low_high := _bounds(parameter):
        facts |= {"low": low_high[0], "high": low_high[1], "unit": parameter.bounds.unit}
    return facts


def _print_list(found: list[Operation]) -> None:
    width = max(len(operation.id) for operation in found)
    by_menu = sorted(found, key=lambda operation: operation.menu)
    for menu, group in groupby(by_menu, key=lambda operation: operation.menu):
        click.echo(menu.replace("/", " › ") or NO_MENU)
        for operation in group:
            click.echo(f"  {operation.id:<{width}}  {operation.title}")


def _print_one(operation: Operation) -> None:
    from bims_desktop.operations.describing import sections

    said = sections(operation)
    call = ", ".join([argument.name for argument in operation.arguments] + [p.name for p in operation.parameters])
    click.echo(f"{operation.title}: {operation.id}({call})")
    place = " › ".join(["Operations", *operation.menu.split("/")]) if operation.menu else NO_MENU
    click.echo(f"{place}, version {operation.version}\n")
    click.echo(click.wrap_text(said[""], WIDTH, preserve_paragraphs=True))
    _print_takes(operation)
    for heading, title in (("Notes", "Note"), ("References", "Sources")):
        if heading in said:
            click.echo(f"\n{title}\n{click.wrap_text(said[heading], WIDTH, '  ', '  ')}")


def _print_others(others: list[Operation]) -> None:
    if others:
        click.echo("\nOthers that the word finds")
        width = max(len(operation.id) for operation in others)
        for operation in others:
            click.echo(f"  {operation.id:<{width}}  {operation.title}")


def _print_takes(operation: Operation) -> None:
    click.echo("\nImages")
    for argument in operation.arguments:
        kinds = " or ".join(argument.kinds) or "any kind"
        click.echo(
            f"  {argument.name}: {kinds}{', may be left out' if argument.optional else ''}\n      {argument.help}"
        )
    click.echo("\nParameters" if operation.parameters else "\nNo parameters")
    for parameter in operation.parameters:
        click.echo(f"  {parameter.name}: {_allowed(parameter)}\n      {parameter.help}")


def _bounds(parameter: Parameter) -> tuple[float | None, float | None] | None:
    """Least and greatest value, None where there is no limit worth naming; None for what is no number."""
    if (parameter.item or parameter.type) not in (int, float):
        return None
    low, high = parameter.bounds.low, parameter.bounds.high
    return (low if low > -UNBOUNDED else None), (high if high < UNBOUNDED else None)


def _allowed(parameter: Parameter) -> str:
    """Type, choices or bounds, unit and default in one phrase."""
    kind = "digest" if parameter.blob else (parameter.item or parameter.type).__name__
    if parameter.item and not parameter.choices:
        kind = f"{parameter.length or 'any number'} of {kind}"
    words = [" | ".join((*parameter.words, *map(str, parameter.choices or [kind])))]
    low, high = _bounds(parameter) or (None, None)
    words += [f"from {low:g}"] if low is not None else []
    words += [f"to {high:g}"] if high is not None else []
    words += [parameter.bounds.unit] if parameter.bounds.unit else []
    return f"{' '.join(words)} ({_default(parameter)})"


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "needed"
    none = f"None: {parameter.none}" if parameter.optional else ""
    default = "" if parameter.default is None else f"default {parameter.default!r}"
    return "; ".join(filter(None, (default, none)))
