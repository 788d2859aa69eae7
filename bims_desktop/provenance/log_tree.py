"""The whole log as a Merkle tree, so that kept steps can be shown to belong to it without the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bims_desktop.model.canonical import Json, canonical
from bims_desktop.model.merkle import inclusion_proof, leaf_hash, root_hash
from bims_desktop.provenance.action import Action

FIELDS = (
    "number",
    "operation",
    "version",
    "arguments",
    "writes",
    "parameters",
    "found",
    "effect",
    "status",
    "started",
    "duration",
    "package",
)


def log_entry(action: Action, digest_of: Callable[[int], str]) -> dict[str, Any]:
    """`action` as a record shows it: data versions by number, their digests, no layer names."""
    shown = {name: getattr(action, name) for name in FIELDS}
    return {**shown, "outputs": [digest_of(version) for version in action.writes]}


def log_leaf(salt: str, entry: Json | dict[str, Any]) -> bytes:
    """Leaf hash of ``salt ‖ entry``, the entry as canonical JSON."""
    return leaf_hash(bytes.fromhex(salt) + canonical(entry))


class LogTree:
    """Leaves of a log in the order of its actions; each is computed once."""

    def __init__(self) -> None:
        self._leaves: list[bytes] = []

    def extend(self, actions: Sequence[Action], digest_of: Callable[[int], str]) -> None:
        """Take the actions that came since the last call."""
        for action in actions[len(self._leaves) :]:
            self._leaves.append(log_leaf(action.salt, log_entry(action, digest_of)))

    @property
    def root(self) -> str:
        return f"sha256:{root_hash(self._leaves).hex()}"

    @property
    def size(self) -> int:
        return len(self._leaves)

    def proof(self, number: int) -> list[str]:
        """Audit path of the action `number`, as hexadecimal."""
        return [node.hex() for node in inclusion_proof(self._leaves, number - 1)]
