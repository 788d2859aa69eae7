"""Pixel sizes set by hand: the same pixels, another scale, recorded and replayed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from bims_desktop.app.home import Home
from bims_desktop.app.replay import replay
from bims_desktop.app.session import Session
from bims_desktop.app.verify import verify
from bims_desktop.errors import BadParameter
from bims_desktop.files.readers import read
from bims_desktop.model.image import Channel, Image
from bims_desktop.operations.calibration import set_scale
from bims_desktop.operations.registry import get

UNITS = {"T": "s", "Z": "µm", "Y": "µm", "X": "µm"}


def bare(axes: str, **units: str) -> Image:
    """An image of which only `units` are known, each step 2."""
    shape = tuple(range(2, 2 + len(axes)))
    channels = tuple(Channel(f"channel {n}") for n in range(shape[axes.index("C")])) if "C" in axes else ()
    kind: Any = "rgb" if "S" in axes else "labels"
    pixels = np.zeros(shape, np.uint8)
    known = tuple(units.get(axis, "") for axis in axes)
    return Image(pixels, axes, tuple(2.0 if name else 1.0 for name in known), known, channels, kind)


@pytest.mark.parametrize("axes", ["YX", "ZYX", "CYX", "TYX", "TCZYX", "YXS"])
def test_every_layout(axes: str) -> None:
    image = bare(axes)
    given = {"physical_size_x": 0.1, "physical_size_y": 0.2}
    given |= {"physical_size_z": 0.5} if "Z" in axes else {}
    given |= {"time_increment": 3.0} if "T" in axes else {}
    result = set_scale(image, **given).result
    assert isinstance(result, Image)
    wanted = {"X": 0.1, "Y": 0.2, "Z": 0.5, "T": 3.0}
    assert result.scale == tuple(wanted.get(axis, 1.0) for axis in axes)
    assert result.units == tuple(UNITS.get(axis, "") for axis in axes)
    assert result.pixels is image.pixels
    assert (result.axes, result.channels, result.kind) == (image.axes, image.channels, image.kind)


@pytest.mark.parametrize(
    ("units", "given", "scale", "names", "words"),
    [
        ({}, {"physical_size_x": 0.5}, (1, 1, 0.5, 0.5), ("", "", "µm", "µm"), "Y 0.5 µm, X 0.5 µm"),
        ({"Z": "nm"}, {"physical_size_x": 0.5}, (1, 0.002, 0.5, 0.5), ("", "µm", "µm", "µm"), None),
        ({"Y": "cm", "X": "cm"}, {"physical_size_z": 7.0, "unit": "mm"}, (1, 7, 20, 20), ("", "mm", "mm", "mm"), None),
        ({"Y": "in", "X": "in"}, {"physical_size_z": 7.0}, (1, 7, 2, 2), ("", "µm", "in", "in"), None),
        ({"Z": "nm"}, {"time_increment": 5.0, "time_unit": "min"}, (5, 2, 1, 1), ("min", "nm", "", ""), None),
        ({"T": "ms"}, {"physical_size_y": 3.0, "unit": "nm"}, (2, 1, 3, 1), ("ms", "", "nm", ""), "T 2 ms, Y 3 nm"),
    ],
)  # fmt: skip
def test_what_is_kept(
    units: dict[str, str], given: dict[str, Any], scale: tuple[float, ...], names: tuple[str, ...], words: str | None
) -> None:
    found = set_scale(bare("TZYX", **units), **given)
    assert isinstance(found.result, Image)
    assert found.result.scale == pytest.approx(scale)
    assert found.result.units == names
    assert words is None or found.values["calibration"] == words


@pytest.mark.parametrize(
    ("given", "match"),
    [({}, "No size"), ({"physical_size_z": 1.0}, "no axis Z"), ({"time_increment": 1.0}, "no axis T")],
)
def test_what_cannot_be_set(given: dict[str, float], match: str) -> None:
    with pytest.raises(BadParameter, match=match):
        set_scale(bare("YX"), **given)


@pytest.mark.parametrize("given", [{"physical_size_x": 0.0}, {"physical_size_x": -1.0}, {"unit": "furlong"}])
def test_values_that_do_not_fit(given: dict[str, Any]) -> None:
    with pytest.raises(BadParameter, match="cannot be"):
        get("set_scale").bind(given)


def test_recorded_saved_and_replayed(tmp_path: Path, home: Home) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    tifffile.imwrite(tmp_path / "cells.tif", pixels, metadata={"axes": "ZYX"}, imagej=True)
    with Session(tmp_path / "session", home=home) as session:
        given = session.open(tmp_path / "cells.tif")
        known = session.run("set_scale", given, physical_size_x=0.1, physical_size_z=0.3)
        smooth = session.run("gaussian", known, sigma=1.0)
        action = next(a for a in session.actions if a.operation == "set_scale")
        assert action.effect == "calibration"
        assert action.sentence == "Set the calibration of cells.tif by hand: Z 0.3 µm, Y 0.1 µm, X 0.1 µm"
        session.save(smooth, tmp_path / "smooth.ome.tif")
    assert read(tmp_path / "smooth.ome.tif").image.scale == (0.3, 0.1, 0.1)
    assert verify(tmp_path / "smooth.ome.tif", home=home).pixels.state == "good"
    assert replay(tmp_path / "smooth.ome.tif", home=home).verdict == "identical"
