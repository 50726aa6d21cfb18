"""Every explanation of the queue has its words, in every language of the staff."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from wire import MORNING

from central.explained import in_words
from central.languages import spoken_in
from central.queue.explanation import Explanation, Ground
from central.queue.turn import TurnKind
from kiosk.model import ENGLISH, INDONESIAN, Language

ZONE = ZoneInfo("Asia/Jakarta")
WHY = Explanation(
    Ground.TURN, TurnKind.ARRIVED, MORNING, 12.9, 35.8, "elderly", callable_from=MORNING + timedelta(minutes=50)
)


@pytest.mark.parametrize("language", [*spoken_in("order"), Language("min")])
def test_every_kind_and_every_ground_is_said(language: Language) -> None:
    said = {
        in_words(Explanation(ground, turn, MORNING, 1, 1, None, MORNING), language, ZONE)
        for ground in Ground
        for turn in TurnKind
    }
    assert len(said) == len(Ground) * len(TurnKind)
    assert not any("{" in each for each in said)


@pytest.mark.parametrize(
    ("ground", "words"),
    [
        (Ground.TURN, ""),
        (Ground.WAITED, " Has waited 12 minutes, so nobody goes before any more."),
        (Ground.PRIORITY, " Priority groups go first: the wait counts as 35 minutes."),
        (Ground.EARLY, " The booked time has not come; calls begin at 08:50."),
    ],
)
def test_the_numbers_are_those_of_the_decision_in_office_time(ground: Ground, words: str) -> None:
    why = Explanation(ground, WHY.turn, WHY.turn_at, WHY.waited, WHY.counted, WHY.group, WHY.callable_from)
    assert in_words(why, ENGLISH, ZONE) == f"The turn is by the arrival, 08:00.{words}"
    assert "elderly" not in in_words(why, INDONESIAN, ZONE)
