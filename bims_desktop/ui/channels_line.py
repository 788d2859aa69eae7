"""`ChannelsLine`: a line above the image after one of several channels was opened: how to see them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bims_desktop.app.data import Data
from bims_desktop.ui.unfolding import Unfolding

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


class ChannelsLine(Unfolding):
    """How many channels there are, that one is seen at a time, and the way to see all of them in their colours.

    Parameters
    ----------
    desktop : Desktop
        The window.
    image : Data
        Has several channels.
    """

    def __init__(self, desktop: Desktop, image: Data) -> None:
        super().__init__(desktop, "Channels")
        self._image = image
        self.notice.ask(
            f"{image.name} has {image.image.size('C')} channels; the slider c below goes through them.", "Close", "good"
        )
        self.split = self.notice.add("Show them in colour", "Split channels: a step of the log, and one layer each.")
        self.split.clicked.connect(self._split)

    def _split(self) -> None:
        self.leave()
        if (layer := self.desktop.layer_of(self._image)) is not None:
            self.desktop.viewer.layers.selection.active = layer
            self.desktop.choose("split_channels")
            self.desktop.panel.run()


def mind_channels(desktop: Desktop, opened: Sequence[Data]) -> None:
    """Say it of the last of `opened` that has several channels, in the place of what was said before."""
    several = [data for data in opened if "C" in data.image.axes and data.image.size("C") > 1]
    if several:
        for old in desktop.main_window.findChildren(ChannelsLine):
            old.leave()
        ChannelsLine(desktop, several[-1]).put_above()
