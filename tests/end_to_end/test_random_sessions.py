"""Random sessions over the whole registry: whatever is saved replays, in another process, to the same pixels."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bims_desktop.app.draft import Draft
from bims_desktop.app.home import Home
from bims_desktop.app.save import Report
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.provenance.symbols import DATA_VERBS
from tests.conftest import put
from tests.end_to_end.conftest import Worker
from tests.end_to_end.player import OPERATIONS, Player
from tests.images import textured

# Each batch of sessions is to bring about some operations: the rarest come about too, whatever hypothesis draws.
BATCH_COUNT = 28
BATCHES = tuple(tuple(operation.id for operation in OPERATIONS[start::BATCH_COUNT]) for start in range(BATCH_COUNT))
EACH = 17
SEQUENCES = 450
ACTIONS = 20
LAYOUTS = ("YX", "ZYX", "CYX", "TYX", "TCZYX")
KINDS = ("uint8", "uint16", "float32", "bool", "labels")
MINIMAL_EVERY = 3  # leaving out each step in turn is slow, so that a sample of the slices is looked at


@dataclass
class Tally:
    """What all sequences together came to."""

    sequences: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    replayed: int = 0
    sampled: int = 0
    minimal: int = 0
    minimal_but_copies: int = 0
    spare: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        done, refused = self.done.total(), self.refused.total()
        share = 100 * self.minimal / max(self.sampled, 1)
        other = 100 * self.minimal_but_copies / max(self.sampled, 1)
        return [
            f"random sessions: {self.sequences}, actions done: {done}, refused: {refused}, saves replayed: "
            f"{self.replayed}",
            f"slices of {self.sampled} in which no step can be left out without changing the result: {share:.1f} % "
            f"({other:.1f} % not counting duplicates, which never change pixels)",
            f"steps that could have been left out, by operation: {self.spare.most_common(8)}",
            f"refusals: {self.refused.most_common(8)}",
        ]


@dataclass
class Lab:
    """Files to open and a place to work."""

    folder: Path
    files: tuple[Path, ...]
    worker: Worker
    tally: Tally


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, worker: Worker, figures: list[str]) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    wanted = [(axes, kind) for axes in LAYOUTS for kind in KINDS] + [("YXS", "uint8"), ("YXS", "uint16")]
    files = []
    for seed, (axes, kind) in enumerate(wanted):
        (folder / f"{axes}-{kind}").mkdir()
        # Several files have the same name: identity is the digest, never the name.
        name = "cells.tif" if seed % 2 else f"{axes} {kind} µ.ome.tif"
        files.append(put(folder / f"{axes}-{kind}" / name, textured(axes, kind, seed)))
    tally = Tally()
    yield Lab(folder, tuple(files), worker, tally)
    figures.extend(tally.lines())


@pytest.mark.filterwarnings("ignore:Failed to get convex hull")  # objects of a few pixels in a row
@pytest.mark.parametrize("wanted", BATCHES, ids="+".join)
@settings(
    max_examples=EACH,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_whatever_is_saved_replays(lab: Lab, wanted: tuple[str, ...], data: st.DataObject) -> None:
    folder = lab.folder / "now"
    shutil.rmtree(folder, ignore_errors=True)
    with Session(folder / "session", home=Home(lab.folder / "home")) as session:
        (folder / "saved").mkdir()
        # One layout or two a session, so that images meet others of their shape.
        layouts = data.draw(st.lists(st.sampled_from((*LAYOUTS, "YXS")), min_size=1, max_size=2))
        files = tuple(file for file in lab.files if file.parent.name.split("-")[0] in layouts)
        player = Player(session, files, folder / "saved", data.draw, wanted)
        player.play(ACTIONS)
        lab.tally.sequences += 1
        lab.tally.done += player.done
        lab.tally.refused += player.refused
        lab.tally.operations += Counter(action.operation for action in session.actions)
        for report, draft in player.saved:
            _replayed(lab, session, report, draft)


def _replayed(lab: Lab, session: Session, report: Report, draft: Draft) -> None:
    record = read_record(report.path)
    macro, output = record.macro, str(record.content["macro"].get("result", ""))
    lab.tally.replayed += 1
    sample = len(report.kept) > 1 and lab.tally.replayed % MINIMAL_EVERY == 0
    answer = lab.worker.replay(session, draft, macro, output=output, minimal=sample)
    assert answer.get("digest") == report.pixel_digest, f"{answer}\n{macro}"
    if sample:
        lab.tally.sampled += 1
        lab.tally.minimal += not answer["spare"]
        lab.tally.spare += Counter(name.rpartition("_")[0] for name in answer["spare"])
        lab.tally.minimal_but_copies += all(name.startswith("duplicate") for name in answer["spare"])


def test_the_sessions_were_worth_their_time(lab: Lab) -> None:
    """Runs after the sessions: most actions succeeded, and every operation and move took part."""
    done, refused = lab.tally.done.total(), lab.tally.refused.total()
    if not done:
        pytest.skip("the random sessions were not run")
    assert lab.tally.sequences >= SEQUENCES
    assert refused < 0.1 * done, lab.tally.refused.most_common(10)
    assert lab.tally.replayed >= SEQUENCES
    used = {name for name, count in lab.tally.operations.items() if count >= 5}
    assert used >= {operation.id for operation in OPERATIONS} | DATA_VERBS - {"call"} | {"paint", "duplicate"}
