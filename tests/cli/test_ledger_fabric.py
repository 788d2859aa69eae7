"""The ledger's commands with a consortium: carrying, anchoring, searching and recovering over a real network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import tifffile

from bims_desktop.app.settings import Fabric, Settings
from bims_network import Network
from tests.app.forge import saved
from tests.cli.conftest import run
from tests.conftest import put
from tests.fabric_network import come_level
from tests.images import textured

pytestmark = pytest.mark.fabric


def join(home: Path, network: Network, msp: str, who: str) -> Path:
    """A home whose settings name the consortium."""
    known = network.credentials(msp, who)
    fabric = Fabric(str(network.profile(msp)), msp, str(known.certificate), str(known.key))
    Settings("Ada", "Lab", fabric=fabric).save(home)
    return home


def told(home: Path, *args: str | Path, code: int = 0) -> Any:
    ran = run(home, *args, "--json")
    assert ran.code == code, ran.out + ran.err
    return json.loads(ran.out)


def test_from_the_save_to_the_other_organisation(network: Network, tmp_path: Path) -> None:
    from bims_desktop.app.home import Home

    author = join(tmp_path / "author", network, "Org1MSP", "writer")
    reader = join(tmp_path / "reader", network, "Org2MSP", "reader")
    home = Home(author)
    report = saved(home, put(tmp_path / "cells.tif", textured("YX", seed=11)), tmp_path / "smooth.ome.tif")
    home.close()
    assert told(author, "ledger", "status")["fabric"]["waiting"] == 1
    carried = told(author, "ledger", "sync")
    assert (carried["waiting"], carried["committed"], carried["conflicts"]) == (0, 1, [])
    come_level(network)
    (found,) = told(reader, "ledger", "find", "--record", report.record_digest, "--where", "fabric")
    assert (found["subject"], found["agent"], found["operations"]) == (report.pixel_digest, "Ada", ["gaussian", "load"])
    assert told(author, "ledger", "anchor")["waiting"] == 0
    local, anchor = told(author, "ledger", "verify")
    assert (local["state"], anchor["name"], anchor["state"]) == ("good", "anchor", "good"), anchor
    _recovered(report.path, tmp_path / "stripped.tif", reader)
    told(author, "ledger", "retract", report.record_digest, "--reason", "the wrong dye")
    assert told(author, "ledger", "sync")["waiting"] == 0
    come_level(network)
    assert told(reader, "ledger", "find", "--record", report.record_digest, "--where", "fabric", "--kind", "record")[0][
        "state"
    ] == "retracted"  # fmt: skip
    assert run(reader, "recover", tmp_path / "stripped.tif", "--overwrite").code == 1, "it comes back only by name"


def _recovered(saved: Path, stripped: Path, reader: Path) -> None:
    """Somebody of the other organisation, who has the pixels alone, gets the record."""
    tifffile.imwrite(stripped, tifffile.imread(saved))
    (fact,) = told(reader, "recover", stripped)
    assert (fact["changed"], fact["receipt"]) == ([], False)
    (checked,) = told(reader, "verify", fact["restored"], code=1)
    states = {name: verdict["state"] for name, verdict in checked["verdicts"].items()}
    assert (states["pixels"], states["macro"], states["signature"], states["ledger"]) == (
        "good", "good", "unknown", "good",
    )  # fmt: skip


def test_a_record_of_another_science(network: Network, tmp_path: Path) -> None:
    author = join(tmp_path / "author", network, "Org1MSP", "writer")
    digest = "sha256:" + 64 * "7"
    document = {
        "subject": [{"kind": "sequence", "name": "r.fastq", "digest": digest}],
        "steps": [{"operation": "basecall"}],
    }
    (tmp_path / "run.json").write_text(json.dumps(document))
    record = told(author, "ledger", "submit", tmp_path / "run.json")["record"]
    assert told(author, "ledger", "sync")["waiting"] == 0
    come_level(network)
    reader = join(tmp_path / "reader", network, "Org2MSP", "reader")
    for query in (["--subject", digest], ["--operation", "basecall", "--record", record]):
        found = told(reader, "ledger", "find", "--where", "fabric", *query)
        assert record in [entry["record"] for entry in found]
