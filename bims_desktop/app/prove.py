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
from bims_desktop.app.naming import brief, called
from bims_desktop.app.origin import package_of
from bims_desktop.app.source import read_record
from bims_desktop.errors import RecordError, ReplayStopped
from bims_desktop.ledger.base import Entry, Ledger
from bims_desktop.ledger.signing import fingerprint
from bims_desktop.macro.record import Record
from bims_desktop.macro.source import parse

ATTESTED = {"identical": "exact", "within tolerance": "within tolerance", "different": "different"}


class Proof(NamedTuple):
    """What a fresh process said: its verdict and the digest it came to, or why it could not.

    The `place` is where the ledger keeps the word on it; `stood` where the same word stood there before.
    The `problem` is the name of an error of `bims_desktop.errors`, and `todo` what that says, for those who have
    nothing better to say of this problem.
    """

    verdict: str
    digest: str = ""
    reason: str = ""
    problem: str = ""
    todo: str = ""
    place: str = ""
    stood: bool = False


def prove(path: Path, home: Home, ledger: Ledger, *, expected: str = "") -> Proof:
    """Replay `path` headless in a fresh process, and append what came of it to `ledger`.

    Parameters
    ----------
    path : Path
        A saved image or table.
    home : Home
        Whose word it is.
    ledger : Ledger
        Where it shall stand; the same word again stands there once.
    expected : str
        Digest of the record that the file is taken to carry; empty where any will do.

    Raises
    ------
    NoRecord
        The file carries no record.
    RecordError
        It carries another one than `expected`; nothing was replayed.
    """
    record = read_record(path)
    if expected not in ("", record.digest):
        raise RecordError(
            f"{path.name} carries the record {brief(record.digest)}, not {called(home, expected)}.",
            "Choose a file that carries that record; nothing was replayed or written.",
        )
    # What this person signed ran in this person's own sessions; another's record is trusted with nothing.
    own = record.signed_by() == home.agent.public_key
    proof = _replay(path, home, packages(record) if own else ())
    verdict = ATTESTED.get(proof.verdict, "not replayable")
    place, stood = attest(ledger, record.digest, verdict, fingerprint(home.agent.public_key))
    return proof._replace(place=place, stood=stood)


def attest(ledger: Ledger, record: str, verdict: str, agent: str) -> tuple[str, bool]:
    """Append somebody's word that a replay came to `verdict`; returns where it stands, and whether it did before."""
    where = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    word = Entry("attestation", {"agent": agent, "environment": where, "record": record, "verdict": verdict})
    stood = word in [stored.entry for stored in ledger.find(kind="attestation", record=record)]
    return ledger.append(word).place, stood


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
        if problem := said.get("problem"):
            return Proof(str(said["verdict"]), "", problem["what"], problem["kind"], problem["todo"])
        return Proof(str(said["verdict"]), str(said["digest"]))
    except (ValueError, KeyError) as error:
        words = (done.stderr.strip().splitlines() or [""])[-1]
        if not words:
            raise ReplayStopped(
                f"The replay of {path.name} ended without a word.", "Replay it by hand, to see how far it comes."
            ) from error
        return Proof("not replayable", reason=words)
