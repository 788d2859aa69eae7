"""The package that a peer installs for a chaincode that runs as a service, and the builder that reads it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

# run by the peer as bin/detect, bin/build, bin/release; see "External builders and launchers" in Fabric's documents
SCRIPTS = {
    "detect": """grep -q '"type": *"ccaas"' "$2/metadata.json"\n""",
    "build": """cp "$1/connection.json" "$3/"\n""",
    "release": """mkdir -p "$2/chaincode/server" && cp "$1/connection.json" "$2/chaincode/server/"\n""",
}


def pack(label: str, address: str) -> bytes:
    """Package of a chaincode that listens at `address`.

    The same label and address give the same bytes, and so the same package identifier.
    """
    connection = {"address": address, "dial_timeout": "5s", "tls_required": False}
    code = _archive({"connection.json": json.dumps(connection).encode()})
    metadata = {"path": "", "type": "ccaas", "label": label}
    return _archive({"metadata.json": json.dumps(metadata).encode(), "code.tar.gz": code})


def identifier(label: str, package: bytes) -> str:
    """What a peer calls an installed package."""
    return f"{label}:{hashlib.sha256(package).hexdigest()}"


def write_builder(folder: Path) -> None:
    """Write the external builder's three scripts."""
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    for name, script in SCRIPTS.items():
        path = folder / "bin" / name
        path.write_text(f"#!/bin/sh\nset -e\n{script}", encoding="utf-8")
        path.chmod(0o755)


def _archive(files: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o644
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(raw.getvalue(), mtime=0)
