"""A consortium's ledger: a small client of Hyperledger Fabric's Gateway, and the offline check of its blocks.

gRPC takes a while to import, so nothing is imported here: take each noun from its file.
"""

import os

# gRPC reports every failed handshake on the terminal, besides raising what becomes our errors
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
