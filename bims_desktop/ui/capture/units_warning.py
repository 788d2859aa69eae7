"""Hear that napari would warn of layers with different units, which it does whenever one more is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import napari
from napari.utils.notifications import Notification, NotificationManager

from bims_desktop.ui.capture.patches import wrap

_WARNING = "Inconsistent units across layers"


def instead_of_units_warning(viewer: napari.Viewer, told: Callable[[], None]) -> Callable[[], None]:
    """Call `told` instead, in the middle of drawing; returns how to stop that."""

    def around(proceed: Any, manager: NotificationManager, notification: Notification) -> None:
        if notification.message.startswith(_WARNING) and viewer.layers.extent.units is None:
            told()
        else:
            proceed(manager, notification)

    return wrap(NotificationManager, "dispatch", around)
