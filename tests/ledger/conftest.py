from __future__ import annotations

import pytest

from bims_desktop.ledger.signing import Ed25519Signer


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIMS_KEYRING", "off")


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer(bytes(range(32)))
