"""The set-up's flow, without a window and without a box: which page comes, and what an answer changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.set_up_lines import (
    TARGETS,
    Again,
    Answer,
    Asked,
    CodeGiven,
    GaveUp,
    OnlyThese,
    Page,
    Part,
    Touched,
    Turned,
    WentOn,
)
from provisioning.check import CHECKS
from provisioning.finding import table
from provisioning.touch_rotation import ROTATIONS, rotation_of, turn
from provisioning.wizard import (
    AT_THE_BOX,
    MOST_TRIES,
    STEPS,
    Progress,
    Situation,
    Slip,
    after,
    after_touches,
    page_of,
    passes_by_itself,
)

NOTHING, ALL = frozenset[Part](), frozenset(Part)
BARE, ENROLLED = Situation(NOTHING, False), Situation(NOTHING, True)
APPROVED = Progress(approved=True)
LAME = Situation(frozenset({Part.PRINTER}), False)
WIDE = Situation(NOTHING, False, is_wide=True)
SEEN, SENT = Progress(slip=Slip.SEEN), Progress(slip=Slip.SENT)
GO_ON = WentOn(number=1)


@pytest.mark.parametrize(
    ("so_far", "box", "page"),
    [
        (Progress(), BARE, Page.CODE),
        (Progress(), LAME, Page.FOUND),
        (Progress(went_on=True), LAME, Page.CODE),
        (Progress(), ENROLLED, Page.APPROVAL),
        (Progress(), Situation(ALL, True), Page.APPROVAL),
        (APPROVED, ENROLLED, Page.READY),
        (APPROVED, BARE, Page.CODE),
        (APPROVED, Situation(ALL, True), Page.READY),
        (Progress(), Situation(NOTHING, False, True), Page.CODE),
        (Progress(went_on=True), Situation(NOTHING, True, True), Page.FOUND),
        (Progress(unlisted=True), Situation(NOTHING, True, True), Page.APPROVAL),
        (SENT, BARE, Page.CODE),
        (SENT, ENROLLED, Page.SLIP),
        (SEEN, ENROLLED, Page.APPROVAL),
        (Progress(slip=Slip.SEEN, approved=True), ENROLLED, Page.READY),
        (Progress(slip=Slip.GIVEN_UP, approved=True), ENROLLED, Page.READY),
        *((Progress(asked=page), BARE, page) for page in (Page.UPRIGHT, Page.TARGETS, Page.FOUND, Page.SCAN)),
        (Progress(), WIDE, Page.UPRIGHT),
        (Progress(asked=Page.TARGETS), WIDE, Page.UPRIGHT),
        (Progress(upright=True), WIDE, Page.CODE),
        *((Progress(asked=page), ENROLLED, page) for page in (Page.TARGETS, Page.FOUND, Page.SCAN)),
    ],
)  # fmt: skip
def test_the_page_follows_from_what_was_done_and_what_the_box_is(so_far: Progress, box: Situation, page: Page) -> None:
    assert page_of(so_far, box) is page


@pytest.mark.parametrize(
    ("page", "answer", "changes"),
    [
        (Page.UPRIGHT, GO_ON, {"upright": True, "asked": None}),
        (Page.UPRIGHT, Turned(number=1), {}),
        (Page.FOUND, GO_ON, {"went_on": True, "asked": None, "touched": True}),
        (Page.FOUND, OnlyThese(number=1), {"went_on": True, "asked": None, "touched": True}),
        (Page.FOUND, GaveUp(number=1), {"went_on": True, "asked": None, "touched": True, "unlisted": True}),
        (Page.SCAN, GO_ON, {"asked": None, "touched": True}),
        (Page.SLIP, GO_ON, {"slip": Slip.SEEN, "touched": True}),
        (Page.SLIP, Again(number=1), {"slip": Slip.WANTED, "touched": True}),
        (Page.SLIP, GaveUp(number=1), {"slip": Slip.GIVEN_UP, "touched": True}),
        (Page.READY, Again(number=1), {"touched": True}),
        (Page.READY, Asked(number=1, page=Page.SLIP), {"slip": Slip.WANTED}),
        (Page.READY, Asked(number=1, page=Page.SCAN), {"asked": Page.SCAN}),
        (Page.CODE, Asked(number=1, page=Page.TARGETS), {"asked": Page.TARGETS}),
        (Page.CODE, Asked(number=1, page=Page.FOUND), {"asked": Page.FOUND}),
        (Page.CODE, GO_ON, {}),
        (Page.CODE, CodeGiven(number=1, code="AB3DE0FG7H"), {}),
        (Page.CODE, GaveUp(number=1), {}),
        (Page.TARGETS, GO_ON, {}),
    ],
)
def test_an_answer_changes_what_it_is_about(page: Page, answer: Answer, changes: dict[str, object]) -> None:
    so_far = Progress(asked=page if page is Page.SCAN else None, slip=Slip.SENT)
    assert after(so_far, page, answer) == so_far.model_copy(update=changes)


ANSWERS = st.sampled_from(
    [
        GO_ON, Again(number=1), GaveUp(number=1), *(Asked(number=1, page=page) for page in (
            Page.FOUND, Page.TARGETS, Page.SLIP, Page.SCAN)), Touched(number=1, places=TARGETS),
    ]
)  # fmt: skip


@given(st.lists(ANSWERS, max_size=12), st.sets(st.sampled_from(Part)))
def test_from_wherever_answers_lead_a_few_main_actions_lead_to_the_code_and_then_to_the_end(
    answers: list[Answer], missing: set[Part]
) -> None:
    so_far, box = Progress(), Situation(frozenset(missing), False)
    for each in answers:
        page = page_of(so_far, box)
        so_far = after_touches(so_far, 0, 0) if page is Page.TARGETS else after(so_far, page, each)
    enrolled = Situation(box.missing, True)
    for now, approved, end in (
        (box, False, Page.CODE), (enrolled, False, Page.APPROVAL), (enrolled, True, Page.READY)
    ):  # fmt: skip
        so_far = so_far.model_copy(update={"approved": approved})
        for _ in range(3):
            page = page_of(so_far, now)
            so_far = after_touches(so_far, 0, 0) if page is Page.TARGETS else after(so_far, page, GO_ON)
        assert page_of(so_far, now) is end


def test_every_page_that_waits_for_its_main_action_heeds_it() -> None:
    assert {page for page, kind in STEPS if kind is WentOn} == {
        Page.UPRIGHT, Page.FOUND, Page.SCAN, Page.SLIP, Page.READY
    }  # fmt: skip


@pytest.mark.parametrize(
    ("so_far", "missing", "broken", "passes"),
    [
        (Progress(touched=True), NOTHING, (), True),
        (Progress(touched=True), NOTHING, ("usb", "applied"), True),
        (Progress(touched=True), NOTHING, ("usb", "printer"), False),
        (Progress(), NOTHING, (), False),
        (Progress(), frozenset({Part.TOUCH}), (), True),
    ],
)
def test_the_last_page_passes_where_nothing_can_be_mended_and_somebody_can_touch(
    so_far: Progress, missing: frozenset[Part], broken: tuple[str, ...], passes: bool
) -> None:
    assert passes_by_itself(so_far, Situation(missing, True), broken) is passes


def test_what_can_be_mended_at_the_box_is_required_of_it() -> None:
    assert {*table()["requirement"]} > AT_THE_BOX
    assert len(table()["requirement"]) == len(CHECKS)


# ------------------------------------------------------------ the targets


@pytest.mark.parametrize("mounted", ROTATIONS)
@pytest.mark.parametrize("off", [(0.0, 0.0), (0.08, -0.08), (-0.1, 0.1)])
def test_a_panel_that_is_turned_is_turned_back(mounted: int, off: tuple[float, float]) -> None:
    came = [turn((x + off[0], y + off[1]), mounted) for x, y in TARGETS]
    found = rotation_of(came)
    assert found == -mounted % 360
    assert [turn(each, found) for each in came] == [pytest.approx((x + off[0], y + off[1])) for x, y in TARGETS]


@pytest.mark.parametrize(
    "came",
    [
        [(1 - x, y) for x, y in TARGETS],
        [(x, 1 - y) for x, y in TARGETS],
        [(0.5, 0.5)] * 4,
        [TARGETS[0]] * 4,
        [*TARGETS[:3], (0.5, 0.5)],
    ],
    ids=["mirrored", "upside down and mirrored", "in the middle", "always the first", "one went astray"],
)
def test_touches_that_no_turn_brings_to_their_targets_are_told(came: list[tuple[float, float]]) -> None:
    assert rotation_of(came) is None


def test_targets_are_over_once_they_are_met_or_nothing_helps() -> None:
    asked = Progress(asked=Page.TARGETS)
    assert after_touches(asked, 0, 0) == Progress(touched=True)
    assert after_touches(asked, 90, 0) == asked
    assert after_touches(asked, None, 1) == asked
    assert after_touches(asked, None, MOST_TRIES) == Progress()
    assert after_touches(asked, 180, MOST_TRIES) == Progress()
