"""Find a Python of a given version on this computer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bims_desktop.errors import BimsError

_ASK = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
_PATIENCE_S = 20


def find_python(version: str, named: Path | None = None) -> Path:
    """An interpreter of that version; of another patch release of the same series where there is no better.

    Parameters
    ----------
    version : str
        ``3.11.7`` for instance.
    named : Path, optional
        The one that the person wants.

    Raises
    ------
    BimsError
        There is none.
    """
    series = ".".join(version.split(".")[:2])
    known = {path: told for path in ([named] if named else _candidates(series)) if (told := version_of(path))}
    for path, told in known.items():
        if told == version:
            return path
    for path, told in known.items():
        if told.startswith(f"{series}."):
            return path
    if named:
        raise BimsError(f"{named} is not Python {series} ({known.get(named, 'it does not answer')}).", "Name another.")
    raise BimsError(
        f"The record was made with Python {version}, and no Python {series} is on this computer.",
        f"Install Python {series}, or name it with --python PATH.",
    )


def version_of(python: Path) -> str:
    """The version that an interpreter says it has; empty where it does not answer."""
    try:
        done = subprocess.run(
            [python, "-I", "-c", _ASK], capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _candidates(series: str) -> Iterator[Path]:
    yield Path(sys.executable)
    for folder in os.get_exec_path():
        for name in (f"python{series}", "python3", "python"):
            if (path := Path(folder) / name).is_file():
                yield path
