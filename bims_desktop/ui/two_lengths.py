"""`TwoLengths`: a text of the status bar, and a shorter one for a window that has no room for it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton


class TwoLengths:
    """Mixed into a label or a button."""

    _long = _short = ""
    _tight = False

    def put(self, long: str, short: str = "") -> None:
        """Show `long`, or where room is short `short`; by default they are the same."""
        self._long, self._short = long, short or long
        self._draw()

    def tighten(self, tight: bool) -> None:
        """Show the shorter text, or the longer one again."""
        if tight != self._tight:
            self._tight = tight
            self._draw()

    @property
    def room(self) -> int:
        """Pixels that it takes with the longer text."""
        assert isinstance(self, (QLabel, QPushButton))
        letters = self.fontMetrics()
        more = letters.horizontalAdvance(self._long) - letters.horizontalAdvance(self.text())
        return self.sizeHint().width() + more

    def _draw(self) -> None:
        assert isinstance(self, (QLabel, QPushButton))
        self.setText(self._short if self._tight else self._long)
