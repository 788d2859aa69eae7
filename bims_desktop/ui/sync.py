"""`Sync`: the viewer shows what the session holds, never the other way round."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Labels, Layer
from PySide6.QtCore import QObject, Signal

from bims_desktop.app.data import Data
from bims_desktop.app.session import Session
from bims_desktop.provenance.layer import Layer as SessionLayer
from bims_desktop.provenance.recorder import Change
from bims_desktop.ui.channel_look import channel_settings, split_channels
from bims_desktop.ui.covers import Covers
from bims_desktop.ui.layers import Look, fingerprint, level, look_of, paper_of

if TYPE_CHECKING:
    import napari


@dataclass(slots=True, eq=False)
class Shown:
    """A layer of the session and the napari layer that shows it; `pixels` are its version's own."""

    layer: Layer
    id: int
    version: int
    name: str
    pixels: Any
    _fingerprint: object = None

    def altered(self) -> bool:
        """Whether the napari layer holds anything but the pixels of its version."""
        return not self.equals(self.layer)

    def equals(self, layer: Layer) -> bool:
        """Whether `layer` holds the pixels of this version."""
        array = level(layer)
        # Images share the version's read-only array: nothing to read unless another took its place.
        if array is self.pixels:
            return True
        if self._fingerprint is None:
            self._fingerprint = fingerprint(self.pixels)
        return self._fingerprint == fingerprint(array)

    def move(self, version: int, pixels: Any) -> None:
        """Show another version from now on."""
        self.version, self.pixels, self._fingerprint = version, pixels, None


class Sync(QObject):
    """Keeps the layers of a viewer equal to those of a session.

    Parameters
    ----------
    viewer : napari.Viewer
        Shows the layers.
    session : Session
        Says what they are.

    Signals
    -------
    applied : Change
        The viewer shows this change now (in the GUI thread).
    shown : napari layer
        It was put into the viewer.
    replacing, replaced : napari layer
        Its pixels are about to give way to another version's although somebody wrote into them; they did.
    """

    applied = Signal(object)
    shown = Signal(object)
    replacing = Signal(object)
    replaced = Signal(object)
    _heard = Signal(object)

    def __init__(self, viewer: napari.Viewer, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._session = session
        self._entries: dict[int, Shown] = {}
        self._papers: dict[int, Any] = {}
        self._covers = Covers()
        self._tools: dict[int, tuple[str, int, float]] = {}
        self._writing = 0
        self._held = 0
        # A slot of this object: called at once in the GUI thread, queued from any other.
        self._heard.connect(self._take)
        self._unsubscribe = session.subscribe(self._hear)
        self._apply()

    @property
    def writing(self) -> bool:
        """Whether what happens to the viewer now is our own doing, not the person's."""
        return self._writing > 0

    @property
    def entries(self) -> tuple[Shown, ...]:
        return tuple(self._entries.values())

    def entry_of(self, layer: Layer) -> Shown | None:
        """What `layer` shows, or None where it is not of the session."""
        return next((entry for entry in self._entries.values() if entry.layer is layer), None)

    def data_of(self, layer: Layer) -> Data | None:
        """The data that `layer` shows, or None where it is not recorded."""
        entry = self.entry_of(layer)
        return None if entry is None else self._session.data(entry.version)

    def layer_of(self, data: Data) -> Layer | None:
        """The napari layer that shows `data` now, if any does."""
        return next((entry.layer for entry in self._entries.values() if entry.version == data.version), None)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the viewer as it is until the end of the block, so that `bind` comes first."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        self._apply()

    @contextmanager
    def ours(self) -> Iterator[None]:
        """Mark what is done to the viewer inside as our own doing."""
        self._writing += 1
        try:
            yield
        finally:
            self._writing -= 1

    def bind(self, layer: Layer, data: Data) -> None:
        """Say that `layer`, which napari made or changed itself, already shows `data`."""
        found = next(found for found in self._session.layers if found.version == data.version)
        self._entries[found.id] = Shown(layer, found.id, found.version, found.name, data.image.pixels)

    def forget(self, layer: Layer) -> Shown | None:
        """Say that `layer` left the viewer; gives what it showed."""
        entry = self.entry_of(layer)
        if entry is not None:
            del self._entries[entry.id]
        return entry

    def present(self, layer: Layer) -> None:
        """Put the version's own pixels into `layer` again."""
        if (entry := self.entry_of(layer)) is not None:
            self._show(entry)

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()
        self._heard.disconnect(self._take)

    def _hear(self, change: Change) -> None:
        """In the thread that caused `change`: where that is a worker's, the window does not wait for its copies."""
        if threading.current_thread() is not threading.main_thread():
            shown = {entry.version for entry in tuple(self._entries.values())}
            for version in {layer.version for layer in change.layers} - shown - self._papers.keys():
                self._papers[version] = paper_of(self._session.data(version).image)
        self._heard.emit(change)

    def _take(self, change: Change) -> None:
        self._apply()
        for version in {layer.version for layer in change.layers}:
            self._papers.pop(version, None)
        self.applied.emit(change)

    def _look(self, version: int) -> Look:
        look = look_of(self._session.data(version).image, self._papers.pop(version, None))
        look.settings.update(channel_settings(self._session, version))
        return look

    def _apply(self) -> None:
        if self._held:
            return
        wanted = {layer.id: layer for layer in self._session.layers}
        with self.ours():
            gone = [self._entries.pop(id) for id in [id for id in self._entries if id not in wanted]]
            active = self._viewer.layers.selection.active
            for entry in gone:
                self._put_down(entry)
                self._covers.uncover(entry.id)
                self._take_away(entry.layer)
            for layer in wanted.values():
                self._update(layer)
            if left := next((entry for entry in gone if entry.layer is active), None):
                self._return_to(self._inputs(left.version))

    def _update(self, layer: SessionLayer) -> None:
        entry = self._entries.get(layer.id)
        if entry is None:
            self._add(layer)
            return
        if entry.name != layer.name:
            entry.name = entry.layer.name = layer.name
        if entry.version != layer.version:
            if entry.altered():
                self.replacing.emit(entry.layer)
            image = self._session.data(layer.version).image
            entry.move(layer.version, image.pixels)
            self._show(entry)

    def _add(self, layer: SessionLayer, index: int | None = None, look: Look | None = None) -> None:
        image = self._session.data(layer.version).image
        shown = (look or self._look(layer.version)).build(layer.name)
        # Known before it is inserted, so that whoever hears of the insertion finds it.
        self._entries[layer.id] = Shown(shown, layer.id, layer.version, layer.name, image.pixels)
        layers = self._viewer.layers
        layers.insert(len(layers) if index is None else index, shown)
        if index is None:
            self._cover(layer)
            self._take_up(layer.id, shown)
        self.shown.emit(shown)

    def _cover(self, layer: SessionLayer) -> None:
        """Hide what would be seen through a new layer: objects that lie below objects, and the image of channels."""
        below = [self._session.data(version) for version in self._inputs(layer.version)]
        if not split_channels(self._session, layer.version):
            objects = _is_objects(self._session.data(layer.version))
            below = [data for data in below if objects and _is_objects(data)]
        shown = [self.layer_of(data) for data in below]
        self._covers.cover(layer.id, [hidden for hidden in shown if hidden is not None])

    def _put_down(self, entry: Shown) -> None:
        """Remember what the person painted with: redo brings the layer back."""
        if isinstance(entry.layer, Labels):
            layer = entry.layer
            self._tools[entry.id] = (str(layer.mode), layer.selected_label, layer.brush_size)

    def _take_up(self, id: int, layer: Layer) -> None:
        if isinstance(layer, Labels) and id in self._tools:
            layer.mode, layer.selected_label, layer.brush_size = self._tools.pop(id)

    def _inputs(self, version: int) -> Sequence[int]:
        """Versions of which `version` was made."""
        writer = self._session.actions[self._session.recorder.writers[version] - 1]
        return tuple(writer.arguments.values())

    def _return_to(self, versions: Sequence[int]) -> None:
        """Select what a layer was made of that is gone, the first of it that is shown."""
        shown = (entry.layer for version in versions for entry in self._entries.values() if entry.version == version)
        if (layer := next(shown, None)) is not None:
            self._viewer.layers.selection.active = layer

    def _show(self, entry: Shown) -> None:
        look = self._look(entry.version)
        layer = entry.layer
        if layer.multiscale or type(layer) is not look.layer or np.shape(look.data) != np.shape(level(layer)):
            self._replace(entry, look)
            return
        with self.ours():
            layer.data = look.data
            layer.scale = look.settings["scale"]
            layer.units = look.settings["units"]
        self.replaced.emit(layer)

    def _replace(self, entry: Shown, look: Look) -> None:
        with self.ours():
            index = self._viewer.layers.index(entry.layer)
            active = self._viewer.layers.selection.active is entry.layer
            self._take_away(entry.layer)
            self._add(SessionLayer(entry.id, entry.name, entry.version), index, look)
            if active:
                self._viewer.layers.selection.active = self._entries[entry.id].layer

    def _take_away(self, layer: Layer) -> None:
        if layer in self._viewer.layers:
            self._viewer.layers.remove(layer)


def _is_objects(data: Data) -> bool:
    return data.table is None and data.image.kind in ("labels", "mask")
