"""Fabric's messages, generated from its .proto files without types: here and nowhere else they enter."""

from __future__ import annotations

from typing import Any

from fabric_protos.common import common_pb2, configtx_pb2, configuration_pb2, ledger_pb2
from fabric_protos.gateway import gateway_pb2
from fabric_protos.msp import identities_pb2, msp_config_pb2
from fabric_protos.orderer import ab_pb2
from fabric_protos.peer import chaincode_event_pb2, chaincode_pb2, proposal_pb2, proposal_response_pb2, transaction_pb2
from google.protobuf.message import DecodeError

from bims_desktop.errors import ProofRefused

common: Any = common_pb2
config: Any = configtx_pb2
configuration: Any = configuration_pb2
ledger: Any = ledger_pb2
gateway: Any = gateway_pb2
identities: Any = identities_pb2
msp_config: Any = msp_config_pb2
orderer: Any = ab_pb2
chaincode: Any = chaincode_pb2
chaincode_event: Any = chaincode_event_pb2
proposal: Any = proposal_pb2
proposal_response: Any = proposal_response_pb2
transaction: Any = transaction_pb2


def parse(kind: Any, data: bytes) -> Any:
    """Message of `kind` out of `data`.

    Raises
    ------
    ProofRefused
        `data` is not such a message.
    """
    try:
        return kind.FromString(data)
    except DecodeError as error:
        raise ProofRefused(f"A {kind.DESCRIPTOR.name} of the network cannot be read.", "Fetch it again.") from error
