"""Where the Bio-Formats jar lies that the tests read our files with (GPL: tests only, never shipped)."""

from __future__ import annotations

import shutil
from pathlib import Path

from platformdirs import user_cache_dir

VERSION = "4.1.0"
JAR = Path(user_cache_dir("bims-desktop")) / "bioformats" / VERSION / "bioformats_package.jar"


def missing() -> str:
    """Why Bio-Formats cannot run here; empty where it can."""
    if shutil.which("java") is None:
        return "Java is not installed"
    if not JAR.is_file():
        return "the Bio-Formats jar is not there: run python tests/fetch_bioformats.py"
    return ""
