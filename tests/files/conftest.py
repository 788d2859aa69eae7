from __future__ import annotations

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))


@pytest.fixture
def data() -> Path:
    """The folder of small real images."""
    return TESTS / "data"
