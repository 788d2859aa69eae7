"""What a removed layer leaves in OpenGL is deleted in the canvas's own context.

napari 0.9.2 has it deleted at once, in whatever context is current: Qt's own, outside of painting. Mesa puts shaders
off that another context deletes, and then crashes in a draw of the one whose they were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from napari._vispy.canvas import VispyCanvas

from bims_desktop.ui.capture.patches import wrap

_DELETING = "_clean_and_update_scenegraph"


def delete_in_own_context() -> Callable[[], None]:
    """Make the context of a canvas current before napari deletes in it; returns how to stop that.

    Where this napari is built otherwise, nothing is done.
    """
    if not hasattr(VispyCanvas, _DELETING):
        return lambda: None

    def around(proceed: Any, canvas: VispyCanvas) -> None:
        canvas._scene_canvas.set_current()
        proceed(canvas)

    return wrap(VispyCanvas, _DELETING, around)
