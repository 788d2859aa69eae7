"""The keyboard in every dialog: Tab goes as one reads, nothing is left out, the default is right, Escape closes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from bims_desktop.ui import Desktop
from tests.ui.dialogs import open_dialogs
from tests.ui.tab_order import leaps, missed, named, stops


@pytest.fixture
def dialogs(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Callable[..., None]) -> list[QDialog]:
    return open_dialogs(desktop, nuclei, tmp_path, pump)


def test_every_dialog_goes_by_keys(dialogs: list[QDialog], pump: Callable[..., None]) -> None:
    assert [fault for dialog in dialogs for fault in missed(dialog)] == []
    assert [fault for dialog in dialogs for fault in leaps(dialog)] == []
    assert [fault for dialog in dialogs for fault in not_last(dialog)] == []
    for dialog in dialogs:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible(), type(dialog).__name__
    pump()


def not_last(dialog: QDialog) -> list[str]:
    """The default button, unless it is the last that Tab reaches, and the one on the right."""
    buttons = [button for button in dialog.findChildren(QPushButton) if button.isDefault()]
    assert len(buttons) <= 1
    return [named(button, dialog) for button in buttons if button.isEnabled() and stops(dialog)[-1] is not button]
