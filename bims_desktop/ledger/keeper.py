"""The keys of a log where they rest: opening a log with the key it names, and giving it another.

A rotation goes: the next key is kept safe (``log.next``), the log names it, it takes the
place of the old one (``log``), whose private half is gone then. Cut off anywhere, the key
that the log names is still kept, and the next opening or rotation goes on from there.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger import keystore
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.public_key import fingerprint
from bims_desktop.ledger.receipt import Receipt
from bims_desktop.ledger.signing import (
    Ed25519Signer,
    Signer,
    decode_public,
    key_files,
    load,
    load_or_create,
    public_line,
)

CURRENT: Final = "log"
NEXT: Final = "log.next"


def open_log(path: Path, folder: Path, *, name: str = "local") -> LocalLog:
    """The log at `path`, with the key that it names out of `folder`; both made on first use.

    Parameters
    ----------
    path : Path
        The log's database.
    folder : Path
        Where the user's keys are kept.
    name : str
        How people call the log.

    Raises
    ------
    LedgerUnavailable
        The log cannot be opened, or its key is not kept here.
    ProofRefused
        The log is shorter or other than when it was last seen.
    """
    return LocalLog(path, _any(folder), name=name, successor=partial(kept, folder))


def rotate(log: LocalLog, folder: Path) -> Receipt:
    """Give `log` a new key, kept in `folder` before the log hears of it.

    Returns
    -------
    Receipt
        Of the entry that names the new key; good with the old one.

    Raises
    ------
    LedgerUnavailable
        The key cannot be kept, or the log cannot be written; the log goes on with the key it names.
    """
    new = load_or_create(NEXT, folder)
    if new.public_key == log.public_key:  # an earlier rotation was cut off after the log named its key
        _settle(folder, new)
        new = load_or_create(NEXT, folder)
    receipt = log.rotate(new)
    _settle(folder, new)
    return receipt


def kept(folder: Path, public_key: bytes) -> Signer:
    """The signer of `public_key`, which a log names, out of `folder`.

    Raises
    ------
    LedgerUnavailable
        It is not there.
    """
    following = load(NEXT, folder)
    if following is not None and following.public_key == public_key:
        _settle(folder, following)
        return following
    current = load(CURRENT, folder)
    if current is None or current.public_key != public_key:
        raise LedgerUnavailable(
            f"The log is signed with the key {fingerprint(public_key)}, which is not kept in {folder}.",
            "It was replaced, or is another's: restore the newest copy of the log, or that key.",
        )
    return current


def _any(folder: Path) -> Signer:
    """A key of the log: the current one, or the next where a rotation was cut off after the old one went."""
    try:
        return load_or_create(CURRENT, folder)
    except LedgerUnavailable:
        following = load(NEXT, folder)
        if following is None:
            raise
        return following


def _settle(folder: Path, new: Ed25519Signer) -> None:
    """Put the next key, which the log names, in the place of the current one; again, it changes nothing."""
    (private, public), (next_private, next_public) = key_files(CURRENT, folder), key_files(NEXT, folder)
    old = decode_public(keystore.read_text(public)) if public.exists() else new.public_key
    if next_private.exists():
        next_public.unlink(missing_ok=True)
        with suppress(FileNotFoundError):  # another process was faster
            next_private.replace(private)
    elif private.exists() and Ed25519Signer.from_pem(keystore.read_private(private)).public_key != new.public_key:
        private.unlink(missing_ok=True)
    keystore.replace(public, public_line(CURRENT, new))
    next_public.unlink(missing_ok=True)
    keystore.sync(folder)
    if old != new.public_key:
        keystore.forget(fingerprint(old))
