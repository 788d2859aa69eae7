"""Every kind of record that a save writes fits the published schema, and the schema can refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import bims_desktop as bims
from bims_desktop.model.image import Image

SCHEMA = json.loads((Path(__file__).parents[2] / "resources" / "schemas" / "record-1.schema.json").read_text())
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    """A record with a load, operations, a stroke and a snapshot."""
    with bims.Session(tmp_path / "session") as session:
        cells = session.open(DATA / "xy_8bit__nuclei_PLK1_control.tif")
        labels = session.run("label", session.run("threshold_otsu", session.run("gaussian", cells, sigma=1.5)))
        painted = session.paint(labels, at=[(50, 60), (70, 80)], brush_size=5, value=3)
        unknown = Image(255 - cells.image.array(), "YX")
        changed = session.snapshot(cells, unknown, cause="a test")
        both = session.run("watershed", changed, painted)
        session.save(both, tmp_path / "both.ome.tif")
    return bims.read_record(tmp_path / "both.ome.tif").content


def test_a_record_fits_the_schema(record: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(record, SCHEMA)
    assert {entry["entry"]["operation"] for entry in record["steps"]} >= {"load", "paint", "snapshot", "watershed"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: record.pop("macro"),
        lambda record: record.update(surprise=1),
        lambda record: record["inputs"][0].update(file="/home/somebody/cells.tif"),
        lambda record: record["image"].update(pixels="md5:00"),
        lambda record: record["steps"][0]["entry"].pop("outputs"),
        lambda record: record["redacted"].update(count=-1),
    ],
)
def test_the_schema_refuses_damage(record: dict[str, Any], damage: Any) -> None:
    damage(record)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, SCHEMA)
