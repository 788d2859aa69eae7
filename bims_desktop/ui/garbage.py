"""`GarbageCollector`: unreachable objects are taken away in the window's own thread, and in no other.

Python looks for them in whichever thread happens to make the next object. Among them are dialogs and layers of windows,
and Qt's objects must not end in a thread that is not theirs: the program would crash, rarely and anywhere.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY = 200
"""Milliseconds."""

_working: list[GarbageCollector] = []


class GarbageCollector(QObject):
    """In the place of Python's own collector, as long as a window is open.

    Parameters
    ----------
    parent : QObject
        Lives in the window's thread.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        _working.append(self)
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(collect)
        self._timer.start()

    def close(self) -> None:
        """Stop; with the last window Python's own collector takes over again."""
        self._timer.stop()
        _working.remove(self)
        if not _working:
            gc.enable()


def collect() -> None:
    """Look through the generation of objects that has grown enough, as Python itself would."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    generation = next((old for old in range(3) if counts[old] <= thresholds[old]), 3) - 1
    if generation >= 0:
        gc.collect(generation)
