"""`bims replay`: makes an image again from its macro, and compares."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from bims_desktop.cli import replay_problem
from bims_desktop.cli.output import Progress, print_json, printable
from bims_desktop.errors import BimsError, LedgerError

if TYPE_CHECKING:
    from bims_desktop.app.environment_replay import Used
    from bims_desktop.app.replay import ReplayResult
    from bims_desktop.macro.replay import StepResult

BAD_VERDICT = 1
LONGEST_VALUE = 10_000
EXAMPLES = """\b
Examples:
  bims replay nuclei.ome.tif
  bims replay nuclei.ome.tif --input cells=other.tif -o other-nuclei.ome.tif
  bims replay nuclei.py --input cells=cells.tif --set gaussian.sigma=3
  bims replay nuclei.ome.tif --trust napari-skimage
  bims replay nuclei.ome.tif --look-in /data/archive
  bims replay nuclei.ome.tif --input cells=plate.ome.tif --series cells=2
  bims replay nuclei.ome.tif --environment nuclei-env

STEP in --set is the name of a result, or the id of an operation that only one
step has. A package is run only if --trust names it, in a process of its own.
An environment is a folder that bims environment FILE --create made; what runs,
signs and attests there is the program in it.
Exit codes: 0 the same pixels (or a derived result, where inputs or parameters
were changed), 1 different pixels, 2 the replay could not be done; --json then
gives the problem as facts."""


@click.command(epilog=EXAMPLES, short_help="Make an image again and compare.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--input", "inputs", multiple=True, metavar="NAME=PATH", help="Use this file for the input NAME.")
@click.option("--series", "numbers", multiple=True, metavar="NAME=N", help="Use image N, from 0, of that file.")
@click.option(
    "--look-in",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Look for inputs that moved in and below FOLDER.",
)
@click.option("--set", "settings", multiple=True, metavar="STEP.PARAM=VALUE", help="Change a parameter of a step.")
@click.option("--trust", multiple=True, metavar="PACKAGE", help="Allow steps of this package to run.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Save the result, with its record."
)
@click.option(
    "--environment",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Replay with the program in this environment.",
)
@click.option("--no-attest", is_flag=True, help="Do not note the verdict in the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_context
def replay(
    ctx: click.Context,
    file: Path,
    inputs: tuple[str, ...],
    numbers: tuple[str, ...],
    look_in: tuple[Path, ...],
    settings: tuple[str, ...],
    trust: tuple[str, ...],
    output: Path | None,
    environment: Path | None,
    no_attest: bool,
    as_json: bool,
) -> None:
    """Make the image in FILE again (a saved image, or a macro as text) and compare the pixels."""
    bound = dict(_pairs(inputs, "--input NAME=PATH"))
    changed = {name: _literal(text) for name, text in _pairs(settings, "--set STEP.PARAM=VALUE")}
    if lacking := [name for name in changed if "." not in name]:
        raise click.UsageError(f"{lacking[0]!r} names no parameter, as gaussian.sigma does", ctx)
    if output and (problem := _output_problem(file, output)):
        raise click.UsageError(problem, ctx)
    try:
        if environment:
            where = [f"--series={word}" for word in numbers] + [f"--look-in={folder.absolute()}" for folder in look_in]
            facts = _replayed_there(file, environment, _words(inputs, settings, trust, output, no_attest) + where)
        else:
            places = {"inputs": bound, "series": _numbers(numbers, bound), "look_in": look_in, "trust": trust}
            facts = _replayed_here(file, output, {**places, "set": changed}, not no_attest)
    except BimsError as error:
        if as_json:
            print_json(replay_problem.facts(error))
        raise replay_problem.with_options(error) from error
    print_json(facts) if as_json else _print(facts, output)
    ctx.exit(BAD_VERDICT if facts["verdict"] == "different" else 0)


def _replayed_here(file: Path, output: Path | None, options: Mapping[str, Any], attest: bool) -> dict[str, Any]:
    from bims_desktop.app.environment_replay import used_here

    result = _run_and_save(file, output, options) if output else _run(file, options)
    if attest:
        _attest(file, result)
    return {**_facts(result), **_environment(used_here(file))}


def _replayed_there(file: Path, folder: Path, words: Sequence[str]) -> dict[str, Any]:
    from bims_desktop.app.environment_replay import replay_there, used_there

    progress = Progress()
    progress.say(f"Replaying {file.name} in {folder} …")
    try:
        used = used_there(folder, file)
        return {**replay_there(folder, file, words), **_environment(used)}
    finally:
        progress.clear()


def _environment(used: Used) -> dict[str, Any]:
    return {"environment": {**used.to_json(), "sentence": used.sentence}}


def _words(
    inputs: Sequence[str], settings: Sequence[str], trust: Sequence[str], output: Path | None, no_attest: bool
) -> list[str]:
    """The options again as words, for the program in another environment."""
    named = (
        ("--input", inputs),
        ("--set", settings),
        ("--trust", trust),
        ("--output", [str(output)] if output else []),
    )
    return [f"{option}={word}" for option, words in named for word in words] + ["--no-attest"] * no_attest


def _run(file: Path, options: Mapping[str, Any], tell: Callable[[StepResult], None] | None = None) -> ReplayResult:
    from bims_desktop.app.replay import replay as run

    progress = Progress()
    progress.say(f"Replaying {file.name} …")

    def on_step(step: StepResult) -> None:
        progress.say(f"Replaying {file.name}: done with {step.number}. {step.sentence}")
        if tell:
            tell(step)

    try:
        return run(file, **options, on_step=on_step)
    finally:
        progress.clear()


def _run_and_save(file: Path, output: Path, options: Mapping[str, Any]) -> ReplayResult:
    from bims_desktop.app.session import Session
    from bims_desktop.app.transcript import Transcript

    with TemporaryDirectory(prefix="bims-replay-") as folder, Session(folder) as session:
        places = {name: options[name] for name in ("inputs", "series", "look_in", "trust")}
        transcript = Transcript.of(session, file, **places)
        result = _run(file, options, transcript)
        session.save(transcript.result, output)
    return result


def _attest(file: Path, result: ReplayResult) -> None:
    """Note the verdict in the user's ledger; a ledger that cannot be written takes nothing from the replay."""
    from bims_desktop.app.home import Home
    from bims_desktop.app.prove import ATTESTED, attest
    from bims_desktop.app.source import read_record
    from bims_desktop.ledger.signing import fingerprint

    if result.verdict not in ATTESTED:
        return
    home = Home()
    try:
        agent = fingerprint(home.agent.public_key)
        attest(home.ledger, read_record(file).digest, ATTESTED[result.verdict], agent)
    except LedgerError as error:
        click.echo(printable(f"The verdict was not noted in the ledger: {error}"), err=True)
    finally:
        home.close()


def _pairs(words: Sequence[str], form: str) -> list[tuple[str, str]]:
    if wrong := [word for word in words if word.find("=") < 1]:
        raise click.UsageError(f"{wrong[0]!r} is not of the form {form}", click.get_current_context())
    return [(name, value) for name, _, value in (word.partition("=") for word in words)]


def _numbers(words: Sequence[str], bound: Collection[str]) -> dict[str, int]:
    told = dict(_pairs(words, "--series NAME=N"))
    if wrong := [name for name, number in told.items() if not number.isdecimal() or name not in bound]:
        raise click.UsageError(
            f"--series {wrong[0]}={told[wrong[0]]} needs a number from 0, and a file by --input {wrong[0]}=PATH",
            click.get_current_context(),
        )
    return {name: int(number) for name, number in told.items()}


def _output_problem(file: Path, output: Path) -> str:
    """Why `output` cannot be written, known before the work begins; empty where nothing speaks against it."""
    if output.suffix.lower() not in (".tif", ".tiff"):
        return f"{output} does not end in .ome.tif"
    if not output.absolute().parent.is_dir():
        return f"{output} lies in a folder that is not there"
    if output.exists() and output.samefile(file):
        return f"{output} is the file that is replayed"
    return ""


def _literal(text: str) -> Any:
    """A Python literal (3, 2.5, True, [1, 2]); any other word stands for itself."""
    if len(text) > LONGEST_VALUE:
        raise click.UsageError("A value is too long", click.get_current_context())
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text


def _facts(result: ReplayResult) -> dict[str, Any]:
    return {
        "verdict": result.verdict,
        "digest": result.digest,
        "expected": result.expected,
        "steps": [
            {"name": step.name, "sentence": step.sentence, "state": step.state, "seconds": step.seconds}
            for step in result.steps
        ],
    }


def _print(facts: Mapping[str, Any], output: Path | None) -> None:
    for number, step in enumerate(facts["steps"], 1):
        click.echo(printable(f"{number:>3}  {step['sentence']}  ({step['state']}, {step['seconds']:.2f} s)"))
    click.echo(printable(facts["environment"]["sentence"]))
    click.echo(printable(f"The result is {facts['verdict']}: {facts['digest']}"))
    if facts["verdict"] == "different":
        click.echo(printable(f"It should have been {facts['expected']}"))
    if output:
        click.echo(printable(f"Saved with provenance as {output}"))
