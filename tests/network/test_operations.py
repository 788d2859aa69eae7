"""What docs/network tells operators to do, done on the real network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bims_network import Network
from bims_network.sources import find_sources
from tests.fabric_network import MakeNetwork
from tests.network.test_faults import put, same_blocks

pytestmark = pytest.mark.fabric


def test_a_third_laboratory_joins(own_network: MakeNetwork) -> None:
    network = own_network()
    put(network, "two of us")
    network.add("Org3MSP")
    assert same_blocks(network, put(network, "three of us", "Org3MSP"))
    # a majority of three is two: one laboratory may be away
    network.peers["Org2MSP"].stop()
    put(network, "two of three", "Org3MSP")
    network.down()
    again = Network(network.folder)
    again.up()
    assert set(again.peers) == {"Org1MSP", "Org2MSP", "Org3MSP"}
    again.down()


def test_certificates_are_rotated_one_node_after_the_other(own_network: MakeNetwork) -> None:
    network = own_network()
    for node in (network.peers["Org1MSP"], *network.orderers):
        before = (node.folder / "tls" / "server.pem").read_bytes()
        network.renew(node)
        assert (node.folder / "tls" / "server.pem").read_bytes() != before
        network.wait_ready()
        assert same_blocks(network, put(network, f"after {node.name}"))


def test_the_chaincode_is_upgraded(own_network: MakeNetwork, tmp_path: Path) -> None:
    sources = Path(
        shutil.copytree(find_sources(), tmp_path / "chaincode", ignore=shutil.ignore_patterns("node_modules", "dist"))
    )
    network = own_network()
    put(network, "old")
    index = sources / "src" / "index.ts"
    index.write_text(index.read_text() + "\n// another state of the sources\n")
    newer = Network(network.folder, chaincode=sources)
    before = committed(newer)
    newer.up()
    after = committed(newer)
    assert after["sequence"] == before["sequence"] + 1
    assert after["version"] != before["version"]
    put(newer, "new")


def committed(network: Network) -> dict[str, object]:
    found = network.nodes.administrators["Org1MSP"].committed("provenance-ledger")
    assert found is not None
    return found
