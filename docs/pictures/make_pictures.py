"""Follow the tutorials in the real window, and take the pictures that they and the README show.

Run it from the root of the repository after something with a face was changed, on a screen or a virtual one::

    xvfb-run -a -s "-screen 0 1600x1000x24" python -m docs.pictures.make_pictures
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image as Picture
from PySide6.QtCore import QBuffer, QIODevice

from tests.docs.walkthrough import DOCS, SAMPLES, steps_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tests.ui.walk import Walk

HERE = Path(__file__).parent
SIZE, COLOURS, BYTES = (1280, 800), (128, 96, 64, 48, 32, 24), 150_000
PERSON, PLACE = "Ada Robert", "Institute of Cell Biology"
# The sample, the row that is selected, the layer below the labels, and how much brighter than at first.
TUTORIALS = {
    "nuclei": ("nuclei", 4, "nuclei.tif", 2),
    "spots": ("spots", 0, "white_tophat_1", 1),
    "mitotic-plate": ("mitotic_plate", 0, "mitotic_plate.tif", 2),
}


def main() -> None:
    """Take all of them anew, each session in a process of its own: napari keeps traces of windows that were closed."""
    for page in ("tutorial", *TUTORIALS):
        session = get_context("spawn").Process(target=photograph, args=(page,))
        session.start()
        session.join()


def photograph(page: str) -> None:
    """Take the pictures of one document."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"HOME": folder, "NAPARI_CONFIG": f"{folder}/napari.yaml", "BIMS_KEYRING": "off"}
        with window(Path(folder) / "home") as walk:
            if page == "tutorial":
                os.chdir(folder)  # so that dialogs show short paths
                five_minutes(walk, Path("images"))
            else:
                result(walk, page, *TUTORIALS[page])


@contextmanager
def window(home: Path) -> Iterator[Walk]:
    """A window whose person has a name, and nothing done yet."""
    from bims_desktop.app.home import Home
    from bims_desktop.app.session import Session
    from bims_desktop.ui import Desktop
    from tests.ui.walk import Walk

    at_home = Home(home)
    at_home.settings = replace(at_home.settings, agent=PERSON, organisation=PLACE)
    at_home.settings.save(at_home.folder)
    with Session(home=at_home) as session:
        desktop = Desktop(session)
        desktop.main_window.resize(*SIZE)
        walk = Walk(desktop)
        walk.settle(600)
        yield walk
        desktop.close()


def five_minutes(walk: Walk, images: Path) -> None:
    """What the reader of the five-minute tutorial sees."""
    from bims_desktop.ui.verify_dialog import open_verify_dialog

    main_window = walk.desktop.main_window
    images.mkdir()
    walk.open(Path(shutil.copy(SAMPLES / "nuclei.tif", images)).absolute())
    walk.settle(3000)  # until all that was tried is found to be observed
    take("opened", main_window)
    for step in steps_of(DOCS / "tutorial.md"):
        walk.follow(step)
    see(walk, *TUTORIALS["nuclei"][1:])
    take("measured", main_window)

    dialog = walk.ask_to_save("label_1", "~" / images / "nuclei.ome.tif")
    walk.settle(300)
    take("save", dialog)
    walk.press(dialog.save_button)
    verdicts = open_verify_dialog(walk.desktop, [images / "nuclei.ome.tif"])
    verdicts.resize(900, 420)
    walk.settle(600)
    take("verify", verdicts)
    verdicts.close()
    walk.settle(6000)  # until the notification has gone
    take("session", main_window)


def result(walk: Walk, page: str, sample: str, row: int, under: str, gain: float) -> None:
    """How the window looks at the end of a tutorial."""
    walk.open(SAMPLES / f"{sample}.tif")
    for step in steps_of(DOCS / "tutorials" / f"{page}.md"):
        walk.follow(step)
    see(walk, row, under, gain)
    take(page, walk.desktop.main_window)


def see(walk: Walk, row: int, under: str, gain: float) -> None:
    """Labels over the image `under`, the table below with one object selected, all of it in view."""
    layers: Any = walk.desktop.viewer.layers
    for layer in layers[:-1]:
        layer.visible = layer.name == under
    if gain != 1:
        layers[under].contrast_limits = (0, layers[under].contrast_limits[1] / gain)
    layers[-1].opacity = 0.6
    walk.show_table().view.selectRow(row)
    walk.settle(600)
    walk.desktop.viewer.reset_view()
    walk.settle(600)


def take(name: str, widget: QWidget) -> None:
    """Keep what `widget` looks like now, in as many colours as a small file holds."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")  # type: ignore[call-overload]
    picture = Picture.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
    for colours in COLOURS:
        picture.quantize(colours, dither=Picture.Dither.NONE).save(HERE / f"{name}.png", optimize=True)
        if (HERE / f"{name}.png").stat().st_size < BYTES:
            return


if __name__ == "__main__":
    main()
