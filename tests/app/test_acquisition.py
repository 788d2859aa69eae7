"""The checklist, what files say of it, and what is filled in by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import tifffile

from bims_desktop.app.acquisition import Description, describe, describe_file, describe_input, fill_in
from bims_desktop.app.acquisition_checklist import checklist, item, references
from bims_desktop.app.acquisition_facts import facts
from bims_desktop.app.acquisition_notes import FILE, Note, Notes, by_hand, read_notes
from bims_desktop.app.home import Home
from bims_desktop.app.recover import recover
from bims_desktop.app.session import Session
from bims_desktop.app.settings import Settings
from bims_desktop.app.source import read_record
from bims_desktop.errors import BadParameter, BimsError, RecordDamaged
from bims_desktop.model.image import Channel, Image
from tests.app.forge import edit_record, saved
from tests.conftest import DATA

SCHEMA = json.loads((Path(__file__).parents[2] / "resources" / "schemas" / "record-1.schema.json").read_text())
WHEN = "2026-11-21T14:05:00Z"


def told(found: Description) -> dict[str, str]:
    return {entry.item.id: entry.fact.text for entry in found.entries if entry.fact}


def test_the_checklist_is_whole() -> None:
    ids = [each.id for each in checklist()]
    assert len(ids) == len(set(ids)) >= 25
    assert {each.group for each in checklist()} == {"sample", "experiment", "microscope", "channels", "settings"}
    assert {each.level for each in checklist()} == {"minimal", "recommended"}
    assert all(each.why.endswith(".") and each.title and each.example for each in checklist())
    assert all(reference.endswith(".") or "doi:10." in reference for reference in references())
    assert sum("doi:10." in reference for reference in references()) >= 3
    assert (item("notebook").kind, item("no such item")) == ("link", None)  # type: ignore[union-attr]


OME = {
    "microscope": [{"Manufacturer": "Nikon", "Model": "Ti2"}],
    "objective": [{"Model": "Plan Apo", "LensNA": "1.40", "NominalMagnification": "60.0", "Immersion": "Oil"}],
    "channel": [
        {"Name": "DAPI", "ExcitationWavelength": "405.0", "EmissionWavelength": "450", "Fluor": "DAPI"},
        {"Name": "TL", "AcquisitionMode": "WideField"},
    ],
    "exposure_time": [0.1, 0.25],
    "acquisition_date": [WHEN],
}
READ: dict[str, tuple[dict[str, Any], str, dict[str, str]]] = {
    "OME": (
        OME,
        "",
        {
            "stand": "Nikon Ti2",
            "objective": "Plan Apo",
            "numerical_aperture": "1.40",
            "immersion": "Oil",
            "channels": "DAPI, TL",
            "excitation": "DAPI: 405 nm, TL: ?",
            "exposure": "0.1 to 0.25 s",
            "modality": "WideField",
            "labels": "DAPI",
            "date": WHEN,
        },
    ),
    "unit of exposure": ({"exposure_time": [100.0]}, '<Plane ExposureTimeUnit="ms"/>', {"exposure": "100 ms"}),
    "two units": ({"exposure_time": [1.0]}, '<A ExposureTimeUnit="ms"/><A ExposureTimeUnit="s"/>', {}),
    "settings": ({}, "A|Objective|LensNA #1 = 1.4000000000000001", {"numerical_aperture": "1.4"}),
    "no such setting": ({}, "A|SuperObjective|LensNA #1 = 1.4", {}),
    "TIFF tags": ({"software": "MetaMorph", "make": "Andor", "model": "Zyla"}, "", {"detector": "Andor Zyla"}),
    "hostile": ({"objective": 3, "channel": [7, {"Name": {"a": 1}}], "exposure_time": "x", "make": ["y"]}, "", {}),
    "nothing": ({}, "", {}),
}


@pytest.mark.parametrize("name", READ)
def test_what_a_file_says(name: str) -> None:
    fields, raw, expected = READ[name]
    found = {fact.item: fact.text for fact in facts(fields, raw, None)}
    assert {key: found.get(key) for key in expected} == expected
    if not expected:
        assert set(found) <= {"channels"}


def test_calibration_of_an_image() -> None:
    pixels = np.zeros((2, 2, 3, 8, 8), "uint8")
    units = ("s", "", "µm", "µm", "µm")
    image = Image(pixels, "TCZYX", (30.0, 1.0, 2.0, 0.5, 0.25), units, (Channel("DAPI"), Channel("GFP")))
    found = told(describe({}, "", image))
    assert found == {"pixel_size": "0.5 µm × 0.25 µm", "z_step": "2 µm", "time_step": "30 s", "channels": "DAPI, GFP"}


def test_nobody_is_asked_for_what_makes_no_sense() -> None:
    flat = describe({}, "", Image(np.zeros((8, 8), "uint8"), "YX"))
    colour = describe({}, "", Image(np.zeros((8, 8, 3), "uint8"), "YXS", kind="rgb"))
    asked = [{entry.item.id for entry in found.entries} for found in (flat, colour, describe({}, "", None))]
    assert {"z_step", "time_step", "temperature"}.isdisjoint(asked[0])
    assert {"excitation", "emission", "filters"} <= asked[0]
    assert {"excitation", "emission", "filters"}.isdisjoint(asked[1])
    assert len(asked[2]) == len(checklist())


def test_a_real_stack_of_a_confocal_microscope() -> None:
    (found,) = describe_file(DATA / "xyz_8bit__mitotic_plate_calibrated.tif")
    said = told(found)
    assert said["objective"] == "Plan-Apochromat 63x/1.4 Oil DIC M27"
    assert (said["numerical_aperture"], said["immersion"], said["magnification"]) == ("1.4", "Oil", "63")
    assert said["excitation"] == "488 nm, 561 nm, 633 nm"
    assert (said["z_step"], said["pixel_size"]) == ("3 µm", "0.0852 µm")
    assert {"specimen", "medium", "detector"} <= {each.id for each in found.missing("minimal")}
    assert [line.text for line in found.search("lensna")] == [
        "Information|Instrument|Objective|LensNA #1 = 1.4000000000000001"
    ]
    assert found.raw.splitlines()[found.search("lensna")[0].number - 1] == found.search("lensna")[0].text


def test_a_file_of_ome_xml(tmp_path: Path) -> None:
    metadata = {"axes": "CYX", "PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "Channel": {"Name": ["DAPI", "GFP"]}}
    tifffile.imwrite(tmp_path / "cells.ome.tif", np.zeros((2, 9, 9), "uint8"), ome=True, metadata=metadata)
    (found,) = describe_file(tmp_path / "cells.ome.tif")
    assert told(found) == {"channels": "DAPI, GFP", "pixel_size": "0.1 µm"}


def test_filled_in_by_hand_and_kept_apart(home: Home, nuclei: Path, tmp_path: Path) -> None:
    Settings("A. Robert").save(home.folder)
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(nuclei)
        source = session.inputs[data.version]
        fill_in(session, source, "specimen", " HeLa Kyoto ")
        fill_in(session, source, "pixel_size", "0.166 µm, by a stage micrometer")
        fill_in(session, source, "medium", "water")
        fill_in(session, source, "medium", "")
        found = {entry.item.id: entry for entry in describe_input(session, source, data.image).entries}
        hand = by_hand(session.folder, source.digest)
        assert by_hand(session.folder, "sha256:" + 64 * "0") == {}
    note = found["specimen"].note
    assert note is not None
    assert (note.text, note.agent, note.when[-1]) == ("HeLa Kyoto", "A. Robert", "Z")
    assert (found["specimen"].answer, found["pixel_size"].answer, found["medium"].answer) == (
        "by hand", "in the file", "missing"
    )  # fmt: skip
    assert found["pixel_size"].note is not None
    assert [row["item"] for row in hand["by_hand"]] == ["pixel_size", "specimen"]  # type: ignore[union-attr, index, call-overload]


def test_notes_outlive_a_crash(home: Home, nuclei: Path) -> None:
    session = Session(home=home)
    source = session.inputs[session.open(nuclei).version]
    fill_in(session, source, "specimen", "HeLa")
    session.abandon()
    with recover(session.folder, home) as again:
        (recovered,) = again.inputs.values()
        assert read_notes(again.folder, recovered.digest).of("specimen") == read_notes(
            session.folder, source.digest
        ).of("specimen")


def test_a_record_carries_them(home: Home, nuclei: Path, tmp_path: Path) -> None:
    """The format holds them as it is: the schema leaves `acquisition` open."""
    report = saved(home, nuclei, tmp_path / "out.tif")
    notes = Notes().fill_in("notebook", "https://notebook.example.org/42", "A. Robert", WHEN)
    change = {"by_hand": notes.to_json()}
    edit_record(report.path, lambda content: content["inputs"][0]["acquisition"].update(change), home.agent)
    jsonschema.validate(read_record(report.path).content, SCHEMA)
    (found,) = describe_file(report.path)
    entries = {entry.item.id: entry for entry in found.entries}
    assert found.name == "cells.tif"
    assert entries["notebook"].note == notes.of("notebook")
    assert entries["pixel_size"].fact is not None
    assert entries["pixel_size"].fact.where == "calibration of the saved image"
    assert found.search("ImageJ=")


REFUSED = {
    "no item": ("colour of the walls", "white"),
    "two lines": ("specimen", "HeLa\nKyoto"),
    "control characters": ("specimen", "HeLa \x1b[2J"),
    "too long": ("specimen", "x" * 3000),
    "script as link": ("notebook", "javascript:alert(1)"),
    "file as link": ("notebook", "file:///etc/passwd"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    with pytest.raises(BadParameter):
        Notes().fill_in(*REFUSED[name], agent="", when=WHEN)


DAMAGED: list[Any] = [
    3,
    None,
    {"item": "specimen"},
    [3],
    [{"item": "specimen", "text": "x"}],
    [{"item": "notebook", "text": "javascript:x", "agent": "", "when": WHEN}],
    [{"item": f"i{n}", "text": "x", "agent": "", "when": ""} for n in range(500)],
]


@pytest.mark.parametrize("told", DAMAGED, ids=range(len(DAMAGED)))
def test_damaged_notes_of_a_record_are_refused(told: Any, home: Home, nuclei: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordDamaged):
        Notes.from_json(told)
    report = saved(home, nuclei, tmp_path / "out.tif")
    edit_record(report.path, lambda content: content["inputs"][0].update(acquisition={"by_hand": told}))
    with pytest.raises(RecordDamaged):
        describe_file(report.path)


def test_what_a_newer_program_noted_is_kept() -> None:
    row = {"item": "humidity", "text": "40 %", "agent": "A. Robert", "when": WHEN}
    assert Notes.from_json([row]).fill_in("specimen", "HeLa", "", WHEN).to_json()[0] == row
    assert Notes.from_json([row]).of("humidity") == Note(**row)


@pytest.mark.parametrize("text", ["", "[]", '{"inputs": 3}', '{"v": 1}'])
def test_a_damaged_file_of_the_session_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(BimsError, match="Mend or remove"):
        read_notes(tmp_path, "sha256:1")
