"""`perform`: do what was agreed to on a record, and say in a sentence what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.app import withdraw
from bims_desktop.app.prove import Proof, prove
from bims_desktop.ui.ledger.typed import record_named

if TYPE_CHECKING:
    from bims_desktop.app.home import Home

OUTCOMES = {
    "identical": ("good", "The replay gave exactly the same pixels."),
    "within tolerance": ("good", "The replay gave the same pixels, within the tolerance of its operations."),
    "different": ("bad", "The replay gave other pixels."),
}
_KEPT = "Your word on it stands in the ledger."
_STOOD = "Your word on it stood in the ledger already ({place}); nothing was written."
_FAILED = "It could not be replayed here."
_KEPT_FAILURE = "That it could not be replayed here is written down in the ledger, signed with your key."
MENDED = {
    "MissingInput": "Locate it in the MacroPlayer, then attest again.",
    "FileChanged": "Locate the original in the MacroPlayer, then attest again.",
    "NotTrusted": "No package is run here for a record of somebody else; the MacroPlayer runs it once you trust it.",
}
"""What to do in this window about the problem of a proof, by its name."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person agreed to: the deed, on which record, and what was filled in; `by` is a digest or a path."""

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
            receipt = withdraw.supersede(home, agreed.record, record_named(home, agreed.by), agreed.reason)
            return "good", f"The record is superseded, as entry {receipt.index + 1} says from now on."
    assert agreed.file is not None
    return outcome(prove(agreed.file, home, home.ledger, expected=agreed.record))


def attest(home: Home, path: Path) -> tuple[str, str]:
    """Replay a saved image and give word for what comes of it; returns good, unknown or bad, and a sentence."""
    return outcome(prove(path, home, home.ledger))


def outcome(proof: Proof) -> tuple[str, str]:
    """What came of a replay, in words; the first line says the most."""
    stood = _STOOD.format(place=proof.place) if proof.stood else ""
    if proof.verdict in OUTCOMES:
        state, said = OUTCOMES[proof.verdict]
        return state, f"{said}\n{stood or _KEPT}"
    todo = MENDED.get(proof.problem, proof.todo)
    return "unknown", f"{_FAILED}\n{f'{proof.reason} {todo}'.strip()}\n{stood or _KEPT_FAILURE}"
