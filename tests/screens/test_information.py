"""What the information and the help say, and that they promise nothing that nobody knows."""

from dataclasses import replace

from screens.conftest import StageMaker
from screens.measured import leaves
from screens.test_screens import VIEWS, press

from kiosk.events import Event, InformationChosen, SuggestionChosen
from kiosk.model import ENGLISH, INDONESIAN, Fee, Language, Topic, Words
from kiosk.screens.sample_views import DATA, MODES
from kiosk.screens.stage import Stage
from kiosk.screens.widgets import QrCode
from kiosk.screens.widgets import Words as Written
from kiosk.view import View


def said(stage: Stage, view: View, language: Language = ENGLISH) -> str:
    stage.show(replace(view, visit=replace(view.visit, language=language)))
    assert stage.screen
    texts = []
    for page in range(stage.screen.pages):
        stage.screen.turn_to(page)
        texts += [getattr(each, "text", "") for each in leaves(stage)]
    return "\n".join(texts)


def test_the_topics_lead_to_themselves_and_a_service_to_its_page(stage: Stage, posted: list[Event]) -> None:
    stage.show(VIEWS["information"])
    for text in ("Layanan, dokumen, dan biaya", "Jam buka", "Pengumuman", "Pengaduan dan saran"):
        press(stage, text)
    stage.show(VIEWS["information-services"])
    press(stage, "Paspor baru (dewasa)")
    stage.show(VIEWS["information-complaints"])
    press(stage, "Tulis saran")
    topics = [InformationChosen(topic=each) for each in Topic]
    assert posted == [*topics, InformationChosen("passport_new"), SuggestionChosen()]


def test_fees_stand_below_the_regulation_and_the_day_that_they_are_in_force_since(stage: Stage) -> None:
    told = said(stage, VIEWS["information-service"])
    assert "PP 45/2024, in force since 18 December 2024\nNon-electronic passport, 5 years: Rp350.000" in told
    assert "PP 45/2024, berlaku sejak 18 Desember 2024" in said(stage, VIEWS["information-service"], INDONESIAN)


def test_fees_of_two_regulations_are_told_apart_and_one_without_has_its_day(stage: Stage) -> None:
    old, new = DATA.services[0].fees[0], Fee(Words("Baru", "New"), 1, DATA.rules.valid_from)
    service = replace(DATA.services[0], fees=(old, new, replace(old, name=Words("Lama", "Old"))))
    told = said(stage, replace(VIEWS["information-service"], data=replace(DATA, services=(service,))))
    assert told.index("PP 45/2024") < told.index("Old: ") < told.index("In force since") < told.index("New: ")


def test_a_wide_panel_is_read_in_two_columns_so_that_a_service_takes_few_pages(stage_of: StageMaker) -> None:
    stage = stage_of("landscape")
    for mode, most in (("normal", 2), ("largest", 4)):
        view = VIEWS["information-service"]
        stage.show(replace(view, visit=replace(view.visit, access=MODES[mode])))
        assert stage.screen
        assert stage.screen.pages <= most, mode
        points = {round(each.x) for each in leaves(stage) if isinstance(each, Written) and each.x > stage.width / 2}
        assert points, mode


def test_a_stage_has_its_estimate_and_where_none_is_known_the_staff_are_named(stage: Stage) -> None:
    told = said(stage, VIEWS["information-service"])
    assert "6. Passport collection: 4 working days after the approved interview." in told
    assert "4. Interview\n" in told
    assert "How long the other steps take: please ask the staff." in told
    bare = replace(DATA.services[0], fees=(), stages=())
    told = said(stage, replace(VIEWS["information-service"], data=replace(DATA, services=(bare,))))
    assert "Please ask the staff about fees." in told
    assert "Please ask the staff about the steps." in told


def test_the_hours_are_those_of_the_whole_week_with_the_holidays_ahead(stage: Stage) -> None:
    told = said(stage, VIEWS["information-hours"])
    assert "Monday:  08:00–12:00, 13:00–16:00" in told
    assert "Sunday:  closed" in told
    assert "Friday, 25 December 2026: Christmas Day" in told


def test_every_announcement_is_read_the_most_important_first_and_none_is_said_to_be_none(stage: Stage) -> None:
    first, second = (each.words.en for each in DATA.announcements)
    told = said(stage, VIEWS["information-announcements"])
    assert told.index(first) < told.index(second)
    assert "There is no announcement today." in said(stage, VIEWS["information-nothing"])


def test_the_official_way_to_complain_has_its_code_its_address_and_its_number(stage: Stage) -> None:
    told = said(stage, VIEWS["information-complaints"])
    assert "SP4N-LAPOR!" in told
    assert "lapor.go.id" in told
    assert "1708" in told
    assert [each for each in leaves(stage) if isinstance(each, QrCode)]


def test_a_kiosk_that_nobody_hears_does_not_say_that_staff_are_coming(stage: Stage) -> None:
    assert "Staff have been called" in said(stage, VIEWS["help"])
    told = said(stage, VIEWS["help-offline"])
    assert "Staff have been called" not in told
    assert "Please go to the nearest counter." in told


def test_a_place_in_the_queue_says_what_to_do_next(stage: Stage) -> None:
    for name, next_step in (
        ("waiting", "have a seat"),
        ("called", "go to counter 3 now"),
        ("unknown", "ask the staff"),
    ):
        assert next_step in said(stage, VIEWS[f"queue_status-{name}"])
