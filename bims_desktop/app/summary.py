"""The short facts of a record that other programs show to people, beside the record itself."""

from __future__ import annotations

from collections.abc import Iterable

from bims_desktop.ledger.signing import fingerprint
from bims_desktop.macro.plan import Step
from bims_desktop.macro.record import Record

LONGEST = 2_000


def summary(record: Record, steps: Iterable[Step]) -> dict[str, str]:
    """What `record` says, in words; `steps` are those of its macro, as far as this program knows them."""
    content = record.content
    told = {
        "Made with": "BIMS Desktop",
        "From": ", ".join(str(given["file"]) for given in content["inputs"]) or "no file",
        "Steps": "; ".join(step.sentence for step in steps),
        "Saved": str(content["created"]),
        "By": str(content["agent"]["name"]) or fingerprint(record.agent_key),
        "Record": record.digest,
    }
    return {key: _plain(text) for key, text in told.items()}


def _plain(text: str) -> str:
    """Without what XML cannot hold: the words of a record that came from elsewhere are somebody else's."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST]
