"""`look`: how the numbers of a layer become colours, as facts that an exported view carries."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from napari.layers import Image, Labels, Layer
from napari.utils import Colormap, CyclicLabelColormap, DirectLabelColormap

from bims_desktop.model.canonical import Json, canonical

_COLOURS = 256
_MOST_LABELS = 1000
"""Labels with a colour of their own that are listed; of more there is a digest, for a note has to stay small."""


def look(layer: Layer, displayed: int = 2) -> dict[str, Json]:
    """How `layer` is drawn.

    Parameters
    ----------
    layer : napari layer
        Shown in the viewer.
    displayed : int
        2 for planes, 3 for volumes, which are rendered.

    Returns
    -------
    dict
        JSON; see ``docs/formats/embedding.md``.
    """
    told: dict[str, Json] = {"blending": str(layer.blending), "opacity": float(layer.opacity)}
    if isinstance(layer, Labels):
        told |= _of_labels(layer)
    elif isinstance(layer, Image):
        told |= _of_image(layer, displayed)
    if displayed == 3 and isinstance(layer, (Image, Labels)):
        told |= _of_volume(layer)
    return told


def _of_image(layer: Image, displayed: int) -> dict[str, Json]:
    told: dict[str, Json] = {
        "interpolation": str(layer.interpolation3d if displayed == 3 else layer.interpolation2d),
        "projection": str(layer.projection_mode),
    }
    if layer.rgb:
        return told
    colours = layer.colormap
    # The ends as they are between the limits; what lies beyond them may have colours of its own.
    plain = Colormap(colours.colors, controls=colours.controls, interpolation=colours.interpolation)
    beyond = {"low": colours.low_color, "high": colours.high_color, "nan": colours.nan_color}
    return (
        told
        | {"colormap": str(colours.name), "gamma": float(layer.gamma), "limits": _numbers(layer.contrast_limits)}
        | _table(plain.map(np.linspace(0, 1, _COLOURS)))
        | {name: _hex(np.asarray(colour)) for name, colour in beyond.items() if colour is not None}
    )


def _of_labels(layer: Labels) -> dict[str, Json]:
    colours, told = layer.colormap, {"contour": int(layer.contour)}
    if layer.show_selected_label:
        told["only"] = int(layer.selected_label)
    if isinstance(colours, DirectLabelColormap):
        return told | {"colormap": "direct"} | _direct(colours)
    named: dict[str, Json] = {"colormap": "labels"}
    if isinstance(colours, CyclicLabelColormap):
        named |= {"seed": float(colours.seed)} | _table(colours.colors)
    return told | named


def _direct(colours: DirectLabelColormap) -> dict[str, Json]:
    """The colour of each label; ``other`` is that of all that have none of their own."""
    table: dict[str, Json] = {
        "other" if label is None else str(int(label)): _hex(np.asarray(colour))
        for label, colour in colours.color_dict.items()
    }
    if len(table) <= _MOST_LABELS:
        return {"labels": table}
    return {"labels": len(table), "labels_digest": f"sha256:{hashlib.sha256(canonical(table)).hexdigest()}"}


def _of_volume(layer: Image | Labels) -> dict[str, Json]:
    told: dict[str, Json] = {"depiction": str(layer.depiction), "rendering": str(layer.rendering)}
    if isinstance(layer, Image):
        if told["rendering"] == "iso":
            told["iso_threshold"] = float(layer.iso_threshold)
        if told["rendering"] == "attenuated_mip":
            told["attenuation"] = float(layer.attenuation)
    if told["depiction"] == "plane":
        told["plane"] = _plane(layer.plane) | {"thickness": float(layer.plane.thickness)}
    clipping: list[Json] = [_plane(plane) for plane in layer.experimental_clipping_planes if plane.enabled]
    return told | ({"clipping": clipping} if clipping else {})


def _plane(plane: Any) -> dict[str, Json]:
    return {"normal": _numbers(plane.normal), "position": _numbers(plane.position)}


def _table(colours: Any) -> dict[str, Json]:
    """Colours in hexadecimal, one after the other; how far each shines through only where one does."""
    told: dict[str, Json] = {"table": _hex(colours[:, :3])}
    return told if np.all(colours[:, 3] == 1) else told | {"alpha": _hex(colours[:, 3])}


def _hex(values: Any) -> str:
    return str(np.round(np.clip(values, 0, 1) * 255).astype(np.uint8).tobytes().hex())


def _numbers(values: Any) -> list[Json]:
    return [float(value) for value in values]
