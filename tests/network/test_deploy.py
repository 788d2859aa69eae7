"""The examples for a real deployment hold together, and Fabric's own tool accepts them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from bims_desktop.ledger.fabric.profile import Profile
from bims_network import Authority, find_binaries
from bims_network.configuration import read_config
from bims_network.lifecycle import collections
from bims_network.membership import write_member, write_organisation, write_tls
from bims_network.plan import ORDERER_MSP
from bims_network.tool import run
from tests.fabric_network import require_fabric

DEPLOY = Path(__file__).parents[2] / "network" / "deploy"
MEMBERS = ("Org1MSP", "Org2MSP")


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    """The examples beside the certificates that they name."""
    folder = Path(shutil.copytree(DEPLOY, tmp_path / "deploy"))
    for msp in (*MEMBERS, ORDERER_MSP):
        write_organisation(folder / "organisations" / msp / "msp", Authority(tmp_path / "authorities" / msp, msp))
    authority = Authority(tmp_path / "authorities" / ORDERER_MSP, ORDERER_MSP)
    for number in range(1, 5):
        node = folder / "organisations" / ORDERER_MSP / "nodes" / f"orderer{number}"
        write_member(node / "msp", authority, authority.member(node.name, "orderer"))
        write_tls(node / "tls", authority, authority.server(node.name))
    return folder


@pytest.mark.fabric
@pytest.mark.parametrize("profile", ["Raft", "Bft"])
def test_configtxgen_makes_a_first_block_of_the_channel(deployed: Path, profile: str) -> None:
    require_fabric()
    block = deployed / "genesis.block"
    arguments = [
        "-configPath",
        str(deployed),
        "-profile",
        profile,
        "-channelID",
        "provenance",
        "-outputBlock",
        str(block),
    ]
    run(find_binaries().configtxgen, *arguments, environment={"FABRIC_CFG_PATH": str(deployed)})
    groups = read_config(block.read_bytes()).channel_group.groups
    assert set(groups["Application"].groups) == set(MEMBERS)
    assert {"Endorsement", "LifecycleEndorsement"} <= set(groups["Application"].policies)
    assert set(groups["Orderer"].groups) == {ORDERER_MSP}


def test_the_application_reads_the_connection_profile(deployed: Path) -> None:
    profile = Profile.load(deployed / "connection-profile.json")
    assert (profile.channel, profile.chaincode) == ("provenance", "provenance-ledger")
    assert profile.organisations == MEMBERS
    assert len(profile.of("Org1MSP")) == 2


def test_the_collections_are_those_of_the_tests_with_copies_at_more_peers() -> None:
    real: Any = json.loads((DEPLOY / "collections_config.json").read_text())
    tested: Any = collections(MEMBERS)
    for example, native in zip(real, tested, strict=True):
        copies = {"requiredPeerCount", "maxPeerCount"}
        assert {key: example[key] for key in example.keys() - copies} == {
            key: native[key] for key in native.keys() - copies
        }
        assert 1 <= example["requiredPeerCount"] <= example["maxPeerCount"]


def test_the_compose_file_publishes_no_administration() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    public = {port for service in services.values() for port in service.get("ports", []) if port.count(":") == 1}
    assert public == {"7050:7050", "7051:7051"}
    assert all("latest" not in service.get("image", "") for service in services.values())
    built = services["chaincode"]["build"]
    assert (DEPLOY / built["context"] / "package-lock.json").is_file()
    assert "--ignore-scripts" in built["dockerfile_inline"]
