"""The difference between two configurations of a channel, as Fabric's config updates state it.

References
----------
Hyperledger Fabric, "Updating a channel configuration" and "Channel configuration": an update
names what it was computed from (read set, by versions) and what it changes (write set, one
version more for whatever changes).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from bims_network.messages import config

Group = config.ConfigGroup
KINDS = ("policies", "values")


class Change(NamedTuple):
    """Read and write set of one group, and whether they differ."""

    read: Any
    write: Any
    differs: bool


def update(channel: str, before: Any, after: Any) -> bytes:
    """The update that turns the configuration `before` into `after`.

    Parameters
    ----------
    channel : str
        Its name.
    before : common.Config
        As the channel is.
    after : common.Config
        As it shall be.

    Returns
    -------
    bytes
        A serialised common.ConfigUpdate.

    Raises
    ------
    ValueError
        Nothing differs.
    """
    change = compare(before.channel_group, after.channel_group)
    if not change.differs:
        raise ValueError("both configurations are the same")
    made = config.ConfigUpdate(channel_id=channel, read_set=change.read, write_set=change.write)
    return bytes(made.SerializeToString())


def compare(before: Any, after: Any) -> Change:
    """Compare two states of a group, with everything in it."""
    read, write = Group(version=before.version), Group(version=before.version)
    kept = Group()
    regrouped = before.mod_policy != after.mod_policy
    for kind in KINDS:
        regrouped |= _leaves(getattr(before, kind), getattr(after, kind), getattr(write, kind), getattr(kept, kind))
    regrouped |= _groups(before.groups, after.groups, read.groups, write.groups, kept.groups)
    differs = regrouped or any((read.groups, write.groups, write.policies, write.values))
    if regrouped:
        # a group whose members change states all of them again
        for target in (read, write):
            target.MergeFrom(kept)
            target.version = before.version
        write.version, write.mod_policy = before.version + 1, after.mod_policy
    return Change(read, write, differs)


def _leaves(before: Mapping[str, Any], after: Mapping[str, Any], write: Any, kept: Any) -> bool:
    """Compare policies or values; tells whether any came or went."""
    for name, new in after.items():
        old = before.get(name)
        if old is not None and _same(old, new):
            kept[name].version = old.version
            continue
        write[name].CopyFrom(new)
        write[name].version = 0 if old is None else old.version + 1
    return set(before) != set(after)


def _groups(before: Mapping[str, Any], after: Mapping[str, Any], read: Any, write: Any, kept: Any) -> bool:
    """Compare the groups within; tells whether any came or went."""
    for name, new in after.items():
        if name not in before:
            write[name].CopyFrom(compare(Group(), new).write)
            write[name].version, write[name].mod_policy = 0, new.mod_policy
            continue
        change = compare(before[name], new)
        if change.differs:
            read[name].CopyFrom(change.read)
            write[name].CopyFrom(change.write)
        else:
            kept[name].version = before[name].version
    return set(before) != set(after)


def _same(one: Any, other: Any) -> bool:
    first, second = type(one)(), type(other)()
    first.CopyFrom(one)
    second.CopyFrom(other)
    first.version = second.version = 0
    return bool(first == second)
