"""`Layer`: a label on the current version of something the person sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Layer:
    """One entry of the layer list: its own id, its name now, the data version it shows now."""

    id: int
    name: str
    version: int


Layers = tuple[Layer, ...]


def difference(before: Layers, after: Layers) -> dict[str, Any]:
    """What an action changed in the list, as JSON: new and other layers, and the ids of those that went.

    Examples
    --------
    >>> difference((Layer(1, "cells", 1),), (Layer(1, "nuclei", 1),))
    {'changed': [[1, 'nuclei', 1]], 'gone': []}
    """
    known, kept = set(before), {layer.id for layer in after}
    changed = [[layer.id, layer.name, layer.version] for layer in after if layer not in known]
    return {"changed": changed, "gone": [layer.id for layer in before if layer.id not in kept]}


def applied(before: Layers, change: dict[str, Any]) -> Layers:
    """The list after a change that `difference` wrote: new layers on top, others in their place."""
    changed = {entry[0]: Layer(*entry) for entry in change["changed"]}
    kept = [changed.pop(layer.id, layer) for layer in before if layer.id not in change["gone"]]
    return (*kept, *changed.values())
