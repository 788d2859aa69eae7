"""Fabric's Gateway service in this process: gRPC over TLS, real signatures, and faults where a test wants them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NoReturn

import grpc
from fabric_protos.gateway import gateway_pb2_grpc
from google.protobuf.any_pb2 import Any as Packed
from google.rpc import status_pb2

from bims_desktop.ledger.fabric import ecdsa, messages
from bims_desktop.ledger.fabric.channel import ClientTls
from bims_desktop.ledger.fabric.envelope import open_envelope, serialized_identity
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.pem import parse_certificates
from bims_desktop.ledger.fabric.profile import Peer, Profile
from bims_desktop.ledger.fabric.trust import Authority, Trust
from tests.ledger.fabric.fake_ca import FakeCa
from tests.ledger.fabric.fake_ledger import Chaincode, FakeLedger, Refused

CHANNEL, CHAINCODE = "provenance", "provenance-ledger"
WINDOW = timedelta(minutes=15)
Stage = Literal["Evaluate", "Endorse", "Submit", "CommitStatus", "ChaincodeEvents"]
Kind = Literal[
    "unavailable",  # nothing happened
    "no peers",  # Endorse: the gateway has yet to meet the others
    "another",  # Endorse: the gateway answers with an older transaction
    "mismatch",  # Endorse: the organisations computed different answers
    "deadline",  # nothing in time; Submit: after the transaction was ordered
    "unavailable after",  # Submit: ordered, and the answer lost
    "lost",  # Submit: acknowledged, and never ordered
    "no orderers",  # Submit: each orderer says why
    "refused",  # Submit: an orderer's 4xx
    "restored",  # Submit: an orderer that has the blocks again, and does not order yet
    "race",  # Submit: another writer came first
    "policy",  # Submit: one organisation's endorsement fell out on the way
]
REFUSALS = {
    "refused": "status=FORBIDDEN, info=no",
    "restored": "status=BAD_REQUEST, info=channel does not exist",
}


@dataclass
class Fault:
    """What goes wrong the next `times` times at a stage."""

    stage: Stage
    kind: Kind
    times: int = 1


class FakeNetwork:
    """Organisations with one peer each, one orderer, one channel.

    Parameters
    ----------
    contract : Chaincode
        The channel's only chaincode.
    members : tuple of str
        MSP identifiers.
    collections : mapping of frozenset of str, optional
        Private data collections and who reads them.
    mutual_tls : bool
        Whether peers ask for a client's TLS certificate.
    """

    def __init__(
        self,
        contract: Chaincode,
        members: tuple[str, ...] = ("Org1MSP", "Org2MSP"),
        collections: dict[str, frozenset[str]] | None = None,
        mutual_tls: bool = False,
    ) -> None:
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self._cas = {msp: FakeCa(f"ca.{msp}") for msp in (*members, "OrdererMSP")}
        self._tls = FakeCa("tlsca")
        self._mutual_tls = mutual_tls
        orderer = self._identity("OrdererMSP", "orderer0", "orderer")
        self.ledger = FakeLedger(CHANNEL, CHAINCODE, contract, orderer, members, collections or {})
        self.peers = {msp: FakePeer(self, msp, self._identity(msp, f"peer0.{msp}", "peer")) for msp in members}
        for msp in members:
            self.start(msp)

    @property
    def trust(self) -> Trust:
        authorities = {msp: Authority((ca.certificate,)) for msp, ca in self._cas.items()}
        orderers = {"OrdererMSP": authorities.pop("OrdererMSP")}
        return Trust(authorities, orderers)

    @property
    def profile(self) -> Profile:
        peers = tuple(Peer(f"peer0.{m}", m, f"localhost:{p.port}", self._tls.pem) for m, p in self.peers.items())
        return Profile(CHANNEL, CHAINCODE, peers, self.trust)

    def document(self, msp: str) -> dict[str, Any]:
        """The same as a connection profile for a file."""
        tls = {"pem": self._tls.pem.decode()}
        return {
            "name": "fake",
            "version": "1.0.0",
            "client": {"organization": msp},
            "organizations": {name: {"mspid": name, "peers": [f"peer0.{name}"]} for name in self.peers},
            "peers": {
                f"peer0.{name}": {"url": f"grpcs://localhost:{peer.port}", "tlsCACerts": tls}
                for name, peer in self.peers.items()
            },
            "x-bims": {
                "channel": CHANNEL,
                "chaincode": CHAINCODE,
                "msps": {name: {"ca": [ca.pem.decode()], "tlsca": [tls["pem"]]} for name, ca in self._cas.items()},
            },
        }

    def identity(self, msp: str = "Org1MSP", role: str = "writer", **validity: datetime) -> Identity:
        """A new member of an organisation."""
        attributes = {"bims.role": role} if role else {}
        issued = self._cas[msp].issue(role or "nobody", "client", attributes=attributes, **validity)
        return Identity.from_pem(msp, issued.certificate, issued.key)

    def client_tls(self) -> ClientTls:
        """What a client shows where mutual TLS is asked for."""
        issued = self._tls.issue("client")
        return ClientTls(issued.certificate, issued.key)

    def stop(self, msp: str) -> None:
        self.peers[msp].stop()

    def start(self, msp: str) -> None:
        tls = self._tls.issue(f"peer0.{msp}")
        root = self._tls.pem if self._mutual_tls else None
        self.peers[msp].start(
            grpc.ssl_server_credentials([(tls.key, tls.certificate)], root, require_client_auth=self._mutual_tls)
        )

    def close(self) -> None:
        for peer in self.peers.values():
            peer.stop()

    def take(self, stage: Stage) -> Kind | None:
        """The fault that strikes now, if one does."""
        self.calls.append(stage)
        for fault in self.faults:
            if fault.stage == stage and fault.times > 0:
                fault.times -= 1
                return fault.kind
        return None

    def issuer(self, msp: str) -> FakeCa | None:
        return self._cas.get(msp)

    def _identity(self, msp: str, name: str, *units: str) -> Identity:
        issued = self._cas[msp].issue(name, *units)
        return Identity.from_pem(msp, issued.certificate, issued.key)


@dataclass
class FakePeer(gateway_pb2_grpc.GatewayServicer):  # type: ignore[misc]
    """One organisation's peer with its gateway."""

    network: FakeNetwork
    msp: str
    identity: Identity
    port: int = 0
    server: Any = None
    running: threading.Event = field(default_factory=threading.Event)

    def start(self, credentials: grpc.ServerCredentials) -> None:
        """Serve, on the same port as before."""
        options = (("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 100 << 20))
        self.server = grpc.server(ThreadPoolExecutor(24), options=options)
        gateway_pb2_grpc.add_GatewayServicer_to_server(self, self.server)  # type: ignore[no-untyped-call]
        self.port = self.server.add_secure_port(f"127.0.0.1:{self.port}", credentials)
        self.server.start()
        self.running.set()

    def stop(self) -> None:
        """Be gone, streams and all."""
        self.running.clear()
        with self.network.ledger.grown:
            self.network.ledger.grown.notify_all()
        self.server.stop(None).wait()

    def Evaluate(self, request: Any, context: Any) -> Any:
        self._strike("Evaluate", context)
        proposal = self._admit(request.proposed_transaction, context)
        payload = messages.proposal.ChaincodeProposalPayload.FromString(proposal.payload)
        spec = messages.chaincode.ChaincodeInvocationSpec.FromString(payload.input).chaincode_spec
        if spec.chaincode_id.name in ("qscc", "cscc"):
            answer = self._system([item.decode() for item in spec.input.args], context)
        else:
            answer = self._evaluate(proposal, context)
        result = messages.proposal_response.Response(status=200, payload=answer)
        return messages.gateway.EvaluateResponse(result=result)

    def Endorse(self, request: Any, context: Any) -> Any:
        fault = self._strike("Endorse", context)
        proposal = self._admit(request.proposed_transaction, context)
        wanted = set(request.endorsing_organizations) or set(self.network.ledger.members)
        present = [peer for peer in self.network.peers.values() if peer.msp in wanted and peer.running.is_set()]
        if fault == "no peers" or (len(present) < len(wanted) and 2 * len(present) <= len(self.network.peers)):
            self._fail(context, "FAILED_PRECONDITION", "no peer combination can satisfy the endorsement policy")
        payloads = [self._endorsable(peer, proposal, context) for peer in present]
        if fault == "mismatch":
            text = "ProposalResponsePayloads do not match (base64: 'YQ==' vs 'Yg==')"
            self._fail(context, "ABORTED", "failed to collect enough transaction endorsements", present[-1], text)
        endorsements = [peer.endorsement(payloads[0]) for peer in present]
        if fault == "another":
            older = messages.common.Envelope.FromString(self.network.ledger.blocks[-1].data.data[0])
            return messages.gateway.EndorseResponse(prepared_transaction=older)
        return messages.gateway.EndorseResponse(prepared_transaction=_prepare(proposal, payloads[0], endorsements))

    def Submit(self, request: Any, context: Any) -> Any:
        fault = self._strike("Submit", context)
        envelope = request.prepared_transaction
        before = self._race(envelope) if fault == "race" else None
        if fault == "no orderers":
            text = "rpc error: code = Unavailable desc = connection refused"
            self._fail(context, "UNAVAILABLE", "no orderers could successfully process transaction", self, text)
        if fault in REFUSALS:
            said = f"received unsuccessful response from orderer: {REFUSALS[fault]}"
            self._fail(context, "ABORTED", said)
        if fault != "lost":
            self.network.ledger.order(envelope, before, endorsements=1 if fault == "policy" else None)
        if fault == "deadline":
            self._hang(context)
        if fault == "unavailable after":
            self._fail(context, "UNAVAILABLE", "connection reset")
        return messages.gateway.SubmitResponse()

    def CommitStatus(self, request: Any, context: Any) -> Any:
        self._strike("CommitStatus", context)
        asked = messages.gateway.CommitStatusRequest.FromString(request.request)
        self._authenticate(asked.identity, request.signature, request.request, context, "PERMISSION_DENIED")
        ledger = self.network.ledger
        with ledger.grown:
            while asked.transaction_id not in ledger.statuses:
                ledger.grown.wait(0.1)
                if not self.running.is_set() or not context.is_active():
                    self._fail(context, "UNAVAILABLE", "the peer stops")
            code, number = ledger.statuses[asked.transaction_id]
        return messages.gateway.CommitStatusResponse(result=code, block_number=number)

    def ChaincodeEvents(self, request: Any, context: Any) -> Any:
        fault = self._strike("ChaincodeEvents", context)
        asked = messages.gateway.ChaincodeEventsRequest.FromString(request.request)
        self._authenticate(asked.identity, request.signature, request.request, context, "PERMISSION_DENIED")
        start, after, ledger = asked.start_position.specified.number, asked.after_transaction_id, self.network.ledger
        while self.running.is_set() and context.is_active():
            with ledger.grown:
                found = list(ledger.events(start, after))
                if not found:
                    ledger.grown.wait(0.1)
            for number, event in found:
                yield messages.gateway.ChaincodeEventsResponse(events=[event], block_number=number)
                start, after = number, event.tx_id
                if fault == "unavailable after":
                    self._fail(context, "UNAVAILABLE", "Socket closed")
        self._fail(context, "UNAVAILABLE", "the peer stops")

    def endorsement(self, payload: bytes) -> Any:
        """This peer's endorsement of a response payload."""
        who = self.identity.creator
        return messages.proposal_response.Endorsement(endorser=who, signature=self.identity.sign(payload + who))

    def _evaluate(self, proposal: Any, context: Any) -> bytes:
        try:
            _, answer = self.network.ledger.simulate(proposal, self.msp)
        except Refused as refusal:
            text = f"chaincode response 500, {refusal}"
            self._fail(context, "UNKNOWN", f"evaluate call to endorser returned error: {text}", self, text)
        return answer

    def _endorsable(self, peer: FakePeer, proposal: Any, context: Any) -> bytes:
        ledger = self.network.ledger
        try:
            world, answer = ledger.simulate(proposal, peer.msp)
        except Refused as refusal:
            text = f"chaincode response 500, {refusal}"
            self._fail(context, "ABORTED", "failed to endorse transaction, see attached details", peer, text)
        if world.private:
            ledger.waiting[world.transaction] = world.private
        return ledger.response_payload(proposal, world, answer)

    def _system(self, arguments: list[str], context: Any) -> bytes:
        ledger = self.network.ledger
        match arguments:
            case ["GetChainInfo", _]:
                answer: bytes = messages.ledger.BlockchainInfo(height=len(ledger.blocks)).SerializeToString()
                return answer
            case ["GetBlockByTxID", _, transaction] if transaction in ledger.statuses:
                answer = ledger.block_of(transaction).SerializeToString()
                return answer
        text = f"chaincode response 500, Failed to get block for txID {arguments[-1]}, error no such transaction"
        self._fail(context, "UNKNOWN", f"evaluate call to endorser returned error: {text}", self, text)

    def _admit(self, signed: Any, context: Any) -> Any:
        """The proposal, once its signature, its time and its creator are found good."""
        proposal = messages.proposal.Proposal.FromString(signed.proposal_bytes)
        header = messages.common.Header.FromString(proposal.header)
        channel = messages.common.ChannelHeader.FromString(header.channel_header)
        creator = messages.common.SignatureHeader.FromString(header.signature_header).creator
        now, told = datetime.now(UTC), datetime.fromtimestamp(channel.timestamp.seconds, UTC)
        if abs(now - told) > WINDOW:
            text = f"incorrect timestamp {told:%Y-%m-%dT%H:%M:%SZ}, peer time {now:%Y-%m-%dT%H:%M:%SZ}"
            text = f"request unauthorized due to {text}, peer.authentication.timewindow 15m0s"
            self._fail(context, "ABORTED", "failed to endorse transaction", self, text)
        self._authenticate(creator, signed.signature, signed.proposal_bytes, context, "ABORTED")
        return proposal

    def _authenticate(self, creator: bytes, signature: bytes, data: bytes, context: Any, code: str) -> None:
        who = serialized_identity(creator)
        ca = self.network.issuer(who.mspid)
        certificate = parse_certificates(who.id_bytes, "an identity")[0]
        if ca is None:
            text = f"access denied: channel [{CHANNEL}] creator org unknown, creator is malformed"
            self._fail(context, code, "refused", self, text)
        if certificate.not_valid_after_utc < datetime.now(UTC):
            self._fail(context, code, "refused", self, "proposal client identity expired")
        issued = Authority((ca.certificate,)).issued(certificate, datetime.now(UTC))
        if not issued or not ecdsa.verify(certificate.public_key(), signature, data):
            self._fail(context, code, "refused", self, f"access denied: channel [{CHANNEL}] creator org [{who.mspid}]")

    def _race(self, envelope: Any) -> Callable[[], None]:
        ledger = self.network.ledger
        reads = json.loads(open_envelope(envelope.SerializeToString()).action.results)["reads"]

        def touch() -> None:
            for key in reads:
                ledger.state[key] = (ledger.state.get(key, ("{}", 0))[0], len(ledger.blocks))

        return touch

    def _strike(self, stage: Stage, context: Any) -> Kind | None:
        fault = self.network.take(stage)
        if fault == "unavailable":
            self._fail(context, "UNAVAILABLE", "connection refused")
        if fault == "deadline" and stage != "Submit":
            self._hang(context)
        return fault

    def _hang(self, context: Any) -> None:
        while context.is_active() and self.running.is_set():
            time.sleep(0.02)
        self._fail(context, "DEADLINE_EXCEEDED", "timeout expired")

    def _fail(self, context: Any, code: str, message: str, peer: FakePeer | None = None, text: str = "") -> NoReturn:
        status = getattr(grpc.StatusCode, code)
        if peer is not None:
            detail = messages.gateway.ErrorDetail(address=f"localhost:{peer.port}", msp_id=peer.msp, message=text)
            packed = Packed()
            packed.Pack(detail)
            whole = status_pb2.Status(code=status.value[0], message=message, details=[packed])
            context.set_trailing_metadata((("grpc-status-details-bin", whole.SerializeToString()),))
        with suppress(ValueError):
            context.abort(status, message)
        raise grpc.RpcError(message)


def _prepare(proposal: Any, response_payload: bytes, endorsements: list[Any]) -> Any:
    payload = messages.proposal.ChaincodeProposalPayload.FromString(proposal.payload)
    action = messages.transaction.ChaincodeActionPayload(
        chaincode_proposal_payload=messages.proposal.ChaincodeProposalPayload(input=payload.input).SerializeToString(),
        action=messages.transaction.ChaincodeEndorsedAction(
            proposal_response_payload=response_payload, endorsements=endorsements
        ),
    )
    header = messages.common.Header.FromString(proposal.header)
    one = messages.transaction.TransactionAction(header=header.signature_header, payload=action.SerializeToString())
    data = messages.transaction.Transaction(actions=[one]).SerializeToString()
    return messages.common.Envelope(payload=messages.common.Payload(header=header, data=data).SerializeToString())
