"""The MacroPlayer, before and after a run."""

from __future__ import annotations

from studio import Studio, shown

from bims_desktop.ui.macro_player import MacroPlayer, open_macro_player


def macro(studio: Studio) -> None:
    """A macro that was saved is looked at, run, and changed."""
    with shown(open_macro_player(studio.desktop), studio) as player:
        studio.take("macro-player-empty", player, "The MacroPlayer before a file is opened.", MacroPlayer)
    (nuclei,) = studio.open("nuclei.tif")
    smooth = studio.run("gaussian", nuclei, sigma=2.0)
    saved = studio.save(studio.run("label", studio.run("threshold_otsu", smooth)), "objects.ome.tif").path
    with shown(open_macro_player(studio.desktop, saved), studio) as player:
        studio.take("macro-player-before", player, "The steps, before they run.", MacroPlayer)
        player.run()
        studio.settle()
        studio.take("macro-player-after", player, "After a run: the pixels are those that were saved.", MacroPlayer)
        player.panes.form.field("sigma").set_value(4.0)
        player.run()
        studio.settle()
        studio.take("macro-player-changed", player, "A changed value gives a derived image.", MacroPlayer)
        player.panes.steps.ticked.emit(player.panes.steps.steps[1].name, False)
        studio.live(50)
        studio.take("macro-player-left-out", player, "A step left out greys those that lose their input.", MacroPlayer)
    moved = studio.session.folder / "moved"
    (studio.images / "nuclei.tif").replace(moved)
    with shown(open_macro_player(studio.desktop, saved), studio) as player:
        studio.take("macro-player-no-input", player, "An input that is not found can be bound by hand.", MacroPlayer)
    moved.replace(studio.images / "nuclei.tif")
