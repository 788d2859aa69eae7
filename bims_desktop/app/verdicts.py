"""`Verdicts`: the six answers that a verification gives on one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from bims_desktop.app.pictured import Pictured

State = Literal["good", "bad", "unknown"]
REPLACED_BY = "replaced by"
"""The detail of a verdict on the ledger that names the record which took the place of another."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer: its state, a sentence, and details for whoever opens them."""

    state: State
    text: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The six answers on one file; iterating gives their names and them.

    `kind` is what the file is, `about` what the first answer is about, as people call it; `who` saved it
    and `when` (ISO 8601, UTC) are what the record says, empty where there is none.
    """

    kind: ClassVar[str] = "image"
    about: ClassVar[str] = "pixels"

    pixels: Verdict
    macro: Verdict
    signature: Verdict
    ledger: Verdict
    lineage: Verdict
    reproduced: Verdict
    who: str = ""
    when: str = ""

    @property
    def has_macro(self) -> bool:
        """Whether there are steps that could run again, intact or not."""
        return self.macro.state != "unknown"

    @property
    def successor(self) -> str:
        """Digest of the record that took the place of this one; empty where none did."""
        return self.ledger.details.get(REPLACED_BY, "")

    def title(self, name: str) -> str:
        """What people call the answer `name`: of a table the first one is about values."""
        return self.about if name == "pixels" else name

    def __iter__(self) -> Iterator[tuple[str, Verdict]]:
        values = ((entry.name, getattr(self, entry.name)) for entry in fields(self))
        return ((name, value) for name, value in values if isinstance(value, Verdict))

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
        on = f" on {self.when}" if self.when else ""
        if self.signature.state != "good":
            return f"The {self.about} are those of a record that says it was made{on}, but {self.signature.text}."
        by = f" by {self.who}" if self.who else ""
        return f"These are the {self.about} that were saved{by}{on}; {self.macro.text}; {self.reproduced.text}."


@dataclass(frozen=True, slots=True)
class TableVerdicts(Verdicts):
    """Of a table; `pixels` is the answer on its values."""

    kind: ClassVar[str] = "table"
    about: ClassVar[str] = "values"


@dataclass(frozen=True, slots=True)
class DerivedVerdicts(Verdicts):
    """Of a picture that only names what it shows; `shown` are those images."""

    kind: ClassVar[str] = "picture"
    about: ClassVar[str] = "picture"

    shown: tuple[Pictured, ...] = ()

    @property
    def summary(self) -> str:
        """What it is derived from, and that it proves nothing by itself."""
        return f"{self.pixels.text[:1].upper()}{self.pixels.text[1:]}; {self.ledger.text}."
