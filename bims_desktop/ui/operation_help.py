"""`OperationHelp`: in one line what an operation does; opened, all that its author says, with the sources."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from bims_desktop.operations.describing import sections
from bims_desktop.operations.search import summary
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.icons import icon
from bims_desktop.ui.pane import quiet, scrolled
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import tip

_HIGHEST = 14 * GRID
_SHOWN = {"Notes": "Note", "References": "Sources"}


class OperationHelp(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.line, self.more, self.text = _Line(), QToolButton(), quiet("")
        self.more.setCheckable(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.page = scrolled(self.text, "What the operation does")
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.line, 0, 0)
        grid.addWidget(self.more, 0, 1)
        grid.addWidget(self.page, 1, 0, 1, 2)
        self.more.toggled.connect(self._turn)
        self.restyle(palette)
        self.hide()

    def show_operation(self, operation: Operation | None) -> None:
        """Say what `operation` does."""
        self.say("" if operation is None else summary(operation))
        self.text.setText("" if operation is None else described(operation))
        self.more.setVisible(operation is not None)
        self._turn()

    def say(self, text: str) -> None:
        """Say `text` in place of it, for now."""
        self.line.setText(text)
        self.line.setToolTip(tip(text))
        self.line.fold(False)
        self.more.hide()
        self.page.hide()
        self.setVisible(bool(text))

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self._turn()

    def _turn(self) -> None:
        # Without the button there is nothing to open: what is said then stands in full.
        offered, opened = not self.more.isHidden(), self.more.isChecked()
        said = "Less" if opened else "What it does, word for word, and where it comes from"
        self.more.setIcon(icon("opened" if opened else "closed", self._palette.icon))
        self.more.setToolTip(said)
        self.more.setAccessibleName(said)
        self.page.setVisible(offered and opened and bool(self.text.text()))
        self.line.fold(offered and not opened)
        width = max(self.width() - 3 * GRID, 20 * GRID)
        self.page.setFixedHeight(min(self.text.heightForWidth(width) + GRID, _HIGHEST))


class _Line(QLabel):
    """A quiet text that ends in dots where it is folded to one line."""

    def __init__(self) -> None:
        super().__init__()
        self._whole, self._folded = "", True
        self.setIndent(0)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        assign(self, "quiet")

    def text(self) -> str:
        """The whole text, also where dots end what is shown."""
        return self._whole

    def setText(self, text: str) -> None:
        """Show `text`."""
        self._whole = text
        self._fit()

    def fold(self, folded: bool) -> None:
        """Keep to one line, or not."""
        self._folded = folded
        self.setWordWrap(not folded)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Any width."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width()
        dots = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        super().setText(dots if self._folded else self._whole)


def described(operation: Operation) -> str:
    """What the author of `operation` says beyond its first line, and the sources.

    Examples
    --------
    >>> from bims_desktop.operations import registry
    >>> described(registry.get("threshold_otsu")).splitlines()[-1]
    'Sources: skimage.filters.threshold_otsu; N. Otsu (1979), IEEE Trans. Syst. Man Cybern. 9, 62-66.'
    """
    said = sections(operation)
    _, _, rest = said[""].partition("\n\n")
    parts = [rest, *(f"{head}: {said[name]}" for name, head in _SHOWN.items() if name in said)]
    return "\n\n".join(filter(None, parts))
