"""`Canvas`: a picture over a layer that only the canvas knows: no layer, so nothing to record, to save or to undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Layer
from vispy import scene
from vispy.visuals.transforms import MatrixTransform, STTransform

from bims_desktop.ui.veil import MARK, Veil

if TYPE_CHECKING:
    import napari

_ON_TOP = 1_000_000


class Canvas:
    """The canvas of `viewer`, and at most one picture on it."""

    def __init__(self, viewer: napari.Viewer) -> None:
        self._viewer = viewer
        self._frame: Any = None

    @property
    def busy(self) -> bool:
        """Whether there is a picture."""
        return self._frame is not None and self._frame.visible

    def takes(self, layer: Layer | None) -> bool:
        """Whether a plane of `layer` is seen as it is: rows down, columns across, one view, every pixel.

        Where this napari is built otherwise, nothing is drawn.
        """
        dims, grid = self._viewer.dims, self._viewer.canvas.grid
        if layer is None or layer not in self._viewer.layers or not layer.visible or layer.multiscale:
            return False
        plain = dims.ndisplay == 2 and tuple(dims.displayed) == (dims.ndim - 2, dims.ndim - 1) and not grid.enabled
        return plain and self._visual(layer) is not None

    def show(self, layer: Layer, veil: Veil, corner: tuple[int, int]) -> None:
        """Draw `veil`, its first pixel at row and column `corner` of the plane that `layer` shows."""
        y, x = corner
        height, width = (veil.step * side for side in veil.pixels.shape[:2])
        self._frame = self._frame or self._framed()
        # The visual of a layer starts at the corner of its first pixel.
        self._frame.transform = MatrixTransform(np.array(self._visual(layer).node.transform.matrix))
        picture, line = self._frame.children
        picture.set_data(veil.pixels)
        picture.transform = STTransform(scale=(veil.step, veil.step), translate=(x, y))
        edge = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)], np.float32)
        line.set_data(edge)
        self._frame.visible = True

    def clear(self) -> None:
        """Take the picture away; what drew it stays for the next."""
        if self._frame is not None:
            self._frame.visible = False

    def _framed(self) -> Any:
        """A picture and a line around it, with nothing in them."""
        frame = scene.Node(parent=self._qt_canvas().view.scene)
        frame.order = _ON_TOP
        picture = scene.visuals.Image(np.zeros((1, 1, 4), np.uint8), interpolation="nearest", parent=frame)
        line = scene.visuals.Line(
            np.zeros((2, 2), np.float32), color=[part / 255 for part in MARK], width=2, parent=frame
        )
        line.order = 1
        for visual in (picture, line):
            visual.set_gl_state("translucent", depth_test=False)
        return frame

    def _visual(self, layer: Layer) -> Any:
        return getattr(self._qt_canvas(), "layer_to_visual", {}).get(layer)

    def _qt_canvas(self) -> Any:
        return getattr(getattr(self._viewer.window, "_qt_viewer", None), "canvas", None)
