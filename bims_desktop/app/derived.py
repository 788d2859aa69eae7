"""What can be said of a derived picture: which records it names, and whether they are known here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bims_desktop.app.deposited import Deposited, examine, fetch
from bims_desktop.app.home import Home
from bims_desktop.app.pictured import Pictured, shown_by
from bims_desktop.app.verdicts import DerivedVerdicts, State, Verdict
from bims_desktop.errors import LedgerError, RecordError
from bims_desktop.model.canonical import canonical

_BLIND = "a picture says nothing of this; verify {}"
_MOST_NAMED = 3


def derived_verdicts(note: Mapping[str, Any], home: Home, keys: Collection[bytes]) -> DerivedVerdicts:
    """The answers on a picture with `note`; none of them vouches for its pixels.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> verdicts = derived_verdicts({"layers": [], "v": 1}, Home(pathlib.Path(tempfile.mkdtemp())), ())
    >>> verdicts.good, verdicts.pixels.text
    (False, 'a picture derived from no recorded image; nothing vouches for its own pixels')
    """
    layers = [layer for layer in note["layers"] if isinstance(layer, dict)]
    shown = shown_by(note, home)
    records = [one.record for one in shown]
    found = {record: _found(home, record) for record in records}
    known = {record: one for record, one in found.items() if isinstance(one, Deposited)}
    words = [examine(home, one, keys) for one in known.values()]
    blind = Verdict("unknown", _BLIND.format(_names(shown) or "the image that it names"))
    return DerivedVerdicts(
        pixels=Verdict(
            "unknown",
            f"{_from(layers, shown, known)}; nothing vouches for its own pixels",
            _details(note, layers, shown),
        ),
        macro=blind,
        signature=_together([word.signature for word in words], "no record that it names is at hand"),
        ledger=_ledger(records, found, [word.ledger for word in words]),
        lineage=blind,
        reproduced=blind,
        shown=shown,
    )


def _found(home: Home, record: str) -> Deposited | str:
    try:
        return fetch(home, record, "local")
    except (RecordError, LedgerError) as error:
        return error.what


def _names(shown: Sequence[Pictured]) -> str:
    more = [f"{len(shown) - _MOST_NAMED} more"] if len(shown) > _MOST_NAMED else []
    return ", ".join([one.name for one in shown[:_MOST_NAMED]] + more)


def _from(layers: list[dict[str, Any]], shown: Sequence[Pictured], known: Mapping[str, Deposited]) -> str:
    records = {one.record for one in shown}
    named = sum(layer.get("record") in records for layer in layers)
    lost = len(layers) - named
    told = [f"{named} recorded image{'s' if named > 1 else ''} ({_names(shown)})"] if named else []
    told += [f"{lost} layer{'s' if lost > 1 else ''} never saved with provenance"] if lost else []
    made = sorted({str(given.get("file")) for one in known.values() for given in _inputs(one)})
    behind = f", made from {', '.join(made)}" if made else ""
    return f"a picture derived from {' and '.join(told) or 'no recorded image'}{behind}"


def _inputs(found: Deposited) -> list[dict[str, Any]]:
    told = found.content.get("inputs")
    return [given for given in told if isinstance(given, dict)] if isinstance(told, list) else []


def _ledger(records: list[str], found: Mapping[str, Deposited | str], words: list[Verdict]) -> Verdict:
    if not records:
        return Verdict("unknown", "it names no record")
    lost = [record for record in records if not isinstance(found[record], Deposited)]
    if lost:
        short = ", ".join(f"{record[7:15]}…" for record in lost)
        return Verdict("unknown", f"this computer's ledger does not know the record {short}", {"records": str(lost)})
    told = _together(words, "")
    return Verdict(told.state, f"what it names is known: {told.text}", {"records": ", ".join(records)})


def _together(verdicts: list[Verdict], otherwise: str) -> Verdict:
    """The worst of several answers."""
    order: tuple[State, ...] = ("bad", "unknown", "good")
    return min(verdicts, key=lambda verdict: order.index(verdict.state), default=Verdict("unknown", otherwise))


def _details(note: Mapping[str, Any], layers: list[dict[str, Any]], shown: Sequence[Pictured]) -> dict[str, str]:
    names = {one.record: one.name for one in shown if one.files}
    files = [names.get(str(layer.get("record"))) for layer in layers]
    told = {f"layer {number}, file": file for number, file in enumerate(files, 1) if file}
    told |= {"seen from": canonical(note["view"]).decode()} if note.get("view") else {}
    for number, layer in enumerate(layers, 1):
        for part in ("record", "pixels", "crop", "look"):
            value = layer.get(part)
            told[f"layer {number}, {part}"] = value if isinstance(value, str) else canonical(value).decode()
    return told
