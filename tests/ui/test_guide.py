"""Our own pages, read in the window without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QDesktopServices, QImage

from bims_desktop.ui import Desktop, guide, menus


def test_pages_lead_to_each_other_and_out(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch, pump: Any, tmp_path: Path
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toString()))
    titles = [action.text() for action in desktop.viewer.window.help_menu.actions()][:3]
    assert titles == ["BIMS Desktop Guide and Keys…", "BIMS Desktop in Five Minutes…", "All Operations, with Pictures…"]
    menus._guide("guide")()
    pump()
    (page,) = desktop.main_window.findChildren(guide.Guide)
    assert page.text.toPlainText().startswith("Working in the window")
    assert "![" not in page.text.toPlainText()
    assert not page.text.horizontalScrollBar().isVisible()
    assert not page.back_button.isEnabled()
    page.follow(QUrl("tutorial.md"))
    assert page.text.toPlainText().startswith("Five minutes")
    page.follow(QUrl("operations/README.md"))
    assert "Subtract subtract: Difference of two images." in page.text.toPlainText()
    page.back_button.click()
    assert page.path.name == "tutorial.md"
    for link in ("https://napari.org", "no/such.txt"):
        page.follow(QUrl(link))
    assert asked == ["https://napari.org"]
    assert page.notice.text == "such.txt does not come with this installation; it stands in the source."


def test_a_page_without_its_pictures_has_no_broken_ones(qtbot: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# Title\n\n![a picture](gone.png)\n\n[link](other.md)\n")
    page = guide.GuidePage()
    qtbot.addWidget(page)
    page.show_page(path, "#ff0000")
    assert page.toPlainText() == "Title\nlink"
    assert "gone.png" not in page.toHtml()
    assert "color:#ff0000" in page.toHtml()


def test_pictures_are_those_of_the_theme_where_there_are_both(qtbot: Any, tmp_path: Path) -> None:
    for name, colour in (("dark/a.png", "black"), ("light/a.png", "white"), ("dark/b.png", "black")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        picture = QImage(4, 4, QImage.Format.Format_RGB32)
        picture.fill(QColor(colour))
        assert picture.save(str(tmp_path / name))
    path = tmp_path / "page.md"
    path.write_text("![a](dark/a.png)\n\n![b](dark/b.png)\n")
    page = guide.GuidePage()
    qtbot.addWidget(page)
    for theme, colours in (("light", ["white", "black"]), ("dark", ["black", "black"])):
        page.show_page(path, "#ff0000", theme)
        shown = [page.loadResource(2, QUrl(f"dark/{name}.png")).pixelColor(0, 0) for name in "ab"]
        assert shown == [QColor(colour) for colour in colours]
