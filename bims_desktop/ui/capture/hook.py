"""`Hook`: watches one route by which napari or a plugin changes data by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from napari.layers import Layer

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture


class Hook:
    """Base of all hooks; each answers only for what it overrides.

    Parameters
    ----------
    capture : Capture
        Knows the viewer, the session and how the two belong together.
    """

    route: ClassVar[str]
    """What it observes, as the status bar names it."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture

    def watch(self, layer: Layer) -> None:
        """A layer came into the viewer, whoever put it there."""

    def claim(self, layer: Layer) -> bool:
        """Whether this hook knows where a layer that came by itself belongs, and records it."""
        return False

    def holds(self, layer: Layer) -> bool:
        """Whether this hook will record later what changed in `layer`."""
        return False

    def settle(self) -> None:
        """Record what was noticed and held back."""

    def probe(self) -> bool:
        """Whether the napari of this machine still behaves as this hook relies on, tried on objects of its own."""
        raise NotImplementedError

    def close(self) -> None:
        """Take everything back."""
