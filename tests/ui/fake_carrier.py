"""A carrier that carries nothing: it says what a test wants said."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from bims_desktop.app.carriage import Carriage


class FakeCarrier:
    """Takes the place of the home's carrier where no network is needed; it is its own outbox."""

    def __init__(self, status: Carriage) -> None:
        self.status = status
        self.started = self.stopped = self.nudged = self.covered = 0
        self.retried: list[int] = []
        self.places: dict[int, str] = {}
        self.heard: list[Callable[[Carriage], None]] = []

    @property
    def outbox(self) -> FakeCarrier:
        return self

    def item(self, name: tuple[str, int]) -> Any:
        return SimpleNamespace(place=self.places.get(name[1], ""))

    def anchored(self) -> int:
        return self.covered

    def start(self) -> None:
        self.started += 1

    def stop(self) -> None:
        self.stopped += 1

    def nudge(self) -> None:
        self.nudged += 1

    def retry(self, index: int) -> None:
        self.retried.append(index)

    def subscribe(self, callback: Callable[[Carriage], None]) -> Callable[[], None]:
        self.heard.append(callback)
        return lambda: self.heard.remove(callback)

    def say(self, status: Carriage) -> None:
        """Tell all who listen, in the thread that calls."""
        self.status = status
        for callback in tuple(self.heard):
            callback(status)
