"""Times, durations and sizes as people say them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

from bims_desktop.app.dates import dated, day_and_time
from bims_desktop.operations.spec import EXACT, Parameter

_UNITS = ("B", "kB", "MB", "GB", "TB")
_NUMBERS = {int: "whole number", float: "number", str: "word", bool: "true or false"}
_BREAK = "\u200b"
_LONG = 24
_NAME = re.compile(r"[^\W\d]\w*[_.]\w|\w[_.]\w*[^\W\d]")
"""A word with an underscore or a dot, and no number."""
_FINGERPRINT = re.compile(r"(?P<the>the key )?(?P<key>SHA256:(?P<start>[A-Za-z0-9+/]{8})[A-Za-z0-9+/]{35})")


def moment(iso: str, now: datetime | None = None) -> str:
    """The time `iso` (ISO 8601) on this person's clock: ``14:32`` today, ``yesterday 14:32``, ``21 Nov 2026 14:32``.

    Examples
    --------
    >>> moment("2026-11-20T09:05:00+00:00", datetime.fromisoformat("2026-11-21T08:00:00+00:00"))[:9]
    'yesterday'
    """
    now = (now or datetime.now().astimezone()).astimezone()
    when = datetime.fromisoformat(iso).astimezone()
    if when.date() == now.date():
        return f"{when:%H:%M}"
    if when.date() == (now - timedelta(days=1)).date():
        return f"yesterday {when:%H:%M}"
    return day_and_time(when)


def exact(iso: str) -> str:
    """The same time to the millisecond, with its zone."""
    when = datetime.fromisoformat(iso).astimezone()
    return f"{when:%Y-%m-%d %H:%M:%S}.{when.microsecond // 1000:03d} {when:%Z}"


def lasting(seconds: float) -> str:
    """A duration.

    Examples
    --------
    >>> lasting(0.0004), lasting(0.42), lasting(3.14), lasting(185)
    ('< 1 ms', '420 ms', '3.1 s', '3 min 5 s')
    """
    if seconds < 0.001:
        return "< 1 ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def breakable(text: str) -> str:
    r"""`text` that may go on in the next line after an underscore or a slash too, and within words of many letters.

    Examples
    --------
    >>> breakable("xy_8bit").encode()
    b'xy_\xe2\x80\x8b8bit'
    >>> unbroken(breakable("xy_8bit"))
    'xy_8bit'
    """
    parted = re.sub(r"(?<=[_/\\])(?=[^_/\\])", _BREAK, text)
    return re.sub(rf"[^\s{_BREAK}]{{24}}(?=[^\s{_BREAK}])", rf"\g<0>{_BREAK}", parted)


def unbroken(text: str) -> str:
    """The text that `breakable` was given."""
    return text.replace(_BREAK, "")


def shortened(text: str, most: int = 22) -> str:
    """`text` with long names of files and layers cut in their middle to `most` letters, so that one sees what follows.

    More is kept of their ends, which tell the planes of a series apart.

    Examples
    --------
    >>> shortened("Smoothed xy_8bit__nuclei_PLK1_control.tif, sigma 2 px")
    'Smoothed xy_8b…PLK1_control.tif, sigma 2 px'
    >>> shortened("Labelled the connected objects of remove_small_objects_1, found 13", 13)
    'Labelled the connected objects of rem…objects_1, found 13'
    """

    def cut(found: re.Match[str]) -> str:
        word = found[0]
        if len(word) <= most + 2 or not (len(word) > _LONG or _NAME.search(word)):
            return word
        return f"{word[: most // 4]}…{word[most // 4 - most :]}"

    return re.sub(r"\S+", cut, text)


def several(count: int, noun: str, nouns: str = "") -> str:
    """``1 step``, ``3 steps``; `nouns` is the plural where it is not regular.

    Examples
    --------
    >>> several(1, "step"), several(0, "action"), several(2, "entry", "entries")
    ('1 step', '0 actions', '2 entries')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or f'{noun}s'}"


def only_first(names: Sequence[str]) -> str:
    """Of several files that were dropped where one is taken, which; nothing of one.

    Examples
    --------
    >>> only_first(["a.tif", "b.tif"]), only_first(["a.tif"])
    ('One file at a time: of the 2 that were dropped, a.tif was taken.', '')
    """
    count = len(names)
    return f"One file at a time: of the {count} that were dropped, {names[0]} was taken." if count > 1 else ""


def short(digest: str) -> str:
    """The beginning of a digest or of a transaction's identifier, enough to tell them apart.

    Examples
    --------
    >>> short("sha256:" + 64 * "a"), short("3f2a91c0d4"), short("")
    ('aaaaaaaa…', '3f2a91c0…', '')
    """
    letters = digest.removeprefix("sha256:")
    return letters if len(letters) <= 8 else f"{letters[:8]}…"


def wanted(parameter: Parameter) -> str:
    """What a value must be, as the second half of "It must be …".

    Examples
    --------
    >>> from bims_desktop.operations import spec
    >>> wanted(Parameter("radius", int, 1, spec.Bounds(0)))
    'a whole number, 0 or more'
    >>> wanted(Parameter("range", tuple, "image", item=float, words=("image", "dtype"), length=2))
    'image, dtype or 2 numbers, parted by commas'
    """
    if parameter.type is tuple:
        noun = _NUMBERS.get(parameter.item or float, "value")
        count = several(parameter.length, noun) if parameter.length else f"{noun}s"
        listed = f" out of {', '.join(map(str, parameter.choices))}" if parameter.choices else ", parted by commas"
        return " or ".join((*((", ".join(parameter.words),) if parameter.words else ()), count + listed))
    if parameter.choices:
        return f"one of {', '.join(map(str, parameter.choices))}"
    return f"a {_NUMBERS.get(parameter.type, 'value')}{_limits(parameter)}"


def _limits(parameter: Parameter) -> str:
    low, high = parameter.bounds.low, parameter.bounds.high
    if parameter.type not in (int, float):
        return ""
    if low > -EXACT and high < EXACT:
        return f" from {low:g} to {high:g}"
    return f", {low:g} or more" if low > -EXACT else f", {high:g} or less" if high < EXACT else ""


def tip(text: str) -> str:
    """`text` as a tool tip that Qt shows as it is: what a file says could be mistaken for mark-up.

    Examples
    --------
    >>> tip("<img src=x>")
    '<qt>&lt;img src=x&gt;</qt>'
    """
    return f"<qt>{escape(text, quote=False)}</qt>".replace("\n", "<br>")


def told(text: str, keys: Mapping[str, str] | None = None) -> str:
    """`text` with its times as people say them, and long fingerprints short; `keys` are names for known ones.

    Examples
    --------
    >>> told(f"by SHA256:{'a' * 43}"), told(f"by SHA256:{'a' * 43}", {f"SHA256:{'a' * 43}": "you"})
    ('by key aaaaaaaa…', 'by you')
    >>> told(f"with the key SHA256:{'a' * 43}", {f"SHA256:{'a' * 43}": "you"})
    'with your key'
    """
    names = keys or {}

    def called(found: re.Match[str]) -> str:
        name = names.get(found["key"], "")
        if not found["the"]:
            return name or f"key {found['start']}…"
        return "your key" if name == "you" else f"the key of {name}" if name else f"the key {found['start']}…"

    return dated(_FINGERPRINT.sub(called, text))


def homely(text: str | Path) -> str:
    """A path, or a text with paths in it, with ``~`` for the own folder, as people write it.

    Examples
    --------
    >>> homely(Path.home() / "cells.tif") == str(Path("~/cells.tif")), homely("/data/cells.tif")
    (True, '/data/cells.tif')
    """
    with suppress(RuntimeError):
        home = Path.home()
        if home != home.parent:
            return re.sub(rf"(?<![\w./\\]){re.escape(str(home))}(?![\w-])", "~", str(text))
    return str(text)


def typed_path(text: str) -> Path:
    """The path that a person typed; ``~`` is the own folder, where it names nobody's it is part of the name.

    Examples
    --------
    >>> typed_path("~nobody of that name/cells.tif").name
    'cells.tif'
    """
    path = Path(text)
    with suppress(RuntimeError):
        path = path.expanduser()
    return path


def size(count: int) -> str:
    """Bytes as people say them.

    Examples
    --------
    >>> size(0), size(2_000), size(212_345_678), size(1_234_567_890), size(8_000_000_000)
    ('0 B', '2 kB', '212 MB', '1.2 GB', '8 GB')
    """
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 1 if unit > 2 and value < 10 else 0
    return f"{value:.{digits}f}".removesuffix(".0") + f" {_UNITS[unit]}"
