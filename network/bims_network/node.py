"""One node of the network: a process, its folder, and what it says of itself."""

from __future__ import annotations

import re
import shutil
import socket
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Literal

from bims_desktop.errors import LedgerUnavailable
from bims_network.plan import CHANNEL, HOST, Plan
from bims_network.process import Process
from bims_network.waiting import wait_until

Kind = Literal["orderer", "peer", "chaincode"]
HTTP_PATIENCE = 2.0


class Node(ABC):
    """A process of the network.

    Parameters
    ----------
    plan : Plan
        What it belongs to.
    name, msp : str
        Its own name, and its organisation's.
    """

    kind: Kind

    def __init__(self, plan: Plan, name: str, msp: str) -> None:
        self.plan, self.name, self.msp = plan, name, msp
        self.folder: Path = plan.node(name)
        self._process = Process(self.folder)

    @property
    def pid(self) -> int | None:
        """Its process; None where it does not run."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether its process lives."""
        return self.pid is not None

    @property
    def rss(self) -> int:
        """Resident memory in bytes."""
        return self._process.rss

    @property
    def log(self) -> Path:
        """What it has written so far."""
        return self._process.log

    @property
    def address(self) -> str:
        """Host and port at which it serves."""
        return self.plan.address(self.name)

    @property
    def height(self) -> int | None:
        """Number of blocks it holds; None where it does not say."""
        height = self.metrics().get("ledger_blockchain_height")
        return None if height is None else int(height)

    @property
    @abstractmethod
    def ready(self) -> bool:
        """Whether it serves."""

    @abstractmethod
    def launch(self) -> None:
        """Start its process, unless it runs; returns at once."""

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.launch()
        self.wait()

    def wait(self, patience: float = 30.0) -> None:
        """Wait until it serves."""
        wait_until(self._ready_or_dead, f"{self.name} was not ready", patience)

    def wait_for_height(self, height: int, patience: float = 30.0) -> None:
        """Wait until it holds `height` blocks."""
        wait_until(lambda: (self.height or 0) >= height, f"{self.name} did not come to block {height - 1}", patience)

    def stop(self) -> None:
        """End it politely."""
        self._process.stop()

    def kill(self) -> None:
        """End it at once, as a power cut would (SIGKILL)."""
        self._process.kill()

    def wipe(self) -> None:
        """Kill it and delete what it has stored; its keys and settings stay."""
        self.kill()
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def metrics(self) -> Mapping[str, float]:
        """Its measurements of the channel by name; none where it does not answer."""
        return parse_metrics(self._get("/metrics"))

    def _healthy(self) -> bool:
        return bool(self._get("/healthz"))

    def _listens(self) -> bool:
        try:
            socket.create_connection((HOST, self.plan.ports[self.name]["listen"]), timeout=HTTP_PATIENCE).close()
        except OSError:
            return False
        return True

    def _get(self, path: str) -> str:
        """Ask its operations service; nothing where it does not answer."""
        connection = HTTPConnection(HOST, self.plan.ports[self.name]["operations"], timeout=HTTP_PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.read().decode() if answer.status == 200 else ""
        except (OSError, HTTPException):
            return ""
        finally:
            connection.close()

    def _ready_or_dead(self) -> bool:
        if not self.alive:
            raise LedgerUnavailable(f"{self.name} stopped while it started.", f"Its log is {self.log}.")
        return self.ready


def parse_metrics(text: str) -> dict[str, float]:
    """Read Prometheus' text format: what is measured of our channel, by name.

    Examples
    --------
    >>> parse_metrics('ledger_blockchain_height{channel="provenance"} 7')
    {'ledger_blockchain_height': 7.0}
    """
    pattern = rf'^(\w+)\{{(?:[^}}]*,)?channel="{CHANNEL}"[^}}]*\}} (\S+)$'
    return {name: float(value) for name, value in re.findall(pattern, text, re.MULTILINE)}
