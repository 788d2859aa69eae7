"""Config updates: what they state as read and as written."""

from __future__ import annotations

from typing import Any

import pytest

from bims_network.delta import compare, update
from bims_network.edits import with_consenter, with_member, with_revocations, without_consenter, without_member
from bims_network.messages import config, msp_config, ordering, raft


@pytest.fixture
def channel() -> Any:
    """A channel's group with two members at versions that are not zero."""
    group = config.ConfigGroup(version=1, mod_policy="Admins")
    members = group.groups["Application"]
    members.version, members.mod_policy = 2, "Admins"
    members.policies["Readers"].version = 4
    for msp in ("Org1MSP", "Org2MSP"):
        inner = msp_config.FabricMSPConfig(name=msp)
        value = members.groups[msp].values["MSP"]
        value.version, value.mod_policy = 3, "Admins"
        value.value = msp_config.MSPConfig(config=inner.SerializeToString()).SerializeToString()
    metadata = raft.ConfigMetadata(consenters=[{"host": "a", "port": 1}, {"host": "a", "port": 2}])
    consensus = ordering.ConsensusType(type="etcdraft", metadata=metadata.SerializeToString())
    group.groups["Orderer"].values["ConsensusType"].value = consensus.SerializeToString()
    return group


def changed(channel: Any, edit: Any) -> Any:
    after = config.ConfigGroup()
    after.CopyFrom(channel)
    edit(after)
    return after


def test_a_changed_value_is_written_alone_and_one_version_up(channel: Any) -> None:
    after = changed(channel, with_revocations("Org1MSP", b"crl"))
    read, write, differs = compare(channel, after)
    assert differs
    assert set(write.groups) == {"Application"}
    assert set(write.groups["Application"].groups) == {"Org1MSP"}
    written = write.groups["Application"].groups["Org1MSP"].values["MSP"]
    assert written.version == 4
    inner = msp_config.FabricMSPConfig.FromString(msp_config.MSPConfig.FromString(written.value).config)
    assert (inner.name, list(inner.revocation_list)) == ("Org1MSP", [b"crl"])
    assert (write.version, write.groups["Application"].version) == (1, 2)
    assert not read.groups["Application"].groups["Org1MSP"].values


def test_a_group_that_loses_a_member_states_all_that_stay(channel: Any) -> None:
    read, write, _ = compare(channel, changed(channel, without_member("Org2MSP")))
    members = write.groups["Application"]
    assert (members.version, members.mod_policy) == (3, "Admins")
    assert set(members.groups) == {"Org1MSP"}
    assert members.policies["Readers"].version == 4
    assert read.groups["Application"].version == 2
    assert set(read.groups["Application"].groups) == {"Org1MSP"}


def test_a_new_member_is_written_whole_at_version_0(channel: Any) -> None:
    group = channel.groups["Application"].groups["Org1MSP"]
    after = changed(channel, with_member("Org3MSP", group))
    members = compare(channel, after).write.groups["Application"]
    assert members.version == 3
    assert members.groups["Org3MSP"].values["MSP"].version == 0
    assert members.groups["Org3MSP"].values["MSP"].value == group.values["MSP"].value
    assert not members.groups["Org1MSP"].values


def test_consenters_come_and_go(channel: Any) -> None:
    def ports(group: Any) -> list[int]:
        consensus = ordering.ConsensusType.FromString(group.groups["Orderer"].values["ConsensusType"].value)
        return [one.port for one in raft.ConfigMetadata.FromString(consensus.metadata).consenters]

    without = changed(channel, without_consenter(1))
    assert ports(without) == [2]
    assert ports(changed(without, with_consenter("a", 1, b"pem"))) == [2, 1]


def test_no_difference_is_no_update(channel: Any) -> None:
    same = config.Config(channel_group=channel)
    with pytest.raises(ValueError, match="the same"):
        update("provenance", same, same)
