"""`Data`: the handle of one version, as scripts and the interface hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table

if TYPE_CHECKING:
    from bims_desktop.app.session import Session


class Data:
    """One version of pixels or of a table; it stays valid after an undo.

    Parameters
    ----------
    session : Session
        Where it came to be.
    version : int
        Its running number there.
    """

    __slots__ = ("session", "version")

    def __init__(self, session: Session, version: int) -> None:
        self.session = session
        self.version = version

    @property
    def value(self) -> Image | Table:
        return self.session.recorder.versions[self.version].value

    @property
    def image(self) -> Image:
        """The pixels and their calibration, read-only.

        Raises
        ------
        BadParameter
            It is a table.
        """
        if isinstance(self.value, Image):
            return self.value
        raise BadParameter(f"{self.name} is a table, not an image.", "Read its .table.")

    @property
    def table(self) -> Table | None:
        return self.value if isinstance(self.value, Table) else None

    @property
    def digest(self) -> str:
        """``sha256:…`` of the pixels; waits where it is still being computed."""
        return self.session.recorder.versions[self.version].digest.result()

    @property
    def name(self) -> str:
        """What its layer is called now, or the name it was born with."""
        layer = self.session.recorder.home_of(self.version)
        return layer.name if layer else self.session.recorder.versions[self.version].name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Data) and (self.session, self.version) == (other.session, other.version)

    def __hash__(self) -> int:
        return hash((id(self.session), self.version))

    def __repr__(self) -> str:
        return f"<Data {self.version} {self.name!r}>"
