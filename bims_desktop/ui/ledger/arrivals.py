"""`Arrivals`: which saves the consortium has taken since they were made, told once each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bims_desktop.app.carriage import Carriage
    from bims_desktop.app.carrier import Carrier


class Arrivals:
    """Entries that somebody waits for, by their index in the local ledger; asked in the carrier's thread."""

    def __init__(self) -> None:
        self._expected: dict[int, str] = {}

    def expect(self, index: int, name: str) -> None:
        """Tell when entry `index` has come; `name` is the file that it is about."""
        self._expected[index] = name

    def news(self, carrier: Carrier, carriage: Carriage) -> list[tuple[int, str]]:
        """Index and a sentence for each that has come, or has got stuck, since the last time."""
        return [(index, said) for index in tuple(self._expected) if (said := self._said(index, carrier, carriage))]

    def _said(self, index: int, carrier: Carrier, carriage: Carriage) -> str:
        name = self._expected[index]
        place = carrier.outbox.item(("entry", index)).place
        if not place and carrier.outbox.anchored() > index:
            place = carriage.last
        stuck = [entry for entry in carriage.conflicts if entry.index == index]
        if not place and not stuck:
            return ""
        del self._expected[index]
        if place:
            return f"{name} stands in the consortium's ledger: {place}."
        return f"The consortium did not take {name}: {stuck[0].text}"
