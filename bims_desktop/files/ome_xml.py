"""OME-XML 2016-06: what an `Image` means, written for every OME reader.

References
----------
Goldberg et al. (2005), The Open Microscopy Environment (OME) Data Model and XML file,
Genome Biology 6:R47; schema http://www.openmicroscopy.org/Schemas/OME/2016-06
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import SubElement

import numpy as np

from bims_desktop.errors import SaveRefused
from bims_desktop.files import units
from bims_desktop.files.ome_annotations import IMAGE_ID, IMAGE_NAMESPACE, SCHEMA, annotate_map
from bims_desktop.files.xml import Element
from bims_desktop.model.image import Image

AXES = "TCZYXS"
TYPES = {
    "bool": "uint8",
    "float32": "float",
    "float64": "double",
    "complex64": "complex",
    "complex128": "double-complex",
}
_LOCATION = "http://www.w3.org/2001/XMLSchema-instance"

ElementTree.register_namespace("xsi", _LOCATION)


def build(image: Image) -> Element:
    """OME-XML of `image`, with an annotation that keeps what OME has no word for.

    Raises
    ------
    SaveRefused
        An axis other than T, C, Z, Y, X, S, or a unit that OME-XML does not have.
    """
    if extra := "".join(axis for axis in image.axes if axis not in AXES):
        raise SaveRefused(
            f"OME-TIFF cannot hold the axes {extra} of an image with the axes {image.axes}.",
            f"Crop or project the image to the axes {AXES}.",
        )
    root = Element(
        f"{{{SCHEMA}}}OME", {f"{{{_LOCATION}}}schemaLocation": f"{SCHEMA} {SCHEMA}/ome.xsd", "Creator": "BIMS"}
    )
    element = _add(root, "Image", ID="Image:0")
    pixels = _add(element, "Pixels", **_pixels(image))
    for index in range(image.size("C")):
        _add(pixels, "Channel", **_channel(image, index))
    _add(pixels, "TiffData")
    annotate_map(root, IMAGE_ID, IMAGE_NAMESPACE, _ours(image))
    return root


def _pixels(image: Image) -> dict[str, str]:
    samples = image.size("S")
    sizes = {f"Size{axis}": str(image.size(axis)) for axis in "XYZT"}
    return {
        "ID": "Pixels:0",
        "DimensionOrder": "XYZCT",
        "Type": TYPES.get(image.dtype.name, image.dtype.name),
        "SizeC": str(image.size("C") * samples),
        "BigEndian": "false",
        "Interleaved": "true" if samples > 1 else "false",
        **sizes,
        **_steps(image),
    }


def _steps(image: Image) -> dict[str, str]:
    steps: dict[str, str] = {}
    for axis in image.axes:
        step, unit = image.scale_of(axis), units.normal(image.unit_of(axis))
        if axis in "XYZ" and (unit or step != 1):
            steps |= {f"PhysicalSize{axis}": repr(step)}
            # µm is the schema's default: left out, it survives tools that save ASCII only (Pillow).
            steps |= {} if unit == "µm" else {f"PhysicalSize{axis}Unit": unit or "pixel"}
        if axis == "T" and unit:
            steps |= {"TimeIncrement": repr(step), "TimeIncrementUnit": unit}
        if unit and axis in "XYZT" and unit not in (units.TIMES if axis == "T" else units.LENGTHS):
            raise SaveRefused(f"OME-TIFF has no unit {unit!r} for the axis {axis}.", "Set the unit to µm or s, say.")
    return steps


def _channel(image: Image, index: int) -> dict[str, str]:
    attributes = {"ID": f"Channel:0:{index}", "SamplesPerPixel": str(image.size("S"))}
    if image.channels:
        channel = image.channels[index]
        attributes |= {"Name": channel.name} if channel.name else {}
        attributes |= {"Color": str(_signed(channel.color))} if channel.color else {}
    return attributes


def _signed(color: str) -> int:
    value = int(color.removeprefix("#"), 16) << 8 | 0xFF
    return value - (1 << 32) if value >= 1 << 31 else value


def _ours(image: Image) -> dict[str, str]:
    facts = {"kind": image.kind, "axes": image.axes}
    if image.dtype == np.bool_:
        facts["type"] = "bool"
    if "T" in image.axes and not image.unit_of("T"):
        facts["time step in frames"] = repr(image.scale_of("T"))
    return facts


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{SCHEMA}}}{tag}", attributes)
