"""`Bound`: what stands for an input of a macro: the image in a file, or a layer of a session."""

from __future__ import annotations

from dataclasses import dataclass

from bims_desktop.app.data import Data
from bims_desktop.app.find_input import FoundInput
from bims_desktop.app.inputs import Input
from bims_desktop.app.opening import opened, taken
from bims_desktop.errors import FileChanged
from bims_desktop.files.whole import whole_digest
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.provenance.recorder import Intent


@dataclass(frozen=True, slots=True)
class Bound:
    """An image with where it came from.

    Parameters
    ----------
    source : FoundInput or Data
        A file that was read, or a layer.
    digest : str
        Of its pixels then.
    """

    source: FoundInput | Data
    digest: str

    @classmethod
    def to(cls, source: FoundInput | Data) -> Bound:
        """What stands there now."""
        return cls(source, source.digest if isinstance(source, Data) else pixel_digest(source.image))

    @property
    def image(self) -> Image:
        return self.source.image

    @property
    def sentence(self) -> str:
        """What a replay did to have it."""
        if isinstance(self.source, Data):
            return f"Took the layer {self.source.name}"
        path, _, series, origin, opened = self.source
        which = f", series {series}" if opened is not None and opened.count > 1 else ""
        return f"Opened {path.name}{f' with {origin.name}' if origin else which}"

    def again(self) -> tuple[Input, Intent] | None:
        """The file opened once more, as a session takes it (`Session.enter`); None for a layer.

        Raises
        ------
        FileChanged
            It holds other pixels than those that were bound.
        UnreadableFile, FileTooLarge
            It went away.
        """
        if isinstance(self.source, Data):
            return None
        path, origin = self.source.path.absolute(), self.source.origin
        if origin is not None:
            same = whole_digest(path) == origin.file
            source, intent = taken(path, self.image, origin)
        else:
            _, source, intent = opened(path, self.source.series or None)
            same = source.digest == self.digest
        if not same:
            raise FileChanged(f"{path.name} changed since it was read here.", "Choose it again, and run again.")
        return source, intent
