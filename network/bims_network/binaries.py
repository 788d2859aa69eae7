"""Where the programs of Hyperledger Fabric and of Node.js are."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from bims_desktop.errors import LedgerUnavailable

VERSION = "3.1.5"
PROGRAMS = ("peer", "orderer", "configtxgen", "osnadmin")
OLDEST_NODE = 18


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of Hyperledger Fabric that a network needs."""

    peer: Path
    orderer: Path
    configtxgen: Path
    osnadmin: Path


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js that is new enough for the chaincode, with its package manager."""

    node: Path
    npm: Path


def cache_folder() -> Path:
    """Folder of this user in which the programs are looked for last."""
    return user_cache_path("bims-desktop") / "fabric" / VERSION / "bin"


def find_binaries() -> Binaries:
    """Look in ``FABRIC_BIN``, then on ``PATH``, then in the user's cache.

    Returns
    -------
    Binaries

    Raises
    ------
    LedgerUnavailable
        They are in none of these places; says where was looked and what to get.
    """
    chosen = os.environ.get("FABRIC_BIN")
    if chosen:
        return _in(Path(chosen)) or _complain(f"in {chosen} (FABRIC_BIN)")
    on_path = _of({name: shutil.which(name) for name in PROGRAMS})
    return on_path or _in(cache_folder()) or _complain(f"in FABRIC_BIN (not set), on PATH and in {cache_folder()}")


def find_node() -> Node:
    """Look for Node.js and npm on ``PATH``.

    Raises
    ------
    LedgerUnavailable
        There is none, or it is older than the chaincode needs.
    """
    todo = f"Install Node.js {OLDEST_NODE} or newer, with npm, and put both on PATH."
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise LedgerUnavailable(f"The chaincode runs on Node.js, and PATH has no {'npm' if node else 'node'}.", todo)
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", said)
    if major is None or int(major[1]) < OLDEST_NODE:
        raise LedgerUnavailable(f"{node} is Node.js {said.strip() or 'of no known version'}: too old.", todo)
    return Node(Path(node), Path(npm))


def _in(folder: Path) -> Binaries | None:
    return _of({name: shutil.which(folder / name) for name in PROGRAMS})


def _of(found: dict[str, str | None]) -> Binaries | None:
    paths = {name: Path(path) for name, path in found.items() if path}
    return Binaries(**paths) if len(paths) == len(PROGRAMS) else None


def _complain(places: str) -> Binaries:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    archive = f"hyperledger-fabric-{platform.system().lower()}-{machine}-{VERSION}.tar.gz"
    raise LedgerUnavailable(
        f"Hyperledger Fabric ({', '.join(PROGRAMS)}) was looked for {places}, and is not there.",
        f"Get {archive} from the releases page of hyperledger/fabric on GitHub and unpack it into "
        f"{cache_folder().parent}, or set FABRIC_BIN to its bin folder.",
    )
