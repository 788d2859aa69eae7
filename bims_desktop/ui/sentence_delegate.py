"""`SentenceDelegate`: writes a sentence in two lines, and where it is too long for them shortens names, not values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QLocale, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from bims_desktop.ui.row_model import Index
from bims_desktop.ui.words import breakable, shortened, unbroken

_LETTERS = (22, 17, 13, 10)
_HIGH = 10_000


class SentenceDelegate(QStyledItemDelegate):
    """For the sentences of `table`, whose rows have room for two lines."""

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
        tries = list(_tries(unbroken(options.text)))
        options.text = next((text for text in tries if _fits(text, room, options.fontMetrics)), tries[-1])


def _fits(text: str, room: int, metrics: QFontMetrics) -> bool:
    """Whether two lines of that width hold `text`."""
    taken = metrics.boundingRect(QRect(0, 0, room, _HIGH), Qt.TextFlag.TextWordWrap, text)
    return taken.width() <= room and taken.height() <= 2 * metrics.lineSpacing()


def _tries(whole: str) -> Iterator[str]:
    """`whole`, with shorter and shorter names, at last with a gap; most is kept of its end, where the values stand."""
    yield breakable(whole)
    for most in _LETTERS:
        yield breakable(shortened(whole, most))
    words = shortened(whole, _LETTERS[-1]).split(" ")
    for gone in range(1, len(words) - 1):
        head = (len(words) - gone) // 3
        yield breakable(" ".join((*words[:head], "…", *words[head + gone :])))
