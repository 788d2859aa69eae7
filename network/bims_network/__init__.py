"""A real network of Hyperledger Fabric on this computer, without containers: for trying out and for tests."""

from __future__ import annotations

from bims_network.authority import Authority
from bims_network.binaries import Binaries, find_binaries, find_node
from bims_network.membership import Credentials
from bims_network.network import Network, NodeStatus

__all__ = ["Authority", "Binaries", "Credentials", "Network", "NodeStatus", "find_binaries", "find_node"]
