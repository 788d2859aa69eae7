"""A real network for the tests that attack it."""

from tests.fabric_network import network, own_network

__all__ = ["network", "own_network"]
