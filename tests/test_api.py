"""The small interface for other software: it needs nothing of the imaging side, and its words are kept."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bims_desktop import api
from bims_desktop.app.home import Home
from bims_desktop.errors import NoRecord, RecordError
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.signing import Ed25519Signer

ROOT = Path(__file__).parents[1]
IMAGING = (
    "numpy", "scipy", "skimage", "tifffile", "imagecodecs", "PIL", "dask", "pandas", "napari", "qtpy", "PySide6",
    "magicgui", "grpc", "fabric_protos",
)  # fmt: skip
TABLE = {"subject": [{"kind": "table", "name": "counts.csv", "digest": "sha256:" + 64 * "1"}]}

WITHOUT_IMAGING = f"""
import sys
from bims_desktop import api
done = api.submit({TABLE!r})
assert api.find(record=done.record) and api.recover(done.record) and api.verify(done.record).good
print(sorted(set({IMAGING!r}) & set(sys.modules)))
"""


def run(*command: str | Path, home: Path) -> str:
    environment = {**os.environ, "BIMS_HOME": str(home), "BIMS_KEYRING": "off"}
    done = subprocess.run(
        [sys.executable, *map(str, command)], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_does_all_its_work_without_imaging(tmp_path: Path) -> None:
    assert run("-c", WITHOUT_IMAGING, home=tmp_path / "home").strip() == "[]"


def test_the_example_is_short_and_works(tmp_path: Path) -> None:
    example = ROOT / "examples" / "take_part.py"
    assert len(example.read_text().splitlines()) <= 20
    (tmp_path / "reads.fastq").write_text("@r1\nACGT\n+\nFFFF\n")
    (tmp_path / "counts.csv").write_text("gene,reads\nABC1,1\n")
    told = run(example, tmp_path / "reads.fastq", tmp_path / "counts.csv", home=tmp_path / "home").splitlines()
    record = told[0].removeprefix("recorded as ")
    assert told[1] == f"made from it: ['{record}']"


def test_every_name_is_documented_where_software_looks() -> None:
    page = (ROOT / "docs" / "api.md").read_text()
    for name in ("submit", "find", "recover", "verify", "digest"):
        assert name in api.__all__
        assert f"| `{name}(" in page
        assert inspect.getdoc(getattr(api, name))


def test_a_record_is_had_back_by_its_subject(home: Home) -> None:
    done = api.submit(TABLE)
    for digest in (done.record, TABLE["subject"][0]["digest"]):
        found = api.recover(digest)
        assert (found.record, found.content["subject"], found.state) == (done.record, TABLE["subject"], "stands")
        assert found.key == home.agent.public_key
    with pytest.raises(NoRecord):
        api.recover("sha256:" + 64 * "0")


def test_verdicts(home: Home) -> None:
    done = api.submit(TABLE)
    assert api.verify(done.record).good
    home.ledger.append(Entry("retract", {"record": done.record, "reason": "wrong"}))
    verdicts = api.verify(done.record)
    assert (verdicts.signature.state, verdicts.ledger.state, verdicts.good) == ("good", "bad", False)


def test_the_words_of_others_are_unknown_until_their_keys_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is the user's, the record in it somebody else's."""
    stranger = Home(tmp_path / "stranger")
    monkeypatch.setenv("BIMS_HOME", str(stranger.folder))
    done = api.submit(TABLE)
    deposit = stranger.ledger.deposit(done.record)
    key, log_key = stranger.agent.public_key, stranger.log_signer.public_key
    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "home"))
    mine = Home(tmp_path / "home")
    mine.ledger.append(Entry("record", {"record": done.record}), deposit)
    assert (api.verify(done.record).signature.state, api.verify(done.record).good) == ("unknown", False)
    assert api.verify(done.record, keys=[key]).good
    assert not api.verify(done.record, keys=[log_key, Ed25519Signer(bytes(32)).public_key]).good


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(RecordError, match="subject"):
        api.submit({})
    assert api.find() == ()
