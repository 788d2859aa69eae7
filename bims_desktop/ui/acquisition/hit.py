"""`HitDelegate`: a line of text that is too long for its row, cut so that what was searched for can be seen."""

from __future__ import annotations

import re

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

_MARGIN = 12
_WORD_STARTS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]|(?<=[a-z])[A-Z]")


class HitDelegate(QStyledItemDelegate):
    """Leaves out what stands before the hit; the view cuts the middle of the rest.

    Attributes
    ----------
    text : str
        What was searched for; empty shows lines as ever.
    """

    text = ""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Cut the text where it does not fit."""
        super().initStyleOption(option, index)
        if self.text and option.fontMetrics.horizontalAdvance(option.text) > (room := option.rect.width() - _MARGIN):
            option.text = from_hit(option.text, self.text)
            if option.fontMetrics.horizontalAdvance(f"…{self.text}") > room // 2:
                option.textElideMode = Qt.TextElideMode.ElideRight


def from_hit(line: str, text: str) -> str:
    """`line` from the word on in which `text` begins.

    Examples
    --------
    >>> from_hit("Experiment|AcquisitionBlock|LaserBleachSet|Cycles #1 = 1", "bleach")
    '…BleachSet|Cycles #1 = 1'
    >>> from_hit("LensNA #1 = 1.4", "1.4"), from_hit("Bleach = 1", "bleach"), from_hit("Bleach = 1", "no")
    ('…1.4', 'Bleach = 1', 'Bleach = 1')
    """
    place = line.casefold().find(text.casefold())
    start = max((word.start() for word in _WORD_STARTS.finditer(line) if word.start() <= place), default=0)
    return f"…{line[start:]}" if start > 0 else line
