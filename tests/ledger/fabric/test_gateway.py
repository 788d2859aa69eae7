"""The stages of a write, and what each says when it fails, on the in-process network."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bims_desktop.errors import (
    CommitError,
    CommitStatusError,
    EndorseError,
    LedgerUnavailable,
    SubmitError,
    TransactionError,
)
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.proposal import Proposal
from bims_desktop.ledger.fabric.transaction import Transaction
from tests.ledger.fabric.conftest import QUICK
from tests.ledger.fabric.entries import digest, entry
from tests.ledger.fabric.fake_ca import FakeCa
from tests.ledger.fabric.fake_gateway import FakeNetwork, Fault, Kind, Stage


def written(gateway: Gateway, text: str) -> Transaction:
    transaction = gateway.endorse(gateway.propose("CommitRecord", text, ""))
    gateway.commit(transaction)
    return transaction


def test_a_record_is_written_and_both_organisations_have_it(gateway: Gateway) -> None:
    record = digest("cells")
    transaction = written(gateway, entry(record=record))
    assert json.loads(transaction.result)["place"] == {"transaction": transaction.transaction}
    for msp in ("Org1MSP", "Org2MSP"):
        assert json.loads(gateway.evaluate_at(msp, "GetRecord", record))["transaction"] == transaction.transaction
        assert gateway.status(transaction.transaction, msp).block == 0


def test_nothing_is_ordered_before_submit(gateway: Gateway, network: FakeNetwork) -> None:
    gateway.endorse(gateway.propose("CommitRecord", entry(), ""))
    assert network.ledger.blocks == []
    assert gateway.height() == 0


PASSING: list[tuple[Stage, Kind]] = [
    ("Evaluate", "unavailable"),
    ("Endorse", "unavailable"),
    ("Endorse", "no peers"),
]


@pytest.mark.parametrize(("stage", "kind"), PASSING)
def test_a_passing_failure_is_borne(gateway: Gateway, network: FakeNetwork, stage: Stage, kind: Kind) -> None:
    network.faults.append(Fault(stage, kind, times=2))
    record = digest(f"{stage}{kind}")
    written(gateway, entry(record=record))
    assert gateway.evaluate("GetRecord", record)
    assert network.calls.count(stage) == 3


FAILING: list[tuple[Stage, Kind, type[TransactionError], str, str]] = [
    ("Endorse", "unavailable", EndorseError, "UNAVAILABLE", ""),
    ("Endorse", "mismatch", EndorseError, "ABORTED", "ProposalResponsePayloads do not match"),
    ("Endorse", "deadline", EndorseError, "DEADLINE_EXCEEDED", ""),
    ("Submit", "unavailable", SubmitError, "UNAVAILABLE", ""),
    ("Submit", "no orderers", SubmitError, "UNAVAILABLE", "connection refused"),
    ("Submit", "refused", SubmitError, "ABORTED", ""),
    ("Submit", "restored", SubmitError, "ABORTED", ""),
    ("Submit", "deadline", SubmitError, "DEADLINE_EXCEEDED", ""),
    ("CommitStatus", "unavailable", CommitStatusError, "UNAVAILABLE", ""),
    ("CommitStatus", "deadline", CommitStatusError, "DEADLINE_EXCEEDED", ""),
    ("Submit", "race", CommitError, "MVCC_READ_CONFLICT", ""),
    ("Submit", "policy", CommitError, "ENDORSEMENT_POLICY_FAILURE", ""),
]


@pytest.mark.parametrize(("stage", "kind", "error", "code", "said"), FAILING)
def test_every_stage_has_its_error(
    gateway: Gateway,
    network: FakeNetwork,
    stage: Stage,
    kind: Kind,
    error: type[TransactionError],
    code: str,
    said: str,
) -> None:
    network.faults.append(Fault(stage, kind, times=99))
    proposal = gateway.propose("CommitRecord", entry(), "")
    with pytest.raises(error) as caught:
        gateway.commit(gateway.endorse(proposal))
    assert type(caught.value) is error
    assert (caught.value.code, caught.value.transaction) == (code, proposal.transaction)
    assert [node.message for node in caught.value.details if said in node.message] if said else True
    assert caught.value.what.endswith(".")


def test_an_orderer_that_is_being_restored_is_named(gateway: Gateway, network: FakeNetwork) -> None:
    network.faults.append(Fault("Submit", "restored"))
    transaction = gateway.endorse(gateway.propose("CommitRecord", entry(), ""))
    with pytest.raises(SubmitError, match="does not order for this channel yet") as caught:
        gateway.submit(transaction)
    assert caught.value.todo == "Try again in a moment; what was to be sent is kept."
    assert gateway.commit(transaction).valid


@pytest.mark.parametrize("kind", ["deadline", "unavailable after", "lost"])
def test_after_an_unknown_submit_the_same_envelope_ends_as_one_transaction(
    gateway: Gateway, network: FakeNetwork, kind: Kind
) -> None:
    network.faults.append(Fault("Submit", kind))
    kept = gateway.endorse(gateway.propose("CommitRecord", entry(), "")).bytes
    transaction = Transaction.from_bytes(kept)
    try:
        gateway.submit(transaction)
    except SubmitError:
        assert kind != "lost"
    assert network.calls.count("Submit") == 1
    gateway.submit(transaction)
    assert gateway.status(transaction.transaction).check().block == 0
    assert sum(block.metadata.metadata[2] == b"\0" for block in network.ledger.blocks) == 1


def test_another_transaction_than_was_proposed_is_not_signed(gateway: Gateway, network: FakeNetwork) -> None:
    written(gateway, entry())
    network.faults.append(Fault("Endorse", "another"))
    with pytest.raises(EndorseError, match="answered with another one"):
        gateway.endorse(gateway.propose("CommitRecord", entry(), ""))


def test_the_chaincode_s_words_arrive_from_each_peer(gateway: Gateway) -> None:
    with pytest.raises(EndorseError) as caught:
        gateway.endorse(gateway.propose("Attest", entry("attestation", verdict="exact")))
    (said,) = caught.value.details
    assert (said.msp, said.message[:33]) == ("Org1MSP", "chaincode response 500, NOT_FOUND")
    with pytest.raises(TransactionError, match="NOT_FOUND") as refused:
        gateway.evaluate("GetRecord", digest("nothing"))
    assert refused.value.details[0].msp == "Org1MSP"


def test_another_organisation_cannot_be_impersonated(network: FakeNetwork) -> None:
    real = network.identity("Org2MSP")
    false = type(real)("Org1MSP", real.certificate, real.key)
    with (
        Gateway(network.profile, false, deadlines=QUICK) as gateway,
        pytest.raises(EndorseError, match="does not accept this identity"),
    ):
        gateway.endorse(gateway.propose("CommitRecord", entry(), ""))


@pytest.mark.parametrize(("minutes", "words"), [(-20, "20 minutes behind"), (20, "20 minutes ahead of")])
def test_a_wrong_clock_is_named(network: FakeNetwork, minutes: int, words: str) -> None:
    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(minutes=minutes)

    with Gateway(network.profile, network.identity(), deadlines=QUICK, clock=clock) as gateway:
        with pytest.raises(EndorseError, match=words) as caught:
            gateway.endorse(gateway.propose("CommitRecord", entry(), ""))
        assert caught.value.todo == "Set this computer's clock."
        skew = gateway.clock_skew()
        assert skew is not None
        assert abs(skew - timedelta(minutes=minutes)) < timedelta(seconds=5)


def test_an_expired_certificate_is_named(network: FakeNetwork) -> None:
    now = datetime.now(UTC)
    expired = network.identity(valid_from=now - timedelta(hours=3), valid_until=now - timedelta(hours=1))
    assert "expired on" in expired.warning(now)
    with (
        Gateway(network.profile, expired, deadlines=QUICK) as gateway,
        pytest.raises(TransactionError, match="certificate of this identity has expired"),
    ):
        gateway.evaluate("GetAnchor", "lab")


def test_signing_may_happen_elsewhere(gateway: Gateway, network: FakeNetwork) -> None:
    signer = network.identity()
    public = type(signer)(signer.msp, signer.certificate)
    with Gateway(network.profile, public, deadlines=QUICK) as there:
        proposal = Proposal.from_bytes(there.propose("CommitRecord", entry(), "").bytes)
        assert proposal.signature == b""
        transaction = there.endorse(proposal.with_signature(signer.sign(proposal.message)))
        there.submit(Transaction.from_bytes(transaction.bytes).sign(signer))
        assert there.status(there.ask(transaction.transaction).sign(signer)).valid
        with pytest.raises(LedgerUnavailable, match="not on this computer"):
            public.sign(b"")


def test_a_restarted_peer_is_found_again(gateway: Gateway, network: FakeNetwork) -> None:
    record = digest("restart")
    written(gateway, entry(record=record))
    network.stop("Org1MSP")
    with pytest.raises(LedgerUnavailable):
        gateway.evaluate("GetRecord", record)
    network.start("Org1MSP")
    assert gateway.evaluate("GetRecord", record)


def test_the_next_peer_of_the_organisation_answers(network: FakeNetwork) -> None:
    profile = network.profile
    dead = type(profile.peers[0])("peer1.Org1MSP", "Org1MSP", "localhost:1", profile.peers[0].tls_root)
    both = type(profile)(profile.channel, profile.chaincode, (dead, *profile.peers), profile.trust)
    with Gateway(both, network.identity(), deadlines=QUICK) as gateway:
        assert gateway.height() == 0
    with (
        Gateway(both, network.identity(), peer="peer1.Org1MSP", deadlines=QUICK) as gateway,
        pytest.raises(LedgerUnavailable, match="cannot be reached"),
    ):
        gateway.height()


def test_somebody_else_s_tls_certificate_is_refused_at_once(network: FakeNetwork) -> None:
    profile = network.profile
    wrong = tuple(type(p)(p.name, p.msp, p.address, FakeCa("another").pem) for p in profile.peers)
    with (
        Gateway(type(profile)(profile.channel, profile.chaincode, wrong), network.identity()) as gateway,
        pytest.raises(LedgerUnavailable, match="not one that the connection profile trusts"),
    ):
        gateway.height()


def test_closing_ends_a_call_that_waits_and_refuses_the_next(gateway: Gateway, network: FakeNetwork) -> None:
    gateway.height()
    network.faults.append(Fault("CommitStatus", "deadline"))
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(gateway.status, "0" * 64, None, 30)
        while "CommitStatus" not in network.calls:
            time.sleep(0.01)
        gateway.close()
        with pytest.raises(CommitStatusError) as caught:
            waiting.result(5)
    assert caught.value.code == "CANCELLED"
    with pytest.raises(LedgerUnavailable, match="was closed"):
        gateway.height()


def test_a_gateway_knows_what_it_needs(network: FakeNetwork) -> None:
    profile, identity = network.profile, network.identity()
    with pytest.raises(LedgerUnavailable, match="no channel or no chaincode"):
        Gateway(replace(profile, chaincode=""), identity)
    with pytest.raises(LedgerUnavailable, match="no peer 'peer9'"):
        Gateway(profile, identity, peer="peer9")
    with pytest.raises(LedgerUnavailable, match="no peer of Org9MSP"):
        Gateway(profile, replace(identity, msp="Org9MSP"))
