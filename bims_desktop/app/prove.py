"""Prove a saved file: replay it in a process of its own and attest the verdict in the ledger."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Sequence
from os import environ
from pathlib import Path
from typing import Any, NamedTuple

from bims_desktop.app.home import Home
from bims_desktop.app.origin import package_of
from bims_desktop.app.source import read_record
from bims_desktop.errors import ReplayStopped
from bims_desktop.ledger.base import Entry, Ledger
from bims_desktop.ledger.signing import fingerprint
from bims_desktop.macro.record import Record
from bims_desktop.macro.source import parse

ATTESTED = {"identical": "exact", "within tolerance": "within tolerance", "different": "different"}


class Proof(NamedTuple):
    """What a fresh process said: its verdict, the digest it came to, and why where it could not."""

    verdict: str
    digest: str
    reason: str


def prove(path: Path, home: Home, ledger: Ledger) -> Proof:
    """Replay `path` headless in a fresh process, and append what came of it to `ledger`.

    Raises
    ------
    NoRecord
        The file carries no record.
    """
    record = read_record(path)
    # What this person signed ran in this person's own sessions; another's record is trusted with nothing.
    own = record.signed_by() == home.agent.public_key
    proof = _replay(path, home, packages(record) if own else ())
    verdict = ATTESTED.get(proof.verdict, "not replayable")
    attest(ledger, record.digest, verdict, fingerprint(home.agent.public_key))
    return proof


def attest(ledger: Ledger, record: str, verdict: str, agent: str) -> None:
    """Append somebody's word that a replay came to `verdict`."""
    where = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    ledger.append(Entry("attestation", {"agent": agent, "environment": where, "record": record, "verdict": verdict}))


def packages(record: Record) -> tuple[str, ...]:
    """Plugins and packages of others that the steps of `record` run."""
    plan = record.with_found(parse(record.macro))
    return tuple(sorted({package_of(step) for step in plan} - {""}))


def _replay(path: Path, home: Home, trusted: Sequence[str]) -> Proof:
    trust = [f"--trust={name}" for name in trusted]
    command = [sys.executable, "-m", "bims_desktop", "replay", str(path), "--json", "--no-attest", *trust]
    done = subprocess.run(
        command, env={**environ, "BIMS_HOME": str(home.folder)}, capture_output=True, text=True, check=False
    )
    try:
        said: Any = json.loads(done.stdout)
        return Proof(str(said["verdict"]), str(said["digest"]), "")
    except (ValueError, KeyError) as error:
        words = (done.stderr.strip().splitlines() or [""])[-1]
        if not words:
            raise ReplayStopped(
                f"The replay of {path.name} ended without a word.", "Try `bims replay` by hand."
            ) from error
        return Proof("not replayable", "", words)
