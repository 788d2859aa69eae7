from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from contract_suite import LedgerContract

from bims_desktop.ledger.base import Ledger
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.signing import Ed25519Signer


class TestLocalLog(LedgerContract):
    @pytest.fixture
    def connect(self, tmp_path: Path) -> Callable[[], Ledger]:
        return lambda: LocalLog(tmp_path / "log.sqlite", Ed25519Signer(bytes(32)))
