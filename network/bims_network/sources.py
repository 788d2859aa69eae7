"""The chaincode's sources, and its build in the user's cache."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

from bims_desktop.errors import LedgerUnavailable
from bims_network.binaries import find_node
from bims_network.tool import last_line

HERE = Path(__file__).parent
# beside the package in an installed wheel, and in a checkout
PLACES = (HERE / "chaincode", HERE.parents[1] / "chaincode" / "provenance-ledger")
FILES = ("package.json", "package-lock.json", "tsconfig.json")
FOLDERS = ("src",)
KEPT = 12
QUIETLY = ("--ignore-scripts", "--no-audit", "--no-fund")


def find_sources() -> Path:
    """The folder of the chaincode's sources.

    Raises
    ------
    LedgerUnavailable
        It is in neither of the places where a wheel or a checkout has it.
    """
    for place in PLACES:
        if (place / "package-lock.json").is_file():
            return place
    looked = " and ".join(map(str, PLACES))
    raise LedgerUnavailable(f"The chaincode's sources are not in {looked}.", "Install BIMS Desktop again.")


def version(sources: Path) -> str:
    """What tells one state of the sources from another: the package's version and a digest of the files."""
    digest = hashlib.sha256()
    for path in _files(sources):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(sources).as_posix()}\n{len(content)}\n".encode() + content)
    released = json.loads((sources / "package.json").read_text(encoding="utf-8"))["version"]
    return f"{released}-{digest.hexdigest()[:KEPT]}"


def build(sources: Path) -> Path:
    """Build the chaincode once for each state of its sources.

    Returns
    -------
    Path
        Folder that Node.js runs it from, in the user's cache.

    Raises
    ------
    LedgerUnavailable
        There is no Node.js, or npm or the compiler refused.
    """
    cache = user_cache_path("bims-desktop") / "chaincode"
    built = cache / version(sources)
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            _build(sources, built)
    return built


def _build(sources: Path, built: Path) -> None:
    node = find_node()
    with tempfile.TemporaryDirectory(dir=built.parent, prefix="building-") as name:
        work = Path(name) / "chaincode"
        for path in _files(sources):
            copy = work / path.relative_to(sources)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        _npm(node.npm, work, "ci", *QUIETLY)
        _npm(node.npm, work, "run", "build")
        _npm(node.npm, work, "prune", "--omit=dev", *QUIETLY)
        # a build that is there is a whole one
        work.rename(built)


def _npm(npm: Path, folder: Path, *arguments: str) -> None:
    ended = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, text=True, check=False, env=os.environ)
    if ended.returncode:
        said = last_line(ended.stdout + ended.stderr)
        raise LedgerUnavailable(f"`npm {arguments[0]}` failed for the chaincode: {said}", "Is npm's registry in reach?")


def _files(sources: Path) -> list[Path]:
    inside = [path for folder in FOLDERS for path in (sources / folder).rglob("*") if path.is_file()]
    return sorted([sources / name for name in FILES] + inside)
