"""`Sign`: one glyph, icon, word and colour for each status and verdict, so that nothing is told by colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QIcon

from bims_desktop.ui.icons import icon
from bims_desktop.ui.theme import Palette


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is shown: `glyph` in text, `name` of the icon, `word`, `role` of the colour, `meaning` on hover."""

    glyph: str
    name: str
    word: str
    role: str
    meaning: str

    def icon(self, palette: Palette) -> QIcon:
        """The icon in the colour that `palette` gives to the role."""
        return icon(self.name, getattr(palette, self.role))


STATUS = {
    "replayable": Sign("●", "replayable", "replayable", "icon", "Runs again from its inputs, to the same pixels."),
    "manual": Sign("◐", "manual", "manual", "icon", "An edit by hand; its strokes are kept, so it replays exactly."),
    "snapshot": Sign("▲", "snapshot", "snapshot", "unknown", "Its pixels are kept; what made them cannot run again."),
    "opaque": Sign("✕", "opaque", "opaque", "bad", "Neither its cause nor its pixels are kept."),
}

VERDICT = {
    "good": Sign("✓", "good", "good", "good", "This was checked and holds."),
    "bad": Sign("✕", "bad", "bad", "bad", "This was checked and does not hold."),
    "unknown": Sign("?", "unknown", "unknown", "unknown", "This could not be checked; the line says why."),
}

STEP = {
    "waiting": Sign("○", "pending", "waiting", "quiet", "Has not run yet."),
    "running": Sign("◔", "running", "running", "icon", "Runs now."),
    "done": Sign("✓", "good", "done", "good", "Ran to its end."),
    "failed": Sign("✕", "bad", "stopped", "bad", "Could not run; the line below says why."),
    "left out": Sign("–", "skipped", "left out", "quiet", "You left this step out."),
    "no input": Sign("–", "skipped", "no input", "quiet", "The step that gives its input was left out."),
}

STANDING = {
    "stands": Sign("✓", "good", "stands", "good", "Nobody has taken it back."),
    "superseded": Sign("▲", "warning", "superseded", "unknown", "Its owner replaced it by another record."),
    "retracted": Sign("✕", "bad", "retracted", "bad", "Its owner took it back; it stays readable."),
}

ENTRY = {
    "attestation": Sign("↻", "attest", "check", "quiet", "Somebody's word on what came of replaying the record."),
    "different": Sign("✕", "attest", "check", "bad", "Somebody's word that a replay gave another result."),
    "supersede": Sign("▲", "supersede", "replacement", "quiet", "It puts another record in the place of one."),
    "retract": Sign("–", "retract", "withdrawal", "quiet", "It takes a record back."),
    "key": Sign("●", "ledger", "key", "quiet", "It gives the ledger another key."),
}
"""What an entry is that is said about a record; a check that found something has a sign of its own."""

CARRIAGE = {
    "waiting": Sign("○", "pending", "waiting", "quiet", "On its way to the consortium."),
    "away": Sign("▲", "warning", "out of reach", "unknown", "Goes to the consortium as soon as it can be reached."),
    "all in": Sign("✓", "good", "all in", "good", "The consortium holds everything that this computer's ledger holds."),
    "stuck": Sign("▲", "warning", "conflict", "bad", "The consortium did not take it, and says why."),
}
