"""What is written for Fabric to read: settings, channel, collections, packages, profiles."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from bims_desktop.errors import LedgerError
from bims_desktop.ledger.fabric.profile import Profile
from bims_network.authority import Authority
from bims_network.channel import configtx
from bims_network.lifecycle import collections
from bims_network.node import parse_metrics
from bims_network.package import identifier, pack
from bims_network.plan import ORDERER_MSP, Plan, free_ports, peer
from bims_network.profile import write_profiles
from bims_network.settings import write_orderer, write_peer
from bims_network.tool import last_line


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(tmp_path).with_ports()


def genesis(plan: Plan) -> Any:
    return configtx(plan)["Profiles"]["Genesis"]


def test_raft_has_three_consenters_and_bft_four_with_identities(tmp_path: Path) -> None:
    raft = genesis(Plan(tmp_path).with_ports())["Orderer"]
    bft = genesis(Plan(tmp_path, "bft").with_ports())["Orderer"]
    assert (raft["OrdererType"], len(raft["EtcdRaft"]["Consenters"])) == ("etcdraft", 3)
    assert (bft["OrdererType"], [node["ID"] for node in bft["ConsenterMapping"]]) == ("BFT", [1, 2, 3, 4])
    assert all(node["Identity"].endswith("certificate.pem") for node in bft["ConsenterMapping"])


def test_no_organisation_can_write_alone(plan: Plan) -> None:
    application = genesis(plan)["Application"]
    assert application["Policies"]["Endorsement"]["Rule"] == "MAJORITY Endorsement"
    assert application["Policies"]["LifecycleEndorsement"]["Rule"] == "MAJORITY Endorsement"
    rules = [one["Policies"]["Endorsement"]["Rule"] for one in application["Organizations"]]
    assert rules == ["OR('Org1MSP.peer')", "OR('Org2MSP.peer')"]


def test_every_member_has_an_anchor_and_the_orderers_endpoints(plan: Plan) -> None:
    anchors = [one["AnchorPeers"][0]["Port"] for one in genesis(plan)["Application"]["Organizations"]]
    assert anchors == [plan.ports[peer(msp)]["listen"] for msp in plan.members]
    orderers = genesis(plan)["Orderer"]["Organizations"][0]["OrdererEndpoints"]
    assert orderers == [plan.address(name) for name in plan.orderers]


def test_every_node_listens_on_this_computer_only(plan: Plan) -> None:
    for name in (*plan.orderers, peer("Org1MSP")):
        plan.node(name).mkdir(parents=True)
    for name in plan.orderers:
        write_orderer(plan, name)
    write_peer(plan, peer("Org1MSP"), "Org1MSP")
    texts = [path.read_text() for path in plan.folder.rglob("*.yaml")]
    assert len(texts) == 4
    for text in texts:
        assert "0.0.0.0" not in text
        assert not open_addresses(json.loads(text))


def open_addresses(settings: Any) -> list[str]:
    """Addresses in the settings that others could reach."""
    if isinstance(settings, dict):
        here = [
            str(value)
            for key, value in settings.items()
            if key.lower() in {"listenaddress", "address", "chaincodelistenaddress"}
            and not str(value).startswith("127.0.0.1")
        ]
        return here + [found for value in settings.values() for found in open_addresses(value)]
    return []


def test_ports_are_kept_and_all_different(plan: Plan) -> None:
    plan.save()
    assert Plan.load(plan.folder) == plan
    ports = [port for purposes in plan.ports.values() for port in purposes.values()]
    assert len(set(ports)) == len(ports) == 17
    assert set(Plan(plan.folder).with_ports(base=21000).ports["orderer1"].values()) == {21000, 21001, 21002}


def test_more_ports_than_there_are_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bims_network.plan.CHOICE", range(20000, 20003))
    with pytest.raises(LedgerError, match="no 5 free ports"):
        free_ports(5)


def test_one_collection_is_of_one_organisation_alone() -> None:
    only, shared = collections(("Org1MSP", "Org2MSP"))
    assert only["policy"] == "OR('Org1MSP.member')"
    assert only["endorsementPolicy"] == {"signaturePolicy": "OR('Org1MSP.peer')"}
    assert shared["policy"] == "OR('Org1MSP.member', 'Org2MSP.member')"
    assert "endorsementPolicy" not in shared
    assert only["memberOnlyRead"] is shared["memberOnlyRead"] is True


def test_a_package_is_the_same_each_time_and_says_where_the_service_is() -> None:
    package = pack("ledger_1", "127.0.0.1:20001")
    assert package == pack("ledger_1", "127.0.0.1:20001")
    assert identifier("ledger_1", package) == f"ledger_1:{hashlib.sha256(package).hexdigest()}"
    with tarfile.open(fileobj=io.BytesIO(package)) as outer:
        metadata = json.load(member(outer, "metadata.json"))
        with tarfile.open(fileobj=member(outer, "code.tar.gz")) as inner:
            connection = json.load(member(inner, "connection.json"))
    assert (metadata["type"], metadata["label"]) == ("ccaas", "ledger_1")
    assert connection["address"] == "127.0.0.1:20001"


def member(archive: tarfile.TarFile, name: str) -> Any:
    file = archive.extractfile(name)
    assert file is not None
    return file


@pytest.mark.parametrize("consensus", ["raft", "bft"])
def test_the_client_reads_the_profile(tmp_path: Path, consensus: Any) -> None:
    plan = Plan(tmp_path, consensus).with_ports()
    authorities = {msp: Authority(plan.authority(msp), msp) for msp in plan.msps}
    for name in plan.orderers:
        folder = plan.node(name) / "msp" / "signcerts"
        folder.mkdir(parents=True)
        (folder / "certificate.pem").write_bytes(authorities[ORDERER_MSP].member(name, "orderer").certificate)
    write_profiles(plan)
    profile = Profile.load(plan.profile("Org2MSP"))
    assert (profile.channel, profile.chaincode) == ("provenance", "provenance-ledger")
    assert [(one.msp, one.address) for one in profile.peers] == [
        (msp, plan.address(peer(msp))) for msp in ("Org2MSP", "Org1MSP")
    ]
    assert profile.trust is not None
    assert set(profile.trust.orderers) == {ORDERER_MSP}
    assert profile.trust.ordering_quorum == {"raft": 1, "bft": 3}[consensus]


def test_metrics_of_other_channels_do_not_count() -> None:
    text = (
        'consensus_etcdraft_is_leader{channel="other"} 1\n'
        'consensus_etcdraft_is_leader{channel="provenance"} 0\n'
        'participation_status{channel="provenance",type="x"} 1\n'
        "go_threads 12\n"
    )
    assert parse_metrics(text) == {"consensus_etcdraft_is_leader": 0.0, "participation_status": 1.0}


def test_the_last_words_of_a_tool_are_shown_without_colours() -> None:
    assert last_line("first\n\x1b[31mError: no\x1b[0m\n\n") == "Error: no"
    assert last_line("") == "it said nothing."
