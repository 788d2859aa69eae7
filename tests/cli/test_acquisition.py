"""`bims acquisition`: what is there, what is missing, and the microscope's own text."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from bims_desktop.app.home import Home
from bims_desktop.app.session import Session
from bims_desktop.cli.acquisition import acquisition
from bims_desktop.errors import UnreadableFile
from tests.cli.conftest import ROOT

PLATE = ROOT / "tests" / "data" / "xyz_8bit__mitotic_plate_calibrated.tif"


def asked(*words: str | Path) -> Result:
    return CliRunner().invoke(acquisition, [str(word) for word in words])


def test_says_what_is_there_and_why_the_rest_is_missed() -> None:
    lines = asked(PLATE).stdout.splitlines()
    there, missing = lines.index("In the file"), lines.index("Missing, minimal")
    assert any("Numerical aperture" in line and "1.4" in line for line in lines[there:missing])
    assert any("Specimen" in line and line.endswith(".") for line in lines[missing:])
    assert "--find" in lines[-1]


def test_finds_lines_of_the_raw_text() -> None:
    (line,) = asked(PLATE, "--find", "LENSNA").stdout.splitlines()
    assert line.endswith("LensNA #1 = 1.4000000000000001")
    assert "Nothing in it holds" in asked(PLATE, "--find", "no such words").stdout
    assert len(asked(PLATE, "--raw").stdout) > 60_000


def test_json(saved: Path) -> None:
    (fact,) = json.loads(asked(saved, "--json", "--find", "imagej").stdout)
    answers = {entry["item"]: entry["answer"] for entry in fact["items"]}
    assert fact["name"] == "nuclei.tif"
    assert (answers["pixel_size"], answers["specimen"]) == ("in the file", "missing")
    assert fact["found"][0]["text"].startswith("ImageJ=")


def test_says_that_the_text_was_left_out(tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=Home(tmp_path / "home")) as session:
        data = session.open(PLATE)
        digest = session.inputs[data.version].acquisition.digest
        bare = session.save(data, tmp_path / "bare.tif", keep_vendor_metadata=False).path
        again = session.save(session.run("gaussian", session.open(bare)), tmp_path / "again.tif").path
    said = f"was left out when bare.tif was saved; its fingerprint is {digest}."
    lines = asked(bare).stdout.splitlines()
    assert any("Numerical aperture" in line and "1.4" in line for line in lines[: lines.index("Missing, minimal")])
    assert lines[-1].endswith(said)
    assert asked(bare, "--raw").stdout.rstrip().endswith(said)
    assert json.loads(asked(bare, "--json").stdout)[0]["left_out"] == digest
    assert "stays in the first record" in asked(again, "--raw").stdout


def test_what_is_no_image() -> None:
    assert isinstance(asked(__file__).exception, UnreadableFile)
