"""`bims show`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import bims_desktop
from bims_desktop.app.home import Home
from bims_desktop.app.session import Session
from tests.cli.conftest import Bims


def test_prints_the_macro(bims: Bims, saved: Path) -> None:
    lines = bims("show", saved).out.splitlines()
    assert lines[0] == '"""BIMS macro, dialect 1.'
    calls = [line.partition("op.")[2].partition("(")[0] for line in lines if " = op." in line]
    assert calls == ["load", "gaussian", "threshold_otsu", "label"]


def test_prints_the_payload_byte_for_byte(bims: Bims, saved: Path) -> None:
    payload = bims("show", saved, "--json").out.encode()
    assert f"sha256:{hashlib.sha256(payload).hexdigest()}" == bims_desktop.read_record(saved).digest


def test_prints_the_record_for_reading(bims: Bims, saved: Path) -> None:
    ran = bims("show", saved, "--record")
    assert json.loads(ran.out) == json.loads(bims("show", saved, "--json").out)
    assert len(ran.out.splitlines()) > 20


def test_says_which_earlier_steps_come_first(bims: Bims, stranger: Bims, saved: Path, tmp_path: Path) -> None:
    macro = bims("show", saved)
    assert macro.err == ""
    later = tmp_path / "later.ome.tif"
    with Session(tmp_path / "session", home=Home(tmp_path / "home")) as session:
        session.save(session.run("clear_border", session.open(saved)), later)
    told = bims("show", later)
    assert " = op.clear_border(" in told.out
    assert told.err == f"These steps come after 4 steps of {saved.name}; show that file too.\n"
    assert stranger("show", later).err == f"These steps come after the steps of {saved.name}; show that file too.\n"
