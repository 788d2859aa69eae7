"""`Keeping`: what a replay made is kept, as layers of a session or as a file with its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bims_desktop.app.bound import Bound
from bims_desktop.app.data import Data
from bims_desktop.app.find_input import FoundInput
from bims_desktop.app.inputs import Input
from bims_desktop.app.replay import Replay
from bims_desktop.app.save import Report
from bims_desktop.app.session import Session
from bims_desktop.app.transcript import Transcript
from bims_desktop.errors import SaveRefused
from bims_desktop.macro.plan import Step
from bims_desktop.macro.replay import StepResult
from bims_desktop.operations.running import stretch, tick
from bims_desktop.provenance.recorder import Intent

_OPENING = 0.3
"""Share of a save's progress that opening the inputs takes."""


class Keeping:
    """A replay that was run to its end, before or after it was kept; both ways may be gone, one after the other.

    Parameters
    ----------
    session : Session
        Whose layers may have stood in for inputs; takes the steps as its own.
    replay : Replay
        What was run.
    done : sequence of StepResult
        All its steps, with their results.
    inputs : mapping of str to Bound
        What stood for its inputs.
    """

    def __init__(
        self, session: Session, replay: Replay, done: Sequence[StepResult], inputs: Mapping[str, Bound]
    ) -> None:
        self._session, self._replay = session, replay
        self._done, self._inputs = tuple(done), dict(inputs)
        self._transcript: Transcript | None = None
        self._on_layers = False

    @property
    def on_layers(self) -> bool:
        """Whether it was kept as layers already."""
        return self._on_layers

    def as_layers(self) -> tuple[Data, ...]:
        """Write the steps into the session as if they had been done there, once; gives what they made.

        Where a save wrote them already, what they made gets its layers.

        A file that stood for an input is opened as a layer of its own, a layer that did stays what it is.

        Raises
        ------
        FileChanged, UnreadableFile, FileTooLarge
            The file of an input is another one now; nothing was written.
        Cancelled
            The person stopped it; nothing was written.
        """
        transcript = self._transcript or self._write(shown=True)
        transcript.show()
        self._on_layers = True
        return transcript.made

    def as_file(self, path: Path, *, overwrite: bool = True) -> Report:
        """Save the result with its record, as ``bims replay -o`` does; no layer comes of it.

        Parameters
        ----------
        path : Path
            An image ends in ``.ome.tif``, a table in ``.csv``.
        overwrite : bool
            Whether a file that is there may be replaced; what was replayed never is.

        Raises
        ------
        SaveRefused, SaveFailed
            It cannot be written there; whatever was there before still is.
        FileChanged, UnreadableFile, FileTooLarge
            The file of an input is another one now.
        Cancelled
            The person stopped it.
        """
        self._check(path)
        with stretch(0, _OPENING):
            data = (self._transcript or self._write(shown=False)).result
        with stretch(_OPENING, 1):
            if data.table is not None:
                return self._session.save_table(data, path, overwrite=overwrite)
            return self._session.save(data, path, overwrite=overwrite, on_progress=tick)

    def _write(self, *, shown: bool) -> Transcript:
        opened = self._open()

        def load(step: Step) -> Data:
            bound = self._inputs[step.name]
            if isinstance(bound.source, Data):
                return bound.source
            return self._session.enter(bound.image, *opened[step.name], shown=shown)

        # From here on nothing stops it: half a macro in the log would tell of what nobody did.
        transcript = Transcript(self._session, self._replay, load, shown=shown)
        for result in self._done:
            transcript(result)
        self._transcript = transcript
        return transcript

    def _open(self) -> dict[str, tuple[Input, Intent]]:
        """The files behind the inputs, as the log will hold them; all that takes long, and may fail."""
        opened = {}
        names = list(self._replay.plan.inputs)
        for number, name in enumerate(names):
            tick(number / len(names))
            if entry := self._inputs[name].again():
                opened[name] = entry
        tick(1.0)
        return opened

    def _check(self, path: Path) -> None:
        sources = [bound.source for bound in self._inputs.values()]
        files = [source.path for source in sources if isinstance(source, FoundInput)]
        if path.exists() and any(file.exists() and file.samefile(path) for file in (self._replay.source, *files)):
            raise SaveRefused(f"{path.name} is what is replayed.", "Choose another name; it stays as it is.")
