"""Running one of Fabric's command-line tools."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bims_desktop.errors import LedgerError

PATIENCE = 90.0
TODO = "Look at the logs of the nodes."
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run(program: Path, *arguments: str, environment: Mapping[str, str], folder: Path | None = None) -> str:
    """Run `program` to its end and give what it printed.

    Raises
    ------
    LedgerError
        It failed; says with which words.
    """
    called = " ".join([program.name, *arguments[:3]])
    try:
        ended = subprocess.run(
            [str(program), *arguments],
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(Path.home()), **environment},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as slow:
        raise LedgerError(f"`{called}` did not end within {PATIENCE:.0f} s.", TODO) from slow
    if ended.returncode:
        raise LedgerError(f"`{called}` failed: {last_line(ended.stderr or ended.stdout)}", TODO)
    return ended.stdout


def last_line(text: str) -> str:
    """The last line of `text` that says something, without colours."""
    lines = [line for line in COLOUR.sub("", text).splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing."
