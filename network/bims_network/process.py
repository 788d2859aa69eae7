"""A process that outlives the program that started it, and is found again by its pid file."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from bims_desktop.errors import LedgerError

GRACE = 10.0
DEAD = "ZX"
LAUNCH = '"$@" </dev/null >>"$LOG" 2>&1 & echo $!'


@dataclass(frozen=True, slots=True)
class Birth:
    """What tells a process from a later one that was given the same number."""

    pid: int
    ticks: int
    boot: str

    @classmethod
    def of(cls, pid: int) -> Birth | None:
        """The living process `pid`; None where there is none."""
        with suppress(FileNotFoundError, ProcessLookupError):
            # the name in parentheses may hold spaces and parentheses itself
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            return None if fields[0] in DEAD else cls(pid, int(fields[19]), boot)
        return None


class Process:
    """One process with its pid file and its log in one folder.

    Parameters
    ----------
    folder : Path
        Where ``process.json`` and ``log`` are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "process.json"
        self.log = folder / "log"

    @property
    def pid(self) -> int | None:
        """Number of the process while it lives."""
        known = self._known()
        return known.pid if known and Birth.of(known.pid) == known else None

    @property
    def rss(self) -> int:
        """Resident memory in bytes; 0 where it does not run."""
        with suppress(FileNotFoundError, ProcessLookupError):
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE")
        return 0

    def start(self, command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None) -> None:
        """Run `command`, unless it runs already.

        A shell starts it in a session of its own, so that no signal meant for the caller reaches it.
        """
        if self.pid:
            return
        started = subprocess.run(
            ["/bin/sh", "-c", LAUNCH, "sh", *command],
            env={**_plain_environment(), **environment, "LOG": str(self.log)},
            cwd=folder or self._file.parent,
            start_new_session=True,
            capture_output=True,
            text=True,
            check=True,
        )
        birth = Birth.of(int(started.stdout))
        if birth is None:
            raise LedgerError(f"{command[0]} stopped at once.", f"Its log is {self.log}.")
        self._file.write_text(json.dumps(asdict(birth)), encoding="utf-8")

    def stop(self, grace: float = GRACE) -> None:
        """End it: politely first, and for certain after `grace` seconds."""
        if not self._end(signal.SIGTERM, grace):
            self.kill()

    def kill(self) -> None:
        """End it at once (SIGKILL); returns when it is gone."""
        if not self._end(signal.SIGKILL, GRACE):
            raise LedgerError(f"Process {self.pid} does not end.", f"Its pid file is {self._file}.")

    def _end(self, number: signal.Signals, patience: float) -> bool:
        """Signal exactly the process that was started, through a handle that a recycled pid cannot get."""
        known = self._known()
        if known is None:
            return True
        try:
            handle = os.pidfd_open(known.pid)
        except ProcessLookupError:
            return True
        try:
            if Birth.of(known.pid) != known:
                return True
            signal.pidfd_send_signal(handle, number)
            return bool(select.select([handle], [], [], patience)[0])
        finally:
            os.close(handle)

    def _known(self) -> Birth | None:
        try:
            return Birth(**json.loads(self._file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None


def _plain_environment() -> dict[str, str]:
    """What a node may see of the caller's environment: nothing that could configure it."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
