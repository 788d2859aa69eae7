"""What stays of an acquisition where the vendor's text is left out of a record: facts, and no text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from bims_desktop.app.acquisition_facts import STATED, facts
from bims_desktop.model.canonical import Json

_PLAIN = frozenset(
    {
        *("ImageJ", "unit", "spacing", "finterval", "mode"),
        *("software", "Software", "make", "Make", "model", "Model", "date_time", "DateTime"),
        "exposure_time_unit",
    }
)
"""Members that are a word or a number; any other that is a string may be the vendor's text itself, or name people."""


def without_text(fields: Mapping[str, Json], raw: str) -> dict[str, Json]:
    r"""`fields` without what is the vendor's text, and what that text says of the checklist, item by item.

    Parameters
    ----------
    fields : mapping
        As `Acquisition.fields`.
    raw : str
        The vendor's text.

    Examples
    --------
    >>> without_text({"mode": "grayscale", "Info": "A|Objective|LensNA #1 = 1.4\nA|User = Ada"}, "")
    {'mode': 'grayscale', 'stated': [{'item': 'numerical_aperture', 'text': '1.4', 'where': 'Objective LensNA'}]}
    """
    kept = {name: value for name, value in fields.items() if not isinstance(value, str) or name in _PLAIN}
    known = {fact.item for fact in facts(kept, "", None)}
    rest: list[Json] = [asdict(fact) for fact in facts(fields, raw, None) if fact.item not in known]
    return {**kept, STATED: rest} if rest else kept
