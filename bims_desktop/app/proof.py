"""Proofs for others: the receipt of a record, a receipt checked offline, the whole log gone through."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from bims_desktop.app.home import Home
from bims_desktop.app.ledgers import Ledgers, consortium
from bims_desktop.app.transfer import mirrors
from bims_desktop.app.verdicts import Verdict
from bims_desktop.errors import LedgerError, NoRecord, ProofRefused
from bims_desktop.ledger import rotation
from bims_desktop.ledger.base import Receipt
from bims_desktop.ledger.reader import LogReader
from bims_desktop.ledger.receipt import MAX_RECEIPT, ReceiptCheck
from bims_desktop.ledger.rotation import Tenure
from bims_desktop.ledger.transfer import export_log


def receipt_of(home: Home, record: str) -> Receipt:
    """The receipt with which a log on this computer proves `record`.

    Raises
    ------
    NoRecord
        No log here holds it.
    """
    with Ledgers(home, "local") as asked:
        for log in asked:
            for stored in log.find(kind="record", record=record):
                if isinstance(log, LogReader):
                    return log.receipt(stored.index)
    raise NoRecord(f"No log on this computer holds the record {record[:19]}….", "Prove it where it was saved.")


def check_receipt(home: Home, path: Path, keys: Collection[bytes] = ()) -> ReceiptCheck:
    """What the receipt in `path` is worth, offline, with the keys that are pinned here and `keys`.

    Raises
    ------
    ProofRefused
        It is not a receipt.
    """
    if path.stat().st_size > 2 * MAX_RECEIPT:
        raise ProofRefused(f"{path.name} is too large for a receipt.", "Give what `bims ledger prove` wrote.")
    receipt = Receipt.from_bytes(path.read_bytes().strip())
    return rotation.check(receipt, {*home.pinned, *keys}, _tenures(home))


def audit(home: Home) -> Iterator[tuple[str, Verdict]]:
    """Go through everything that is kept here, each log by its name, then what the consortium fixed of it.

    Every entry, checkpoint, key and record is read anew, as somebody would who was given the log as a file.
    """
    yield home.ledger.origin, _gone_through(home.ledger)
    for mirror in mirrors(home):
        with closing(mirror):
            yield mirror.origin, _gone_through(mirror)
    if home.settings.fabric is not None:
        yield "anchor", _anchored(home)


def _tenures(home: Home) -> tuple[Tenure, ...]:
    """Which key of a log that is kept here signs what."""
    found = list(home.ledger.tenures)
    for mirror in mirrors(home):
        with closing(mirror):
            found += mirror.tenures
    return tuple(found)


def _gone_through(log: LogReader) -> Verdict:
    try:
        with TemporaryDirectory(prefix="bims-audit-", dir=log.path.parent) as folder:
            size = export_log(log, Path(folder) / "log")
    except LedgerError as error:
        return Verdict("bad", str(error))
    limits = "a local log alone cannot show that it was rolled back, or copied with its key"
    return Verdict("good", f"all {size} entries, their checkpoints, keys and records hold", {"limits": limits})


def _anchored(home: Home) -> Verdict:
    """Whether what each organisation knows of the log is the beginning of what is here."""
    try:
        with closing(consortium(home)) as ledger:
            organisations = ledger.contract.gateway.profile.organisations
            told = {msp: ledger.contract.anchored(home.ledger.origin, msp) for msp in organisations}
    except LedgerError as error:
        return Verdict("unknown", f"the consortium cannot be asked: {error.what.rstrip('.')}")
    known = {msp: anchor for msp, anchor in told.items() if anchor}
    if not known:
        return Verdict("unknown", "the consortium holds no checkpoint of this log: send one with bims ledger anchor")
    try:
        forked = [msp for msp, anchor in known.items() if home.ledger.fork(anchor.note)]
    except ProofRefused as error:
        return Verdict("bad", str(error))
    if forked:
        return Verdict("bad", f"{' and '.join(forked)} hold another history of this log: it was forked or rewritten")
    size = min(anchor.size for anchor in known.values())
    who = " and ".join(known)
    return Verdict("good" if len(known) > 1 else "unknown", f"its first {size} entries are anchored, by {who}")
