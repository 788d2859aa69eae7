"""`Guide`: our own pages, read in the window; they are there without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QImage, QTextBlock, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPushButton, QTextBrowser

from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.theme import GRID, assign

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

PAGES = {"guide": "window.md", "tutorial": "tutorial.md", "operations": "operations/README.md"}
_PACKAGE = Path(__file__).resolve().parents[1]
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)\n?")


class Guide(Dialog):
    """A page of the documentation; its links lead to other pages, or into the browser.

    Parameters
    ----------
    desktop : Desktop
        The window.
    page : str
        One of `PAGES`.
    """

    def __init__(self, desktop: Desktop, page: str) -> None:
        super().__init__(desktop, "BIMS Desktop guide")
        self.text = GuidePage()
        self.path = pages() / PAGES[page]
        self._before: list[Path] = []
        self.back_button, self.close_button = QPushButton("Back"), QPushButton("Close")
        self.back_button.setToolTip("To the page before.")
        self.resize(GRID * 110, GRID * 90)
        self.page.addWidget(self.text, 1)
        self.add_footer(self.back_button, self.close_button)
        assign(self.close_button, "primary")
        self.text.anchorClicked.connect(self.follow)
        self.back_button.clicked.connect(self.back)
        self.close_button.clicked.connect(self.close)
        self.restyle()

    def follow(self, link: QUrl) -> None:
        """Show a page of ours here; anything else is for the program that opens such things."""
        if not link.isRelative():
            QDesktopServices.openUrl(link)
            return
        path = (self.path.parent / link.path()).resolve()
        if path.suffix == ".md" and path.is_file():
            self._before.append(self.path)
            self.path = path
            self.restyle()
        elif link.path() and path.exists():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        elif link.path():
            self.notice.say(f"{path.name} does not come with this installation; it stands in the source.")

    def back(self) -> None:
        """Show the page that was shown before."""
        self.path = self._before.pop()
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.notice.clear()
        self.back_button.setEnabled(bool(self._before))
        self.text.show_page(self.path, self.colours.text, self.colours.theme)


class GuidePage(QTextBrowser):
    """Markdown, its pictures as wide as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._folder, self._theme = Path(), ""
        self.setOpenLinks(False)
        self.setAccessibleName("The page")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_page(self, path: Path, links: str, theme: str = "") -> None:
        """Show the page at `path`, its links underlined in the colour `links`, its pictures in `theme` where it can."""
        self._folder, self._theme = path.parent, theme
        # What an installation leaves out is left out here too, and no broken frame stands in its place.
        text = _PICTURE.sub(self._kept, path.read_text("utf-8"))
        self.document().setMarkdown(text.replace("<br>", ": "))  # of a table's cell with a tag in it Qt loses the rest
        for start, end in list(_links(self.document())):
            cursor = QTextCursor(self.document())
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            colour = QTextCharFormat()
            colour.setForeground(QColor(links))
            colour.setFontUnderline(True)
            cursor.mergeCharFormat(colour)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def loadResource(self, type: int, name: QUrl | str) -> Any:
        """A picture beside the page, no wider than the text."""
        picture = QImage(str(self._themed(self._folder / QUrl(name).path())))
        width = self.viewport().width() - 5 * GRID  # of which the bar takes some
        wide = picture.width() > width
        return picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation) if wide else picture

    def _themed(self, picture: Path) -> Path:
        """The same picture in the theme of the window, where it lies beside that of the other theme."""
        other = picture.parent.with_name(self._theme) / picture.name if self._theme else picture
        return other if picture.parent.name in ("dark", "light") and other.is_file() else picture

    def _kept(self, found: re.Match[str]) -> str:
        return found[0] if (self._folder / found[1]).is_file() else ""


def pages() -> Path:
    """Where the pages lie: in an installation with its resources, else in the source."""
    inside = _PACKAGE / "resources" / "docs"
    return inside if inside.is_dir() else _PACKAGE.parent / "docs"


def open_guide(desktop: Desktop, page: str) -> Guide:
    """Show a page of `PAGES`; the window stays usable."""
    guide = Guide(desktop, page)
    guide.show()
    return guide


def _links(document: QTextDocument) -> Iterator[tuple[int, int]]:
    """Where the texts of links begin and end."""
    block: QTextBlock = document.begin()
    while block.isValid():
        parts = block.begin()
        while not parts.atEnd():
            piece = parts.fragment()
            if piece.charFormat().isAnchor():
                yield piece.position(), piece.position() + piece.length()
            parts += 1
        block = block.next()
