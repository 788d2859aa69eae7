"""Layers of different axes share napari's sliders: they bear all names, and what is previewed is what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bims_desktop.model.image import Image
from bims_desktop.ui.glimpse import glimpse, shown_point
from tests.ui.conftest import pump

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def test_sliders_that_move_several_axes_are_called_after_all(desktop: Desktop) -> None:
    session, dims = desktop.session, desktop.viewer.dims
    named = []
    made = []
    for axes in ("YX", "CZYX", "ZYX", "TYX"):
        pixels = np.broadcast_to(np.arange(5, dtype=np.uint8)[:, None, None], (5, 8, 9))
        if axes == "YX":
            pixels = pixels[0]
        elif axes == "CZYX":
            pixels = np.stack([pixels, pixels])
        made.append(session.snapshot(None, Image(pixels, axes), cause="a test", name=axes))
        pump(20)
        named.append(dims.axis_labels)
    assert named == [("y", "x"), ("c", "z", "y", "x"), ("c", "z", "y", "x"), ("c", "z / t", "y", "x")]
    desktop.panel.choose("gaussian")
    dims.set_point(1, 3)
    point = shown_point(desktop.viewer, "TYX")
    assert point["T"] == 3.0
    form = desktop.panel.form
    assert form is not None
    seen = glimpse(form.glimpsed()[0], point)
    assert (seen.before.array().max(), seen.plane) == (3, "T 3"), "the time that is shown, not the first"
    dims.set_axis_label(0, "dye")
    assert dims.axis_labels[0] == "dye", "where the layers agree a name of the person's own stays"
    session.remove(made[3])
    pump(20)
    assert dims.axis_labels == ("c", "z", "y", "x")
