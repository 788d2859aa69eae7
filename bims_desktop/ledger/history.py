"""Two checkpoints of one log: that it only grew, or that it forked. Pure, no file, no network, no clock."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bims_desktop.errors import ProofRefused
from bims_desktop.ledger.checkpoint import Checkpoint, parse_checkpoint, parse_note
from bims_desktop.ledger.entry import read_object, refused
from bims_desktop.ledger.public_key import decode_base64
from bims_desktop.model.canonical import canonical
from bims_desktop.model.merkle import consistent

FORK_FORMAT = "bims-fork-1"
MAX_FORK = 16_000


def opened(note: str, keys: Collection[bytes]) -> Checkpoint:
    """The checkpoint that `note` states, once one of `keys` was found to have signed it.

    Raises
    ------
    ProofRefused
        It is no checkpoint, or none of `keys` signed it.
    """
    parsed = parse_note(note)
    checkpoint = parse_checkpoint(parsed.text)
    if parsed.signer(keys, checkpoint.origin) is None:
        raise ProofRefused(f"The checkpoint of {checkpoint.origin} is not signed by a key that is known.")
    return checkpoint


def check_growth(old: str, new: str, proof: Sequence[bytes], keys: Collection[bytes]) -> None:
    """Make sure that what the checkpoint `old` states is the beginning of what `new` states.

    Parameters
    ----------
    old, new : str
        Signed checkpoints of one log.
    proof : sequence of bytes, 32 of them each
        RFC 9162 consistency proof.
    keys : collection of bytes
        Public keys of the log.

    Raises
    ------
    ProofRefused
        It is not, or nothing shows it.
    """
    before, after = opened(old, keys), opened(new, keys)
    if before.origin != after.origin:
        raise ProofRefused(f"{before.origin} and {after.origin} are two logs.")
    if not consistent(before.size, before.root, after.size, after.root, proof):
        raise ProofRefused(
            f"Nothing shows that the {before.size} entries of {before.origin} are the beginning of its {after.size}.",
            "Keep both checkpoints: they may be the proof of a fork.",
        )


@dataclass(frozen=True, slots=True)
class Fork:
    """Proof that a log signed two histories.

    Parameters
    ----------
    shorter, longer : str
        Signed checkpoints of one log; they may be of one size.
    root : bytes, 32 of them
        Root of the longer history at the size of the shorter one.
    proof : tuple of bytes, 32 of them each
        Consistency proof from that root to the longer checkpoint.
    """

    shorter: str
    longer: str
    root: bytes
    proof: tuple[bytes, ...]

    def check(self, keys: Collection[bytes]) -> None:
        """Make sure that this shows a fork.

        Raises
        ------
        ProofRefused
            It does not.
        """
        one, other = opened(self.shorter, keys), opened(self.longer, keys)
        led_on = consistent(one.size, self.root, other.size, other.root, self.proof)
        if one.origin != other.origin or one.root == self.root or not led_on:
            raise ProofRefused("This shows no fork.", "Compare the checkpoints themselves.")

    def to_bytes(self) -> bytes:
        """As RFC 8785 JSON."""
        return canonical(
            {
                "format": FORK_FORMAT,
                "longer": self.longer,
                "proof": [base64.b64encode(node).decode() for node in self.proof],
                "root": base64.b64encode(self.root).decode(),
                "shorter": self.shorter,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Fork:
        """The proof that `data` states.

        Raises
        ------
        ProofRefused
            It is none.
        """
        value = read_object(data, MAX_FORK, {"format", "longer", "proof", "root", "shorter"}, "proof of a fork")
        told = value["proof"] if isinstance(value["proof"], list) else [None]
        nodes = [decode_base64(node, 32) if isinstance(node, str) else None for node in (value["root"], *told)]
        shorter, longer = value["shorter"], value["longer"]
        are_texts = isinstance(shorter, str) and isinstance(longer, str)
        if value["format"] != FORK_FORMAT or not all(nodes) or not are_texts:
            raise refused("proof of a fork")
        root, *proof = [node for node in nodes if node]
        return cls(shorter, longer, root, tuple(proof))
