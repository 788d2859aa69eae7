"""Where private keys rest: the system's keyring, or a file that only its owner can read."""

from __future__ import annotations

import os
import queue
import secrets
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bims_desktop.errors import LedgerUnavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "bims-desktop"
DEADLINE_S = 5.0
MAX_BYTES = 4096

_T = TypeVar("_T")


def put(label: str, secret: str) -> bool:
    """Keep `secret` in the keyring; False where none works without asking."""

    def keep() -> str | None:
        backend = _backend()
        if backend is None:
            return None
        backend.set_password(SERVICE, label, secret)
        return backend.get_password(SERVICE, label)

    return _within_deadline(keep) == secret


def get(label: str) -> str | None:
    """The secret kept under `label`, None where the keyring does not give it."""

    def fetch() -> str | None:
        backend = _backend()
        return backend.get_password(SERVICE, label) if backend else None

    return _within_deadline(fetch)


def forget(label: str) -> None:
    """Take the secret kept under `label` out of the keyring, where it is there."""

    def remove() -> None:
        backend = _backend()
        if backend is not None:
            backend.delete_password(SERVICE, label)

    _within_deadline(remove)


def read_private(path: Path) -> str:
    """Text of the private file at `path`.

    Raises
    ------
    LedgerUnavailable
        Others can read it, or it cannot be read.
    """
    text = read_text(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise LedgerUnavailable(
            f"The private key {path} can be read by others (mode {mode:o}).",
            "Set its mode to 600; if others had access to this computer, begin with a new key.",
        )
    return text


def read_text(path: Path) -> str:
    """Text of the small file at `path`.

    Raises
    ------
    LedgerUnavailable
        It cannot be read, is not text, or is not small.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise LedgerUnavailable(f"{path} is too large for a key.", "Give the file that holds the key.")
        return data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerUnavailable(f"{path} cannot be read: {error}.", "Check the file and its rights.") from error


def write_new(path: Path, text: str) -> bool:
    """Write `text` to `path` whole, for its owner alone; False where the file is there already.

    Raises
    ------
    LedgerUnavailable
        The folder cannot be made or written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write_private(temporary, text.encode())
            os.link(temporary, path)  # unlike a rename, never replaces a key that another process made meanwhile
            sync(path.parent)
        except FileExistsError:
            return False
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise LedgerUnavailable(f"The key {path} cannot be written: {error}.", "Check the folder.") from error
    return True


def replace(path: Path, text: str) -> None:
    """Write `text` in the place of what `path` held, whole, for its owner alone.

    Raises
    ------
    LedgerUnavailable
        The folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        try:
            _write_private(temporary, text.encode())
            temporary.replace(path)
            sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise LedgerUnavailable(f"The key {path} cannot be written: {error}.", "Check the folder.") from error


def sync(folder: Path) -> None:
    """Make the names in `folder` durable."""
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _backend() -> KeyringBackend | None:
    if os.environ.get("BIMS_KEYRING") == "off":
        return None
    import keyring.core

    backend = keyring.core.get_keyring()
    # below "recommended" are the backends that fail, forget, keep plain text or ask at the terminal
    return backend if keyring.core.recommended(backend) else None


def _within_deadline(action: Callable[[], _T]) -> _T | None:
    """Answer of `action`, None where the keyring fails or does not answer in time.

    A keyring may wait for ever for a bus or for a person: it is asked on a thread that
    the program can leave behind.
    """
    answers: queue.SimpleQueue[_T | None] = queue.SimpleQueue()

    from keyring.errors import KeyringError  # slow to import, and most starts need no key

    def ask() -> None:
        answer = None
        try:
            with suppress(KeyringError, OSError, RuntimeError):  # a keyring that fails is no keyring; callers go on
                answer = action()
        finally:
            answers.put(answer)

    threading.Thread(target=ask, name="keyring", daemon=True).start()
    try:
        return answers.get(timeout=DEADLINE_S)
    except queue.Empty:
        return None
