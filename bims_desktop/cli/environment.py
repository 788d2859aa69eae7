"""`bims environment`: in which environment an image was made, as requirements, and that environment built anew."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli.output import Progress, print_json, printable

if TYPE_CHECKING:
    from bims_desktop.app.environment_build import Built
    from bims_desktop.app.environment_lock import Requirements

_WIDTH = 96
EXAMPLES = """\b
Examples:
  bims environment nuclei.ome.tif > requirements.txt     what pip would need
  bims environment nuclei.ome.tif --create nuclei-env    build it
  bims replay nuclei.ome.tif --environment nuclei-env    replay in it

Packages come as wheels from wherever pip is set up to look, held against the
hashes of this program's own lock where the versions are the same. Building
takes some 600 MB and a few minutes; a folder is made whole or not at all.
A package that this program does not need itself is installed only if --trust
names it."""


@click.command(epilog=EXAMPLES, short_help="State or build the environment of an image.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--create", type=click.Path(path_type=Path), metavar="FOLDER", help="Build it in this new folder.")
@click.option(
    "--python", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Interpreter to build with."
)
@click.option("--program", type=click.Path(exists=True, path_type=Path), help="Wheel or checkout of BIMS Desktop.")
@click.option("--trust", multiple=True, metavar="PACKAGE", help="Allow this package to be installed.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
def environment(
    file: Path, create: Path | None, python: Path | None, program: Path | None, trust: tuple[str, ...], as_json: bool
) -> None:
    """Print the requirements under which the image in FILE was made: exact versions, Python and platform."""
    from bims_desktop.app.environment_facts import Facts
    from bims_desktop.app.environment_lock import Requirements
    from bims_desktop.app.source import read_record

    requirements = Requirements.of(Facts.of_record(read_record(file)))
    built = _build(requirements, create, python, program, trust) if create else None
    if as_json:
        print_json({**_facts(requirements), **({"built": _told(built)} if built else {})})
    elif built:
        click.echo(
            printable(f"Built {built.folder}, with Python {built.python} and {len(requirements.pins)} packages.")
        )
        click.echo("".join(printable(f"{note}\n") for note in built.notes), nl=False)
        click.echo(printable(f"Replay in it: bims replay {file} --environment {built.folder}"))
    else:
        click.echo(printable(_text(requirements)), nl=False)


def _build(
    requirements: Requirements, folder: Path, python: Path | None, program: Path | None, trust: tuple[str, ...]
) -> Built:
    from bims_desktop.app.environment_build import build

    progress = Progress()

    def tell(done: int, total: int, words: str) -> None:
        progress.say(f"Building {folder}: {f'{done} of {total}, ' if total else ''}{words}")

    try:
        return build(requirements, folder, python=python, program=program, trust=trust, tell=tell)
    finally:
        progress.clear()


def _text(requirements: Requirements) -> str:
    return "".join(f"# {line}\n" for line in [*_head(requirements), *_remarks(requirements)]) + requirements.text()


def _head(requirements: Requirements) -> list[str]:
    """The answer for a person: the hashes of each package take a screen of their own."""
    facts = requirements.facts
    packages = ", ".join(f"{pin.name}\u00a0{pin.version}" for pin in requirements.pins)
    lines = textwrap.wrap(packages, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return [
        f"Made with Python {facts.python} on {facts.platform}, and {len(requirements.pins)} packages:",
        *(f"  {line}".replace("\u00a0", " ") for line in lines),
    ]


def _remarks(requirements: Requirements) -> list[str]:
    """What the list of versions does not say by itself."""
    facts = requirements.facts
    found = [f"bims-desktop=={facts.program or 'unknown'} comes besides; --create installs the running program"]
    if requirements.hashed:
        found.append("Hashes: from this program's own lock, which has these very versions")
    elif requirements.unlocked:
        found.append(f"Versions only: this program's lock has no hashes of {', '.join(requirements.unlocked)}")
    if requirements.chosen:
        found.append(f"Not stated by the record, so pip would choose: {', '.join(requirements.chosen)}")
    return found


def _facts(requirements: Requirements) -> dict[str, Any]:
    facts = requirements.facts
    return {
        "chosen": list(requirements.chosen),
        "cpu_features": sorted(facts.cpu_features),
        "differences": [each.text for each in facts.differences(facts.here())],
        "hashed": requirements.hashed,
        "packages": {pin.name: {"hashes": list(pin.hashes), "version": pin.version} for pin in requirements.pins},
        "platform": facts.platform,
        "program": facts.program,
        "python": facts.python,
    }


def _told(built: Built) -> dict[str, Any]:
    return {"folder": str(built.folder), "notes": list(built.notes), "python": built.python}
