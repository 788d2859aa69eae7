"""Wrap methods of napari's classes while a window needs it, and leave no trace afterwards."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Around = Callable[..., Any]
"""Called as ``around(proceed, self, *args, **kwargs)``; `proceed` is what it wraps."""


@dataclass(slots=True, eq=False)
class _Patch:
    original: Callable[..., Any]
    wrapper: Callable[..., Any]
    arounds: list[Around] = field(default_factory=list)


_patches: dict[tuple[type, str], _Patch] = {}


def wrap(owner: type, name: str, around: Around) -> Callable[[], None]:
    """Send every call of ``owner.name`` through `around`; returns how to end that.

    The first wrap replaces the method on the class, the end of the last one puts it back.
    """
    patch = _patches.get((owner, name)) or _install(owner, name)
    patch.arounds.append(around)

    def end() -> None:
        if around in patch.arounds:
            patch.arounds.remove(around)
        if not patch.arounds:
            _remove(owner, name)

    return end


def wrapped(owner: type, name: str) -> bool:
    """Whether calls of ``owner.name`` still come through us."""
    patch = _patches.get((owner, name))
    return patch is not None and vars(owner).get(name) is patch.wrapper


def _install(owner: type, name: str) -> _Patch:
    original = vars(owner)[name]

    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        proceed = original
        for around in patch.arounds:
            proceed = functools.partial(around, proceed)
        return proceed(*args, **kwargs)

    patch = _Patch(original, wrapper)
    setattr(owner, name, wrapper)
    _patches[owner, name] = patch
    return patch


def _remove(owner: type, name: str) -> None:
    patch = _patches.get((owner, name))
    # Where somebody else has wrapped it since, ours stays beneath as a plain pass-through.
    if patch is not None and wrapped(owner, name):
        setattr(owner, name, patch.original)
        del _patches[owner, name]
