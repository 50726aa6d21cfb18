"""A small sample of the campaign of hostile codes, and its control: without signatures forgeries are believed."""

from random import Random

import pytest
from forgeries import KINDS
from hostile_codes import campaign, codes, control, main, stage
from hostile_site import PASSES, desk

from kiosk.commands import LookUp
from kiosk.events import BookingFound

SAMPLE = 3_000


def test_no_hostile_code_is_accepted_raises_or_takes_long() -> None:
    tally = campaign(seed=1, chunk=0, count=SAMPLE)
    assert tally.violations == []
    assert tally.codes + tally.repeats == SAMPLE
    assert set(tally.kinds) == {kind.__name__ for kind in KINDS}
    assert sum(tally.reasons.values()) == tally.codes


def test_most_hostile_codes_come_as_far_as_the_signature() -> None:
    tally = campaign(seed=2, chunk=0, count=SAMPLE // 3)
    far = tally.stages["5 signature"] + tally.stages["6 claims"]
    assert far > sum(tally.stages.values()) / 2


def test_the_desk_that_refuses_them_takes_the_good_passes() -> None:
    with desk() as records:
        assert all(isinstance(records.answer(LookUp(1, text)), BookingFound) for text in PASSES[:20])
    assert stage(PASSES[0]) == "6 claims"


def test_without_verified_signatures_forgeries_are_believed(capsys: pytest.CaptureFixture[str]) -> None:
    assert control(seed=1, count=300) > 50
    assert main(["--count", "300", "--control", "no-signature"]) == 1
    assert "codes believed" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_codes() -> None:
    assert list(codes(3, 1, 200)) == list(codes(3, 1, 200))
    assert list(codes(3, 1, 200)) != list(codes(3, 2, 200))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_gives_text_whatever_the_dice_say(kind) -> None:
    assert all(isinstance(kind(Random(seed)), str) for seed in range(30))
