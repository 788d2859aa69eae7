"""Build the environment of a record in a folder of its own: a Python environment with exactly its packages."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bims_desktop.app.environment import PROGRAM, installed_version, name_in
from bims_desktop.app.environment_lock import Requirements
from bims_desktop.app.environment_pip import Tell, make_venv, pip_install, silent
from bims_desktop.app.environment_python import find_python, version_of
from bims_desktop.app.environment_wheel import own_wheel
from bims_desktop.errors import BimsError, NotTrusted


@dataclass(frozen=True, slots=True)
class Built:
    """An environment that was built.

    Parameters
    ----------
    folder : Path
        Where it is.
    python : str
        Version of its interpreter.
    notes : tuple of str
        What of it is not exactly as the record says, or not held against hashes; one sentence each.
    """

    folder: Path
    python: str
    notes: tuple[str, ...]


def build(
    requirements: Requirements,
    folder: Path,
    *,
    python: Path | None = None,
    program: Path | None = None,
    trust: Collection[str] = (),
    tell: Tell = silent,
) -> Built:
    """Make the environment in `folder`, whole or not at all.

    Packages come as wheels, so that nothing of them runs before a replay does, and from wherever pip is set up to look.

    Parameters
    ----------
    requirements : Requirements
        What a record states.
    folder : Path
        New, or empty.
    python : Path, optional
        Interpreter to use; by default one of the record's version is looked for.
    program : Path, optional
        A wheel or checkout of BIMS Desktop in the record's version; by default the running program, which must have it.
    trust : collection of str
        Packages that may be installed though this program does not need them.
    tell : callable, optional
        Told how many of how many packages are there, and which comes next; what it raises stops the work.

    Raises
    ------
    NotTrusted
        The record names a package that this program has no use for.
    BimsError
        No such Python, no network, no such version, wrong hashes, or the folder is not empty.
    """
    if strangers := requirements.strangers(trust):
        raise NotTrusted(
            f"The record asks for {', '.join(strangers)}, which this program does not need itself.",
            f"If you know it, allow it with --trust {strangers[0]}.",
        )
    _check_program(requirements, program)
    chosen = find_python(requirements.facts.python, python)
    with _new_folder(folder) as part:
        make_venv(chosen, part, folder.name, tell)
        _fill(part, requirements, program, tell)
    return Built(folder, version_of(folder / "bin" / "python"), tuple(_notes(requirements, folder)))


def _check_program(requirements: Requirements, program: Path | None) -> None:
    wanted, here = requirements.facts.program, installed_version(PROGRAM)
    if program is None and wanted != here:
        raise BimsError(
            f"The record was made with BIMS Desktop {wanted or 'of a version it does not name'}; this is {here}.",
            "Name a wheel or a checkout of that version with --program PATH.",
        )
    if program is not None and not program.exists():
        raise BimsError(f"There is no {program}.", "Name a wheel or a checkout of BIMS Desktop.")


def _fill(part: Path, requirements: Requirements, program: Path | None, tell: Tell) -> None:
    python = part / "bin" / "python"
    total = len(requirements.pins)
    with tempfile.TemporaryDirectory(prefix="bims-environment-") as name:
        pins, limits = Path(name) / "requirements.txt", Path(name) / "constraints.txt"
        pins.write_text(requirements.text())
        limits.write_text("".join(f"{pin}\n" for pin in requirements.pins))
        wheels = ("--only-binary", ":all:")
        pip_install(python, ("--no-deps", *wheels, "-r", str(pins)), total, tell)
        if requirements.chosen:
            # The pins again: a record that does not state these packages does not state what its own ones need either.
            all_of_it = (*requirements.chosen, *map(str, requirements.pins))
            pip_install(python, (*wheels, "-c", str(limits), *all_of_it), total, tell)
        tell(total, total, "BIMS Desktop itself")
        pip_install(python, ("--no-deps", str(program or own_wheel(Path(name)))), total, silent)


def _notes(requirements: Requirements, folder: Path) -> Iterator[str]:
    recorded, found = requirements.facts.python, version_of(folder / "bin" / "python")
    if found != recorded:
        yield f"It has Python {found}; the record was made with {recorded}."
    if requirements.unlocked:
        yield (
            f"Its packages were taken by version alone: this program knows no hashes of {_few(requirements.unlocked)} "
            "at the versions that the record states."
        )
    if requirements.chosen:
        names = _few(tuple(map(name_in, requirements.chosen)))
        yield f"The record does not state the versions of {names}, or of what they need: pip chose them."


def _few(names: Collection[str]) -> str:
    first = sorted(names)[:5]
    return ", ".join(first) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder`, which takes its place once the block ends well, and else goes away."""
    if folder.is_symlink() or folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise BimsError(f"{folder} is there already.", "Choose a new folder.")
    target = folder.absolute()
    try:
        part = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}-", suffix=".part", dir=target.parent))
    except OSError as error:
        raise BimsError(f"{folder} cannot be made: {error.strerror}.", "Choose another folder.") from error
    try:
        yield part
        _readdress(part, target)
        part.chmod(0o777 & ~_umask())
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _readdress(part: Path, target: Path) -> None:
    """Scripts begin with the path of their interpreter: let them name the place where they will lie."""
    old, new = os.fsencode(part), os.fsencode(target)
    for script in (*(part / "bin").iterdir(), part / "pyvenv.cfg"):
        if not script.is_symlink() and old in (text := script.read_bytes()):
            script.write_bytes(text.replace(old, new))


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
