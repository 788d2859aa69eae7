"""OME axes: one letter a dimension, always in one order."""

from __future__ import annotations

from bims_desktop.errors import BadParameter

LEADING = "TCZ"
TRAILING = "YXS"


def sort_key(axis: str) -> tuple[int, str]:
    """Place of `axis` in the house order: T, C, Z, others alphabetically, Y, X, S."""
    if axis in LEADING:
        return LEADING.index(axis), ""
    if axis in TRAILING:
        return len(LEADING) + 1 + TRAILING.index(axis), ""
    return len(LEADING), axis


def ordered(axes: str) -> str:
    """`axes` in the house order.

    Examples
    --------
    >>> ordered("ZCYX")
    'CZYX'
    """
    return "".join(sorted(axes, key=sort_key))


def permutation(axes: str) -> tuple[int, ...]:
    """How to transpose an array with `axes` into the house order.

    Examples
    --------
    >>> permutation("ZCYX")
    (1, 0, 2, 3)
    """
    return tuple(axes.index(axis) for axis in ordered(axes))


def check(axes: str, ndim: int) -> None:
    """Refuse axes that do not describe an image of `ndim` dimensions.

    Raises
    ------
    BadParameter
        Letters repeat, are not upper case, stand in another order, miss Y or X,
        or are not as many as the dimensions.
    """
    if len(axes) != ndim:
        raise BadParameter(f"{ndim} dimensions cannot have the axes {axes!r}.", "Give one letter a dimension.")
    if len(set(axes)) != len(axes) or not (axes.isascii() and axes.isupper() and axes.isalpha()):
        raise BadParameter(f"The axes {axes!r} are not distinct capital letters.", "Use OME letters such as TCZYX.")
    if "Y" not in axes or "X" not in axes:
        raise BadParameter(f"The axes {axes!r} have no image plane.", "Y and X must be among them.")
    if axes != ordered(axes):
        raise BadParameter(f"The axes {axes!r} stand out of order.", f"Transpose the pixels to {ordered(axes)!r}.")
