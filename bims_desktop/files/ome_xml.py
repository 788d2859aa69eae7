"""OME-XML 2016-06: what an `Image` means, written for every OME reader, and read back.

References
----------
Goldberg et al. (2005), The Open Microscopy Environment (OME) Data Model and XML file,
Genome Biology 6:R47; schema http://www.openmicroscopy.org/Schemas/OME/2016-06
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import SubElement

import numpy as np

from bims_desktop.errors import SaveRefused
from bims_desktop.files import units
from bims_desktop.files.xml import Element
from bims_desktop.model.canonical import Json
from bims_desktop.model.image import Channel, Image

SCHEMA = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
IMAGE_NAMESPACE = "urn:bims-desktop:image:1"
IMAGE_ID = "Annotation:BIMS:Image"
AXES = "TCZYXS"
TYPES = {
    "bool": "uint8",
    "float32": "float",
    "float64": "double",
    "complex64": "complex",
    "complex128": "double-complex",
}
_LOCATION = "http://www.w3.org/2001/XMLSchema-instance"

ElementTree.register_namespace("", SCHEMA)
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


def annotate_map(root: Element, identity: str, namespace: str, values: Mapping[str, str]) -> None:
    """Link a MapAnnotation of short texts to the first image."""
    value = SubElement(_annotation(root, "MapAnnotation", identity, namespace), f"{{{SCHEMA}}}Value")
    for key, text in values.items():
        SubElement(value, f"{{{SCHEMA}}}M", K=key).text = text


def annotate_comment(root: Element, identity: str, namespace: str, text: str) -> None:
    """Link a CommentAnnotation to the first image."""
    SubElement(_annotation(root, "CommentAnnotation", identity, namespace), f"{{{SCHEMA}}}Value").text = text


def _annotation(root: Element, tag: str, identity: str, namespace: str) -> Element:
    prefix = prefix_of(root)
    image = root.find(f"{prefix}Image")
    if image is None:
        raise SaveRefused("The OME-XML names no image to annotate.", "Save the image anew.")
    container = root.find(f"{prefix}StructuredAnnotations")
    if container is None:
        container = Element(f"{prefix}StructuredAnnotations")
        root.insert(_place(root, prefix), container)
    SubElement(image, f"{prefix}AnnotationRef", ID=identity)
    return SubElement(container, f"{prefix}{tag}", ID=identity, Namespace=namespace)


def _place(root: Element, prefix: str) -> int:
    # The schema wants the annotations after the images and before the regions.
    images = [index for index, child in enumerate(root) if child.tag == f"{prefix}Image"]
    return images[-1] + 1


def prefix_of(root: Element) -> str:
    """Namespace of the root, as ElementTree writes it before a tag; empty where there is none."""
    return root.tag[: root.tag.index("}") + 1] if root.tag.startswith("{") else ""


def remove_annotation(root: Element, identity: str) -> None:
    """Take out the annotation `identity` and every link to it."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("ID") == identity and child.tag.endswith(("Annotation", "}AnnotationRef", "AnnotationRef")):
                parent.remove(child)


def annotations_of(root: Element, namespace: str) -> Iterator[Element]:
    """Every annotation of `namespace`."""
    return (element for element in root.iter() if element.get("Namespace") == namespace)


def value_of(annotation: Element) -> str:
    """Text of a CommentAnnotation; empty where there is none."""
    return annotation.findtext(f"{prefix_of(annotation)}Value") or ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What OME-XML says of one image: steps and units by axis, channels, facts, our annotation."""

    scale: dict[str, float]
    units: dict[str, str]
    channels: tuple[Channel, ...]
    ours: dict[str, str]
    name: str


def meaning(root: Element, index: int) -> Meaning | None:
    """What the OME-XML under `root` says of its image number `index`; None where it has no such image."""
    prefix = prefix_of(root)
    images = root.findall(f"{prefix}Image")
    pixels = images[index].find(f"{prefix}Pixels") if index < len(images) else None
    if pixels is None:
        return None
    scale, unit = _read_steps(pixels)
    ours = _read_map(root) if index == 0 else {}
    if "time step in frames" in ours and "T" not in scale and (step := _positive(ours["time step in frames"])):
        scale["T"] = step
    channels = tuple(_read_channel(channel) for channel in pixels.findall(f"{prefix}Channel"))
    return Meaning(scale, unit, channels, ours, images[index].get("Name", ""))


def _read_steps(pixels: Element) -> tuple[dict[str, float], dict[str, str]]:
    scale: dict[str, float] = {}
    unit: dict[str, str] = {}
    for axis, key, default in (
        ("X", "PhysicalSizeX", "µm"),
        ("Y", "PhysicalSizeY", "µm"),
        ("Z", "PhysicalSizeZ", "µm"),
        ("T", "TimeIncrement", "s"),
    ):
        if step := _positive(pixels.get(key, "")):
            scale[axis], unit[axis] = step, units.normal(pixels.get(f"{key}Unit", default))
    return scale, unit


def _positive(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def _read_channel(channel: Element) -> Channel:
    try:
        color = f"#{(int(channel.get('Color', '')) >> 8) & 0xFFFFFF:06x}"
    except ValueError:
        color = ""
    return Channel(channel.get("Name", ""), color)


def _read_map(root: Element) -> dict[str, str]:
    found = next(annotations_of(root, IMAGE_NAMESPACE), None)
    return {} if found is None else {m.get("K", ""): m.text or "" for m in found.iter() if m.tag.endswith("}M")}


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{SCHEMA}}}{tag}", attributes)


_FACTS = {
    "Microscope": ("Manufacturer", "Model"),
    "Objective": ("Manufacturer", "Model", "LensNA", "NominalMagnification", "Immersion"),
    "Detector": ("Manufacturer", "Model", "Type"),
    "Pixels": (
        "PhysicalSizeX",
        "PhysicalSizeXUnit",
        "PhysicalSizeY",
        "PhysicalSizeYUnit",
        "PhysicalSizeZ",
        "PhysicalSizeZUnit",
        "TimeIncrement",
        "TimeIncrementUnit",
    ),
    "Channel": ("Name", "Fluor", "ExcitationWavelength", "EmissionWavelength", "AcquisitionMode"),
}


def facts(root: Element) -> dict[str, Json]:
    """Instrument, objective, channels, exposures and dates that OME-XML holds, as JSON."""
    found: dict[str, Json] = {}
    for tag, keys in _FACTS.items():
        rows: list[Json] = [row for element in _every(root, tag) if (row := _row(element, keys))]
        if rows:
            found[tag.lower()] = rows
    if dates := [element.text for element in _every(root, "AcquisitionDate") if element.text]:
        found["acquisition_date"] = list(dates)
    if exposures := sorted({float(v) for e in _every(root, "Plane") if (v := e.get("ExposureTime")) and _positive(v)}):
        found["exposure_time"] = list(exposures)
    return found


def _row(element: Element, keys: tuple[str, ...]) -> dict[str, Json]:
    return {key: element.attrib[key] for key in keys if key in element.attrib}


def _every(root: Element, tag: str) -> Iterator[Element]:
    return root.iter(f"{prefix_of(root)}{tag}")
