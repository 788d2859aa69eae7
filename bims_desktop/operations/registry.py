"""The registry: every operation by its id, declared once with `@operation`."""

from __future__ import annotations

import difflib
import hashlib
import inspect
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

from bims_desktop.errors import UnknownOperation
from bims_desktop.operations.spec import Effect, Operation, read_signature

F = TypeVar("F", bound=Callable[..., Any])
_operations: dict[str, Operation] = {}
_HERE = f"{__name__.rpartition('.')[0]}."
_MACHINERY = (__name__, f"{_HERE}spec")  # how operations are declared, not what they compute


def operation(
    *,
    title: str,
    menu: str,
    sentence: str,
    version: int = 1,
    effect: Effect = "pixels",
    halo: str = "whole",
) -> Callable[[F], F]:
    """Declare a plain function image → image as an operation; its name is its id.

    Parameters
    ----------
    title : str
        As the menu shows it.
    menu : str
        Submenus from the Operations menu down, parted by ``/``.
    sentence : str
        Template over image names, parameters and found values, past tense, no full stop.
    version : int
        Raised whenever the same parameters give other pixels.
    effect : str
        What it changes.
    halo : str
        How far a result pixel looks: ``"0"``, the name of a parameter, or ``"whole"``.

    Raises
    ------
    ValueError
        Two functions claim one id; both are named.
    """

    def declare(function: F) -> F:
        name = function.__name__
        if name in _operations:
            other = _operations[name].function
            raise ValueError(f"{function.__module__} and {other.__module__} both declare the operation {name!r}")
        arguments, parameters, results = read_signature(function)
        _operations[name] = Operation(
            name, version, function, title, menu, sentence, effect, arguments, parameters, results, halo
        )
        return function

    return declare


def get(id: str) -> Operation:
    """The operation called `id`.

    Raises
    ------
    UnknownOperation
        There is none; the message names the nearest.
    """
    if found := _operations.get(id):
        return found
    near = difflib.get_close_matches(id, _operations, 1)
    todo = f"Did you mean {near[0]}?" if near else "The command `bims ops` lists them all."
    raise UnknownOperation(f"There is no operation {id!r} here.", todo)


def operations() -> Iterator[Operation]:
    """All operations in the order of their declaration."""
    yield from _operations.values()


def code_hash(operation: Operation) -> str:
    """SHA-256 of the source of the function's module and of the helpers it uses.

    Whoever replays notices an edit that got no new version.
    """
    digest = hashlib.sha256()
    for name in sorted(_used_by(operation.function.__module__)):
        digest.update(inspect.getsource(sys.modules[name]).encode())
    return f"sha256:{digest.hexdigest()}"


@cache
def _used_by(module: str) -> frozenset[str]:
    """The modules of operations that `module` takes anything from, near or far, and itself."""
    found: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        if name not in found and name not in _MACHINERY and (name == module or name.startswith(_HERE)):
            found.add(name)
            waiting |= {str(getattr(value, "__module__", "")) for value in vars(sys.modules[name]).values()}
    return frozenset(found)
