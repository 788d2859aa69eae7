"""What a ledger holds, in words: how many records, and what was said of them since."""

from __future__ import annotations

from collections.abc import Mapping

_KINDS = {
    "record": ("record", "records"),
    "attestation": ("check", "checks"),
    "supersede": ("replacement", "replacements"),
    "retract": ("withdrawal", "withdrawals"),
    "key": ("change of its key", "changes of its key"),
}


def held(kinds: Mapping[str, int]) -> str:
    """What a ledger with so many entries of each kind holds; a check is the word that somebody gave of a replay.

    Examples
    --------
    >>> held({}), held({"record": 1, "attestation": 1}), held({"record": 3, "attestation": 2, "retract": 1})
    ('no records yet', '1 record, 1 check of it', '3 records, 2 checks of them, 1 withdrawal')
    """
    counts = {kind: kinds[kind] for kind in _KINDS if kinds.get(kind)}
    whose = {1: " of it"}.get(counts.get("record", 0), " of them") if "record" in counts else ""
    said = (
        f"{count} {_KINDS[kind][count != 1]}{whose if kind == 'attestation' else ''}" for kind, count in counts.items()
    )
    return ", ".join(said) or "no records yet"
