"""The checklist, what files say of it, and what is filled in by hand."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import tifffile

from bims_desktop.app.acquisition import (
    Description,
    describe,
    describe_data,
    describe_file,
    fill_in,
    fill_in_all,
    sources_of,
)
from bims_desktop.app.acquisition_checklist import checklist, item, references
from bims_desktop.app.acquisition_facts import STATED, facts, stated
from bims_desktop.app.acquisition_notes import FILE, Note, Notes, kept_notes
from bims_desktop.app.acquisition_raw import EARLIER, RawImage, acquisition_of, images_in, raw_images
from bims_desktop.app.acquisition_text import readable
from bims_desktop.app.home import Home
from bims_desktop.app.recover import recover
from bims_desktop.app.session import Session
from bims_desktop.app.settings import Settings
from bims_desktop.app.source import read_record
from bims_desktop.errors import BadParameter, BimsError, RecordDamaged
from bims_desktop.files import ome_facts, xml
from bims_desktop.files.acquisition import Acquisition
from bims_desktop.files.readers import read
from bims_desktop.model.image import Channel, Image
from tests.app.forge import edit_record, saved
from tests.conftest import DATA, put

SCHEMA = json.loads((Path(__file__).parents[2] / "resources" / "schemas" / "record-1.schema.json").read_text())
PLATE = "xyz_8bit__mitotic_plate_calibrated.tif"
WHEN = "2026-11-21T14:05:00Z"


NOTHING = RawImage("", "cells.tif", Acquisition())


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
            "exposure": "100 ms to 250 ms",
            "modality": "WideField",
            "labels": "DAPI",
            "date": WHEN,
        },
    ),
    "unit of exposure": ({"exposure_time": [100.0]}, '<Plane ExposureTimeUnit="ms"/>', {"exposure": "100 ms"}),
    "two units": ({"exposure_time": [1.0]}, '<A ExposureTimeUnit="ms"/><A ExposureTimeUnit="s"/>', {}),
    "settings": ({}, "A|Objective|LensNA #1 = 1.4000000000000001", {"numerical_aperture": "1.4"}),
    "a laser without its power": (
        {},
        "E|Laser|LaserName #1 = 488\nE|Laser|LaserName #2 = 561\nE|Laser|LaserPower #1 = 0.5",
        {"illumination": "power 0.5 (unit not in the file)", "light_source": "488, 561"},
    ),
    "words for numbers": (
        {},
        "A|Attenuator|Transmission #1 = full\nB|Channel|DetectionWavelength|Ranges #1 = LP 505\n"
        "C|Channel|PinholeSizeAiry #1 = open\nD|LaserScanInfo|PixelTime #1 = fast",
        {"illumination": "transmitted full", "filters": "detected LP 505", "modality": "pinhole open AU"},
    ),
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


MICROSCOPE = """<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
<Instrument ID="I:0"><Microscope Manufacturer="Nikon" Model="Ti2"/>
<Laser ID="L:0" Manufacturer="Coherent" Model="OBIS" Wavelength="488" Power="50"/><Laser ID="L:1" Model="Other"/>
<Detector ID="D:0" Model="Zyla"/>
<FilterSet ID="S:0"><EmissionFilterRef ID="F:0"/><DichroicRef ID="X:0"/></FilterSet><Dichroic ID="X:0" Model="ZT488"/>
<Filter ID="F:0" Manufacturer="Chroma" Type="BandPass"><TransmittanceRange CutIn="500" CutOut="550"/></Filter>
<Filter ID="F:1" Model="not in the light path"/>
<Objective ID="O:0" Model="10x" LensNA="0.3"/><Objective ID="O:1" Model="60x" LensNA="1.4" Immersion="Oil"/>
</Instrument>
<Image ID="Image:0"><AcquisitionDate>2026-11-21T14:05:00</AcquisitionDate><ObjectiveSettings ID="O:1"
RefractiveIndex="1.518"/><ImagingEnvironment Temperature="37" CO2Percent="0.05"/>
<Pixels><Channel Name="GFP" AcquisitionMode="SpinningDiskConfocal" PinholeSize="50"
ExcitationWavelength="0.488" ExcitationWavelengthUnit="µm">
<LightSourceSettings ID="L:0" Attenuation="0.9"/><DetectorSettings ID="D:0" Gain="2" Binning="2x2"/>
<FilterSetRef ID="S:0"/></Channel>
<Plane TheT="0" DeltaT="0" ExposureTime="50" ExposureTimeUnit="ms"/>
<Plane TheT="1" DeltaT="0.5" DeltaTUnit="min" ExposureTime="0.2"/>
<Plane TheT="2" DeltaT="60500" DeltaTUnit="ms" ExposureTime="nan"/></Pixels></Image>
<Image ID="Image:1"><Pixels><Channel Name="RFP"/></Pixels></Image></OME>"""


def test_an_instrument_of_ome_xml() -> None:
    root = xml.parse(MICROSCOPE, "cells.ome.tif")
    fields = ome_facts.facts(root, 0)
    assert (fields["exposure_time"], fields["exposure_time_unit"]) == ([0.05, 0.2], "s")
    assert fields["time_stamps"] == {"count": 3, "first": 0.0, "last": 60.5, "step": 30.25}
    found = {fact.item: fact.text for fact in facts(fields, MICROSCOPE, None)}
    assert found == {
        "stand": "Nikon Ti2",
        "objective": "60x",
        "numerical_aperture": "1.4",
        "immersion": "Oil, n = 1.518",
        "light_source": "Coherent OBIS 488 nm",
        "filters": "Chroma BandPass 500 nm to 550 nm, ZT488",
        "modality": "SpinningDiskConfocal, pinhole 50 µm",
        "illumination": "attenuated by 90 %, Coherent OBIS 488 nm 50 mW",
        "detector": "Zyla",
        "gain": "gain 2 binning 2x2",
        "channels": "GFP",
        "excitation": "GFP: 0.488 µm",
        "exposure": "50 ms to 200 ms",
        "date": "2026-11-21T14:05:00",
        "temperature": "37 °C, 5 % CO2",
        "time_step": "30.25 s, the usual one of 3 time stamps",
    }
    assert {fact.item: fact.text for fact in facts(ome_facts.facts(root, 1), "", None)}["channels"] == "RFP"


def test_calibration_of_an_image() -> None:
    pixels = np.zeros((2, 2, 3, 8, 8), "uint8")
    units = ("s", "", "µm", "µm", "µm")
    image = Image(pixels, "TCZYX", (30.0, 1.0, 2.0, 0.5, 0.25), units, (Channel("DAPI"), Channel("GFP")))
    found = told(describe(NOTHING, image))
    assert found == {"pixel_size": "0.5 µm × 0.25 µm", "z_step": "2 µm", "time_step": "30 s", "channels": "DAPI, GFP"}


def test_nobody_is_asked_for_what_makes_no_sense() -> None:
    flat = describe(NOTHING, Image(np.zeros((8, 8), "uint8"), "YX"))
    colour = describe(NOTHING, Image(np.zeros((8, 8, 3), "uint8"), "YXS", kind="rgb"))
    asked = [{entry.item.id for entry in found.entries} for found in (flat, colour, describe(NOTHING, None))]
    assert {"z_step", "time_step", "temperature"}.isdisjoint(asked[0])
    assert {"excitation", "emission", "filters"} <= asked[0]
    assert {"excitation", "emission", "filters"}.isdisjoint(asked[1])
    assert len(asked[2]) == len(checklist())


def test_a_real_stack_of_a_confocal_microscope() -> None:
    (found,) = describe_file(DATA / "xyz_8bit__mitotic_plate_calibrated.tif")
    said = told(found)
    assert said["objective"] == "Plan-Apochromat 63x/1.4 Oil DIC M27"
    assert (said["numerical_aperture"], said["immersion"]) == ("1.4", "Oil, n = 1.518")
    assert said["magnification"] == "63, scan zoom 2"
    assert said["excitation"] == "488 nm, 561 nm, 633 nm"
    assert (said["z_step"], said["pixel_size"]) == ("3 µm", "0.0852 µm")
    assert said["modality"] == "LaserScanningConfocalMicroscopy, pinhole 1 AU"
    bands = "490.6 to 570.6 nm, 561.7 to 677.1 nm, 632.7 to 694.9 nm"
    assert said["filters"] == f"MBS 488/561/633; detected {bands}", "plates and mirrors are no filters"
    assert said["detector"].split(", ") == [
        "SpectralImager1", "NonDescannedTransmissionPmt1", "SpectralImager2", "SpectralImager3"
    ]  # fmt: skip
    assert said["exposure"] == "0.548 µs a pixel, 1.61107 s a frame"
    transmitted = "transmitted ArgonRemote 0.3 %, DPSS 561-10 0.2 %, HeNe633 1 %"
    power = "power HeNe633 0.005, DPSS 561-10 0.02, ArgonRemote 0.02375 (unit not in the file)"
    assert said["illumination"] == f"{transmitted}; {power}"
    assert said["gain"] == "800 V, 401.786 V, 750 V; digital gain 1; binning 1x1; 4 times averaged"
    assert (said["date"], said["software"]) == ("2019-04-01T12:59:38", "AIMApplication, version 14.0.17.201")
    assert [each.id for each in found.missing("minimal")] == ["specimen", "labels", "cover_glass", "medium"]
    assert [line.text for line in found.search("lensna")] == [
        "Information|Instrument|Objective|LensNA #1 = 1.4000000000000001"
    ]
    assert found.raw.splitlines()[found.search("lensna")[0].number - 1] == found.search("lensna")[0].text


OTHERS = {
    "xy_8bit__nuclei_PLK1_control.tif": {"pixel_size": "0.1661 µm"},
    "xy_8bit__nuclei_noisy_small.tif": {},
    "xy_8bit_binary__nuclei.tif": {},
    "xy_8bit_labels__h2b.tif": {},
    "xy_float__h2b_bg_corr.tif": {},
    "xy_rgb__cells.tif": {},
    "xyc_16bit__nuclei_tubulin.tif": {},
    "xyzc_16bit__spots.tif": {"pixel_size": "0.09413 µm", "z_step": "0.4 µm"},
}


@pytest.mark.parametrize("name", OTHERS)
def test_images_that_imagej_exported_say_no_more_than_they_hold(name: str) -> None:
    (found,) = describe_file(DATA / name)
    assert told(found) == OTHERS[name]


def test_a_file_of_ome_xml(tmp_path: Path) -> None:
    metadata = {"axes": "CYX", "PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "Channel": {"Name": ["DAPI", "GFP"]}}
    tifffile.imwrite(tmp_path / "cells.ome.tif", np.zeros((2, 9, 9), "uint8"), ome=True, metadata=metadata)
    (found,) = describe_file(tmp_path / "cells.ome.tif")
    assert told(found) == {"channels": "DAPI, GFP", "pixel_size": "0.1 µm"}


def test_filled_in_by_hand_and_kept_apart(home: Home, nuclei: Path, tmp_path: Path) -> None:
    Settings("A. Robert").save(home.folder)
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(nuclei)
        (source,) = raw_images(session.inputs[data.version])
        fill_in(session, source, "specimen", " HeLa Kyoto ")
        fill_in(session, source, "pixel_size", "0.166 µm, by a stage micrometer")
        fill_in(session, source, "medium", "water")
        fill_in(session, source, "medium", "")
        (description,) = describe_data(session, session.run("gaussian", data))
        assert description.answered == 2
        found = {entry.item.id: entry for entry in description.entries}
        (planned,) = session.draft(data).inputs
        assert [row["text"] for row in planned.acquisition["by_hand"]][1:] == ["HeLa Kyoto"]  # type: ignore[union-attr, index, call-overload]
        hand = acquisition_of(session.folder, session.inputs[data.version], keep=False)
        assert kept_notes(session.folder, "sha256:" + 64 * "0") is None
    note = found["specimen"].note
    assert note is not None
    assert (note.text, note.agent, note.when[-1]) == ("HeLa Kyoto", "A. Robert", "Z")
    assert (found["specimen"].answer, found["pixel_size"].answer, found["medium"].answer) == (
        "by hand", "in the file", "missing"
    )  # fmt: skip
    assert found["pixel_size"].note is not None
    assert [row["item"] for row in hand["by_hand"]] == ["pixel_size", "specimen"]  # type: ignore[union-attr, index, call-overload]


def test_filled_in_for_all_raw_images_of_a_series(home: Home, tmp_path: Path) -> None:
    home.settings = Settings("A. Robert")
    for time in range(5):
        put(tmp_path / f"t{time}.tif", np.full((6, 5), time, np.uint8))
    with Session(tmp_path / "session", home=home) as session:
        series = session.open_series([tmp_path / f"t{time}.tif" for time in range(5)])
        raws = [source.raw for source in sources_of(session, series)]
        fill_in(session, raws[0], "specimen", "HeLa")
        fill_in(session, raws[1], "specimen", "HeLa Kyoto")
        assert fill_in_all(session, raws, "specimen", " HeLa Kyoto ") == 1
        with pytest.raises(BadParameter, match="takes a link"):
            fill_in_all(session, raws, "notebook", "page 42")
        report = session.save(series, tmp_path / "series.ome.tif")
        assert fill_in_all(session, raws, "specimen", "") == 5
        assert not any(raw.notes_in(session.folder).notes for raw in raws)
    saved = read_record(report.path).content["inputs"]
    notes = [[(note["item"], note["text"], note["agent"]) for note in each["acquisition"]["by_hand"]] for each in saved]
    assert notes == [[("specimen", "HeLa Kyoto", "A. Robert")]] * 5


def test_notes_outlive_a_crash(home: Home, nuclei: Path) -> None:
    session = Session(home=home)
    (source,) = raw_images(session.inputs[session.open(nuclei).version])
    fill_in(session, source, "specimen", "HeLa")
    session.abandon()
    with recover(session.folder, home) as again:
        (recovered,) = again.inputs.values()
        note = raw_images(recovered)[0].notes_in(again.folder).of("specimen")
        assert note is not None
        assert note == source.notes_in(session.folder).of("specimen")


def test_what_is_known_of_raw_images_outlives_any_number_of_saves(home: Home, nuclei: Path, tmp_path: Path) -> None:
    files = [nuclei, *(tmp_path / f"generation-{number}.ome.tif" for number in range(3))]
    for number, (before, after) in enumerate(pairwise(files)):
        with Session(tmp_path / f"session-{number}", home=home) as session:
            data = session.open(before)
            (source,) = raw_images(session.inputs[data.version])
            assert (source.name, source.via) == ("cells.tif", before.name if number else "")
            fill_in(session, source, ("specimen", "medium", "specimen")[number], ("HeLa", "water", "")[number])
            session.save(session.run("gaussian", data), after)
        (found,) = describe_file(after)
        assert (found.name, found.source.via) == ("cells.tif", after.name)
        assert {entry.item.id for entry in found.entries if entry.note} == [
            {"specimen"}, {"specimen", "medium"}, {"medium"}
        ][number]  # fmt: skip
        jsonschema.validate(read_record(after).content, SCHEMA)
    (told,) = read_record(files[3]).content["inputs"][0]["acquisition"][EARLIER]
    assert told["acquisition"]["ImageJ"], "what the raw file says came along"


def test_vendor_text_that_is_left_out_stays_out(home: Home, nuclei: Path, tmp_path: Path) -> None:
    first = saved(home, nuclei, tmp_path / "first.tif").path
    second = saved(home, first, tmp_path / "second.tif", keep_vendor_metadata=False).path
    (told,) = read_record(second).content["inputs"][0]["acquisition"][EARLIER]
    assert set(told["acquisition"]) == {"ImageJ", "finterval", "unit"}
    raw = read(nuclei).acquisition.raw.encode()
    assert raw
    assert raw not in read_record(second).payload


def test_what_is_known_from_the_vendors_text_stays_without_it(home: Home, tmp_path: Path) -> None:
    whole, bare = (
        saved(home, DATA / PLATE, tmp_path / f"{keep}.tif", keep_vendor_metadata=keep).path for keep in (True, False)
    )
    (before,), (after,) = describe_file(whole), describe_file(bare)
    assert told(after) == told(before)
    assert [entry.fact.where for entry in after.entries if entry.fact and entry.item.id == "numerical_aperture"] == [
        "Objective LensNA"
    ]
    assert (after.raw, after.source.left_out) == ("", before.source.acquisition.digest)
    assert before.source.left_out == ""
    content = read_record(bare).content
    jsonschema.validate(content, SCHEMA)
    assert b'"Info"' not in read_record(bare).payload
    again = saved(home, bare, tmp_path / "again.tif").path
    assert told(describe_file(again)[0]) == told(before), "and is carried on"


@pytest.mark.parametrize("rows", [3, "x", [3], [{}], [{"item": 1, "text": "", "where": "x"}], {"item": "date"}])
def test_damaged_statements_of_a_record_say_nothing(rows: Any) -> None:
    assert list(stated({STATED: rows})) == []


def test_a_moved_file_tells_nothing_and_can_be_worked_on(home: Home, nuclei: Path, tmp_path: Path) -> None:
    first = saved(home, nuclei, tmp_path / "first.tif").path
    with Session(tmp_path / "session", home=home) as session:
        source = session.inputs[session.open(first).version]
        first.rename(tmp_path / "moved.tif")
        assert [each.name for each in raw_images(source)] == ["first.tif"]


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
    assert entries["pixel_size"].fact.where == "calibration of out.tif"
    assert found.search("ImageJ=")


REFUSED = {
    "no item": ("colour of the walls", "white"),
    "two lines": ("specimen", "HeLa\nKyoto"),
    "control characters": ("specimen", "HeLa \x1b[2J"),
    "too long": ("specimen", "x" * 3000),
    "script as link": ("notebook", "javascript:alert(1)"),
    "file as link": ("notebook", "file:///etc/passwd"),
    "words as number": ("numerical_aperture", "abc"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    with pytest.raises(BadParameter):
        Notes().fill_in(*REFUSED[name], agent="", when=WHEN)


def test_a_note_of_an_earlier_record_stands_as_it_was_signed() -> None:
    row = {"item": "numerical_aperture", "text": "high", "agent": "", "when": WHEN}
    assert Notes.from_json([row]).to_json() == [row]


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
    with Session(tmp_path / "session", home=home) as session:
        opened = session.open(report.path)
        assert [each.name for each in describe_data(session, opened)] == ["out.tif"]


@pytest.mark.parametrize("earlier", [3, [3], [{}], [{"acquisition": 3, "by_hand": [], "digest": "", "file": ""}]])
def test_damaged_earlier_files_are_refused(earlier: Any) -> None:
    with pytest.raises(RecordDamaged):
        images_in([{"acquisition": {EARLIER: earlier}, "vendor": None}], "out.tif")


LINES = {
    "XML": ('<?xml version="1.0"?><A><B x="1"><C>text</C></B><D/></A>', 7),
    "comment": ("<A><!-- b --><C/></A>", 4),
    "JSON": ('{"a": [1, 2]}', 6),
    "no JSON": ("[Settings]\nNA=1.4", 2),
    "text": ("NA=1.4\r\nZoom=2", 2),
    "broken XML": ("<A><B", 3),
    "nothing": ("", 0),
}


@pytest.mark.parametrize("name", LINES)
def test_text_in_lines_that_can_be_read(name: str) -> None:
    raw, count = LINES[name]
    lines = readable(raw)
    assert len(lines) == count
    assert "".join("".join(lines).split()) == "".join(raw.split()), "nothing but space was changed"


def test_what_a_newer_program_noted_is_kept() -> None:
    row = {"item": "humidity", "text": "40 %", "agent": "A. Robert", "when": WHEN}
    assert Notes.from_json([row]).fill_in("specimen", "HeLa", "", WHEN).to_json()[0] == row
    assert Notes.from_json([row]).of("humidity") == Note(**row)


@pytest.mark.parametrize("text", ["", "[]", '{"inputs": 3}', '{"v": 1}'])
def test_a_damaged_file_of_the_session_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(BimsError, match="Mend or remove"):
        kept_notes(tmp_path, "sha256:1")
