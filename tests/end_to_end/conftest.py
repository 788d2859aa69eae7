"""The worker process that replays, and the figures that the random sessions report."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bims_desktop.app.draft import Draft
from bims_desktop.app.session import Session

ROOT = Path(__file__).parents[2]
FIGURES = pytest.StashKey[list[str]]()


class Worker:
    """A process that shares nothing with a session but what `replay` copies for it.

    Parameters
    ----------
    folder : Path
        Its home and its jobs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._jobs = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "BIMS_HOME": str(folder / "home"), "BIMS_KEYRING": "off", "PYTHONPATH": str(ROOT)},
        )

    def replay(
        self, session: Session, draft: Draft, macro: str, *, output: str = "", minimal: bool = False
    ) -> dict[str, Any]:
        """What the worker makes of `macro`, given copies of the inputs and stored edits alone."""
        self._jobs += 1
        job = self.folder / f"job-{self._jobs}"
        shutil.copytree(session.folder / "blobs", job / "blobs") if (session.folder / "blobs").exists() else job.mkdir()
        (job / "macro.py").write_text(macro, "ascii")
        inputs = {}
        for number, entry in enumerate(draft.inputs):
            inputs[entry.name] = str(shutil.copy(entry.source.path, job / f"{number}.tif"))
        answer = self._ask({"folder": str(job), "inputs": inputs, "output": output, "minimal": minimal})
        shutil.rmtree(job)
        return answer

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the worker died"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    worker = Worker(tmp_path_factory.mktemp("worker"))
    yield worker
    worker.close()


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> list[str]:
    """Lines for the end of the test report."""
    return request.config.stash.setdefault(FIGURES, [])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)
