"""Layers that come and go: what they leave in OpenGL is deleted in the context in which it was drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import napari
import numpy as np
import pytest
from napari.layers import Image, Labels, Points, Shapes
from PySide6.QtGui import QOpenGLContext
from shiboken6 import getCppPointer
from vispy.gloo.glir import GlirProgram

from bims_desktop.ui import Desktop
from bims_desktop.ui.capture.closing import canvas_of
from tests.ui.conftest import pump_until

MADE: dict[str, Callable[[], Any]] = {
    "image": lambda: Image(np.eye(20), blending="additive"),
    "labels": lambda: Labels(np.eye(20, dtype=int)),
    "points": lambda: Points(np.full((3, 2), 9)),
    "shapes": lambda: Shapes([np.array([[0, 0], [0, 9], [9, 9]])], shape_type="polygon"),
}


def current() -> int:
    context = QOpenGLContext.currentContext()
    return getCppPointer(context)[0] if context is not None else 0


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What programs are told to do, and in which context."""
    told: list[tuple[str, int]] = []

    def watch(verb: str, name: str) -> None:
        method = getattr(GlirProgram, name)

        def around(program: Any) -> None:
            told.append((verb, current()))
            method(program)

        monkeypatch.setattr(GlirProgram, name, around)

    watch("draw", "_pre_draw")
    watch("delete", "delete")
    return told


def draws_twice(viewer: napari.Viewer, heard: list[tuple[str, int]]) -> None:
    """Qt's own context is current between two frames."""
    for _ in range(2):
        heard.clear()
        viewer.camera.zoom *= 1.1
        pump_until(lambda: any(verb == "draw" for verb, _ in heard))


@pytest.mark.parametrize("kind", MADE)
def test_programs_are_deleted_where_they_were_drawn(desktop: Desktop, heard: list[tuple[str, int]], kind: str) -> None:
    viewer = desktop.viewer
    for make in (MADE["image"], MADE[kind]):
        viewer.add_layer(make())
        draws_twice(viewer, heard)
    for _ in range(2):
        heard.clear()
        viewer.layers.pop(0)
        assert "delete" in dict(heard)
        own = getCppPointer(canvas_of(viewer).context())[0]  # type: ignore[attr-defined]
        assert {context for verb, context in heard if verb == "delete"} == {own}
        if viewer.layers:
            draws_twice(viewer, heard)
