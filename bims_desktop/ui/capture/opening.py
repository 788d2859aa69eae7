"""Files that are opened, dropped or taken from the samples."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.components import ViewerModel
from napari.errors import NoAvailableReaderError
from napari.layers import Layer
from napari.qt import QtViewer

from bims_desktop.errors import BimsError, UnreadableFile
from bims_desktop.files.folder import inside, readable
from bims_desktop.files.sidecar import is_recorded_table
from bims_desktop.macro.plugin import brings
from bims_desktop.ui.capture.arrivals import Arrival, arrived
from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.capture.patches import wrap, wrapped
from bims_desktop.ui.layers import recordable

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture


class Opening(Hook):
    """What the session can read it reads; the rest comes through napari's readers, and is recorded with its origin."""

    route = "opening files"

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self._ends = (
            wrap(ViewerModel, "open", self._around_open),
            wrap(ViewerModel, "open_sample", self._around_sample),
            wrap(QtViewer, "_qt_open", self._around_dialog),
        )

    def probe(self) -> bool:
        known = {"path", "stack", "plugin", "layer_type"} <= set(inspect.signature(ViewerModel.open).parameters)
        methods = ((ViewerModel, "open"), (ViewerModel, "open_sample"), (QtViewer, "_qt_open"))
        return known and all(wrapped(*method) for method in methods)

    def close(self) -> None:
        for end in self._ends:
            end()

    def _around_open(self, proceed: Any, viewer: ViewerModel, path: Any, **options: Any) -> list[Layer]:
        if viewer is not self.capture.viewer:
            return proceed(viewer, path, **options)  # type: ignore[no-any-return]
        paths = [path] if isinstance(path, (str, PathLike)) else list(path)
        if any(value not in (False, None, "napari") for value in options.values()):
            return self._by_napari(proceed, paths, path, options)
        return [layer for one in paths for layer in self._open(proceed, one, options)]

    def _around_sample(self, proceed: Any, viewer: ViewerModel, plugin: str, sample: str, **options: Any) -> Any:
        if viewer is not self.capture.viewer:
            return proceed(viewer, plugin, sample, **options)
        with self.capture.doing(f"the sample {sample} of {plugin}"):
            return proceed(viewer, plugin, sample, **options)

    def _around_dialog(
        self, proceed: Any, qt_viewer: QtViewer, filenames: list[str], stack: Any, *args: Any, **options: Any
    ) -> None:
        """Files from the dialog or dropped: ours are read beside the window, and offered as one series."""
        plain = isinstance(stack, bool) and not args and not any(value for value in options.values())
        files = [file for name in filenames for file in inside(Path(name)) or [Path(name)]] if plain else []
        others = [str(file) for file in files if not _ours(file)]
        if qt_viewer.viewer is not self.capture.viewer or not files or (stack and others):
            proceed(qt_viewer, filenames, stack, *args, **options)
            return
        if ours := [str(file) for file in files if _ours(file)]:
            self.capture.open_files(ours)
        unknown = [name for name in others if not _known(partial(proceed, qt_viewer, [name], stack, *args, **options))]
        if unknown:
            self.capture.complain(_unreadable(unknown, len(files)))

    def _open(self, proceed: Any, path: Any, options: dict[str, Any]) -> list[Layer]:
        if not readable(path):
            return self._by_napari(proceed, [path], path, options)
        self.capture.settle()
        layer = self.capture.sync.layer_of(self.capture.session.open(path))
        return [] if layer is None else [layer]

    def _by_napari(self, proceed: Any, paths: list[Any], path: Any, options: dict[str, Any]) -> list[Layer]:
        names = ", ".join(Path(fspath(one)).name for one in paths)
        plain = not any(value for key, value in options.items() if key != "plugin")
        alone = self.capture.intent is None
        self.capture.settle()
        with self.capture.doing(f"{names}, read by napari", settled=True) as intent:
            proceed(self.capture.viewer, path, **options)
            arrivals = [one for one in self._came(intent.inserted, plain) if one.package or alone]
            intent.claimed += [one.layer for one in arrivals]
            self.capture.arrivals.expect(names, paths, arrivals)
            if not alone:
                # What goes on around it looks at its layers when it is through.
                self.capture.arrivals.finish()
            return list(intent.inserted)

    def _came(self, layers: Sequence[Layer], plain: bool) -> Iterator[Arrival]:
        """The layers that can be recorded; with their package those whose reader a replay can call again."""
        counts: Counter[str] = Counter()
        for layer in layers:
            path, reader = str(layer.source.path), str(layer.source.reader_plugin)
            number, counts[path] = counts[path], counts[path] + 1
            if recordable(layer):
                package = brings(reader) if plain and Path(path).exists() else ""
                try:
                    yield arrived(layer, package, Path(path), number)
                except BimsError as error:
                    self.capture.complain(error)


def _known(read: Callable[[], object]) -> bool:
    """Whether a reader that napari knows was asked to `read`; those that fail have their say themselves."""
    try:
        read()
    except NoAvailableReaderError:
        return False
    return True


def _unreadable(paths: Sequence[str], count: int) -> UnreadableFile:
    names = ", ".join(Path(path).name for path in paths)
    what = f"{len(paths)} of {count} files could not be opened: {names}." if count > 1 else f"{names} was not opened."
    return UnreadableFile(what, "BIMS Desktop reads TIFF, PNG and JPEG; no plugin that is installed reads this.")


def _ours(path: Path) -> bool:
    return readable(path) or is_recorded_table(path)
