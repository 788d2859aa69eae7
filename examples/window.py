"""Drive the real window from a script and take its picture.

Run it as ``python examples/window.py IMAGE PICTURE.png`` (under ``xvfb-run`` where there is no display).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PySide6.QtTest import QTest

import bims_desktop as bims
from bims_desktop.ui import Desktop


def main(image: Path, picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desktop = Desktop(session=bims.Session(folder))
        session = desktop.session
        cells = session.open(image)
        mask = session.run("threshold_otsu", session.run("gaussian", cells, sigma=2))
        session.run("label", mask)
        desktop.viewer.window.resize(1500, 950)
        QTest.qWait(1000)  # what the session did is shown once the window's event loop runs
        desktop.viewer.screenshot(str(picture), canvas_only=False, flash=False)
        desktop.close()
    print(f"The window as it looks with {image.name}: {picture}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
