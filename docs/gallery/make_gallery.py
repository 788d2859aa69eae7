"""Run the recipes on real images, draw before and after, and write the gallery with macros and logs.

Run it from the root of the repository after a recipe or an operation was changed::

    python -m docs.gallery.make_gallery
"""

from __future__ import annotations

import tempfile
from colorsys import hsv_to_rgb
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Picture

import bims_desktop as bims
from bims_desktop.app.home import Home
from bims_desktop.model.image import Image
from docs.gallery.recipes import RECIPES, Recipe

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SIDE, COLOURS = 240, 128
Array = np.ndarray[Any, Any]
INTRODUCTION = """# Gallery

What a few steps do to real images, with the macro that a saved file carries and the sentences of the log. Made by
`gallery/make_gallery.py`; a test runs all of it again. The images are by EMBL, CC BY 4.0, see
[resources](../resources/README.md) and [tests/data](../tests/data/README.md). The [tutorials](tutorials/README.md) give
reasons for the steps; [operations](operations/README.md) shows each alone.
"""


@dataclass(frozen=True)
class Shown:
    """What came of a recipe."""

    recipe: Recipe
    before: Image
    after: Image
    sentences: tuple[str, ...]
    macro: str


def main() -> None:
    """Draw and write everything anew."""
    shown = [cook(recipe) for recipe in RECIPES]
    for one in shown:
        drawn(one.before).save(HERE / f"{one.recipe.name}-before.png", optimize=True)
        drawn(one.after, one.before).save(HERE / f"{one.recipe.name}-after.png", optimize=True)
    (ROOT / "docs" / "gallery.md").write_text(page(shown), encoding="utf-8")


def cook(recipe: Recipe) -> Shown:
    """Run a recipe in a session of its own."""
    with tempfile.TemporaryDirectory() as folder, bims.Session(folder, home=Home(Path(folder) / "home")) as session:
        before, after = recipe.make(session.run, session.open(ROOT / recipe.file))
        sentences = tuple(action.sentence for action, _ in session.explain(after).kept)
        return Shown(recipe, in_memory(before.image), in_memory(after.image), sentences, session.draft(after).macro)


def in_memory(image: Image) -> Image:
    """`image` with its pixels, also once its session is gone."""
    return image.with_pixels(np.array(image.array()))


def page(shown: list[Shown]) -> str:
    """The whole document."""
    return INTRODUCTION + "".join(map(section, shown))


def section(one: Shown) -> str:
    """One recipe."""
    name, recipe = one.recipe.name, one.recipe
    steps = "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(one.sentences, 1))
    return f"""
## {recipe.title}

{recipe.about} [`{Path(recipe.file).name}`](../{recipe.file})

| before | after |
|---|---|
| ![{recipe.title}, before](gallery/{name}-before.png) | ![{recipe.title}, after](gallery/{name}-after.png) |

{steps}

<details><summary>Macro</summary>

```python
{one.macro.strip()}
```

</details>
"""


def drawn(image: Image, under: Image | None = None) -> Picture.Image:
    """One image as napari would draw it; labels in colours, over what was there before."""
    picture = coloured(flat(image), flat(under)) if image.kind == "labels" and under else grey(flat(image))
    sheet = Picture.fromarray(picture)
    factor = SIDE / max(sheet.size)
    size = (round(sheet.width * factor), round(sheet.height * factor))
    method = Picture.Resampling.NEAREST if factor > 1 or image.kind == "labels" else Picture.Resampling.BOX
    return sheet.resize(size, method).quantize(COLOURS, Picture.Quantize.MAXCOVERAGE, dither=Picture.Dither.NONE)


def flat(image: Image | None) -> Array:
    """Greatest values along Z."""
    assert image is not None
    pixels = image.array()
    return pixels.max(axis=image.axes.index("Z")) if "Z" in image.axes else pixels


def grey(values: Array) -> Array:
    """RGB of 8 bit, from the least value to nearly the greatest."""
    low, high = np.percentile(values, (0.5, 99.8))
    shades = np.clip((values - low) / ((high - low) or 1), 0, 1)
    scaled: Array = (255 * shades).astype(np.uint8)
    return scaled if scaled.ndim == 3 else np.repeat(scaled[..., np.newaxis], 3, axis=-1)


def coloured(labels: Array, under: Array) -> Array:
    """A colour a label, seen through to what lies under it."""
    # Steps of the golden ratio round the circle of hues: labels that follow one another look different.
    hues = (np.arange(256) * 0.618034) % 1
    palette = np.array([hsv_to_rgb(hue, 0.9, 1.0) for hue in hues])
    mixed: Array = grey(under.mean(axis=-1) if under.ndim == 3 else under)  # colours would hide those of labels
    inside = labels > 0
    mixed[inside] = 0.4 * mixed[inside] + 153 * palette[labels[inside] % 256]
    return mixed


if __name__ == "__main__":
    main()
