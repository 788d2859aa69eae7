"""Why an action was kept or dropped, as words for a person; they stand in no record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bims_desktop.provenance.action import Action

if TYPE_CHECKING:
    from bims_desktop.provenance.lineage import Slice

_EFFECTS = {
    "display": "only changed how the image looks",
    "view": "only changed the view",
    "session": "changed no pixels",
}
_VERBS = {
    "undo": "took a step back",
    "redo": "brought a step back",
    "rename": "only gave a layer its name",
    "remove": "took a layer off the list",
    "show": "put images on layers",
    "save": "wrote a file, changed no pixels",
}


def why_kept(slice: Slice, action: Action) -> str:
    """Why the version of `slice` depends on `action`."""
    reader = slice.readers[action.number - 1]
    if reader != action.number:
        return f"step {reader} used its result"
    return f"made this {'table' if slice.target in slice.tables else 'image'}"


def why_dropped(slice: Slice, action: Action) -> str:
    """Why the version of `slice` does not depend on `action`."""
    if action.number in slice.undone:
        return "undone"
    if action.effect in _EFFECTS:
        return _VERBS.get(action.operation, _EFFECTS[action.effect])
    table = any(version in slice.tables for version in action.writes)
    used = _used(slice, action)
    if used is None:
        return _elsewhere(action, table)
    source = "this layer" if used == slice.target else f"the result of step {slice.writers[used]}"
    if table:
        return f"made a table from {source}, changed no pixels"
    if any(version in slice.homes and slice.homes[version] == slice.homes.get(used) for version in action.writes):
        return f"changed {source} later"
    return f"made another layer from {source}"


def _used(slice: Slice, action: Action) -> int | None:
    """What `action` read of the version itself, or else the latest of what that was made from."""
    kept = [version for version in action.reads if slice.readers[slice.writers[version] - 1]]
    return slice.target if slice.target in kept else max(kept, default=None)


def _elsewhere(action: Action, table: bool) -> str:
    if table:
        return "made a table from another layer"
    return "opened another image" if action.operation == "load" else "belongs to another layer"
