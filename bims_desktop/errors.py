"""The one exception tree.

::

    BimsError
    ├── FileError            something about one file
    │   ├── UnreadableFile       not an image, truncated, or damaged
    │   ├── FileTooLarge         beyond the budget that was set before decoding
    │   ├── FileChanged          not the bytes or pixels that were recorded
    │   ├── SaveRefused          the destination is an input, or cannot hold this image
    │   └── SaveFailed           disk full, folder read-only, process stopped
    ├── OperationError       something about one operation
    │   ├── UnknownOperation     no such id, or no such version of it
    │   ├── BadParameter         a value out of its type or bounds
    │   ├── OperationFailed      the function itself stopped
    │   └── Cancelled            the user asked it to stop
    ├── MacroError           something about a macro
    │   ├── MacroRefused         text outside the dialect
    │   ├── MissingInput         an input or blob that cannot be found
    │   ├── NotTrusted           a package or script that nobody trusted yet
    │   └── ReplayStopped        a step that cannot run on these data
    ├── RecordError          something about a record
    │   ├── NoRecord             the file carries none
    │   └── RecordDamaged        there is one, and it cannot be read
    ├── JournalError         something about the action log on disk
    │   ├── JournalDamaged       its hash chain is broken
    │   ├── SessionExists        the folder holds an earlier one
    │   └── SessionBusy          another process has it open
    └── LedgerError          something about the ledger
        ├── LedgerUnavailable    it cannot be opened or reached
        ├── ProofRefused         a proof, receipt or checkpoint that does not hold
        ├── EntryConflict        it holds something else under the same name
        ├── NotPermitted         the identity's role, organisation or standing does not allow it
        └── TransactionError     something about one transaction of a consortium's ledger
            ├── EndorseError         the organisations did not agree to it
            ├── SubmitError          the ordering service did not take it
            ├── CommitStatusError    nobody could say what became of it
            └── CommitError          it was ordered and found invalid

Every error says what happened and to what (`what`), and what to do (`todo`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any


class BimsError(Exception):
    """Base of every error that this program raises on purpose.

    Parameters
    ----------
    what : str
        What happened, to which file or step, as one sentence.
    todo : str, optional
        What the person can do about it, as one sentence that holds in a window, a script and on the command line.
    name : str, optional
        Of the input or package that it is about, for those who can say how to do that.

    Examples
    --------
    >>> print(BimsError("cells.tif ends too early.", "Copy it again."))
    cells.tif ends too early. Copy it again.
    """

    def __init__(self, what: str, todo: str = "", *, name: str = "") -> None:
        super().__init__(f"{what} {todo}".strip())
        self.what = what
        self.todo = todo
        self.name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), name=self.name), (self.what, self.todo)


class FileError(BimsError):
    """Something about one file."""


class UnreadableFile(FileError):
    """Not an image, truncated, or damaged."""


class FileTooLarge(FileError):
    """Beyond the budget that was set before decoding."""


class FileChanged(FileError):
    """Not the bytes or pixels that were recorded."""


class SaveRefused(FileError):
    """The destination is an input, or cannot hold this image."""


class SaveFailed(FileError):
    """Disk full, folder read-only, process stopped; nothing was lost."""


class OperationError(BimsError):
    """Something about one operation."""


class UnknownOperation(OperationError):
    """No such id, or no such version of it."""


class BadParameter(OperationError):
    """A value out of its type or bounds."""


class OperationFailed(OperationError):
    """The function itself stopped."""


class Cancelled(OperationError):
    """The user asked it to stop."""


class MacroError(BimsError):
    """Something about a macro."""


class MacroRefused(MacroError):
    """Text outside the dialect."""


class MissingInput(MacroError):
    """An input or blob that cannot be found."""


class NotTrusted(MacroError):
    """A package or script that nobody trusted yet."""


class ReplayStopped(MacroError):
    """A step that cannot run on these data."""


class RecordError(BimsError):
    """Something about a record."""


class NoRecord(RecordError):
    """The file carries none."""


class RecordDamaged(RecordError):
    """There is one, and it cannot be read."""


class JournalError(BimsError):
    """Something about the action log on disk."""


class JournalDamaged(JournalError):
    """Its hash chain is broken."""


class SessionExists(JournalError):
    """The folder holds the log of an earlier session."""


class SessionBusy(JournalError):
    """Another process has it open."""


class LedgerError(BimsError):
    """Something about the ledger."""


class LedgerUnavailable(LedgerError):
    """It cannot be opened or reached."""


class ProofRefused(LedgerError):
    """A proof, receipt or checkpoint that does not hold."""


class EntryConflict(LedgerError):
    """It holds something else under the same name."""


class NotPermitted(LedgerError):
    """The identity's role, organisation or standing does not allow it."""


@dataclass(frozen=True, slots=True)
class PeerMessage:
    """What one node of the network said of a transaction."""

    address: str
    msp: str
    message: str


class TransactionError(LedgerError):
    """Something about one transaction of a consortium's ledger.

    Parameters
    ----------
    what, todo : str
        As of every `BimsError`.
    transaction : str
        Its identifier, 64 hexadecimal digits; empty where none was made yet.
    details : tuple of PeerMessage
        What each node said.
    code : str
        Name of the gRPC status or of the validation code.
    """

    def __init__(
        self, what: str, todo: str = "", *, transaction: str = "", details: tuple[PeerMessage, ...] = (), code: str = ""
    ) -> None:
        super().__init__(what, todo)
        self.transaction = transaction
        self.details = details
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        kind = partial(type(self), transaction=self.transaction, details=self.details, code=self.code)
        return kind, (self.what, self.todo)


class EndorseError(TransactionError):
    """The organisations did not agree to it; nothing was sent to the ledger."""


class SubmitError(TransactionError):
    """The ordering service did not take it, as far as is known."""


class CommitStatusError(TransactionError):
    """Nobody could say what became of it: ask again, send the same envelope again, never a new one."""


class CommitError(TransactionError):
    """It was ordered and found invalid; the ledger is as it was."""
