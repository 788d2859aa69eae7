"""What can be said of a derived picture: which records it names, and whether they are known here."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from bims_desktop.app.deposited import Deposited, examine, fetch
from bims_desktop.app.home import Home
from bims_desktop.app.verdicts import DerivedVerdicts, State, Verdict
from bims_desktop.errors import LedgerError, RecordError
from bims_desktop.model.canonical import canonical

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_BLIND = "a picture says nothing of this; verify the image that it names"


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
    records = list(dict.fromkeys(r for r in (str(layer.get("record")) for layer in layers) if _DIGEST.fullmatch(r)))
    found = {record: _found(home, record) for record in records}
    known = {record: one for record, one in found.items() if isinstance(one, Deposited)}
    words = [examine(home, one, keys) for one in known.values()]
    blind = Verdict("unknown", _BLIND)
    return DerivedVerdicts(
        pixels=Verdict(
            "unknown", f"{_from(layers, known)}; nothing vouches for its own pixels", _details(note, layers)
        ),
        macro=blind,
        signature=_together([word.signature for word in words], "no record that it names is at hand"),
        ledger=_ledger(records, found, [word.ledger for word in words]),
        lineage=blind,
        reproduced=blind,
    )


def _found(home: Home, record: str) -> Deposited | str:
    try:
        return fetch(home, record, "local")
    except (RecordError, LedgerError) as error:
        return error.what


def _from(layers: list[dict[str, Any]], known: Mapping[str, Deposited]) -> str:
    lost = sum(not _DIGEST.fullmatch(str(layer.get("record"))) for layer in layers)
    named = len(layers) - lost
    told = [f"{named} recorded image{'s' if named > 1 else ''}"] if named else []
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


def _details(note: Mapping[str, Any], layers: list[dict[str, Any]]) -> dict[str, str]:
    told = {"seen from": canonical(note["view"]).decode()} if note.get("view") else {}
    for number, layer in enumerate(layers, 1):
        for part in ("record", "pixels", "crop", "look"):
            value = layer.get(part)
            told[f"layer {number}, {part}"] = value if isinstance(value, str) else canonical(value).decode()
    return told
