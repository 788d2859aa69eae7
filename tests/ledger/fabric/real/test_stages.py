"""The stages of a write against real peers and orderers, and what each says when it fails."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bims_desktop.errors import CommitError, CommitStatusError, EndorseError, LedgerUnavailable, TransactionError
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.evidence import check
from bims_desktop.ledger.fabric.gateway import Deadlines, Gateway
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.profile import Profile
from bims_desktop.ledger.fabric.transaction import Transaction
from bims_network import Authority, Network
from tests.ledger.fabric.entries import digest, entry
from tests.ledger.fabric.real.opening import endorsed, gateway_as, identity_of, written

pytestmark = pytest.mark.fabric


def test_a_transaction_is_valid_at_both_organisations(gateway: Gateway) -> None:
    transaction = endorsed(gateway)
    status = gateway.commit(transaction)
    assert status.valid
    assert gateway.status(transaction.transaction, "Org2MSP") == status


def test_the_words_of_the_chaincode_arrive(gateway: Gateway) -> None:
    with pytest.raises(EndorseError) as caught:
        gateway.endorse(gateway.propose("Attest", entry("attestation", verdict="exact")))
    assert caught.value.code == "ABORTED"
    assert caught.value.details[0].msp == "Org1MSP"
    assert "chaincode response 500, NOT_FOUND: " in caught.value.details[0].message
    with pytest.raises(TransactionError, match="does not hold the record"):
        gateway.evaluate_at("Org2MSP", "GetRecord", digest("nothing"))


Alter = Callable[[Any], None]


def another_result(action: Any) -> None:
    answer = messages.proposal_response.ProposalResponsePayload.FromString(action.action.proposal_response_payload)
    inner = messages.proposal.ChaincodeAction.FromString(answer.extension)
    inner.response.payload = b"{}"
    answer.extension = inner.SerializeToString()
    action.action.proposal_response_payload = answer.SerializeToString()


def another_argument(action: Any) -> None:
    action.chaincode_proposal_payload = action.chaincode_proposal_payload.replace(b"CommitRecord", b"commitRecord")


def altered(transaction: Transaction, alter: Alter) -> Transaction:
    """The same transaction with something else in it than the organisations endorsed, not signed."""
    payload = messages.common.Payload.FromString(transaction.message)
    inner = messages.transaction.Transaction.FromString(payload.data)
    action = messages.transaction.ChaincodeActionPayload.FromString(inner.actions[0].payload)
    alter(action)
    inner.actions[0].payload = action.SerializeToString()
    payload.data = inner.SerializeToString()
    return Transaction(transaction.transaction, payload.SerializeToString())


ALTERED = [(another_result, "ENDORSEMENT_POLICY_FAILURE"), (another_argument, "INVALID_ENDORSER_TRANSACTION")]


@pytest.mark.parametrize(("alter", "code"), ALTERED)
def test_what_was_altered_after_endorsement_is_invalid(gateway: Gateway, alter: Alter, code: str) -> None:
    good = endorsed(gateway)
    with pytest.raises(CommitError) as caught:
        gateway.commit(altered(good, alter).sign(gateway.identity))
    assert (caught.value.code, caught.value.transaction) == (code, good.transaction)
    trust = gateway.profile.trust
    assert trust is not None
    assert not check(gateway.block_of(good.transaction), good.transaction, trust).good


def test_of_two_racing_writers_one_wins(gateway: Gateway) -> None:
    text = entry()
    first, second = endorsed(gateway, text), endorsed(gateway, text)
    for transaction in (first, second):
        gateway.submit(transaction)
    codes = {gateway.status(transaction.transaction).code for transaction in (first, second)}
    assert codes == {"VALID", "MVCC_READ_CONFLICT"}


def test_one_organisation_alone_writes_nothing(gateway: Gateway) -> None:
    with pytest.raises(CommitError) as caught:
        gateway.commit(endorsed(gateway, endorsers=("Org1MSP",)))
    assert caught.value.code == "ENDORSEMENT_POLICY_FAILURE"


def test_the_same_envelope_twice_is_one_transaction(gateway: Gateway) -> None:
    transaction = endorsed(gateway)
    first = gateway.commit(transaction)
    gateway.submit(Transaction.from_bytes(transaction.bytes))
    written(gateway)
    assert gateway.status(transaction.transaction) == first


def test_an_outcome_that_nobody_knows_yet_is_called_unknown(gateway: Gateway) -> None:
    transaction = endorsed(gateway)
    with pytest.raises(CommitStatusError) as caught:
        gateway.status(transaction.transaction, timeout=0.5)
    assert caught.value.code == "DEADLINE_EXCEEDED"
    assert gateway.commit(transaction).valid


def test_the_key_may_be_elsewhere(network: Network) -> None:
    here = identity_of(network.credentials("Org1MSP", "writer"))
    with gateway_as(network, replace(here, key=None)) as gateway:
        proposal = gateway.propose("CommitRecord", entry(), "")
        transaction = gateway.endorse(proposal.with_signature(here.sign(proposal.message)))
        gateway.submit(transaction.with_signature(here.sign(transaction.message)))
        assert gateway.status(gateway.ask(transaction.transaction).sign(here)).valid


def test_many_threads_share_one_gateway(gateway: Gateway) -> None:
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: written(gateway), range(24)))
    assert all(status.valid for status in statuses)
    assert len({status.transaction for status in statuses}) == 24


def expired(network: Network, folder: Path) -> Identity:
    until = datetime.now(UTC) - timedelta(days=1)
    return identity_of(network.issue("Org1MSP", "late", valid_until=until))


def of_another_organisation(network: Network, folder: Path) -> Identity:
    return identity_of(network.credentials("Org2MSP", "writer"), "Org1MSP")


def of_no_organisation(network: Network, folder: Path) -> Identity:
    return identity_of(network.credentials("Org1MSP", "writer"), "Org9MSP")


def of_an_unknown_ca(network: Network, folder: Path) -> Identity:
    return identity_of(network.issue("Org1MSP", "eve", organisation_ca=Authority(folder / "ca", "Org1MSP")))


def with_another_key(network: Network, folder: Path) -> Identity:
    real, other = (identity_of(network.credentials("Org1MSP", who)) for who in ("writer", "reader"))
    return replace(real, key=other.key)


IMPOSTORS: list[tuple[Callable[[Network, Path], Identity], str]] = [
    (expired, "the certificate of this identity has expired"),
    (of_another_organisation, "does not (know|accept) this identity"),
    (of_no_organisation, "does not (know|accept) this identity"),
    (of_an_unknown_ca, "does not (know|accept) this identity"),
    (with_another_key, "does not accept this identity"),
]


@pytest.mark.parametrize(("make", "words"), IMPOSTORS, ids=[row[0].__name__ for row in IMPOSTORS])
def test_an_impostor_is_refused_everywhere(
    network: Network, tmp_path: Path, make: Callable[[Network, Path], Identity], words: str
) -> None:
    with gateway_as(network, make(network, tmp_path)) as gateway:
        with pytest.raises(EndorseError, match=words) as caught:
            endorsed(gateway)
        assert caught.value.todo
        with pytest.raises(TransactionError, match=words):
            gateway.evaluate("GetRecord", digest("x"))
        if make is expired:  # Fabric itself lets who was once a member follow what is committed
            with gateway.events(0) as events:
                assert next(events).transaction
        else:
            with pytest.raises(CommitStatusError) as unsaid:
                gateway.status("0" * 64, timeout=2)
            assert unsaid.value.code == "PERMISSION_DENIED"
            with pytest.raises(LedgerUnavailable, match=words), gateway.events(0) as events:
                next(events)


@pytest.mark.parametrize(("minutes", "words"), [(-20, "20 minutes behind"), (20, "20 minutes ahead of")])
def test_a_clock_that_is_20_minutes_off_is_named(network: Network, minutes: int, words: str) -> None:
    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(minutes=minutes)

    identity = identity_of(network.credentials("Org1MSP", "writer"))
    with gateway_as(network, identity, clock=clock) as gateway:
        with pytest.raises(EndorseError, match=words):
            endorsed(gateway)
        skew = gateway.clock_skew()
        assert skew is not None
        assert abs(skew - timedelta(minutes=minutes)) < timedelta(seconds=5)


def test_a_right_clock_is_found_right(gateway: Gateway) -> None:
    for msp in ("Org1MSP", "Org2MSP"):
        skew = gateway.clock_skew(msp)
        assert skew is not None
        assert abs(skew) < timedelta(seconds=5)


def test_the_wrong_tls_root_is_refused_at_once(network: Network) -> None:
    profile = Profile.load(network.profile("Org1MSP"))
    roots = {peer.msp: peer.tls_root for peer in profile.peers}
    swapped = tuple(replace(peer, tls_root=roots["Org2MSP"]) for peer in profile.of("Org1MSP"))
    identity = identity_of(network.credentials("Org1MSP", "writer"))
    began = datetime.now(UTC)
    with (
        Gateway(replace(profile, peers=swapped), identity) as gateway,
        pytest.raises(LedgerUnavailable, match="not one that the connection profile trusts"),
    ):
        gateway.height()
    assert datetime.now(UTC) - began < timedelta(seconds=5)


def test_a_name_that_the_tls_certificate_does_not_bear_is_refused(network: Network) -> None:
    profile = Profile.load(network.profile("Org1MSP"))
    identity = identity_of(network.credentials("Org1MSP", "writer"))
    for override, good in ((profile.of("Org1MSP")[0].name, True), ("peer.elsewhere", False)):
        peers = tuple(replace(peer, override=override) for peer in profile.of("Org1MSP"))
        with Gateway(replace(profile, peers=peers), identity, deadlines=Deadlines(evaluate=5)) as gateway:
            if good:
                assert gateway.height() > 0
            else:
                with pytest.raises(LedgerUnavailable, match="not one that the connection profile trusts"):
                    gateway.height()


def test_a_channel_or_chaincode_that_is_not_there_is_named(network: Network) -> None:
    profile = Profile.load(network.profile("Org1MSP"))
    identity = identity_of(network.credentials("Org1MSP", "writer"))
    quick = Deadlines(evaluate=2, endorse=2)
    with (
        Gateway(replace(profile, chaincode="nothing"), identity, deadlines=quick) as gateway,
        pytest.raises((TransactionError, LedgerUnavailable), match="no peer that can be reached runs this chaincode"),
    ):
        gateway.evaluate("GetRecord", digest("x"))
    with (
        Gateway(replace(profile, channel="nothing"), identity, deadlines=quick) as gateway,
        pytest.raises((TransactionError, LedgerUnavailable), match="not joined this channel"),
    ):
        gateway.evaluate("GetRecord", digest("x"))
