"""The gallery shows what its recipes do now: macros and sentences, with what was found."""

from __future__ import annotations

from docs.gallery.make_gallery import HERE, RECIPES, cook, page
from tests.docs.walkthrough import DOCS


def test_the_gallery_is_what_the_recipes_give() -> None:
    assert (DOCS / "gallery.md").read_text() == page([cook(recipe) for recipe in RECIPES])
    assert {path.name for path in HERE.glob("*.png")} == {
        f"{recipe.name}-{when}.png" for recipe in RECIPES for when in ("before", "after")
    }
