"""Fabric's messages that administrators need, generated from its .proto files without types."""

from __future__ import annotations

from typing import Any

from fabric_protos.common import common_pb2, configtx_pb2
from fabric_protos.msp import msp_config_pb2
from fabric_protos.orderer import configuration_pb2
from fabric_protos.orderer.etcdraft import configuration_pb2 as etcdraft_pb2

common: Any = common_pb2
config: Any = configtx_pb2
msp_config: Any = msp_config_pb2
ordering: Any = configuration_pb2
raft: Any = etcdraft_pb2
