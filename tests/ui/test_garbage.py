"""Unreachable objects end in the window's thread."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable

import pytest

pytest.importorskip("PySide6")


class Ring:
    """Refers to itself, so that only a collector can take it away."""

    def __init__(self, ended: Callable[[], object]) -> None:
        self.self = self
        weakref.finalize(self, ended)


def test_another_thread_collects_nothing(qapp: object, pump: Callable[..., None]) -> None:
    from PySide6.QtCore import QObject

    from bims_desktop.ui.garbage import GarbageCollector

    parent = QObject()
    collector, other = GarbageCollector(parent), GarbageCollector(parent)
    ended: list[threading.Thread] = []
    kept: list[list[int]] = []

    def work() -> None:
        Ring(lambda: ended.append(threading.current_thread()))
        kept.extend([number] for number in range(50_000))

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert not ended
    pump(500)
    assert ended == [threading.main_thread()]
    collector.close()
    assert not gc.isenabled()
    other.close()
    assert gc.isenabled()
