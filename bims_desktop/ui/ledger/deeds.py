"""`perform`: do what was agreed to on a record, and say in a sentence what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.app import withdraw
from bims_desktop.app.prove import Proof, prove

if TYPE_CHECKING:
    from bims_desktop.app.home import Home

OUTCOMES = {
    "identical": ("good", "The replay gave exactly the same pixels."),
    "within tolerance": ("good", "The replay gave the same pixels, within the tolerance of its operations."),
    "different": ("bad", "The replay gave other pixels."),
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person agreed to: the deed, on which record, and what was filled in."""

    deed: str
    record: str
    reason: str = ""
    by: str = ""
    file: Path | None = None


def perform(home: Home, agreed: Agreed) -> tuple[str, str]:
    """Do it; returns good, unknown or bad, and a sentence.

    Raises
    ------
    BimsError
        It cannot be done; nothing was written.
    """
    match agreed.deed:
        case "retract":
            receipt = withdraw.retract(home, agreed.record, agreed.reason)
            return "good", f"The record is retracted, as entry {receipt.index + 1} says from now on."
        case "supersede":
            receipt = withdraw.supersede(home, agreed.record, agreed.by, agreed.reason)
            return "good", f"The record is superseded, as entry {receipt.index + 1} says from now on."
    assert agreed.file is not None
    return attest(home, agreed.file)


def attest(home: Home, path: Path) -> tuple[str, str]:
    """Replay a saved image and give word for what comes of it; returns good, unknown or bad, and a sentence."""
    return outcome(prove(path, home, home.ledger))


def outcome(proof: Proof) -> tuple[str, str]:
    """What came of a replay, in words; the first line says the most."""
    state, said = OUTCOMES.get(proof.verdict, ("unknown", f"It could not be replayed here.\n{proof.reason}"))
    return state, f"{said}\nYour word on it stands in the ledger."
