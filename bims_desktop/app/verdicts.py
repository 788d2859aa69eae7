"""`Verdicts`: the six answers that a verification gives on one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

State = Literal["good", "bad", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer: its state, a sentence, and details for whoever opens them."""

    state: State
    text: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The six answers on one file; iterating gives their names and them."""

    pixels: Verdict
    macro: Verdict
    signature: Verdict
    ledger: Verdict
    lineage: Verdict
    reproduced: Verdict

    def __iter__(self) -> Iterator[tuple[str, Verdict]]:
        return ((entry.name, getattr(self, entry.name)) for entry in fields(self))

    @property
    def good(self) -> bool:
        """Whether the file can be relied on: pixels, macro and signature are good, and nothing is bad."""
        needed = (self.pixels, self.macro, self.signature)
        return all(v.state == "good" for v in needed) and all(v.state != "bad" for _, v in self)

    @property
    def summary(self) -> str:
        """The whole in one sentence."""
        bad = [verdict.text for _, verdict in self if verdict.state == "bad"]
        if bad:
            return f"Do not rely on this file: {'; '.join(bad)}."
        if self.pixels.state != "good":
            return f"Nothing can be said about this file: {self.pixels.text}."
        if self.signature.state != "good":
            return f"The pixels are those of the record, but {self.signature.text}."
        return f"These are the pixels that were saved; the record is {self.signature.text}; {self.reproduced.text}."
