"""`Mirror`: a copy of a log that is read, and grows by longer copies only."""

from __future__ import annotations

from pathlib import Path

from bims_desktop.errors import LedgerError, LedgerUnavailable, ProofRefused
from bims_desktop.ledger import keystore
from bims_desktop.ledger.checkpoint import parse_checkpoint, parse_note
from bims_desktop.ledger.facts import facts
from bims_desktop.ledger.history import Fork
from bims_desktop.ledger.reader import LogReader, leaf_of
from bims_desktop.ledger.seen import LastSeen


class Mirror(LogReader):
    """A log whose private key may be elsewhere, as `transfer.import_log` keeps it.

    Parameters
    ----------
    path : Path
        The database.

    Raises
    ------
    LedgerUnavailable
        There is none, or it is damaged.
    ProofRefused
        It does not hold what its keys signed.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise LedgerUnavailable(f"There is no log at {path}.", "Import one first.")
        super().__init__(path, path.stem)
        try:
            self.origin = self._identity()[0]
            if self._store.count() < self._head().size:
                raise self._damaged()
        except LedgerError:
            self.close()
            raise

    def absorb(self, other: Mirror) -> int:
        """Take over the entries and deposits that another copy of this log has beyond this one; how many entries.

        A log without entries becomes the other one, whatever its name was.

        Raises
        ------
        LedgerError
            It is another log, and this one has entries.
        ProofRefused
            The copies are two histories; the proof is written beside this one as ``NAME.fork.json``.
            Or the other one does not continue what was last seen of it in this place.
        """
        with self._store.transaction():  # so that nobody appends between the comparison and the writing
            if other.origin == self.origin:
                self._refuse_fork(other)
            else:
                self._give_way(other)
            size = start = self._head().size
            for end, note in other._store.checkpoints(size + 1, other.size):
                rows = list(other._store.rows(start, end))
                self._store.add(rows, self._tree.grown(start, [leaf_of(row) for row in rows]), end, note)
                start = end
            if start > size:
                self._store.replace_key(other.public_key)
            self._absorb_deposits(other)
            return start - size

    def divergence(self, other: LogReader) -> Fork | None:
        """Proof that two copies of this log are two histories; None where one continues the other."""
        shorter, longer = sorted((self, other), key=lambda log: log.size)
        head = shorter._head()
        root = longer._tree.root(head.size)
        if root == head.root:
            return None
        proof = tuple(longer.consistency(head.size, longer.size))
        return Fork(shorter.checkpoint(), longer.checkpoint(), root, proof)

    def _give_way(self, other: Mirror) -> None:
        """Become the beginning of `other`, within a transaction: one that is cut off leaves this log as it was."""
        if self._head().size:
            raise LedgerError(
                f"The log {self.path} is {self.origin}, and the other one is {other.origin}.", "Choose another place."
            )
        seen = LastSeen(self.path.with_name(f"{self.path.name}.seen"))
        last = seen.read()
        if last is not None and parse_checkpoint(parse_note(last).text).origin == other.origin:
            other.check_continues(last)
        _, note = other._store.checkpoints(0, 0)[0]
        self._store.begin_anew(other.origin, other.keys[0], note)
        self.origin, self._chain = other.origin, ()
        seen.forget()

    def check_continues(self, note: str) -> None:
        """Make sure that this copy is not older or other than the checkpoint that was last seen of this log.

        Raises
        ------
        ProofRefused
            It is.
        """
        if self.fork(note) is not None:
            raise ProofRefused(
                f"The export does not continue what was last seen of the log {self.origin}.",
                "It is a fork: keep it and the file NAME.seen beside the log, and choose another file.",
            )

    def _refuse_fork(self, other: Mirror) -> None:
        if self.keys[0] != other.keys[0]:
            raise ProofRefused(
                f"The other copy of the log {self.origin} began with another key.", "It is a forgery, or this one is."
            )
        fork = self.divergence(other)
        if fork is None:
            return
        path = self.path.with_name(f"{self.path.name}.fork.json")
        keystore.replace(path, fork.to_bytes().decode())
        raise ProofRefused(
            f"The two copies of the log {self.origin} are two histories, both signed with its keys.",
            f"{path.name}, beside the log, proves it: its key was stolen, or the log was used in two places.",
        )

    def _absorb_deposits(self, other: Mirror) -> None:
        for record in other._deposits.records():
            deposit = other.deposit(record)
            about = self._store.find({"kind": "record", "record": record, "limit": 1})
            if deposit is not None and about:
                self._deposits.put(about[0].index, deposit, facts(deposit.payload))
