"""`Layer`: a label on the current version of something the person sees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """One entry of the layer list: its own id, its name now, the data version it shows now."""

    id: int
    name: str
    version: int


Layers = tuple[Layer, ...]
