"""From the start of the process to an image on the screen: ``bims FILE`` against ``napari FILE``, in turn.

Both are watched from outside, on the pixels of the screen. Needs Xvfb.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from screen import Screen, stripes
from timing import row

REPEATS = 9
PATIENCE = 120.0


def shown(screen: Screen, module: str, file: Path, settings: dict[str, str]) -> tuple[float, float]:
    """Seconds until `module`, started on `file`, shows it, and seconds of the processor that the whole run took."""
    before = _processor()
    start = time.perf_counter()
    program = subprocess.Popen([sys.executable, "-m", module, str(file)], env=os.environ | settings)
    try:
        while not screen.striped:
            if program.poll() is not None or time.perf_counter() - start > PATIENCE:
                raise SystemExit(f"{module} never showed the image.")
            time.sleep(0.01)
        taken = time.perf_counter() - start
    finally:
        program.kill()
        program.wait()
    while screen.striped:
        time.sleep(0.01)
    return taken, _processor() - before


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS
    with tempfile.TemporaryDirectory() as name, Screen() as screen:
        folder = Path(name)
        file = stripes(folder / "stripes.tif")
        settings = {
            "DISPLAY": screen.display, "BIMS_HOME": str(folder / "home"), "BIMS_KEYRING": "off",
            "NAPARI_CONFIG": str(folder / "napari.yaml"), "QT_QPA_PLATFORM": "xcb",
        }  # fmt: skip
        pairs = [
            (shown(screen, "bims_desktop", file, settings), shown(screen, "napari", file, settings))
            for _ in range(repeats + 1)
        ][1:]  # the first warms the disk and writes what a first start writes
    for clock, words in enumerate(("", ", by the processor's time")):
        ratios = [ours[clock] / peer[clock] for ours, peer in pairs]
        ours, peer = (statistics.median(pair[side][clock] for pair in pairs) for side in (0, 1))
        figure = f"start to an image on screen, {ours:.2f} s, as a ratio to bare napari, {peer:.2f} s{words}"
        print(row(figure, statistics.median(ratios), "×", "≤ 1.2 ×", ratios))


if __name__ == "__main__":
    main()
