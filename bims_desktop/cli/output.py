"""What the commands print: facts as JSON, text made harmless, progress for whoever watches."""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
import unicodedata
from typing import Any

import click

HARMLESS = "\n\t"
DANGEROUS = ("Cc", "Cf", "Cs", "Zl", "Zp")


def print_json(value: Any) -> None:
    """`value` on stdout as indented ASCII JSON."""
    click.echo(json.dumps(value, indent=2))


def printable(text: str) -> str:
    r"""`text` with what could steer a terminal or turn the reading order written as escapes.

    Examples
    --------
    >>> printable("red \x1b[31m")
    'red \\x1b[31m'
    """
    return "".join(
        c if c in HARMLESS or unicodedata.category(c) not in DANGEROUS else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


class Progress:
    """One line on stderr that is rewritten as work goes on; silent where nobody watches."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def say(self, text: str) -> None:
        """Replace the line by `text`."""
        if self._shown:
            click.echo(f"\r\x1b[2K{printable(text)}", nl=False, err=True)

    def clear(self) -> None:
        """Take the line away."""
        self.say("")


def keep_details(error: BaseException) -> str:
    """Write the traceback of `error` to a file and give its path."""
    with tempfile.NamedTemporaryFile("w", prefix="bims-error-", suffix=".txt", delete=False) as file:
        traceback.print_exception(error, file=file)
    return file.name
