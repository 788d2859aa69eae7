"""New labels: the button under the layer list, and every other way that napari offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.components import ViewerModel

from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.capture.patches import wrap, wrapped

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture


class NewLabels(Hook):
    """Makes the labels by our own operation where they cover one image, so that painting on them replays."""

    route = "new labels"

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self._end = wrap(ViewerModel, "_new_labels", self._around)
        # The button took the method when the window was made, before it was wrapped.
        button = capture.viewer.window._qt_viewer.layerButtons.newLabelsButton
        button.clicked.disconnect()
        button.clicked.connect(capture.viewer._new_labels)

    def probe(self) -> bool:
        return wrapped(ViewerModel, "_new_labels")

    def close(self) -> None:
        self._end()

    def _around(self, proceed: Any, viewer: ViewerModel) -> None:
        if viewer is not self.capture.viewer:
            proceed(viewer)
            return
        self.capture.finish()
        layer = viewer.layers.selection.active
        data = self.capture.sync.data_of(layer) if layer is not None else None
        if data is None:
            with self.capture.doing("new labels over several layers"):
                proceed(viewer)
        else:
            self.capture.session.run("zeros_like", data)
