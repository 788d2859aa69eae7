"""`CodeView`: macro text that is read and copied, not edited."""

from __future__ import annotations

import re
import sys

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from bims_desktop.ui.theme import GRID, Palette

_TOKEN = re.compile(
    r"""(?P<comment>\#.*) | (?P<string>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
      | (?P<number>(?<![\w.])-?\d[\d.]*(?:e[+-]?\d+)?) | (?P<word>\b(?:True|False|None|from|import|as)\b)""",
    re.VERBOSE,
)
_LETTER = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")
_MARGIN = GRID // 2
_OUTSIDE, _DOCSTRING = 0, 1


class CodeView(QPlainTextEdit):
    """Read-only, in the colours of the theme; the keyboard can walk through it and leave it with Tab."""

    def __init__(self, palette: Palette, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        # A margin of the document scrolls away with it, and part of a line would stand in its place.
        self.document().setDocumentMargin(0)
        self.setViewportMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._colours = _Colours(self, palette)

    def height_of(self, lines: int) -> int:
        """Pixels in which so many lines stand whole; with one pixel less Qt shows a scroll bar for nothing."""
        self.ensurePolished()
        frame = self.contentsMargins()
        return lines * self.fontMetrics().lineSpacing() + frame.top() + frame.bottom() + 2 * _MARGIN + 1

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._colours.take(palette)


def as_read(macro: str) -> str:
    r"""`macro` with the letters that its comments, which are ASCII, stand for; nothing else of it is touched.

    Letters that could not be seen stay as they are written.

    Examples
    --------
    >>> as_read(r"# 2. Kept 11 objects of at least 100 \xb5m\xb2")
    '# 2. Kept 11 objects of at least 100 µm²'
    """
    return "\n".join(_LETTER.sub(_letter, line) if line.startswith("# ") else line for line in macro.split("\n"))


def _letter(written: re.Match[str]) -> str:
    code = int(written[1] or written[2] or written[3], 16)
    return letter if 127 < code <= sys.maxunicode and (letter := chr(code)).isprintable() else written[0]


class _Colours(QSyntaxHighlighter):
    """The few tokens that the macro dialect has."""

    def __init__(self, view: QPlainTextEdit, palette: Palette) -> None:
        super().__init__(view.document())
        self.take(palette)

    def take(self, palette: Palette) -> None:
        shades = {"comment": palette.quiet, "string": palette.good, "number": palette.unknown, "word": palette.quiet}
        self._formats = {token: _format(shade) for token, shade in shades.items()}
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        inside = self.previousBlockState() == _DOCSTRING
        if inside or text.startswith('"""'):
            ends = text.count('"""') == (1 if inside else 2)
            self.setFormat(0, len(text), self._formats["comment"])
            self.setCurrentBlockState(_OUTSIDE if ends else _DOCSTRING)
            return
        self.setCurrentBlockState(_OUTSIDE)
        for match in _TOKEN.finditer(text):
            self.setFormat(match.start(), len(match.group()), self._formats[match.lastgroup or "word"])


def _format(color: str) -> QTextCharFormat:
    drawn = QTextCharFormat()
    drawn.setForeground(QColor(color))
    return drawn
