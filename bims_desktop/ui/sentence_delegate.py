"""`SentenceDelegate`: writes a sentence in two lines, and where it is too long shortens names, not values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from PySide6.QtCore import QLocale, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from bims_desktop.ui.row_model import Index
from bims_desktop.ui.words import breakable, shortened, unbroken

PADDING = 6
"""Above and below the text of a cell together, as our style has it."""
_LETTERS = (22, 17, 13, 10)
_HIGH = 10_000
_NUMBER = re.compile(r"\d")
_MANY = 4
"""Words in a row without a number, such as a name with spaces in it; of fewer none can be spared."""


class SentenceDelegate(QStyledItemDelegate):
    """For the sentences of `table`; where its rows have room for a third line it is taken before more is left out."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table

    def displayText(self, value: Any, locale: QLocale | QLocale.Language) -> str:
        return breakable(super().displayText(value, locale))

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        options: Any = option
        style = self._table.style()
        inside = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, self._table)
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, option, self._table) + 1
        room = inside.width() - 2 * margin
        lines = max(2, (option.rect.height() - PADDING) // options.fontMetrics.lineSpacing())
        options.text = _shown(unbroken(options.text), room, lines, options.fontMetrics)


def _shown(whole: str, room: int, lines: int, metrics: QFontMetrics) -> str:
    """The most of `whole` that fits; two lines with short names are easier to read than three."""
    short = [breakable(whole), *(breakable(shortened(whole, most)) for most in _LETTERS)]
    tries = [*((text, count) for count in range(2, lines + 1) for text in short)]
    tries += [(breakable(text), lines) for text in _cut(shortened(whole, _LETTERS[-1]))]
    return next((text for text, count in tries if _fits(text, room, count, metrics)), tries[-1][0])


def _fits(text: str, room: int, lines: int, metrics: QFontMetrics) -> bool:
    """Whether so many lines of that width hold `text`."""
    taken = metrics.boundingRect(QRect(0, 0, room, _HIGH), Qt.TextFlag.TextWordWrap, text)
    return taken.width() <= room and taken.height() <= lines * metrics.lineSpacing()


def _cut(sentence: str) -> Iterator[str]:
    """`sentence` with a gap where many words hold no number; then without its end, from which nothing else hangs."""
    words = sentence.split(" ")
    bare = groupby(range(len(words)), lambda place: not _NUMBER.search(words[place]))
    run = max((list(places) for is_bare, places in bare if is_bare), key=len, default=[])
    for gone in range(1, len(run) - 1) if len(run) >= _MANY else ():
        head = run[0] + (len(run) - gone) // 3
        yield " ".join((*words[:head], "…", *words[head + gone :]))
    for kept in range(len(words) - 1, 0, -1):
        yield " ".join((*words[:kept], "…"))
