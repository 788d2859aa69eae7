"""The OME-XML that we write is valid, whatever the image and its names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
import xmlschema
from cases import IMAGES, noise

from bims_desktop.errors import UnreadableFile
from bims_desktop.files import embedding, ome_annotations, ome_meaning, ome_tiff, ome_xml, tiff, units, xml
from bims_desktop.files.readers import read
from bims_desktop.model.image import Channel, Image


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(files("ome_types") / "ome-2016-06.xsd"))


@pytest.mark.parametrize("name", IMAGES)
def test_valid_against_the_schema(name: str) -> None:
    schema().validate(xml.to_bytes(ome_xml.build(IMAGES[name])).decode())


def test_valid_with_a_record(tmp_path: Path) -> None:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, IMAGES["five"])
    embedding.embed(path, b"record" * 1000, {"Saved by": "Zoë <&>", "Empty": ""})
    embedding.set_receipt(path, b"receipt")
    found = tiff.description(path)
    assert found is not None
    schema().validate(found.text.decode())


@pytest.mark.parametrize("unit", sorted(units.LENGTHS))
def test_every_length(unit: str) -> None:
    schema().validate(xml.to_bytes(ome_xml.build(Image(noise("uint8", 3, 4), "YX", (2, 3), (unit, unit)))).decode())


@pytest.mark.parametrize("unit", sorted(units.TIMES))
def test_every_time(unit: str) -> None:
    schema().validate(
        xml.to_bytes(ome_xml.build(Image(noise("uint8", 2, 3, 4), "TYX", (2, 3, 4), (unit, "", "")))).decode()
    )


@pytest.mark.parametrize("name", ["a<b>&\"c'", "tab\there", "null\0bell\7", "\ud800 lone", "漢字 😀", "]]>"])
def test_names_of_all_sorts(tmp_path: Path, name: str) -> None:
    path = tmp_path / "image.ome.tif"
    ome_tiff.write(path, Image(noise("uint8", 3, 4), "YX", channels=(Channel(name),)))
    found = tiff.description(path)
    assert found is not None
    schema().validate(found.text.decode())
    assert read(path).image.channels[0].name == xml.legal(name)


@pytest.mark.parametrize("color", ["#000000", "#ffffff", "#0a64f0", "#7fffff", "#800000"])
def test_colours(color: str) -> None:
    root = ome_xml.build(Image(noise("uint8", 3, 4), "YX", channels=(Channel("", color),)))
    found = ome_meaning.meaning(root, 0)
    assert found is not None
    assert found.channels == (Channel("", color),)


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "much", ""])
def test_sizes_that_make_no_sense_are_left_out(value: str) -> None:
    root = ome_xml.build(Image(noise("uint8", 3, 4), "YX", (0.5, 0.5), ("µm", "µm")))
    next(root.iter(f"{{{ome_annotations.SCHEMA}}}Pixels")).set("PhysicalSizeX", value)
    found = ome_meaning.meaning(root, 0)
    assert found is not None
    assert found.scale == {"Y": 0.5}


@pytest.mark.parametrize(
    "text", ["", "<OME", '<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>', '<?xml version="1.0" encoding="none"?><x/>']
)
def test_xml_that_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFile, match=r"XML in cells\.tif"):
        xml.parse(text, "cells.tif")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("micron", "µm"),
        ("um", "µm"),
        ("\\u00B5m", "µm"),
        ("μm", "µm"),
        (" ", ""),
        ("pixel", ""),
        ("Inch", "in"),
        ("sec", "s"),
        ("Mm", "Mm"),
        ("foo", "foo"),
    ],
)
def test_spellings_of_units(text: str, unit: str) -> None:
    assert units.normal(text) == unit
