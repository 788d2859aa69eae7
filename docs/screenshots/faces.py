"""What has a face, read from the program's source: widgets, and what empty places say. Nothing is imported or run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

UI = Path(__file__).parents[2] / "bims_desktop" / "ui"
_QT = re.compile(r"^Q(?!Object$|StyledItemDelegate$|Abstract\w*Model$|SyntaxHighlighter$|Completer$|GraphicsItem$)\w+$")
_EMPTY = re.compile(r"^_?(EMPTY|ALONE|NOTHING|NO_\w+|NONE_\w+)$")


def widgets() -> frozenset[str]:
    """Names of all classes of widgets in the window's package, ours that ours derive from included."""
    bases = dict(_classes())
    known: set[str] = set()
    while more := {name for name, parents in bases.items() if _is_face(parents, known)} - known:
        known |= more
    return frozenset(known)


def empty_states() -> frozenset[str]:
    """What empty places say, the first paragraph of each."""
    return frozenset(filter(None, map(_said, _nodes())))


def first_paragraph(text: str) -> str:
    """`text` up to its first empty line, in one line."""
    return " ".join(text.split("\n\n")[0].split())


def _said(node: ast.AST) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))) if _EMPTY.match(name):
            return first_paragraph(text)
    return ""


def _is_face(parents: set[str], known: set[str]) -> bool:
    return bool(parents & known) or any(map(_QT.match, parents))


def _classes() -> Iterator[tuple[str, set[str]]]:
    for node in _nodes():
        if isinstance(node, ast.ClassDef):
            yield node.name, {base.id for base in node.bases if isinstance(base, ast.Name)}


def _nodes() -> Iterator[ast.AST]:
    for path in sorted(UI.rglob("*.py")):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))
