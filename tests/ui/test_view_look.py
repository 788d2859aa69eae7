"""What an exported view says of the colours of a layer, for every kind of colours that napari has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from napari.layers import Image, Labels, Layer, Points
from napari.utils import Colormap, CyclicLabelColormap, DirectLabelColormap

from bims_desktop.model.canonical import canonical
from bims_desktop.ui.view_look import look

PIXELS = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
OBJECTS = np.array([[0, 1], [2, 7]])
DIRECT = {0: "transparent", 1: "red", 7: "#00ff0080", None: "gray"}
STEPS = Colormap([[1, 0, 0, 1], [0, 0, 1, 0.5]], name="two steps", controls=[0, 0.5, 1], interpolation="zero")
BEYOND = Colormap([[0, 0, 0, 1], [1, 1, 1, 1]], name="HiLo", low_color="blue", high_color="red")


def direct(colours: dict[int | None, Any]) -> Labels:
    return Labels(OBJECTS, colormap=DirectLabelColormap(color_dict=colours))


def by_category() -> Labels:
    """Each object in the colour of its class, as plugins draw categorical features."""
    colours = {"cell": "cyan", "debris": "orange"}
    layer = Labels(OBJECTS, features={"label": [1, 2, 7], "class": ["cell", "debris", "cell"]})
    pairs = zip(layer.features["label"], layer.features["class"], strict=True)
    layer.colormap = DirectLabelColormap(color_dict={None: "black", **{label: colours[kind] for label, kind in pairs}})
    return layer


def one_selected() -> Labels:
    layer = Labels(OBJECTS)
    layer.selected_label, layer.show_selected_label, layer.contour = 7, True, 1
    return layer


CASES: dict[str, tuple[Callable[[], Layer], dict[str, Any]]] = {
    "named": (lambda: Image(PIXELS, colormap="viridis", gamma=0.5), {"colormap": "viridis", "gamma": 0.5}),
    "inverted limits": (lambda: Image(PIXELS, contrast_limits=(3, 17)), {"limits": [3.0, 17.0]}),
    "custom, shining through": (
        lambda: Image(PIXELS, colormap=STEPS),
        {"table": "ff0000" * 128 + "0000ff" * 128, "alpha": "ff" * 128 + "80" * 128},
    ),
    "ends of their own": (
        lambda: Image(PIXELS, colormap=BEYOND),
        {"low": "0000ffff", "high": "ff0000ff", "table": "".join(f"{3 * f'{grey:02x}'}" for grey in range(256))},
    ),
    "RGB": (lambda: Image(np.zeros((4, 4, 3), np.uint8), rgb=True), {"opacity": 1.0}),
    "cyclic": (lambda: Labels(OBJECTS), {"colormap": "labels", "seed": 0.5, "contour": 0}),
    "cyclic, own colours": (
        lambda: Labels(OBJECTS, colormap=CyclicLabelColormap(colors=["red", "lime"])),
        {"colormap": "labels", "table": "ff000000ff00"},
    ),
    "direct": (
        lambda: direct(DIRECT),
        {"colormap": "direct", "labels": {"0": "00000000", "1": "ff0000ff", "7": "00ff0080", "other": "808080ff"}},
    ),
    "categories": (
        by_category,
        {"labels": {"1": "00ffffff", "2": "ffa500ff", "7": "00ffffff", "0": "00000000", "other": "000000ff"}},
    ),
    "one selected": (one_selected, {"only": 7, "contour": 1}),
    "points": (lambda: Points(np.zeros((1, 2))), {"opacity": 1.0}),
}


@pytest.mark.parametrize("displayed", [2, 3])
@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_colours_is_told(name: str, displayed: int) -> None:
    make, expected = CASES[name]
    layer = make()
    told = look(layer, displayed)
    assert canonical(told)
    assert {key: told[key] for key in expected} == expected
    assert ("rendering" in told) == (displayed == 3 and not isinstance(layer, Points))


def test_very_many_colours_are_told_by_their_digest() -> None:
    colours: dict[int | None, Any] = {number: (0, 0, number / 5000, 1) for number in range(1, 5000)} | {None: "black"}
    told, other = look(direct(colours)), look(direct(colours | {3: "red"}))
    assert told["labels"] == 5001
    assert len(canonical(told)) < 1000
    assert told["labels_digest"] != other["labels_digest"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"rendering": "mip"}, {"rendering": "mip"}),
        ({"rendering": "iso", "iso_threshold": 9}, {"iso_threshold": 9.0}),
        ({"rendering": "attenuated_mip", "attenuation": 0.25}, {"attenuation": 0.25}),
        (
            {"depiction": "plane", "plane": {"position": (1, 0, 0), "normal": (1, 0, 0), "thickness": 3}},
            {"plane": {"position": [1.0, 0.0, 0.0], "normal": [1.0, 0.0, 0.0], "thickness": 3.0}},
        ),
        (
            {"experimental_clipping_planes": [{"position": (1, 2, 3), "normal": (0, 1, 0), "enabled": True}]},
            {"clipping": [{"position": [1.0, 2.0, 3.0], "normal": [0.0, 1.0, 0.0]}]},
        ),
    ],
)
def test_a_volume_is_told_as_it_is_rendered(settings: dict[str, Any], expected: dict[str, Any]) -> None:
    told = look(Image(PIXELS, **settings), 3)
    assert {key: told[key] for key in expected} == expected
