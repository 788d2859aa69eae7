"""`selected_file`: the file that holds the selected layer, with its record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def selected_file(desktop: Desktop) -> Path | None:
    """The file with a record that the selected layer was opened from, or saved as here, where it is still there."""
    layer = desktop.viewer.layers.selection.active
    data = desktop.data_of(layer) if layer is not None else None
    if data is None:
        return None
    opened = desktop.session.inputs.get(data.version)
    carried = opened.path if opened is not None and opened.parent else None
    path = desktop.session.saved.get(data.version, carried)
    return path if path is not None and path.is_file() else None
