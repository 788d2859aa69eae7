"""`Studio`: a window to be photographed, and the album that its pictures go into."""

from __future__ import annotations

import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from faces import first_paragraph
from PIL import Image as Picture
from PySide6.QtCore import QBuffer, QEventLoop, QIODevice
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from bims_desktop.app.home import Home
from bims_desktop.app.save import Report
from bims_desktop.app.session import Session
from bims_desktop.ui import Desktop

THEMES = ("dark", "light")
PERSON, PLACE = "Ada Robert", "Institute of Cell Biology"
_OURS = "bims_desktop.ui"
_FLAT, _OTHER = 16, 160
_CODE = np.array([1 << 16, 1 << 8, 1])
Pose = Callable[[], None]


def _still() -> None:
    """As it is."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture in the album: its file name, what it shows in words, and which of our classes."""

    name: str
    words: str
    shows: tuple[str, ...]


class Album:
    """Where pictures go, one folder a theme; `only` those whose names begin so, all by default.

    It notes of each of our classes, and of each text or reason on hover, in which pictures they are: `seen`, `said`.
    """

    def __init__(self, folder: Path, only: str = "") -> None:
        self.folder, self.only = folder, only
        self.shots: list[Shot] = []
        self.seen: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.said: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def put(self, shot: Shot, theme: str, widget: QWidget, popup: bool = False) -> None:
        """Keep what `widget` looks like now, with few colours: it is a small file; a `popup` over it is seen too."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        _seen(widget, popup).save(buffer, "PNG")  # type: ignore[call-overload]
        picture = Picture.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
        path = self.folder / theme / f"{shot.name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        _with_few_colours(picture).save(path, optimize=True)
        self._note(shot.name, widget)

    def _note(self, name: str, face: QWidget) -> None:
        for widget in [face, *face.findChildren(QWidget)]:
            if not widget.visibleRegion().isEmpty():
                for kind in type(widget).__mro__:
                    if kind.__module__.startswith(_OURS):
                        self.seen[kind.__name__][name] = None
                shown = widget.text() if isinstance(widget, QLabel) else ""
                for text in (shown, widget.toolTip()):
                    self.said[first_paragraph(text)][name] = None


def _with_few_colours(picture: Picture.Image) -> Picture.Image:
    """A palette of the flat colours of the theme, exact, and of others that cover what is rare and what is a photo."""
    still = Picture.Dither.NONE
    counted = picture.getcolors(picture.width * picture.height) or []
    flat = [colour for _, colour in sorted(counted, reverse=True)[:_FLAT]]
    other = picture.quantize(_OTHER, Picture.Quantize.MAXCOVERAGE, dither=still).getpalette() or []
    colours = np.array(flat + list(zip(*[iter(other[: 3 * _OTHER])] * 3, strict=True)), np.int64)
    chosen = Picture.fromarray(_nearest(np.asarray(picture), colours), "P")
    chosen.putpalette(colours.astype(np.uint8).tobytes())
    return chosen


def _nearest(pixels: Any, colours: Any) -> Any:
    """For each pixel the place of the colour nearest to it; a colour that is there is met exactly."""
    codes, inverse = np.unique(pixels.astype(np.int64) @ _CODE, return_inverse=True)
    there = codes[:, None] // _CODE % 256
    far = (there**2).sum(-1)[:, None] - 2 * there @ colours.T + (colours**2).sum(-1)
    return far.argmin(-1).astype(np.uint8)[inverse].reshape(pixels.shape[:2])


def _seen(widget: QWidget, popup: bool) -> QPixmap:
    if not popup:
        return widget.grab()
    corner = widget.mapToGlobal(widget.rect().topLeft())
    return widget.screen().grabWindow(0, corner.x(), corner.y(), widget.width(), widget.height())


class Studio:
    """One window over a session of its own, and a person working in it.

    Parameters
    ----------
    album : Album
        Takes the pictures.
    home : Path
        Of keys, settings and ledger.
    images : Path
        Folder of the images that the person works on.
    size : tuple of int
        Width and height of the window.
    """

    def __init__(self, album: Album, home: Path, images: Path, size: tuple[int, int]) -> None:
        self.album, self.images = album, images
        at_home = Home(home)
        at_home.settings = replace(at_home.settings, agent=PERSON, organisation=PLACE)
        at_home.settings.save(at_home.folder)
        self.session = Session(home=at_home)
        self.desktop = Desktop(self.session)
        self.desktop.main_window.resize(*size)
        self.settle()

    @property
    def viewer(self) -> Any:
        """The viewer of napari."""
        return self.desktop.viewer

    def settle(self, milliseconds: int = 80) -> None:
        """Let the jobs end and the window draw; a job may begin another one."""
        for _ in range(3):
            self.desktop.wait(300)
            self.live(milliseconds / 3)

    def live(self, milliseconds: float) -> None:
        """Let the window live for a while."""
        end = time.monotonic() + milliseconds / 1000
        while True:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
            QApplication.sendPostedEvents()
            if time.monotonic() > end:
                return

    def take(
        self, name: str, widget: QWidget, words: str, *shows: type, popup: bool = False, pose: Pose = _still
    ) -> None:
        """Photograph `widget` in both themes, after a `pose`; `shows` are the classes that the picture stands for."""
        shot = Shot(name, words, tuple(shown.__name__ for shown in shows))
        self.album.shots.append(shot)
        if not name.startswith(self.album.only):
            return
        before = self.viewer.theme
        for theme in THEMES:
            self.viewer.theme = theme
            pose()
            self.live(120)
            self.album.put(shot, theme, widget, popup)
        self.viewer.theme = before

    def open(self, *names: str) -> list[Any]:
        """Open images of the folder; their layers."""
        self.desktop.open([self.images / name for name in names])
        self.settle()
        return [self.viewer.layers[name] for name in names]

    def run(self, operation: str, layer: Any, **options: Any) -> Any:
        """Run an operation from the panel; the layer that is active then."""
        self.viewer.layers.selection = {layer}
        self.desktop.choose(operation)
        for name, value in options.items():
            self.desktop.panel.parameters.field(name).set_value(value)  # type: ignore[union-attr]
        self.desktop.panel.run()
        self.settle()
        return self.viewer.layers[-1]

    def type(self, code: str) -> Any:
        """Run what the person types in the console; the layer that is on top then."""
        self.viewer.window._qt_viewer.console.shell.run_cell(code)
        self.settle()
        return self.viewer.layers[-1]

    def save(self, layer: Any, name: str) -> Report:
        """Save a layer with provenance."""
        return self.session.save(self.desktop.data_of(layer), self.images / name, overwrite=True)

    def close(self) -> None:
        """Close the window and the session, asking nothing."""
        self.desktop.close()
        self.session.close()
        self.live(50)


@contextmanager
def shown(dialog: Any, studio: Studio) -> Iterator[Any]:
    """A dialog for the time that it is photographed."""
    studio.settle()
    yield dialog
    dialog.close()
    studio.live(30)
