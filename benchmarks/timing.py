"""Timing of two alternatives in turn, so that both meet the same machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(ours: Callable[[], object], peer: Callable[[], object], repeats: int) -> tuple[list[float], list[float]]:
    """Wall times of `ours` and `peer`, called in turn after one warm-up each."""
    ours(), peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(repeats)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def row(figure: str, value: float, unit: str, bound: str, spread: list[float]) -> str:
    """One Markdown row: median, bound, least and greatest."""
    return f"| {figure} | {value:.3g} {unit} | {bound} | {min(spread):.3g} to {max(spread):.3g} |"


def median_ratio(ours: list[float], peer: list[float]) -> tuple[float, list[float]]:
    """Median of the ratios pair by pair, and all of them."""
    ratios = [a / b for a, b in zip(ours, peer, strict=True)]
    return statistics.median(ratios), ratios
