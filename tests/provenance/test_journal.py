"""The journal: durable entry by entry, chained, torn only at its end, held by one process."""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bims_desktop.errors import JournalDamaged, SaveFailed, SessionBusy
from bims_desktop.provenance.journal import FILE, Journal, entries, is_open

NOTES = [("note", {"number": n, "text": "µ" * n}) for n in range(6)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A journal of six entries, closed."""
    journal = Journal(tmp_path / "session")
    for note in NOTES:
        journal.append(note)
    journal.close()
    return tmp_path / "session"


def lines_of(folder: Path) -> list[bytes]:
    return (folder / FILE).read_bytes().splitlines(keepends=True)


def test_entries_come_back_in_order(folder: Path) -> None:
    assert list(entries(folder)) == NOTES


def test_several_entries_are_appended_at_once(folder: Path) -> None:
    journal = Journal(folder)
    journal.append(("a", 1), ("b", 2))
    journal.append()
    journal.close()
    assert list(entries(folder)) == [*NOTES, ("a", 1), ("b", 2)]


def test_a_new_entry_goes_on_the_chain_of_an_earlier_process(folder: Path) -> None:
    journal = Journal(folder)
    journal.append(("more", {}))
    journal.close()
    assert list(entries(folder)) == [*NOTES, ("more", {})]


@pytest.mark.parametrize("cut", [1, 2, 10, 60])
def test_a_torn_last_line_is_dropped(folder: Path, cut: int) -> None:
    path = folder / FILE
    path.write_bytes(path.read_bytes()[:-cut])
    assert list(entries(folder)) == NOTES[:-1]
    journal = Journal(folder)
    journal.append(("after", {}))
    journal.close()
    assert list(entries(folder)) == [*NOTES[:-1], ("after", {})]


def test_only_a_torn_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'{"body"')
    journal = Journal(tmp_path)
    journal.append(("first", {}))
    journal.close()
    assert list(entries(tmp_path)) == [("first", {})]


def _edited(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], re.sub(rb'("number": ?)2', rb"\g<1>7", lines[2]), *lines[3:]]


def _spaced(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[2].replace(b"{", b"{ ", 1), *lines[3:]]


DAMAGE: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a value edited": _edited,
    "only a space added": _spaced,
    "first line removed": lambda lines: lines[1:],
    "a line removed": lambda lines: lines[:2] + lines[3:],
    "two lines exchanged": lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]],
    "a line twice": lambda lines: [*lines[:3], lines[2], *lines[3:]],
    "a line of another journal": lambda lines: [*lines[:3], b'{"body":1,"kind":"x","previous":"00"}\n', *lines[3:]],
    "a line that is no JSON": lambda lines: [*lines[:3], b"\0\0\0\0\n", *lines[3:]],
    "a line that is no object": lambda lines: [*lines[:3], b"[]\n", *lines[3:]],
    "an empty line": lambda lines: [*lines[:3], b"\n", *lines[3:]],
    "a line torn in the middle": lambda lines: [*lines[:3], lines[3][:20] + b"\n", *lines[4:]],
    "a line without its end": lambda lines: [*lines[:3], lines[3][:-1], *lines[4:]],
    "a nested bomb": lambda lines: [*lines[:3], b"[" * 100_000 + b"\n", *lines[3:]],
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_changed_journal_is_refused(folder: Path, name: str) -> None:
    before = lines_of(folder)
    changed = b"".join(DAMAGE[name](before))
    assert changed != b"".join(before)
    (folder / FILE).write_bytes(changed)
    with pytest.raises(JournalDamaged, match="line"):
        list(entries(folder))
    with pytest.raises(JournalDamaged):
        Journal(folder)
    assert (folder / FILE).read_bytes() == changed, "a damaged journal must stay as it is"


HOLD = """
import sys, pathlib
from bims_desktop.provenance.journal import Journal
journal = Journal(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_another_process_is_kept_out(folder: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    assert is_open(folder)
    with pytest.raises(SessionBusy, match="open"):
        Journal(folder)
    assert list(entries(folder)) == NOTES
    holder.kill()
    holder.wait()
    assert not is_open(folder)
    Journal(folder).close()


FILL = """
import resource, sys, pathlib
from bims_desktop.errors import SaveFailed
from bims_desktop.provenance.journal import FILE, Journal
folder = pathlib.Path(sys.argv[1])
journal = Journal(folder)
written = 0
room = (folder / FILE).stat().st_size + 2000
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
try:
    while True:
        journal.append(("a", {"n": written}), ("b", {"text": "x" * 300}))
        written += 1
except SaveFailed as error:
    print(written, "|", error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append(("after", {}))
journal.close()
"""


def test_a_full_disk_loses_nothing_that_was_answered(folder: Path) -> None:
    """The limit on a file's size stands for the full disk: the write that does not fit is partly done, then refused."""
    done = subprocess.run([sys.executable, "-c", FILL, str(folder)], capture_output=True, text=True, check=True)
    written, words = done.stdout.split(" | ")
    assert int(written) >= 2
    assert "Free some space" in words
    whole = [entry for n in range(int(written)) for entry in (("a", {"n": n}), ("b", {"text": "x" * 300}))]
    assert list(entries(folder)) == [*NOTES, *whole, ("after", {})]


@pytest.mark.skipif(os.geteuid() != 0, reason="a folder that even root cannot write is made by root")
def test_a_folder_that_cannot_be_written() -> None:
    with pytest.raises(SaveFailed, match="action log"):
        Journal(Path("/proc/bims"))


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "session").write_text("x")
    with pytest.raises(SaveFailed):
        Journal(tmp_path / "session")


def test_each_line_names_the_one_before(folder: Path) -> None:
    """What a reader in another language relies on."""
    previous = hashlib.sha256(b"").hexdigest()
    for line in lines_of(folder):
        assert json.loads(line)["previous"] == previous
        previous = hashlib.sha256(line).hexdigest()


def test_the_limit_on_file_sizes_is_off_here() -> None:
    """Otherwise the tests of full disks would test nothing."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
