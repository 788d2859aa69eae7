"""A program of its own whose window is closed while two operations still compute that look at nothing else.

One was cancelled and let go, the other runs. Prints what became of them; see `test_closing`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import napari
import numpy as np
from PySide6.QtCore import QTimer

from bims_desktop.__main__ import main
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.ui.menus import current

computing: list[str] = []


def endless(image: Image, *, signed_float: bool = False) -> Image:
    """Sort numbers for ever, mostly without Python's lock, as long operations do."""
    computing.append(threading.current_thread().name)
    while True:
        np.sort(np.arange(1 << 20)[::-1])


def when(true: Callable[[], bool], do: Callable[[], object]) -> None:
    """Do something once something is so."""
    if not true():
        QTimer.singleShot(20, lambda: when(true, do))
    else:
        do()


def start() -> None:
    """Run it, cancel it, run it again, close the window."""
    panel = current().panel
    panel.choose("invert")
    when(panel.run_button.isEnabled, panel.run)
    when(lambda: len(computing) == 1, cancel)


def cancel() -> None:
    """The first run is let go; the second goes on when the window closes."""
    desktop = current()
    panel = desktop.panel
    panel.job.cancel.click()
    when(lambda: bool(desktop.jobs._left) and panel.run_button.isEnabled(), panel.run)
    when(lambda: len(computing) == 2, lambda: close(desktop.main_window))


def close(window: object) -> None:
    """As the person does; by code, so that nothing is asked."""
    print(f"closing while {len(computing)} compute", flush=True)
    window.close()  # type: ignore[attr-defined]
    print(f"visible: {window.isVisible()}", flush=True)  # type: ignore[attr-defined]


def run_window(run: Callable[[], object] = napari.run) -> None:
    """The event loop, with somebody in it."""
    when(lambda: bool(current().viewer.layers), start)
    run()


if __name__ == "__main__":
    registry._operations["invert"] = replace(registry.get("invert"), function=endless)  # type: ignore[index]
    napari.run = run_window
    sys.exit(main())
