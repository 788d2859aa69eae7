"""The guide of the window names what is there: each word in bold that is no heading is a text of the interface."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "window.md"
BOLD = re.compile(r"\*\*([^*]+)\*\*(:?)")


def named() -> set[str]:
    """Texts in bold, but menu paths (see tests/ui/test_named_keys.py) and what begins a paragraph or a list entry."""
    found = ((" ".join(text.split()), colon) for text, colon in BOLD.findall(GUIDE.read_text()))
    return {text for text, colon in found if not colon and " › " not in text and text[-1] not in ".?"}


def texts() -> Iterator[str]:
    """Every string of the interface as a pattern; what is filled in later fits anything."""
    for path in (ROOT / "bims_desktop" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                yield "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value.replace("&", ""))


def test_what_it_names_is_there() -> None:
    known = [re.compile(pattern) for pattern in texts() if len(re.findall(r"[A-Za-z]", pattern)) > 2]
    wanted = named()
    assert len(wanted) >= 25
    assert {text for text in wanted if not any(pattern.fullmatch(text) for pattern in known)} == set()
