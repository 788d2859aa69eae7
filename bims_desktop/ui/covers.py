"""`Covers`: what would be seen through a newer layer that was made of it is hidden, until that is gone."""

from __future__ import annotations

from collections.abc import Iterable

from napari.layers import Layer


class Covers:
    """What each layer of the session hides, by its number."""

    def __init__(self) -> None:
        self._hidden: dict[int, list[Layer]] = {}

    def cover(self, id: int, below: Iterable[Layer]) -> None:
        """Hide those of `below` that are seen."""
        self._hidden[id] = [layer for layer in below if layer.visible]
        for layer in self._hidden[id]:
            layer.visible = False

    def uncover(self, id: int) -> None:
        """Show again what a layer hid that is gone."""
        for layer in self._hidden.pop(id, ()):
            layer.visible = True
