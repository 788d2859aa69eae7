"""`Series`: one image of a file that may hold several."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """What a file says of one of its images; nothing was decoded for it.

    Parameters
    ----------
    number : int
        From 0, as `files.readers.read` takes it.
    name : str
        As the file names it; empty where it does not.
    axes : str
        In the house order.
    shape : tuple of int
        Along `axes`.
    dtype : str
        NumPy's name of the stored samples.

    Examples
    --------
    >>> Series(2, "B 2", "CYX", (2, 50, 60), "uint16").label
    '2: B 2, 2 × 50 × 60 (CYX), uint16'
    """

    number: int
    name: str
    axes: str
    shape: tuple[int, ...]
    dtype: str

    @property
    def label(self) -> str:
        """Number, name, size and type, for a list to choose from."""
        name = f"{self.number}: {self.name}" if self.name else f"{self.number}"
        return f"{name}, {' × '.join(map(str, self.shape))} ({self.axes}), {self.dtype}"
