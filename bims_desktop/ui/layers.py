"""Between our `Image` and napari's layers: how a version is shown, and what a layer of others holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xxhash
from napari.layers import Image as ImageLayer
from napari.layers import Labels, Layer

from bims_desktop.model import axes as _axes
from bims_desktop.model.image import Image, Kind

# What a layer of others is taken for where nothing says so.
_USUAL_AXES = {2: "YX", 3: "ZYX", 4: "TZYX", 5: "TCZYX"}
_EXTRA_AXES = "ABDEFGHIJK"
_HOUSE_DTYPES = {"int64": "int32", "uint64": "uint32", "float16": "float32"}


@dataclass(frozen=True, slots=True)
class Look:
    """How a version is shown: the class of layer, its array, and the other arguments of its constructor."""

    layer: type[ImageLayer] | type[Labels]
    data: Any
    settings: dict[str, Any]

    def build(self, name: str) -> ImageLayer | Labels:
        """A new napari layer called `name`."""
        return self.layer(self.data, name=name, **self.settings)


def paper_of(image: Image) -> Any:
    """A writable copy of labels or of a mask, for napari paints in place; None for images, which nobody paints on."""
    if image.kind not in ("labels", "mask"):
        return None
    copy = np.array(image.pixels)
    return copy.view(np.uint8) if image.kind == "mask" else copy


def look_of(image: Image, paper: Any = None) -> Look:
    """How `image` is shown.

    Images share the read-only array of their version; labels and masks lie on `paper`, what
    `paper_of` gave of them, which is made here where it was not before.
    """
    spatial = image.axes.removesuffix("S")
    settings: dict[str, Any] = {
        "scale": image.scale[: len(spatial)],
        "units": units_of(image),
        "axis_labels": tuple(spatial.lower()),
    }
    if image.kind in ("labels", "mask"):
        return Look(Labels, paper_of(image) if paper is None else paper, settings)
    settings["rgb"] = image.kind == "rgb"
    if image.channels:
        settings["metadata"] = {"channels": [channel.name for channel in image.channels]}
        if len(image.channels) == 1 and image.channels[0].color:
            settings["colormap"] = image.channels[0].color
    return Look(ImageLayer, image.pixels, settings)


def units_of(image: Image) -> tuple[str, ...]:
    """Units of the axes that napari knows of, by its names."""
    return tuple(unit or "pixel" for unit in image.units[: len(image.axes.removesuffix("S"))])


def recordable(layer: Layer) -> bool:
    """Whether pixels of this layer can be recorded (points, shapes and meshes cannot yet)."""
    return isinstance(layer, (ImageLayer, Labels))


def paintable(layer: Layer) -> bool:
    """Whether napari can paint in `layer`, or has no wish to."""
    array = level(layer)
    return not isinstance(layer, Labels) or (isinstance(array, np.ndarray) and array.flags.writeable)


def level(layer: Layer) -> Any:
    """The array of `layer`; of a pyramid its full-resolution level."""
    return layer.data[0] if layer.multiscale else layer.data


def image_of(layer: Layer, like: Image | None = None) -> Image:
    """What `layer` holds now, as an image of our own with a copy of its pixels.

    Parameters
    ----------
    layer : napari.layers.Image or napari.layers.Labels
        Shown in the viewer.
    like : Image, optional
        What it was made from; its axes, channels and kind hold on where the shape still fits.
    """
    pixels = _in_house_dtype(level(layer))
    if like is not None and pixels.shape == like.shape:
        kind = _kind(layer, pixels, like)
        axes, channels = like.axes, like.channels
    else:
        kind, axes, channels = _kind(layer, pixels, None), _axes_of(layer, pixels.ndim), ()
    if kind == "mask":
        pixels = np.asarray(pixels).astype(np.bool_)
    samples = pixels.ndim - layer.ndim
    scale = tuple(abs(float(step)) or 1.0 for step in layer.scale) + (1.0,) * samples
    units = tuple(_unit(unit) for unit in layer.units) + ("",) * samples
    if like is not None and lacks_units(layer, like):
        units = like.units
    return Image(pixels, axes, scale=scale, units=units, channels=channels, kind=kind)


def lacks_units(layer: Layer, like: Image) -> bool:
    """Whether `layer` has shape and pixel size of `like`, but not its units: most plugins hand only the size on."""
    steps = tuple(map(float, layer.scale))
    same = np.shape(level(layer)) == like.shape and steps == like.scale[: len(steps)]
    return same and not any(_unit(unit) for unit in layer.units)


def fingerprint(array: Any) -> object:
    """A value that changes whenever the samples do; lazy arrays stand for themselves.

    It serves to notice (xxh3, 25 ms for 256 MiB); records use SHA-256.
    """
    if not isinstance(array, np.ndarray):
        return id(array)
    samples = array.view(np.uint8) if array.dtype == np.bool_ else array
    return samples.dtype.str, array.shape, xxhash.xxh3_128_digest(np.ascontiguousarray(samples).data)


def _kind(layer: Layer, pixels: Any, like: Image | None) -> Kind:
    if isinstance(layer, Labels):
        return "mask" if like is not None and like.kind == "mask" and _is_binary(pixels) else "labels"
    if layer.rgb:
        return "rgb"
    return "mask" if pixels.dtype == np.bool_ else "intensity"


def _is_binary(pixels: Any) -> bool:
    return pixels.dtype == np.bool_ or (pixels.dtype == np.uint8 and int(np.max(pixels, initial=0)) <= 1)


def _axes_of(layer: Layer, ndim: int) -> str:
    samples: str = "S" * (ndim - layer.ndim)
    named = "".join(str(label).upper() for label in layer.axis_labels)
    known = len(named) == layer.ndim and set(named) >= set("YX") and len(set(named)) == len(named)
    if known and named.isascii() and named.isalpha() and "S" not in named and named == _axes.ordered(named):
        return named + samples
    extra = _EXTRA_AXES[: max(0, layer.ndim - 5)]
    return _axes.ordered(_USUAL_AXES[min(layer.ndim, 5)] + extra) + samples


def _unit(unit: Any) -> str:
    short: str = f"{unit:~}"
    return "" if short in ("px", "pixel", "") else short.replace("μ", "µ")


def _in_house_dtype(array: Any) -> Any:
    """A copy of `array` in the dtype that a record can hold."""
    name = np.dtype(array.dtype).name
    if name in _HOUSE_DTYPES and _fits(array, _HOUSE_DTYPES[name]):
        return np.asarray(array).astype(_HOUSE_DTYPES[name])
    if name in ("int64", "uint64"):
        return np.asarray(array).astype(np.float64)
    return np.array(array) if isinstance(array, np.ndarray) else array


def _fits(array: Any, dtype: str) -> bool:
    if np.dtype(dtype).kind == "f":
        return True
    limits = np.iinfo(dtype)
    return bool(np.min(array, initial=0) >= limits.min and np.max(array, initial=0) <= limits.max)
