"""`readable`: the microscope's own text in lines that can be read; nothing of it is added or left out but space."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

LONGEST = 16 << 20
_INDENT = "  "
# An element with nothing but text in it stays together, so that a search shows the value beside its name.
_PART = re.compile(r"<([^\s<>/!?]++)[^<>]*+(?<!/)>[^<>]*+</\1\s*+>|<[^<>]*+>|[^<]++|<")


def readable(raw: str) -> tuple[str, ...]:
    """`raw` line by line; XML and JSON, which programs write without breaks, one element or member a line.

    Examples
    --------
    >>> readable('<OME><Image ID="1"/></OME>')
    ('<OME>', '  <Image ID="1"/>', '</OME>')
    >>> readable("NA=1.4")
    ('NA=1.4',)
    """
    start = raw.lstrip()[:1]
    if len(raw) <= LONGEST and start == "<":
        return tuple(_xml_lines(raw))
    if len(raw) <= LONGEST and start in ("{", "["):
        try:
            return tuple(json.dumps(json.loads(raw), indent=2, ensure_ascii=False).split("\n"))
        except (ValueError, RecursionError):
            pass  # it only began like JSON
    return tuple(raw.splitlines())


def _xml_lines(raw: str) -> Iterator[str]:
    depth = 0
    for part in _PART.finditer(raw):
        text = part[0].strip()
        if not text:
            continue
        depth -= text.startswith("</")
        yield from (_INDENT * min(max(depth, 0), 16) + line.strip() for line in text.splitlines())
        depth += _opens(text) and not part[1]


def _opens(text: str) -> bool:
    return text.startswith("<") and text[1:2].isalpha() and text.endswith(">") and not text.endswith("/>")
