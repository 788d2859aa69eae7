"""The local log: durable appends beside plain SQLite inserts, and proofs at a million entries beside pymerkle's."""

from __future__ import annotations

import base64
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pymerkle
from timing import row, seconds

from bims_desktop.ledger.base import Deposit, Entry
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.receipt import Receipt, check
from bims_desktop.ledger.signing import Ed25519Signer, fingerprint
from bims_desktop.macro.record import sign
from bims_desktop.model.canonical import canonical

SIGNER = Ed25519Signer(bytes(32))
BATCH = 2_000
MILLION = 1_000_000
PEER = 20_000  # entries in pymerkle's tree, which takes minutes beyond that


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def entry_of(number: int, record: str = "") -> Entry:
    body = {"agent": fingerprint(SIGNER.public_key), "macro": digest(number), "pixels": digest(number)}
    return Entry("record", body | {"record": record or digest(number)})


def deposit_of(number: int) -> Deposit:
    """A record of five steps, about 4 KiB."""
    step = {"operation": "gaussian", "parameters": {"sigma": 2.0}, "started": "2026-01-31T12:00:00Z", "salt": 300 * "0"}
    payload = {
        "agent": {"name": "Ada", "organisation": "", "public_key": base64.b64encode(SIGNER.public_key).decode()},
        "created": "2026-01-31T12:00:00Z",
        "image": {"pixels": digest(number)},
        "inputs": [{"acquisition": {"microscope": [{"Model": "Ti2"}]}, "digest": digest(number), "parent": None}],
        "macro": {"digest": digest(number), "text": 40 * "cells_gaussian = op.gaussian(cells, sigma=2.0)\n"},
        "steps": [{"entry": step} for _ in range(5)],
        "type": "bims-record",
        "v": 1,
    }
    return Deposit(sign(canonical(payload), SIGNER))


class Plain:
    """What the appends are held against: one row with a digest that is unique, durable in the same way."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE entries (position INTEGER PRIMARY KEY, entry BLOB, digest TEXT UNIQUE) STRICT")

    def insert(self, entries: list[Entry]) -> None:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            rows = ((entry.to_bytes(), str(entry.body["record"])) for entry in entries)
            self._db.executemany("INSERT INTO entries (entry, digest) VALUES (?, ?)", rows)


def singly(log: LocalLog, plain: Plain, numbers: Iterator[int]) -> None:
    ours, peer = [], []
    for number in (next(numbers) for _ in range(300)):
        entry = entry_of(number)
        ours.append(seconds(lambda entry=entry: log.append(entry)))
        peer.append(seconds(lambda entry=entry: plain.insert([entry])))
    rates = [1 / second for second in ours]
    print(row("durable appends one by one", statistics.median(rates), "/s", "", rates))
    ratios = [a / b for a, b in zip(ours, peer, strict=True)]
    print(row("the same as a ratio to a plain SQLite insert", statistics.median(ratios), "×", "", ratios))


def in_bulk(log: LocalLog, plain: Plain, numbers: Iterator[int]) -> None:
    ours, peer, kept = [], [], []
    for _ in range(9):
        entries = [entry_of(next(numbers)) for _ in range(BATCH)]
        ours.append(both_clocks(lambda entries=entries: log.append_many(entries)))
        peer.append(seconds(lambda entries=entries: plain.insert(entries)))
        records = {deposit.record: deposit for deposit in (deposit_of(next(numbers)) for _ in range(BATCH))}
        entries = [entry_of(next(numbers), record) for record in records]
        kept.append(both_clocks(lambda entries=entries, records=records: log.append_many(entries, records)))
    for what, times in ((f"durable appends in bulk ({BATCH:,} a batch)", ours), ("the same with their records", kept)):
        for clock, words in enumerate(("", ", by the processor's time")):
            rates = [BATCH / pair[clock] for pair in times]
            print(row(what + words, statistics.median(rates), "/s", "≥ 4,000 /s", rates))
    ratios = [a[0] / b for a, b in zip(ours, peer, strict=True)]
    print(row("appends in bulk, as a ratio to plain SQLite inserts", statistics.median(ratios), "×", "", ratios))


def both_clocks(work: Callable[[], object]) -> tuple[float, float]:
    """Wall time of one call, and the processor's time: what it takes where nobody else works."""
    before = time.process_time()
    wall = seconds(work)
    return wall, time.process_time() - before


def proofs(log: LocalLog, numbers: Iterator[int], size: int) -> None:
    while log.size < size:
        log.append_many([entry_of(next(numbers)) for _ in range(min(10_000, size - log.size))])
    places = [(at * 7919) % log.size for at in range(2_000)]
    head = log.size
    inclusion = [seconds(lambda at=at: log._tree.inclusion(at, head)) * 1e3 for at in places]
    print(row(f"inclusion proof at {head:,} entries", statistics.median(inclusion), "ms", "≤ 1 ms", inclusion))
    whole = [seconds(lambda at=at: log.receipt(at)) * 1e3 for at in places]
    print(row("the whole receipt of an entry", statistics.median(whole), "ms", "≤ 1 ms", whole))
    growth = [seconds(lambda at=at: log.consistency(at or 1, head)) * 1e3 for at in places]
    print(row("consistency proof to the head", statistics.median(growth), "ms", "≤ 1 ms", growth))
    nodes = [32.0 * len(log._tree.inclusion(at, head)) for at in places]
    print(row("size of an inclusion proof", statistics.median(nodes), "bytes", "", nodes))
    receipts = [log.receipt(at).to_bytes() for at in places[:300]]
    sizes = [float(len(data)) for data in receipts]
    print(row("size of a receipt", statistics.median(sizes), "bytes", "≤ 4,000 bytes", sizes))
    checks = [seconds(lambda data=data: verified(data)) * 1e3 for data in receipts]
    print(row("verifying a receipt offline", statistics.median(checks), "ms", "", checks))


def verified(data: bytes) -> None:
    assert check(Receipt.from_bytes(data), [SIGNER.public_key]).state == "good"


def beside_pymerkle(folder: Path) -> None:
    log, tree = LocalLog(folder / "peer.sqlite", SIGNER), pymerkle.SqliteTree(str(folder / "pymerkle.db"))
    entries = [entry_of(number) for number in range(PEER)]
    log.append_many(entries)
    tree.append_entries([entry.to_bytes() for entry in entries], chunksize=PEER)
    places = [(at * 7919) % PEER for at in range(60)]
    pairs: list[tuple[Callable[[], object], Callable[[], object]]] = [
        (lambda at=at: log._tree.inclusion(at, PEER), lambda at=at: tree.prove_inclusion(at + 1, PEER)) for at in places
    ]
    ratios = [seconds(ours) / seconds(peer) for ours, peer in pairs]
    print(row(f"inclusion proof at {PEER:,}, as a ratio to pymerkle's", statistics.median(ratios), "×", "", ratios))
    log.close()


def main(size: int = MILLION) -> None:
    os.environ["BIMS_KEYRING"] = "off"
    with tempfile.TemporaryDirectory() as name:
        folder, numbers = Path(name), count()
        log, plain = LocalLog(folder / "log.sqlite", SIGNER), Plain(folder / "plain.sqlite")
        singly(log, plain, numbers)
        in_bulk(log, plain, numbers)
        beside_pymerkle(folder)
        proofs(log, numbers, size)
        log.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MILLION)
