"""Connection profiles: those of Fabric's own tools, ours, and what is wrong with others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.fabric.profile import MAX_BYTES, Profile
from tests.ledger.fabric.fake_ca import FakeCa
from tests.ledger.fabric.fake_gateway import FakeNetwork

PEM = FakeCa("tlsca").pem.decode()


def plain() -> dict[str, Any]:
    """As Fabric's test network writes it."""
    return {
        "name": "test-network-org1",
        "version": "1.0.0",
        "client": {"organization": "Org1", "connection": {"timeout": {"peer": {"endorser": "300"}}}},
        "organizations": {
            "Org1": {
                "mspid": "Org1MSP",
                "peers": ["peer0.org1.example.com"],
                "certificateAuthorities": ["ca.org1.example.com"],
            }
        },
        "peers": {
            "peer0.org1.example.com": {
                "url": "grpcs://localhost:7051",
                "tlsCACerts": {"pem": PEM},
                "grpcOptions": {
                    "ssl-target-name-override": "peer0.org1.example.com",
                    "hostnameOverride": "peer0.org1.example.com",
                },
            }
        },
        "certificateAuthorities": {
            "ca.org1.example.com": {"url": "https://localhost:7054", "tlsCACerts": {"pem": [PEM]}}
        },
    }


def put(folder: Path, document: Any, name: str = "profile.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(document) if name.endswith("json") else yaml.safe_dump(document))
    return path


@pytest.mark.parametrize("name", ["profile.json", "profile.yaml"])
def test_a_profile_of_fabric_s_test_network(tmp_path: Path, name: str) -> None:
    profile = Profile.load(put(tmp_path, plain(), name), channel="mychannel", chaincode="basic")
    (peer,) = profile.of("Org1MSP")
    assert (peer.name, peer.address, peer.override) == (
        "peer0.org1.example.com",
        "localhost:7051",
        "peer0.org1.example.com",
    )
    assert (profile.channel, profile.chaincode, profile.trust) == ("mychannel", "basic", None)
    assert profile.organisations == ("Org1MSP",)


def test_a_tls_root_may_lie_beside_the_profile(tmp_path: Path) -> None:
    document = plain()
    document["peers"]["peer0.org1.example.com"]["tlsCACerts"] = {"path": "ca.pem"}
    (tmp_path / "ca.pem").write_text(PEM)
    assert Profile.load(put(tmp_path, document)).peers[0].tls_root == PEM.encode()


def test_our_section_names_channel_chaincode_and_whom_to_trust(tmp_path: Path, network: FakeNetwork) -> None:
    profile = Profile.load(put(tmp_path, network.document("Org1MSP")))
    assert (profile.channel, profile.chaincode) == ("provenance", "provenance-ledger")
    assert profile.trust is not None
    assert profile.trust.members == network.trust.members
    assert profile.trust.orderers == network.trust.orderers
    assert (profile.trust.quorum, profile.trust.ordering_quorum) == (2, 1)


def test_one_channel_in_the_profile_is_the_channel(tmp_path: Path) -> None:
    one = Profile.load(put(tmp_path, plain() | {"channels": {"lab": {}}}))
    two = Profile.load(put(tmp_path, plain() | {"channels": {"lab": {}, "other": {}}}))
    assert (one.channel, two.channel) == ("lab", "")


def test_consenters_make_the_quorum_of_bft(tmp_path: Path) -> None:
    consenters = [{"id": number, "msp": "OrdererMSP", "certificate": PEM} for number in range(1, 5)]
    ours = {"msps": {"OrdererMSP": {"ca": [PEM]}, "Org1MSP": {"ca": [PEM]}}, "consenters": consenters}
    trust = Profile.load(put(tmp_path, plain() | {"x-bims": ours})).trust
    assert trust is not None
    assert (list(trust.members), list(trust.orderers), trust.ordering_quorum) == (["Org1MSP"], ["OrdererMSP"], 3)


def with_peer(**about: Any) -> Callable[[], dict[str, Any]]:
    def change() -> dict[str, Any]:
        document = plain()
        document["peers"]["peer0.org1.example.com"] |= about
        return document

    return change


BAD: list[tuple[str, Callable[[], Any], str]] = [
    ("a list", lambda: [1], "it is not a table"),
    ("empty", dict, "names no peer"),
    ("no TLS", with_peer(url="grpc://localhost:7051"), "is not grpcs://"),
    ("no port", with_peer(url="grpcs://localhost"), "is not grpcs://"),
    ("no number for a port", with_peer(url="grpcs://localhost:x"), "is not one"),
    ("no root", with_peer(tlsCACerts={}), "cannot be read|no sound certificate"),
    ("a false root", with_peer(tlsCACerts={"pem": "x"}), "no sound certificate"),
    ("a list as options", with_peer(grpcOptions=[1]), "grpcOptions of peer0.org1.example.com is not a table"),
    ("an unknown peer", lambda: plain() | {"peers": {}}, "which it does not describe"),
    ("too many peers", lambda: plain() | {"peers": {str(n): {} for n in range(101)}}, "more than 100 peers"),
    ("a number as channel", lambda: plain() | {"x-bims": {"channel": 7}}, "channel is not text"),
    ("a CA that is none", lambda: plain() | {"x-bims": {"msps": {"A": {"ca": ["x"]}}}}, "no sound certificate"),
]


@pytest.mark.parametrize(("make", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_wrong_is_named(tmp_path: Path, make: Callable[[], Any], words: str) -> None:
    with pytest.raises(LedgerUnavailable, match=words):
        Profile.load(put(tmp_path, make()))


HOSTILE: list[tuple[str, bytes, str]] = [
    ("python in YAML", b"a: !!python/object/apply:os.system [exit 1]", "neither JSON nor YAML"),
    ("bottomless YAML", b"[" * 5_000, "neither JSON nor YAML"),
    ("bottomless JSON", b'{"a":' * 50_000, "neither JSON nor YAML"),
    ("no text", b"\xff\xfe\x00", "neither JSON nor YAML"),
    ("huge", b" " * (MAX_BYTES + 1), "more than 1,048,576 bytes"),
]


@pytest.mark.parametrize(("data", "words"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_hostile_file_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "profile.yaml"
    path.write_bytes(data)
    with pytest.raises(LedgerUnavailable, match=words):
        Profile.load(path)


def test_an_unknown_organisation_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailable, match="no peer of Org9MSP; it knows Org1MSP"):
        Profile.load(put(tmp_path, plain())).of("Org9MSP")
