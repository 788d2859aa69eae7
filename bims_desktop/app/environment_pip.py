"""Calls of venv and pip: progress told, stopped at once when asked to, failures in words."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from bims_desktop.errors import BimsError

Tell = Callable[[int, int, str], None]
_PIP = ("install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--retries", "2")
_BEGUN = re.compile(r"(?:Collecting|Processing) (?:\S*/)?(\S+)")
_MISSING = re.compile(r"No matching distribution found for ([^\s(]+)")
_AWAY = re.compile(
    r"NewConnectionError|ConnectTimeout|Temporary failure in name resolution|Name or service not known"
    r"|Network is unreachable|Connection refused|ProxyError|Failed to establish a new connection|Read timed out"
)
_KEPT = 200
_BEAT_S = 0.2


def silent(done: int, total: int, words: str) -> None:
    """Tell nobody."""


def make_venv(python: Path, folder: Path, prompt: str, tell: Tell) -> None:
    """Make an empty environment of the interpreter `python`; `prompt` is what a shell shows in it.

    Raises
    ------
    BimsError
        The interpreter cannot make one.
    """
    command = [str(python), "-I", "-m", "venv", "--prompt", prompt, str(folder)]
    code, lines = _run(command, lambda line: tell(0, 0, f"an empty environment of {python.name}"))
    if code:
        raise BimsError(f"{python} cannot make an environment: {_last(lines)}", "Debian has it in python3-venv.")


def pip_install(python: Path, arguments: Sequence[str], total: int, tell: Tell) -> None:
    """Let the pip of an environment install something into it.

    Parameters
    ----------
    python : Path
        The environment's interpreter.
    arguments : sequence of str
        What to install, and how.
    total : int
        How many packages that is.
    tell : callable
        Told of each package that is begun, and several times a second; what it raises ends the work.

    Raises
    ------
    BimsError
        The network is away, there is no such version, its hash is wrong, or pip fails for another reason.
    """
    done, words = -1, "looking for packages"

    def read(line: str) -> None:
        nonlocal done, words
        if found := _BEGUN.match(line):
            done, words = done + 1, found[1]
        elif line.startswith("Installing collected"):
            done, words = total, "unpacking"
        tell(min(max(done, 0), total), total, words)

    code, lines = _run([str(python), "-I", "-m", "pip", *_PIP, *arguments], read)
    if code:
        raise _failure(lines)


def _failure(lines: Sequence[str]) -> BimsError:
    said = "\n".join(lines)
    found = _MISSING.search(said)
    # An index that listed other versions was reached, whatever had to be tried twice before.
    if _AWAY.search(said) and (found is None or "from versions: none" in said):
        return BimsError("The package index cannot be reached.", "Look to the network, or to pip's own settings.")
    if found:
        todo = "It may never have been there, or not for this Python and computer; a folder of wheels can stand in."
        return BimsError(f"{found[1]} cannot be had from the package index as a wheel.", todo)
    if "DO NOT MATCH THE HASHES" in said:
        what = next((line.strip() for line in lines if " from " in line and "==" in line), "A package")
        return BimsError(
            f"{what[:120]}: its file is not the one that is locked.", "Do not use it; ask who runs the index."
        )
    return BimsError(f"pip failed: {_last(lines)}", "Its own words say why.")


def _last(lines: Sequence[str]) -> str:
    spoken = [line.removeprefix("ERROR: ") for line in lines if line.strip()]
    worst = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (worst or spoken or ["it gave no reason"])[-1].strip().rstrip(".")[:300] + "."


def _run(command: Sequence[str], read: Callable[[str], None]) -> tuple[int, Sequence[str]]:
    """Exit code and last lines of `command`; an error in `read` ends it and all that it started."""
    kept: deque[str] = deque(maxlen=_KEPT)
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            for line in _lines(process.stdout):
                if line:
                    kept.append(line)
                read(line.strip())
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, tuple(kept)


def _lines(stream: IO[bytes] | None) -> Iterator[str]:
    """Lines as they come, and an empty one at every beat without any: a download of minutes must be stoppable."""
    rest = b""
    while stream:
        if not select.select([stream], [], [], _BEAT_S)[0]:
            yield ""
        elif chunk := os.read(stream.fileno(), 1 << 16):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)
        else:
            yield rest.decode(errors="replace")
            return
