"""A sample of bench/seven_days.py: what is growth and what is not; and some hours of the three true processes."""

from pathlib import Path
from random import Random

from growth import Sample, growth_a_day
from seven_days import MOST_A_DAY, PARTS, Week

WARM = 24.0


def week(grows: float = 0.0, noise: float = 0.5, hours: int = 168) -> list[Sample]:
    """Hourly samples of something that fills on the first day, then holds still but for what it `grows` by a day."""
    random = Random(1)
    return [
        Sample(hour, 1, 200 + min(hour, 12) * 4 + grows * hour / 24 + random.uniform(-noise, noise))
        for hour in range(1, hours + 1)
    ]


def test_what_fills_on_the_first_day_and_then_holds_still_does_not_grow() -> None:
    assert abs(growth_a_day(week(), WARM)) < 0.1
    assert abs(growth_a_day(week(noise=10), WARM)) < MOST_A_DAY["pss_mb"]


def test_a_leak_is_found_below_its_noise() -> None:
    assert 1.9 < growth_a_day(week(grows=2, noise=3), WARM) < 2.1
    assert growth_a_day(week(grows=2, hours=72), WARM) > MOST_A_DAY["rss_mb"]


def test_one_step_and_some_outliers_are_no_growth() -> None:
    stepped = [Sample(each.hour, 1, each.value + (4 if each.hour > 150 else 0)) for each in week()]
    spiked = [Sample(each.hour, 1, each.value + (500 if each.hour % 24 == 9 else 0)) for each in week()]
    for samples in (stepped, spiked):
        assert abs(growth_a_day(samples, WARM)) < MOST_A_DAY["pss_mb"]


def test_a_leak_of_a_process_that_is_started_anew_each_night_is_found_in_its_lives() -> None:
    """1 MB an hour, and gone each night: over the days nothing grows, but within each."""
    sawtooth = [Sample(hour, hour // 24, 50 + hour % 24) for hour in range(168)]
    assert 23 < growth_a_day(sawtooth, 9) < 25
    still = [Sample(each.hour, each.life, 50 + min(each.value - 50, 8)) for each in sawtooth]
    assert growth_a_day(still, 9) == 0


def test_too_few_samples_are_no_growth() -> None:
    assert growth_a_day(week(hours=25), WARM) == 0


def test_the_three_processes_live_some_hours_with_their_server(tmp_path: Path) -> None:
    """The window's first seconds are an hour of the time that runs so fast."""
    lived = Week(tmp_path, speed=900, hours=4)
    with lived.open():
        lived.live()
    assert lived.fallen == []
    for name in PARTS:
        assert len(lived.samples[f"{name} threads"]) == 4
        assert lived.samples[f"{name} rss_mb"][-1].value > 20
    assert lived.samples["store bytes"][-1].value > 0
    assert lived.signs, "the central server heard no sign of life"
