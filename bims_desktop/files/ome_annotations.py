"""Annotations in OME-XML: linked to the first image, found by namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import SubElement

from bims_desktop.errors import SaveRefused
from bims_desktop.files.xml import Element

SCHEMA = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
IMAGE_NAMESPACE = "urn:bims-desktop:image:1"
IMAGE_ID = "Annotation:BIMS:Image"

ElementTree.register_namespace("", SCHEMA)


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


def read_map(root: Element, namespace: str) -> dict[str, str]:
    """Keys and texts of the first MapAnnotation of `namespace`; empty where there is none."""
    found = next(annotations_of(root, namespace), None)
    return {} if found is None else {m.get("K", ""): m.text or "" for m in found.iter() if m.tag.endswith("}M")}
