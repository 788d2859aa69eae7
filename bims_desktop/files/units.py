"""Units of length and time, spelled the one way OME-XML spells them."""

from __future__ import annotations

_PREFIXES = ("Y", "Z", "E", "P", "T", "G", "M", "k", "h", "da", "", "d", "c", "m", "µ", "n", "p", "f", "a", "z", "y")
LENGTHS = frozenset(f"{prefix}m" for prefix in _PREFIXES) | {
    *("Å", "thou", "li", "in", "ft", "yd", "mi", "ua", "ly", "pc", "pt", "pixel", "reference frame")
}
TIMES = frozenset(f"{prefix}s" for prefix in _PREFIXES) | {"min", "h", "d"}
_PIXELS = {"", "pixel", "pixels", "px", "frame", "frames"}
_SPELLINGS = {
    **dict.fromkeys(("um", "micron", "microns", "micrometer", "micrometre", "μm", "\\u00b5m", "µ", "μ"), "µm"),
    **dict.fromkeys(("nanometer", "nanometre", "nanometers"), "nm"),
    **dict.fromkeys(("millimeter", "millimetre", "millimeters"), "mm"),
    **dict.fromkeys(("centimeter", "centimetre", "centimeters"), "cm"),
    **dict.fromkeys(("meter", "metre", "meters"), "m"),
    **dict.fromkeys(("inch", "inches", '"'), "in"),
    **dict.fromkeys(("angstrom", "ångström", "\u212b"), "Å"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("us", "usec", "μs", "microsecond", "microseconds"), "µs"),
    **dict.fromkeys(("msec", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("minute", "minutes"), "min"),
    **dict.fromkeys(("hour", "hours", "hr"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
}


def normal(unit: str) -> str:
    r"""`unit` as OME-XML spells it; empty for pixels and frames; unknown ones as they came.

    Examples
    --------
    >>> normal("micron"), normal("\\u00B5m"), normal("pixels"), normal("furlong")
    ('µm', 'µm', '', 'furlong')
    """
    unit = unit.strip().strip("\0")
    if unit in LENGTHS | TIMES and unit not in _PIXELS:
        return unit
    lowered = unit.lower()
    return "" if lowered in _PIXELS else _SPELLINGS.get(lowered, unit)
