"""`CodeView`: macro text that is read and copied, not edited."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from bims_desktop.ui.theme import Palette

_TOKEN = re.compile(
    r"""(?P<comment>\#.*) | (?P<string>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
      | (?P<number>(?<![\w.])-?\d[\d.]*(?:e[+-]?\d+)?) | (?P<word>\b(?:True|False|None|from|import|as)\b)""",
    re.VERBOSE,
)
_OUTSIDE, _DOCSTRING = 0, 1


class CodeView(QPlainTextEdit):
    """Read-only, in the colours of the theme; the keyboard can walk through it and leave it with Tab."""

    def __init__(self, palette: Palette, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._colours = _Colours(self, palette)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._colours.take(palette)


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
