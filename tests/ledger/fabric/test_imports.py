"""The offline check must not wait for gRPC, nor need it."""

from __future__ import annotations

import subprocess
import sys

import pytest

OFFLINE = ["evidence", "profile", "identity", "transaction", "proposal", "channel_trust"]


@pytest.mark.parametrize("module", OFFLINE)
def test_what_works_offline_does_not_import_grpc(module: str) -> None:
    program = f"import sys, bims_desktop.ledger.fabric.{module}; sys.exit('grpc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
