"""Attacks on what is written: races, one organisation alone, replays, and logs that were rolled back or forked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bims_desktop.errors import EntryConflict, LedgerError
from bims_desktop.ledger.checkpoint import Checkpoint
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.fabric.contract import Contract, Write, anchor
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.ledger import FabricLedger
from bims_desktop.ledger.public_key import encode_public
from bims_desktop.ledger.signing import Ed25519Signer
from bims_desktop.model.canonical import parse
from bims_desktop.model.merkle import consistency_proof, leaf_hash, root_hash
from bims_network import Network
from tests.fabric_network import open_gateway
from tests.faults.laboratory import record

pytestmark = pytest.mark.fabric

RACERS = 30


@pytest.fixture(scope="module")
def gateway(network: Network) -> Iterator[Gateway]:
    gateway = open_gateway(network)
    yield gateway
    gateway.close()


def statement(number: int, pixels: int) -> Entry:
    return Entry("record", {"record": f"sha256:{number:064x}", "pixels": f"sha256:{pixels:064x}"})


def race(gateway: Gateway, entries: Sequence[Entry]) -> Counter[str]:
    """Validation codes of transactions that were all endorsed before the first was sent."""
    proposals = [gateway.propose("CommitRecord", entry.to_bytes().decode(), "") for entry in entries]
    transactions = [gateway.endorse(proposal) for proposal in proposals]
    with ThreadPoolExecutor(len(transactions)) as pool:
        list(pool.map(gateway.submit, transactions))
        statuses = pool.map(lambda transaction: gateway.status(transaction.transaction), transactions)
        return Counter(status.code for status in statuses)


def test_of_many_that_claim_one_record_one_wins(gateway: Gateway) -> None:
    entries = [statement(7_000_000, pixels=number) for number in range(RACERS)]
    assert race(gateway, entries) == {"VALID": 1, "MVCC_READ_CONFLICT": RACERS - 1}
    ledger = FabricLedger(gateway)
    (standing,) = ledger.find(record=str(entries[0].body["record"]))
    losers = [entry for entry in entries if entry != standing.entry]
    with pytest.raises(EntryConflict):
        ledger.append(losers[0])


def test_of_many_that_send_the_same_entry_all_end_with_one_transaction(gateway: Gateway) -> None:
    entry = record(7_100_000)
    ledger = FabricLedger(gateway)
    with ThreadPoolExecutor(RACERS) as pool:
        commits = list(pool.map(lambda _: FabricLedger(gateway).append(entry), range(RACERS)))
    assert {commit.transaction for commit in commits} == {ledger.append(entry).transaction}
    changes = parse(gateway.evaluate("History", str(entry.body["record"])))
    assert len(changes) == 1


def test_a_record_cannot_be_written_over(gateway: Gateway) -> None:
    ledger = FabricLedger(gateway)
    ledger.append(statement(7_200_000, pixels=1))
    with pytest.raises(EntryConflict):
        ledger.append(statement(7_200_000, pixels=2))
    (standing,) = ledger.find(record=f"sha256:{7_200_000:064x}")
    assert standing.entry == statement(7_200_000, pixels=1)


def test_a_replayed_envelope_changes_nothing(gateway: Gateway, network: Network) -> None:
    entry = record(7_300_000)
    sent = gateway.endorse(gateway.propose("CommitRecord", entry.to_bytes().decode(), ""))
    first = gateway.commit(sent)
    thief = open_gateway(network, "Org2MSP", "writer")
    try:
        for again in (gateway, thief):
            try:
                again.submit(sent)
            except LedgerError:
                continue  # refused at the door is as good
        for msp in ("Org1MSP", "Org2MSP"):
            assert gateway.status(sent.transaction, msp) == first
    finally:
        thief.close()
    assert len(parse(gateway.evaluate("History", str(entry.body["record"])))) == 1


class Log:
    """A log of some leaves, to be anchored."""

    def __init__(self, origin: str, signer: Ed25519Signer, leaves: str) -> None:
        self.origin, self.signer = origin, signer
        self.leaves = [leaf_hash(leaf.encode()) for leaf in leaves]

    def anchor(self, size: int, after: int) -> Write:
        """The anchoring of its first `size` entries where `after` of them were anchored last."""
        note = Checkpoint(self.origin, size, root_hash(self.leaves[:size])).sign(self.signer)
        proof = consistency_proof(self.leaves[:size], after) if 0 < after < size else []
        return anchor(note, encode_public(self.signer.public_key, self.origin), proof)


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer.generate()


@pytest.fixture
def anchored(gateway: Gateway, signer: Ed25519Signer, request: pytest.FixtureRequest) -> Log:
    """A log whose first five entries are anchored."""
    log = Log(f"lab/{signer.public_key.hex()[:16]}", signer, "abcdefgh")
    contract = Contract(gateway)
    for size, after in ((3, 0), (5, 3)):
        gateway.commit(contract.endorse(log.anchor(size, after)))
    return log


def test_an_anchored_log_grows(gateway: Gateway, anchored: Log) -> None:
    contract = Contract(gateway)
    gateway.commit(contract.endorse(anchored.anchor(8, 5)))
    last = contract.anchored(anchored.origin)
    assert last is not None
    assert (last.size, last.root) == (8, root_hash(anchored.leaves))


@pytest.mark.parametrize(
    ("leaves", "size", "after"),
    [
        pytest.param("abcdefgh", 4, 3, id="rolled back"),
        pytest.param("abcdX", 5, 3, id="another tree of that size"),
        pytest.param("abXdefgh", 8, 5, id="rewritten and grown"),
        pytest.param("abcdefgh", 8, 4, id="a proof from another size"),
    ],
)
def test_a_log_that_contradicts_its_anchor_is_refused(
    gateway: Gateway, anchored: Log, leaves: str, size: int, after: int
) -> None:
    contract = Contract(gateway)
    forged = Log(anchored.origin, anchored.signer, leaves)
    with pytest.raises(EntryConflict):
        contract.endorse(forged.anchor(size, after))
    last = contract.anchored(anchored.origin)
    assert last is not None
    assert last.size == 5


def test_a_log_signed_with_another_key_is_refused(gateway: Gateway, anchored: Log) -> None:
    contract = Contract(gateway)
    with pytest.raises(LedgerError, match="key"):
        contract.endorse(Log(anchored.origin, Ed25519Signer.generate(), "abcdefgh").anchor(8, 5))


def test_a_split_view_shows_at_the_second_anchor(gateway: Gateway, anchored: Log, network: Network) -> None:
    """Two people were shown different logs under one name and key: the second to anchor learns of it."""
    gateway.commit(Contract(gateway).endorse(anchored.anchor(7, 5)))
    other_view = Log(anchored.origin, anchored.signer, "abcdeYZ")
    with pytest.raises(EntryConflict):
        Contract(gateway).endorse(other_view.anchor(7, 5))
