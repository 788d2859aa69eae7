"""Settings: what an older or newer program wrote is read and kept, and no private key ever stands there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bims_desktop.app.settings import FILE, Fabric, Settings
from bims_desktop.errors import BimsError

FABRIC = Fabric("profile.json", "Org1MSP", "cert.pem", "key.pem", collection="lab", carry="anchors", since="2026")


def put(folder: Path, value: Any) -> Path:
    (folder / FILE).write_text(json.dumps(value))
    return folder


def test_a_consortium_comes_back(tmp_path: Path) -> None:
    settings = Settings("Ada", "Büro", (), FABRIC)
    settings.save(tmp_path)
    assert Settings.load(tmp_path) == settings


def test_an_older_file(tmp_path: Path) -> None:
    put(tmp_path, {"agent": "Ada", "organisation": "Büro", "pinned": []})
    assert Settings.load(tmp_path) == Settings("Ada", "Büro")


def test_a_file_without_choices_of_later_versions(tmp_path: Path) -> None:
    put(tmp_path, {"fabric": {"profile": "p", "msp": "m", "certificate": "c", "key": "k"}})
    assert Settings.load(tmp_path).fabric == Fabric("p", "m", "c", "k")


def test_what_a_newer_program_wrote_stays(tmp_path: Path) -> None:
    newer = {"agent": "Ada", "theme": {"dark": True}, "fabric": {**vars_of(FABRIC), "gossip": 3}}
    settings = Settings.load(put(tmp_path, newer))
    replace(settings, agent="Grace", fabric=replace(FABRIC, msp="Org2MSP")).save(tmp_path)
    kept = json.loads((tmp_path / FILE).read_text())
    assert (kept["theme"], kept["fabric"]["gossip"]) == ({"dark": True}, 3)
    assert (kept["agent"], kept["fabric"]["msp"]) == ("Grace", "Org2MSP")


def test_a_consortium_can_be_left(tmp_path: Path) -> None:
    Settings("Ada", fabric=FABRIC).save(tmp_path)
    Settings("Ada").save(tmp_path)
    assert Settings.load(tmp_path).fabric is None


DAMAGED: list[Any] = [
    [],
    {"pinned": 3},
    {"fabric": []},
    {"fabric": {"profile": "p"}},
    {"fabric": {"profile": "p", "msp": "m", "certificate": "c", "key": 3}},
    {"fabric": {"profile": "p", "msp": "m", "certificate": "c", "key": "k", "carry": "everything"}},
    {"fabric": {"profile": "p", "msp": "m", "certificate": "c", "key": "k", "keep_contents": "no"}},
]


@pytest.mark.parametrize("value", DAMAGED)
def test_damage_is_said_and_nothing_is_overwritten(tmp_path: Path, value: Any) -> None:
    put(tmp_path, value)
    with pytest.raises(BimsError, match="cannot be read"):
        Settings.load(tmp_path)


def test_a_damaged_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    with pytest.raises(BimsError, match="cannot be read"):
        Settings("Ada").save(tmp_path)
    assert (tmp_path / FILE).read_text() == "{"


@pytest.mark.parametrize("field", ["key", "tls_key"])
def test_a_private_key_is_refused(field: str) -> None:
    with pytest.raises(BimsError, match="never stands in the settings"):
        replace(FABRIC, **{field: "-----BEGIN PRIVATE KEY-----\n"})


def vars_of(fabric: Fabric) -> dict[str, Any]:
    return {name: getattr(fabric, name) for name in Fabric.__slots__}
