"""`Image`: pixels and what they mean, frozen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, get_args

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model import axes as _axes

Kind = Literal["intensity", "labels", "mask", "rgb"]


class Pixels(Protocol):
    """What NumPy, memory-mapped and Dask arrays share; planes are read by indexing."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    @property
    def ndim(self) -> int: ...
    def __getitem__(self, key: Any, /) -> Any: ...
    def __array__(self, dtype: Any = None, /) -> np.ndarray[Any, Any]: ...


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel's name and its display colour as ``#rrggbb`` (empty: unknown)."""

    name: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """Pixels with OME axes and calibration.

    Parameters
    ----------
    pixels : array (NumPy, memory-mapped or Dask), dimensions as `axes`
        Kept as it is, never copied; NumPy arrays are set read-only by their owner.
    axes : str
        OME letters in the house order T, C, Z, others, Y, X, S; S are RGB samples.
    scale : tuple of float, optional
        Physical size of one step along each axis, in `units`. Default 1.0 each.
    units : tuple of str, optional
        Unit of each axis, ``"µm"`` or ``"s"`` for instance; empty means pixels (or frames).
    channels : tuple of Channel, optional
        One for each index of C, or none.
    kind : {"intensity", "labels", "mask", "rgb"}
        Labels are integers that name objects, a mask is Boolean, RGB has the axis S.

    Raises
    ------
    BadParameter
        The parts contradict each other.

    Examples
    --------
    >>> Image(np.zeros((3, 4, 5), np.uint8), "ZYX", scale=(2.0, 0.5, 0.5), units=("µm",) * 3).scale_of("Z")
    2.0
    """

    pixels: Pixels
    axes: str
    scale: tuple[float, ...] = ()
    units: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    kind: Kind = "intensity"

    def __post_init__(self) -> None:
        _axes.check(self.axes, self.pixels.ndim)
        object.__setattr__(self, "scale", tuple(map(float, self.scale)) or (1.0,) * self.ndim)
        object.__setattr__(self, "units", tuple(self.units) or ("",) * self.ndim)
        if len(self.scale) != self.ndim or len(self.units) != self.ndim:
            raise BadParameter("Scale and units must have one value an axis.", f"The axes are {self.axes}.")
        if not all(np.isfinite(step) and step > 0 for step in self.scale):
            raise BadParameter(f"The scale {self.scale} is not positive and finite.", "Give sizes above zero.")
        if self.channels and len(self.channels) != self.size("C"):
            raise BadParameter(f"{len(self.channels)} channel names for {self.size('C')} channels.")
        self._check_kind()

    def _check_kind(self) -> None:
        dtype = self.pixels.dtype
        if self.kind not in get_args(Kind):
            raise BadParameter(f"Unknown kind of image {self.kind!r}.", f"Use one of {', '.join(get_args(Kind))}.")
        if (self.kind == "rgb") != ("S" in self.axes):
            raise BadParameter(
                f"Kind {self.kind} does not go with the axes {self.axes}.", "RGB has S, others have not."
            )
        if self.kind == "mask" and dtype != np.bool_:
            raise BadParameter(f"A mask holds true and false, not {dtype}.", "Threshold the image first.")
        if self.kind == "labels" and dtype.kind not in "iu":
            raise BadParameter(f"Labels are integers, not {dtype}.", "Label a mask first.")

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    @property
    def ndim(self) -> int:
        return self.pixels.ndim

    def array(self) -> np.ndarray[Any, Any]:
        """All pixels as a NumPy array; loads a lazy image whole."""
        return np.asarray(self.pixels)

    def size(self, axis: str) -> int:
        """Length along `axis`; 1 where the image has no such axis."""
        return self.shape[self.axes.index(axis)] if axis in self.axes else 1

    def scale_of(self, axis: str) -> float:
        """Physical step along `axis`; 1.0 where the image has no such axis."""
        return self.scale[self.axes.index(axis)] if axis in self.axes else 1.0

    def unit_of(self, axis: str) -> str:
        """Unit along `axis`; empty where the image has no such axis."""
        return self.units[self.axes.index(axis)] if axis in self.axes else ""

    def with_pixels(self, pixels: Pixels, kind: Kind | None = None) -> Image:
        """The same calibration around other pixels of the same axes."""
        return replace(self, pixels=pixels, kind=kind or self.kind)
