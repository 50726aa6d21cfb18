"""Whether a figure grows, by a slope that single steps and outliers do not move (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

APART_HOURS = 6.0
"""Samples that are nearer to each other than this say more of noise than of growth."""


@dataclass(frozen=True)
class Sample:
    """What was measured at an hour of the run. `life` is that of the process: what it holds goes with it."""

    hour: float
    life: int
    value: float


def growth_a_day(samples: Sequence[Sample], warm_hours: float) -> float:
    """The median of the slopes between any two samples of one life (Theil and Sen), per day; what comes in the first
    `warm_hours` of a life does not count. 0 where there are too few.
    """
    lives: dict[int, list[Sample]] = {}
    for each in samples:
        lives.setdefault(each.life, []).append(each)
    slopes = [slope for life in lives.values() for slope in _slopes(life, warm_hours)]
    return 24 * median(slopes) if slopes else 0.0


def _slopes(life: list[Sample], warm_hours: float) -> list[float]:
    warm = [each for each in life if each.hour - life[0].hour >= warm_hours]
    return [
        (later.value - earlier.value) / (later.hour - earlier.hour)
        for earlier, later in combinations(warm, 2)
        if later.hour - earlier.hour >= APART_HOURS
    ]
