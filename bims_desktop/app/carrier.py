"""`Carrier`: takes the entries of the local log to a consortium's ledger, in the background, each exactly once.

The local log is the queue and the outbox the memory; this is the hand. It may be killed at any
moment and begin again. Among all processes of the user one carries at a time.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from bims_desktop.app import consortium
from bims_desktop.app.carriage import Carriage, Stuck
from bims_desktop.app.courier import Courier
from bims_desktop.app.line import pause_s
from bims_desktop.app.sending import Sending, Stage
from bims_desktop.app.settings import Fabric
from bims_desktop.errors import BimsError
from bims_desktop.ledger.outbox import STUCK, Item, Outbox

if TYPE_CHECKING:
    from bims_desktop.app.home import Home
    from bims_desktop.ledger.fabric.gateway import Deadlines
    from bims_desktop.ledger.fabric.ledger import FabricLedger

__all__ = ["Carriage", "Carrier", "Stuck"]

TURN_S = 1.0
TELL_S = 0.2
STOP_S = 5.0  # a call to a network that is away may take longer to end; it then ends by itself


def _quiet(stage: str) -> None:
    """Nobody listens."""


class Carrier:
    """Carries from the local log of `home` to the consortium that its settings name.

    Parameters
    ----------
    home : Home
        Whose log.
    fabric : Fabric
        Where to.
    stage : callable, optional
        Told the name of each stage of each delivery.
    clock : callable, optional
        Seconds of Unix time.
    deadlines : Deadlines, optional
        Of the gateway.

    Notes
    -----
    Nothing here is needed for a save: an entry is safe once the local log has it.
    """

    def __init__(
        self,
        home: Home,
        fabric: Fabric,
        *,
        stage: Stage = _quiet,
        clock: Callable[[], float] = time.time,
        deadlines: Deadlines | None = None,
    ) -> None:
        self.fabric = fabric
        self._deadlines = deadlines
        self._home = home
        self._stage = stage
        self._clock = clock
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._again = threading.Event()
        self._callbacks: list[Callable[[Carriage], None]] = []
        self._reachable: bool | None = None
        self._error = ""
        self._told = 0.0
        self._courier: Courier | None = None
        self._ledger: FabricLedger | None = None

    @cached_property
    def outbox(self) -> Outbox:
        """How far each entry has come; one file for each log and network.

        Raises
        ------
        LedgerUnavailable
            The connection profile or the file cannot be read.
        """
        name = f"{self._home.ledger.origin} to {consortium.network_of(self.fabric)}"
        path = self._home.folder / "ledger" / f"outbox-{consortium.short_digest(name)}.sqlite"
        return Outbox(path, name, clock=self._clock)

    @property
    def status(self) -> Carriage:
        """How the carrying stands, by this process or by another."""
        try:
            return self._standing()
        except BimsError as error:
            return Carriage(waiting=self._home.ledger.size, reachable=self._reachable, error=str(error))

    def start(self) -> None:
        """Begin to carry in the background; once more does no harm."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="carrier", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Cease to carry; what is under way is taken up again by the next `start`, here or elsewhere."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stop.set()
        self.nudge()
        if self._ledger is not None:
            self._ledger.close()
        if thread is not threading.current_thread():
            thread.join(STOP_S)

    def close(self) -> None:
        """Stop, and let go of the outbox."""
        self.stop()
        if "outbox" in self.__dict__:
            self.outbox.close()
            del self.__dict__["outbox"]

    def sync(self, timeout: float) -> Carriage:
        """Carry until nothing is left but what waits for a person, or for `timeout` seconds; how it stands then."""
        ends, was_running = time.monotonic() + timeout, self._thread is not None
        self.start()
        self.nudge()
        try:
            while time.monotonic() < ends and not self._done() and self._alive:
                time.sleep(0.02)
        finally:
            if not was_running:
                self.stop()
        return self.status

    def nudge(self) -> None:
        """Look at once whether there is something new; otherwise that takes half a second."""
        courier = self._courier
        if courier is not None:
            courier.nudge()

    def retry(self, index: int | None = None) -> None:
        """Try again what is stuck, all of it or entry `index`, because a person says that things have changed."""
        for item in _stuck_items(self.outbox):
            if index is None or _index(item) == index:
                self.outbox.release(item.name)
        self._again.set()
        self.nudge()

    def subscribe(self, callback: Callable[[Carriage], None]) -> Callable[[], None]:
        """Call `callback` whenever something changed, in the carrier's thread; returns how to stop that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback) if callback in self._callbacks else None

    def _run(self) -> None:
        try:
            self._turns()
        except Exception as error:
            # the outermost frame of the thread: the person is told that nobody carries any more
            self._report(False, f"The carrier itself failed ({error!r}). Start the program again.", at_once=True)
            raise

    def _turns(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                with self._turn() as mine:
                    if mine:
                        self._carry()
                        failures = 0
                    else:
                        self._reachable = None
                        self._stop.wait(TURN_S)
            except BimsError as error:
                failures += 1
                self._report(False, str(error), at_once=True)
                self._stop.wait(pause_s(failures))

    def _carry(self) -> None:
        self._ledger = consortium.connect(
            self.fabric, outbox=self.outbox, stage=self._stage, clock=self._clock, deadlines=self._deadlines
        )
        try:
            self._again.clear()
            log, version = self._home.ledger, self.outbox.version()
            sending = Sending(log, self.outbox, self._ledger, self.fabric, self._stage)
            self._courier = Courier(log, self.outbox, sending, self.fabric, self._first(), self._report)
            self._courier.run(lambda: self._stop.is_set() or self._again.is_set() or self.outbox.version() != version)
        finally:
            self._courier = None
            self._ledger.close()

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Whether this process is the one that carries now; the lock ends with the process."""
        path = self.outbox.path
        assert path is not None
        with path.with_suffix(".lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _report(self, reachable: bool, error: str, at_once: bool = False) -> None:
        changed = (reachable, error) != (self._reachable, self._error)
        self._reachable, self._error = reachable, error
        now, courier = time.monotonic(), self._courier
        if at_once or changed or now - self._told >= TELL_S or courier is None or courier.idle:
            self._told = now
            status = self.status
            for callback in tuple(self._callbacks):
                callback(status)

    @property
    def _alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _done(self) -> bool:
        courier = self._courier
        if courier is not None:
            return courier.idle
        return self._reachable is None and self.status.settled

    def _first(self) -> int:
        if not self.fabric.since:
            return 0
        found = self._home.ledger.find(since=self.fabric.since, limit=1)
        return found[0].index if found else self._home.ledger.size

    def _standing(self) -> Carriage:
        outbox, size, first = self.outbox, self._home.ledger.size, self._first()
        stuck, last = _stuck_items(outbox), outbox.last()
        if self.fabric.carries_records:
            committed = outbox.count("committed", first=first)
            ended = committed + outbox.count("local", *STUCK, first=first)
        else:
            committed = ended = outbox.anchored()
            first = 0
        conflicts = tuple(Stuck(_index(item), item.text, item.transaction, item.state) for item in stuck)
        return Carriage(
            waiting=max(0, size - first - ended),
            committed=committed,
            conflicts=conflicts,
            last=last.place if last else "",
            reachable=self._reachable,
            error=self._error,
        )


def _stuck_items(outbox: Outbox) -> tuple[Item, ...]:
    return (*outbox.items(*STUCK), *outbox.items(*STUCK, kind="anchor"))


def _index(item: Item) -> int:
    kind, name = item.name
    return int(name) - 1 if kind == "anchor" else int(name)
