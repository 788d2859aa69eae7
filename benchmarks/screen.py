"""A screen of its own for a benchmark, and what can be seen on it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import tifffile

WIDTH, HEIGHT = 1600, 1000
STRIPES = 32


class Screen:
    """An X server that keeps its pixels in a file, so that looking at them costs the programs on it nothing."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        place = self._folder.name
        read, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-fbdir", place, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-noreset"],
            pass_fds=(write,), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as told:
            self.display = f":{told.readline().strip()}"
        file = Path(place) / "Xvfb_screen0"
        start = file.stat().st_size - 4 * WIDTH * HEIGHT
        self._pixels = np.memmap(file, np.uint8, "r", start, (HEIGHT, WIDTH, 4))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()

    @property
    def striped(self) -> bool:
        """Whether some row shows the image that `stripes` writes."""
        green = self._pixels[::20, :, 1].astype(np.int16)
        return bool(((np.abs(np.diff(green, axis=1)) > 200).sum(axis=1) >= STRIPES).any())


def stripes(path: Path) -> Path:
    """An image of black and white stripes, as no window without it has them."""
    row = (np.arange(512) // (512 // STRIPES) % 2 * 255).astype(np.uint8)
    pixels: np.ndarray[Any, Any] = np.tile(row, (512, 1))
    tifffile.imwrite(path, pixels)
    return path
