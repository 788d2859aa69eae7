"""A consortium's ledger on this computer: start-up, memory, commit latency, and records an hour through anchoring.

Needs the binaries of Hyperledger Fabric; run apart from the others: ``python benchmarks/fabric.py``.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from bims_desktop.app.carrier import Carrier
from bims_desktop.app.home import Home
from bims_desktop.app.settings import Fabric, Settings
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.profile import Profile
from bims_network import Network

COMMITS = 100
RECORDS = 40_000
BATCH = 2_000
MIB = 1 << 20


def record(number: int) -> Entry:
    """An entry about a record of this number."""
    return Entry("record", {"record": f"sha256:{number:064x}", "pixels": f"sha256:{number + (1 << 40):064x}"})


def startup(network: Network) -> None:
    """Seconds from nothing to both organisations' endorsements, and of a warm restart; memory of each process."""
    for word in ("first start, chaincode built", "restart"):
        begin = time.perf_counter()
        network.up()
        print(f"| network, {word} | {time.perf_counter() - begin:.2f} s | | |")
        if word != "restart":
            network.down()
    for node in network.status():
        print(f"| resident memory of {node.name} ({node.kind}) | {node.rss / MIB:.0f} MiB | | |")


def latency(network: Network, batch_ms: int) -> None:
    """Milliseconds from endorsement to the known commit, one transaction at a time, beside the batch timeout."""
    known = network.credentials("Org1MSP", "writer")
    identity = Identity.from_pem(known.msp, known.certificate, known.key)
    with Gateway(Profile.load(network.profile("Org1MSP")), identity) as gateway:
        times = []
        for number in range(COMMITS):
            transaction = gateway.endorse(gateway.propose("CommitRecord", record(number).to_bytes().decode(), ""))
            begin = time.perf_counter()
            gateway.commit(transaction)
            times.append(1e3 * (time.perf_counter() - begin))
    cuts = statistics.quantiles(times, n=20)
    spread = f"{min(times):.0f} to {max(times):.0f} ms"
    print(f"| commit, p50, BatchTimeout {batch_ms} ms | BatchTimeout + {cuts[9] - batch_ms:.0f} ms | | {spread} |")
    print(f"| commit, p95, BatchTimeout {batch_ms} ms | BatchTimeout + {cuts[18] - batch_ms:.0f} ms | | {spread} |")


def anchoring(network: Network, folder: Path) -> None:
    """Records an hour: appended to the local log in batches while the carrier anchors what there is."""
    known = network.credentials("Org1MSP", "writer")
    profile, certificate, key = map(str, (network.profile("Org1MSP"), known.certificate, known.key))
    fabric = Fabric(profile, "Org1MSP", certificate, key, carry="anchors")
    Settings(fabric=fabric).save(folder)
    home, begin = Home(folder), time.perf_counter()
    carrier = Carrier(home, fabric)
    carrier.start()
    for first in range(0, RECORDS, BATCH):
        home.ledger.append_many([record(10**9 + first + number) for number in range(BATCH)])
    done = carrier.sync(60.0)
    seconds = time.perf_counter() - begin
    carrier.close()
    home.close()
    assert done.committed == RECORDS, done
    print(f"| records an hour through anchoring | {3600 * RECORDS / seconds / 1e6:.1f} million | ≥ 1 million | |")


def main() -> None:
    os.environ["BIMS_KEYRING"] = "off"
    with tempfile.TemporaryDirectory() as name:
        for batch_ms in (50, 250):
            network = Network(Path(name) / f"network{batch_ms}", batch_timeout=f"{batch_ms}ms")
            try:
                if batch_ms == 50:
                    startup(network)
                network.up()
                latency(network, batch_ms)
                if batch_ms == 250:
                    anchoring(network, Path(name) / "home")
            finally:
                network.down(wipe=True)


if __name__ == "__main__":
    print("| figure | value | bound | least to greatest |\n| --- | --- | --- | --- |")
    main()
