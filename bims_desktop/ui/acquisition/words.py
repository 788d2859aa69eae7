"""What the acquisition panel says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from bims_desktop.app.acquisition import Description, Entry
from bims_desktop.app.acquisition_checklist import item
from bims_desktop.app.acquisition_facts import STATED, stated
from bims_desktop.app.acquisition_notes import MEMBER, Note, Notes
from bims_desktop.app.acquisition_raw import EARLIER
from bims_desktop.files.units import normal
from bims_desktop.ui.signs import Sign
from bims_desktop.ui.words import moment

GROUPS = {
    "sample": "Sample",
    "experiment": "Experiment",
    "microscope": "Microscope",
    "channels": "Channels",
    "settings": "Settings",
}
IN_FILE, BY_HAND, MISSING, UNSAID = "in the file", "by hand", "missing", "not said"
ANSWER = {
    IN_FILE: Sign("✓", "good", IN_FILE, "good", "The file says it."),
    BY_HAND: Sign("◐", "manual", BY_HAND, "icon", "A person filled it in."),
    MISSING: Sign("?", "unknown", MISSING, "unknown", "Nobody says it, and the image is hard to reproduce without."),
    UNSAID: Sign("○", "pending", UNSAID, "quiet", "Nobody says it; it would help."),
}
NO_LAYER = """Select a layer to see how its image was taken.

Objective, wavelengths, exposure and pixel size are read from the file. What the file does not say can be \
filled in here, and goes into the record by hand, with your name. Nothing is mandatory."""
SEVERAL_LAYERS = """Several layers are selected. Select one layer to see how its image was taken."""
NO_FILE = """No file stands behind this layer.

It was drawn or made in this window, so no microscope took it. Open an image (Ctrl+O), or select a layer \
that comes from one."""
NO_TEXT = """The file holds no text of its microscope.

Files as the microscope writes them often do: open those instead of an export."""
NO_TEXT_HERE = """The microscope's own text does not travel beyond the first record.

It stands in the record of the file that was saved first."""
LEFT_OUT = """The microscope's own text was left out when this image was saved.

What it says of the checklist stays. Its fingerprint is {digest}: it proves the text wherever it turns up."""
NONE_FITS = "Nothing fits. Clear the search, or show everything."


EVERYTHING = ""
SCOPES: dict[str, Callable[[Entry], bool]] = {
    EVERYTHING: lambda entry: True,
    MISSING: lambda entry: entry.answer == "missing",
    BY_HAND: lambda entry: entry.note is not None,
    IN_FILE: lambda entry: entry.fact is not None,
}
"""Which entries are shown, by the name of the choice."""


_MOST_ALIKE = 12
"""Letters that several file names begin with and are shown for each of them."""


def shares(found: Description) -> dict[str, int]:
    """How many entries each of `SCOPES` has."""
    return {scope: sum(map(fits, found.entries)) for scope, fits in SCOPES.items()}


def sign_of(entry: Entry) -> Sign:
    """How the answer of an item is shown; what is missing weighs by its level."""
    if entry.answer != "missing":
        return ANSWER[entry.answer]
    return ANSWER[MISSING if entry.item.level == "minimal" else UNSAID]


def headline(found: Description) -> str:
    """The share, such as ``17 of 29 answered: 14 in the file, 3 by hand``."""
    hand = sum(entry.answer == "by hand" for entry in found.entries)
    whence = f"{found.answered - hand} in the file, {hand} by hand"
    return f"{found.answered} of {len(found.entries)} answered: {whence}"


def rest(found: Description) -> str:
    """What is missing, in one line."""
    badly, also = len(found.missing("minimal")), len(found.missing("recommended"))
    if not badly and not also:
        return "Nothing is missing: this image can be described in full."
    parts = [f"{badly} that others need" if badly else "", f"{also} that would help" if also else ""]
    return f"Missing: {', '.join(filter(None, parts))}."


def signed(note: Note) -> str:
    """Who filled it in and when, such as ``A. Robert, yesterday 14:32``."""
    return f"{note.agent or 'no name'}, {_when(note.when)}"


def told_apart(names: Sequence[str]) -> list[str]:
    """File names without most of what all of them begin with, where that is long.

    Examples
    --------
    >>> told_apart(["2012_Group3--W0002--T0001.tif", "2012_Group3--W0002--T0002.tif"])
    ['…T0001.tif', '…T0002.tif']
    """
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)) if len(names) > 1 else ()
    same = "".join(letters[0] for letters in alike)
    start = max(same.rfind(mark) for mark in "-_ .") + 1
    return [f"…{name[start:]}" if start > _MOST_ALIKE else name for name in names]


def told_for_all(count: int, replaced: int, filled: bool) -> str:
    """What was done for all raw images of a layer, such as ``Filled in for all 24 raw images.``"""
    if not filled:
        return f"Removed for all {count} raw images."
    before = f" Of {replaced} of them it said something else before." if replaced else ""
    return f"Filled in for all {count} raw images.{before}"


def as_facts(told: Mapping[str, Any]) -> dict[str, Any]:
    """Member ``acquisition`` of a record as people read it: what was filled in by hand first, earlier files last."""
    hand = {_title(note.item): f"{note.text}  ({signed(note)})" for note in Notes.from_json(told.get(MEMBER, [])).notes}
    earlier = {each["file"]: as_facts({**each["acquisition"], MEMBER: each[MEMBER]}) for each in told.get(EARLIER, [])}
    of_text = {_title(fact.item): f"{fact.text}  ({fact.where})" for fact in stated(told)}
    fields = {name: value for name, value in told.items() if name not in (MEMBER, EARLIER, STATED)}
    if isinstance(fields.get("unit"), str):
        fields["unit"] = normal(fields["unit"])
    ends = {name: part for name, part in (("by its text", of_text), ("from", earlier)) if part}
    return {**({"by hand": hand} if hand else {}), **fields, **ends}


def _title(id: str) -> str:
    known = item(id)
    return known.title if known else id


def _when(told: str) -> str:
    try:
        return moment(told)
    except ValueError:
        return told  # of somebody else's record


def searched(entry: Entry) -> str:
    """The words by which an item is found."""
    fact, note, item = entry.fact, entry.note, entry.item
    parts = [item.title, GROUPS.get(item.group, item.group), sign_of(entry).word]
    parts += [fact.text, fact.where] if fact else []
    parts += [note.text, note.agent, BY_HAND] if note else []
    return "\n".join(parts).casefold()
