"""A user whose log is carried to a real network, and what the network holds of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bims_desktop.app.carrier import Carrier
from bims_desktop.app.home import Home
from bims_desktop.app.settings import Fabric, Settings
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.fabric.contract import Contract
from bims_desktop.model.canonical import parse
from bims_network import Network
from tests.fabric_network import come_level, open_gateway

PATIENCE_S = 240.0
MEMBERS = ("Org1MSP", "Org2MSP")


def fabric_of(network: Network, msp: str = "Org1MSP", who: str = "writer", **options: str) -> Fabric:
    """How a member of an organisation reaches the network."""
    known = network.credentials(msp, who)
    return Fabric(str(network.profile(msp)), msp, str(known.certificate), str(known.key), **options)  # type: ignore[arg-type]


def record(number: int) -> Entry:
    """An entry about a record of this number."""
    return Entry("record", {"record": f"sha256:{number:064x}", "pixels": f"sha256:{number + (1 << 32):064x}"})


class Laboratory:
    """A home whose log is to be carried, with `count` records in it from number `first` on."""

    def __init__(self, folder: Path, network: Network, first: int, count: int, **options: str) -> None:
        self.network = network
        self.fabric = fabric_of(network, **options)
        Settings(fabric=self.fabric).save(folder)
        self.home = Home(folder)
        self.entries = [record(first + number) for number in range(count)]
        self.home.ledger.append_many(self.entries)

    @contextmanager
    def carrier(self, stage: Callable[[str], None] = lambda name: None) -> Iterator[Carrier]:
        """A running carrier, told of each stage."""
        carrier = Carrier(self.home, self.fabric, stage=stage)
        carrier.start()
        try:
            yield carrier
        finally:
            carrier.close()

    def check_carried(self, carrier: Carrier) -> None:
        """Every entry ended committed, and each organisation holds each of them exactly once."""
        found = carrier.sync(PATIENCE_S)
        assert (found.waiting, found.committed, found.conflicts) == (0, len(self.entries), ()), found
        for msp in MEMBERS:
            check_held_once(self.network, msp, self.entries)


def check_held_once(network: Network, msp: str, entries: Sequence[Entry]) -> None:
    """The peer of `msp` holds each entry, written by one transaction and no other."""
    come_level(network)
    gateway = open_gateway(network, msp, "auditor")
    try:
        contract = Contract(gateway)
        for entry in entries:
            digest = str(entry.body["record"])
            held = contract.record(digest, msp)
            assert held is not None, f"{msp} lost {digest}"
            assert held.statement.entry == entry
            changes = parse(gateway.evaluate_at(msp, "History", digest))
            assert [change["transaction"] for change in changes] == [held.statement.transaction]
    finally:
        gateway.close()


def check_same_blocks(network: Network) -> None:
    """Every peer and orderer holds the same last block, and with it the same chain before it."""
    come_level(network)
    holders = [*network.peers.values(), *network.orderers]
    heights = {node.height for node in holders}
    assert len(heights) == 1, heights
    last = (heights.pop() or 0) - 1
    assert len({network.block_hash(node, last) for node in holders}) == 1
