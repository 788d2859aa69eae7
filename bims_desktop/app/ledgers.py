"""The ledgers that a question goes to: the local log, copies of others' logs kept here, a consortium's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self, Unpack

from bims_desktop.app.home import Home
from bims_desktop.app.transfer import mirrors
from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.base import Deposit, Query, Stored

if TYPE_CHECKING:
    from bims_desktop.ledger.fabric.ledger import FabricLedger

Where = Literal["local", "fabric", "all"]


OWN = "local"
"""Name of the log on this computer."""


class Source(Protocol):
    """The reading half of a `Ledger`, which copies of others' logs have too."""

    @property
    def name(self) -> str: ...
    def find(self, **query: Unpack[Query]) -> list[Stored]: ...
    def deposit(self, record: str) -> Deposit | None: ...


class Ledgers:
    """Ledgers, nearest first, each opened when a question reaches it and closed at the end of the block.

    Iterating raises `LedgerUnavailable` where the consortium's ledger has its turn and cannot be reached,
    or was asked for by name and none is configured.

    Parameters
    ----------
    home : Home
        Whose ledgers.
    where : {"local", "fabric", "all"}
        Logs on this computer, the consortium's ledger, or both; "all" passes over a consortium that is not configured.
    """

    def __init__(self, home: Home, where: Where) -> None:
        self._stack = ExitStack()
        self._turns = self._open(home, where)
        self._ready: list[Source] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def __iter__(self) -> Iterator[Source]:
        for turn in count():
            if turn == len(self._ready):
                following = next(self._turns, None)
                if following is None:
                    return
                self._ready.append(following)
            yield self._ready[turn]

    def _open(self, home: Home, where: Where) -> Iterator[Source]:
        if where != "fabric":
            yield home.ledger
            for mirror in mirrors(home):
                yield self._stack.enter_context(closing(mirror))
        if where == "fabric" or (where == "all" and home.settings.fabric):
            yield self._stack.enter_context(closing(consortium(home)))


def asking(home: Home, where: Where | Ledgers) -> AbstractContextManager[Ledgers]:
    """The ledgers for one question; those that are open for several questions stay open."""
    return nullcontext(where) if isinstance(where, Ledgers) else Ledgers(home, where)


def place_in(ledger: str, place: str) -> str:
    """Where something stands, in words.

    Examples
    --------
    >>> place_in("local", "entry 2"), place_in("lab", "")
    ("entry 2 of this computer's ledger", 'the ledger lab')
    """
    name = "this computer's ledger" if ledger == OWN else f"the ledger {ledger}"
    return f"{place} of {name}" if place else name


def consortium(home: Home) -> FabricLedger:
    """The consortium's ledger, connected; the caller closes it.

    Raises
    ------
    LedgerUnavailable
        None is configured, or it cannot be reached.
    """
    if home.settings.fabric is None:
        raise LedgerUnavailable(
            "No consortium's ledger is configured here.", "Name one in the settings, or ask the local log."
        )
    from bims_desktop.app.consortium import connect

    return connect(home.settings.fabric)
