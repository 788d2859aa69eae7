"""What the columns of our tables are, in plain words; their names are scikit-image's."""

from __future__ import annotations

from collections.abc import Collection

_WORDS = {
    "T": "Time point, counted from 0.",
    "C": "Channel, counted from 0.",
    "Z": "Plane, counted from 0.",
    "label": "Number of the object in the labels layer.",
    "area": "How large the object is: its area, or its volume where volumes were measured.",
    "area_bbox": "How large the box around the object is.",
    "area_convex": "How large the object is with its dents filled up.",
    "area_filled": "How large the object is with its holes filled up.",
    "axis_major_length": "Length of the ellipse that is shaped most like the object.",
    "axis_minor_length": "Width of the ellipse that is shaped most like the object.",
    "bbox": "Box around the object: where it {edge} along {axis}.",
    "centroid": "Middle of the object along {axis}.",
    "centroid_local": "Middle of the object along {axis}, counted from the box around it.",
    "centroid_weighted": "Middle of the object along {axis}, bright pixels counting more.",
    "distance": "How far along the line.",
    "eccentricity": "How drawn-out the object is: 0 is a circle, nearly 1 a line.",
    "equivalent_diameter_area": "Diameter of a circle, or of a ball, that is as large as the object.",
    "euler_number": "Pieces of the object less its holes: 1 is one piece without holes.",
    "extent": "Share of the box around the object that it fills, from 0 to 1.",
    "feret_diameter_max": "The object from end to end where it is longest.",
    "intensity": "Intensity at this place of the line, averaged across its width.",
    "intensity_max": "Intensity of the object's brightest pixel.",
    "intensity_mean": "Mean intensity of the object's pixels.",
    "intensity_median": "Median intensity of the object's pixels.",
    "intensity_min": "Intensity of the object's darkest pixel.",
    "intensity_std": "Standard deviation of the intensities of the object's pixels.",
    "manders": "Share of the intensity that lies within the mask, from 0 to 1.",
    "num_pixels": "How many pixels the object has.",
    "objects": "How many objects there are.",
    "orientation": "Angle from the Y axis to the object's long axis, counterclockwise.",
    "overlap": "How far both are high at the same places: 0 never, 1 always.",
    "p_value": "How likely so strong a correlation is by chance, if pixels were independent, which they seldom are.",
    "pearson": "How far both rise and fall together: 1 always, 0 by chance, -1 against each other.",
    "perimeter": "Length of the outline.",
    "perimeter_crofton": "Length of the outline, estimated by how many lines cross it.",
    "pixels": "How many pixels were compared.",
    "share": "Share of the pixels there that objects cover, from 0 to 1.",
    "sigma": "Size of the spot: its standard deviation; the radius is about 1.4 times as much in a plane.",
    "sigma-": "Size of the spot along {axis}: its standard deviation.",
    "solidity": "Share of the object with its dents filled up that it fills itself, from 0 to 1.",
}


def heading(name: str, unit: str, names: Collection[str]) -> str:
    """What stands above the column `name` of a table with the columns `names`: axes by their names, and the unit.

    Examples
    --------
    >>> heading("centroid-0", "µm", ["centroid-0", "centroid-1"]), heading("intensity_mean-1", "", [])
    ('centroid Y (µm)', 'intensity mean-1')
    >>> heading("bbox-3", "px", [f"bbox-{number}" for number in range(6)])
    'bbox Z end (px)'
    """
    stem, dash, number = name.partition("-")
    if number.isdecimal() and "{axis}" in (_WORDS.get(stem + dash) or _WORDS.get(stem, "")):
        axis, ends = _along(stem, int(number), names)
        edge = (" end" if ends else " begin") if stem == "bbox" else ""
        name = f"{stem} {axis}{edge}"
    words = name.replace("_", " ")
    return f"{words} ({unit})" if unit else words


def column_words(name: str, unit: str, names: Collection[str]) -> str:
    """What the column `name` of a table with the columns `names` is, and its unit; empty where it is not ours.

    Examples
    --------
    >>> column_words("centroid-1", "µm", ["centroid-0", "centroid-1"])
    'Middle of the object along X. In µm.'
    >>> column_words("bbox-3", "px", [f"bbox-{number}" for number in range(6)])
    'Box around the object: where it ends along Z. In px.'
    """
    stem, dash, number = name.partition("-")
    words = _WORDS.get(stem + dash) or _WORDS.get(stem, "")
    if not words:
        return ""
    if number.isdecimal():
        axis, ends = _along(stem, int(number), names)
        words = words.format(axis=axis, edge="ends" if ends else "begins")
    return f"{words} In {unit}." if unit else words


def _along(stem: str, number: int, names: Collection[str]) -> tuple[str, bool]:
    """The axis of the column that is the `number`-th of its name, and whether it is the end of a box."""
    same = sum(other.startswith(f"{stem}-") for other in names)
    count = same // 2 if stem == "bbox" else same
    return "ZYX"[-count:][number % count], number >= count
