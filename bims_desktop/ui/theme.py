"""`Palette`: the colours of the napari theme in use, and what our own widgets add to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari.utils.theme import get_theme
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    import napari

GRID = 8
MONOSPACE = '"DejaVu Sans Mono", Menlo, Consolas, "Ubuntu Mono", monospace'

# Readable (WCAG 4.5 : 1) on the background of napari's dark and light themes, which its own warning and error are not.
_SIGNALS = {
    "dark": {"good": "#7fd18b", "bad": "#ff8a80", "unknown": "#e3b617"},
    "light": {"good": "#1a6b30", "bad": "#b0121d", "unknown": "#7a5600"},
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#rrggbb``.

    `quiet` is for what matters less, `hint` for what an empty field asks for, `current` for the main button,
    `selected` for rows.
    """

    text: str
    quiet: str
    hint: str
    icon: str
    background: str
    surface: str
    border: str
    current: str
    selected: str
    good: str
    bad: str
    unknown: str
    theme: str

    @classmethod
    def of(cls, viewer: napari.Viewer) -> Palette:
        """The palette that goes with the theme of `viewer`."""
        theme = get_theme(viewer.theme)
        shades = {name: _hex(value) for name, value in theme.to_rgb_dict().items() if str(value).startswith("rgb")}
        return cls(
            text=shades["text"],
            quiet=_mix(shades["text"], shades["background"], 0.35),
            # Qt's own, half the text, reads at 2.2 : 1 on the fields of the light theme.
            hint=_mix(shades["text"], shades["background"], 0.25),
            icon=shades["icon"],
            background=shades["background"],
            surface=shades["foreground"],
            border=shades["primary"],
            current=shades["current"],
            selected=_mix(shades["foreground"], shades["current"], 0.6),
            theme=theme.id,
            **_SIGNALS[theme.type],
        )

    def style(self) -> str:
        """Style sheet for our widgets, laid over napari's; widgets choose by the property ``role``."""
        return f"""
        QLabel[role="quiet"], QCheckBox[role="quiet"] {{ color: {self.quiet}; }}
        QLabel[role="title"] {{ font-size: 12pt; font-weight: bold; }}
        QLabel[role="verdict-good"] {{ font-size: 16pt; font-weight: bold; color: {self.good}; }}
        QLabel[role="verdict-bad"] {{ font-size: 16pt; font-weight: bold; color: {self.bad}; }}
        QLabel[role="verdict-unknown"] {{ font-size: 16pt; font-weight: bold; color: {self.unknown}; }}
        QLabel[role="heading"] {{ font-weight: bold; }}
        QLabel[role="changed"] {{ font-weight: bold; }}
        QLabel[role="good"] {{ color: {self.good}; }}
        QLabel[role="bad"] {{ color: {self.bad}; }}
        QLabel[role="unknown"] {{ color: {self.unknown}; }}
        QLabel[role="code"] {{ font-family: {MONOSPACE}; }}
        QPlainTextEdit {{ background-color: {self.surface}; border-radius: 2px; padding: 4px;
                          font-family: {MONOSPACE}; }}
        QPushButton {{ padding: 4px 11px; border: 1px solid {self.border}; }}
        QPushButton:checked, QPushButton:pressed {{ border-color: {self.current}; }}
        QPushButton[role="primary"] {{ background-color: {self.current}; border-color: {self.current};
                                       font-weight: bold; }}
        QPushButton[role="primary"]:disabled {{ background-color: {self.surface}; font-weight: normal; }}
        QPushButton:disabled, QPushButton[role="primary"]:disabled, QComboBox:disabled {{
            border-color: {self.border}; }}
        QComboBox {{ padding: 2px 9px 2px 7px; border: 1px solid {self.border}; }}
        QLineEdit {{ padding: 1px 6px; border: 1px solid {self.border}; placeholder-text-color: {self.hint}; }}
        QComboBox > QLineEdit, QAbstractSpinBox > QLineEdit {{ padding: 0px; border: 0px; }}
        QAbstractSpinBox {{ padding: 0px 9px; border: 1px solid {self.border}; }}
        QCheckBox {{ border: 1px solid transparent; }}
        QTableView, QTreeView, QListView, QPlainTextEdit {{ border: 1px solid {self.surface}; }}
        QTableView:focus, QTreeView:focus, QListView:focus, QPlainTextEdit:focus,
        QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QAbstractSpinBox:focus,
        QCheckBox:focus {{ border-color: {self.current}; }}
        QPushButton[role="primary"]:focus {{ border-color: {self.text}; }}
        QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 2px; padding: 2px; }}
        QToolButton[role="unit"] {{ color: {self.quiet}; padding: 2px 4px; }}
        QToolButton::menu-indicator {{ image: none; }}
        QToolButton:hover {{ background-color: {self.border}; }}
        QToolButton[role="primary"] {{ background-color: {self.current}; border-color: {self.current};
                                       font-weight: bold; padding: 3px 6px; }}
        QToolButton[role="primary"]:disabled {{ background-color: {self.surface}; border-color: {self.border};
                                                font-weight: normal; }}
        QToolButton[role="primary"]:focus {{ border-color: {self.text}; }}
        QFrame[role="card"] {{ background-color: {self.surface}; border-radius: 4px; }}
        QFrame[role="notice"] {{ background-color: {self.surface}; border-left: 3px solid {self.unknown}; }}
        QFrame[role="alarm"] {{ background-color: {self.surface}; border-left: 3px solid {self.bad}; }}
        QFrame[role="done"] {{ background-color: {self.surface}; border-left: 3px solid {self.good}; }}
        QFrame[role] QLabel, QFrame[role] QWidget[role="bare"] {{ background: transparent; }}
        QTableView, QTreeView, QListView {{ background-color: {self.surface}; border-radius: 2px; }}
        QTableView::item:selected, QTreeView::item:selected, QListView::item:selected {{
            background-color: {self.selected}; color: {self.text}; }}
        QLineEdit:disabled, QAbstractSpinBox:disabled {{ background-color: {self.surface}; }}
        QCheckBox::indicator:checked:disabled {{ background-color: {self.border}; }}
        QListView::item:disabled {{ color: {self.quiet}; }}
        QTableView::item {{ padding: 3px 4px; }}
        QTreeView::item {{ padding: 3px 0px; }}
        QListView::item {{ padding: 2px 0px; }}
        QTableView::indicator, QListView::indicator {{ width: 14px; height: 14px; border-radius: 2px;
                                                       background-color: {self.border};
                                                       border: 1px solid {self.background}; }}
        QTableView::indicator:checked, QListView::indicator:checked {{
            background-color: {self.current}; image: url("theme_{self.theme}:/check.svg"); }}
        QHeaderView::section {{ background-color: {self.background}; color: {self.quiet}; padding: 4px 6px;
                                border: 0; }}
        QHeaderView::up-arrow, QHeaderView::down-arrow {{ subcontrol-origin: padding; left: 2px;
                                subcontrol-position: center left; width: 8px; height: 8px; }}
        QScrollArea {{ border: 0; }}
        QSplitter::handle:horizontal {{ image: url("theme_{self.theme}:/vertical_separator.svg"); padding: 0px 1px; }}
        QSplitter::handle:vertical {{ image: url("theme_{self.theme}:/horizontal_separator.svg"); padding: 1px 0px; }}
        QAbstractScrollArea::corner {{ background-color: {self.surface}; border: 0; }}
        """


def dress(widget: QWidget, viewer: napari.Viewer) -> Palette:
    """Lay our style over `widget`; call it again after the theme changed."""
    palette = Palette.of(viewer)
    widget.setStyleSheet(palette.style())
    return palette


def assign(widget: QWidget, role: str) -> None:
    """Give `widget` the look of `role` (see `Palette.style`)."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))  # else a frame keeps the margins of its old border


def _hex(rgb: str) -> str:
    red, green, blue = (int(part) for part in rgb[rgb.index("(") + 1 : -1].split(",")[:3])
    return QColor(red, green, blue).name()


def _mix(one: str, other: str, share: float) -> str:
    first, second = QColor(one), QColor(other)
    parts = ((first.red(), second.red()), (first.green(), second.green()), (first.blue(), second.blue()))
    return QColor(*(round(a * (1 - share) + b * share) for a, b in parts)).name()
