"""Files that are opened, dropped or taken from the samples."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.components import ViewerModel
from napari.layers import Layer
from napari.qt import QtViewer

from bims_desktop.app.origin import Origin
from bims_desktop.errors import BimsError, FileError
from bims_desktop.files.sidecar import is_recorded_table
from bims_desktop.files.whole import whole_digest
from bims_desktop.macro.plugin import brings
from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.capture.patches import wrap, wrapped
from bims_desktop.ui.layers import image_of, recordable

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture, Intent

_OURS = (".tif", ".tiff", ".btf", ".tf8", ".lsm", ".png", ".jpg", ".jpeg")
_MOST_NAMED = 5


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
        files = [file for name in filenames for file in inside(Path(name))] if plain else []
        if qt_viewer.viewer is self.capture.viewer and files and all(map(_ours, files)):
            self.capture.open_files([str(file) for file in files])
        else:
            proceed(qt_viewer, filenames, stack, *args, **options)

    def _open(self, proceed: Any, path: Any, options: dict[str, Any]) -> list[Layer]:
        if not readable(path):
            return self._by_napari(proceed, [path], path, options)
        self.capture.settle()
        layer = self.capture.sync.layer_of(self.capture.session.open(path))
        return [] if layer is None else [layer]

    def _by_napari(self, proceed: Any, paths: list[Any], path: Any, options: dict[str, Any]) -> list[Layer]:
        names = ", ".join(Path(fspath(one)).name for one in paths)
        plain = not any(value for key, value in options.items() if key != "plugin")
        with self.capture.doing(f"{names}, read by napari") as intent:
            proceed(self.capture.viewer, path, **options)
            if plain:
                self._take(intent)
            if rest := [layer for layer in intent.inserted if layer not in intent.claimed]:
                intent.cause = f"{names}, read by {_readers(rest)}{_bytes(paths)}"
            return list(intent.inserted)

    def _take(self, intent: Intent) -> None:
        """Record the layers whose reader a replay can call again, as what was opened."""
        counts: Counter[str] = Counter()
        for layer in list(intent.inserted):
            path, reader = str(layer.source.path), str(layer.source.reader_plugin)
            number, counts[path] = counts[path], counts[path] + 1
            if recordable(layer) and (package := brings(reader)) and Path(path).exists():
                try:
                    self._take_one(layer, Path(path), Origin(reader, package, number, whole_digest(Path(path))))
                except BimsError as error:
                    self.capture.complain(error)
                else:
                    intent.claimed.append(layer)

    def _take_one(self, layer: Layer, path: Path, origin: Origin) -> None:
        with self.capture.sync.held():
            data = self.capture.session.take(path, image_of(layer), origin, name=layer.name)
            self.capture.bind(layer, data)


def _readers(layers: Sequence[Layer]) -> str:
    names = {str(layer.source.reader_plugin or "napari") for layer in layers}
    return ", ".join(brings(name) or name for name in sorted(names))


def _bytes(paths: Sequence[Any]) -> str:
    """What identifies the files, for a sentence; nothing where they are no files of this computer."""
    try:
        found = [whole_digest(Path(fspath(one))) for one in paths]
    except FileError:
        return ""
    return f" from {', '.join(found)}" if len(found) < _MOST_NAMED else f" from {len(found)} files"


def inside(path: Path) -> list[Path]:
    """The files of a folder that the session reads itself, or `path` alone; a folder that is an image has a suffix."""
    if not path.is_dir() or path.suffix:
        return [path]
    return [file for file in sorted(path.iterdir()) if file.is_file() and readable(file)]


def _ours(path: Path) -> bool:
    return readable(path) or is_recorded_table(path)


def readable(path: Any) -> bool:
    """Whether the session reads files of this name itself."""
    return Path(fspath(path)).suffix.lower() in _OURS
