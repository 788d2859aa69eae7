"""`Carriage`: how far the local log has been carried to a consortium's ledger, as a person sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stuck:
    """An entry that the consortium does not take as things are: it waits for a person, and is never dropped.

    Parameters
    ----------
    index : int
        Of the entry in the local log; of a checkpoint, that of the last entry it covers.
    text : str
        What the consortium said, and what can be done.
    transaction : str
        Empty where none was made.
    kind : {"conflict", "refused"}
        Whether the ledger holds something else there, or does not take it.
    """

    index: int
    text: str
    transaction: str = ""
    kind: str = "conflict"


@dataclass(frozen=True, slots=True)
class Carriage:
    """How the carrying stands.

    Parameters
    ----------
    waiting : int
        Entries that are to be carried, and are not yet in a block.
    committed : int
        Entries that are, by themselves or under an anchored checkpoint.
    conflicts : tuple of Stuck
        What waits for a person.
    last : str
        Where the last one stands, "block 7, transaction 3f2a91c0"; empty before there is any.
    reachable : bool or None
        Whether the consortium answered when it was last tried; None where this program has not tried.
    error : str
        What went wrong last, and what to do; empty where all is well.
    """

    waiting: int = 0
    committed: int = 0
    conflicts: tuple[Stuck, ...] = ()
    last: str = ""
    reachable: bool | None = None
    error: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do but what waits for a person."""
        return not self.waiting
