"""Processes: they outlive whoever started them, and no stranger is ever killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bims_network.process import Birth, Process

SLEEP = ("sleep", "60")
STUBBORN = ("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    started = Process(tmp_path)
    yield started
    started.kill()


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is not ours."""
    with subprocess.Popen(SLEEP) as other:
        yield other
        other.kill()


def claim(folder: Path, birth: Birth) -> Process:
    """A process whose pid file names `birth`."""
    (folder / "process.json").write_text(json.dumps(asdict(birth)))
    return Process(folder)


def test_it_is_found_again_and_ended(process: Process, tmp_path: Path) -> None:
    process.start(SLEEP, {})
    pid = process.pid
    assert pid is not None
    assert process.rss > 0
    again = Process(tmp_path)
    assert again.pid == pid
    again.stop()
    assert process.pid is None
    assert Birth.of(pid) is None


def test_a_second_start_changes_nothing(process: Process) -> None:
    process.start(SLEEP, {})
    pid = process.pid
    process.start(SLEEP, {})
    assert process.pid == pid


def test_it_outlives_its_starter(process: Process, tmp_path: Path) -> None:
    script = f"from pathlib import Path; from bims_network.process import Process; Process(Path({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", f"{script}.start({SLEEP!r}, {{}})"], check=True)
    assert process.pid is not None
    # a session of its own: what a terminal sends to the starter's group does not reach it
    assert os.getsid(process.pid) != os.getsid(0)


@pytest.mark.parametrize("change", [{"ticks": 1}, {"boot": "another"}], ids=["started earlier", "before a reboot"])
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_recycled_number_is_left_alone(
    tmp_path: Path, stranger: subprocess.Popen[bytes], change: dict[str, object], end: str
) -> None:
    birth = Birth.of(stranger.pid)
    assert birth is not None
    process = claim(tmp_path, replace(birth, **change))  # type: ignore[arg-type]
    assert process.pid is None
    assert process.rss == 0
    getattr(process, end)()
    assert stranger.poll() is None


def test_what_ignores_a_polite_end_is_killed(process: Process) -> None:
    process.start(STUBBORN, {})
    wait_for(process.log, "ready")
    process.stop(grace=0.3)
    assert process.pid is None


def test_a_zombie_counts_as_dead() -> None:
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert Birth.of(child.pid) is None


def test_nothing_of_the_callers_settings_reaches_it(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORE_PEER_LOCALMSPID", "Mallory")
    process.start(["sh", "-c", 'echo "[$CORE_PEER_LOCALMSPID$GIVEN]"; sleep 60'], {"GIVEN": "yes"})
    assert wait_for(process.log, "]") == "[yes]\n"


def test_ending_what_never_ran_is_nothing(process: Process) -> None:
    process.stop()
    process.kill()
    assert process.pid is None


def wait_for(log: Path, text: str) -> str:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if log.exists() and text in log.read_text():
            return log.read_text()
        time.sleep(0.02)
    raise AssertionError(f"{text!r} never came")
