"""Picks the face: ``bims FILES`` opens the window, ``bims COMMAND`` stays in the terminal."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bims_desktop.cli.main import main as run_command_line
from bims_desktop.errors import BimsError


def main() -> int:
    """Run the command line of this process and give its exit code."""
    return run_command_line(open_window)


def open_window(files: Sequence[Path], series: int | None = None) -> None:
    """Open the window on `files`, on image `series` of each where that is said, and stay until it is closed.

    Raises
    ------
    BimsError
        There is no display, or a system library that windows need is missing.
    """
    if sys.platform == "linux" and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))):
        raise BimsError("There is no display for the window here.", "Use a command instead, see bims --help.")
    # A million objects come to be on the way to the window, and hardly one of them is garbage; see `run`.
    gc.disable()
    try:
        from bims_desktop.ui import run
        from bims_desktop.ui.jobs import leave
    except ImportError as error:
        raise BimsError(
            f"The window cannot be loaded: {error}.", "Run ./setup app to install what it needs."
        ) from error
    run(files, series)
    leave()


if __name__ == "__main__":
    sys.exit(main())
