"""The set-up's pages, in real Kivy: in every language, orientation and size."""

from dataclasses import replace
from pathlib import Path

import pytest
from emulated_boot import NEXT_Y, key_place, main_action
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from PIL import Image
from screens.measured import faults, leaves

from kiosk.booking_code import CODE_ALPHABET
from kiosk.events import CodeTyped
from kiosk.model import ENGLISH, Access, EnrolmentProblem, Language, TextSize
from kiosk.screens.gallery import ORIENTATIONS, PANELS, settle
from kiosk.screens.sample_set_up import looked, sample_pages
from kiosk.screens.set_up_stage import SetUpStage, after
from kiosk.screens.upright import WAIT_SECONDS
from kiosk.screens.widgets import Choice
from kiosk.set_up_lines import (
    TARGETS,
    Again,
    Answer,
    Asked,
    CodeGiven,
    GaveUp,
    OnlyThese,
    Page,
    Shown,
    Touched,
    Turned,
    WentOn,
)
from kiosk.texts import Texts

TEXTS = Texts.load()
WITHOUT_BUTTONS = (Page.UPRIGHT, Page.TARGETS, Page.CODE, Page.APPROVAL)
SAMPLES = sample_pages()


class Technician:
    """Sees a stage, and is heard."""

    def __init__(self, orientation: str = "portrait") -> None:
        self.said: list[Answer] = []
        self.stage = SetUpStage(TEXTS, PANELS[orientation], self.said.append)
        self.stage.size = ORIENTATIONS[orientation]

    def sees(self, shown: Shown, language: str = "id", size: TextSize = TextSize.NORMAL) -> None:
        self.stage.use(Language(language), Access(text_size=size))
        self.stage.show(shown)

    def button(self, text: str) -> Choice:
        return next(each for each in self.stage.walk() if isinstance(each, Choice) and each.text == text)

    def touches(self, key: str) -> None:
        self.button(TEXTS(key, "id")).dispatch("on_release")

    def texts(self) -> str:
        return "\n".join(getattr(each, "text", "") for each in leaves(self.stage))


@pytest.fixture
def technician() -> Technician:
    return Technician()


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_of_a_page_is_clipped_overlaps_or_is_too_small(name: str, orientation: str) -> None:
    technician = Technician(orientation)
    for language in TEXTS.languages:
        for size in (TextSize.NORMAL, TextSize.LARGEST):
            technician.sees(SAMPLES[name], language, size)
            screen = technician.stage.screen
            assert screen
            for page in range(screen.pages):
                screen.turn_to(page)
                assert list(faults(screen, PANELS[orientation])) == [], (language, size, page)


def test_every_page_has_its_samples() -> None:
    assert {each.page for each in SAMPLES.values()} == set(Page)


def test_a_code_is_said_once_all_of_it_was_typed(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-code"])
    for character in "AB3DE0FG7H":
        assert technician.button(TEXTS("button.next", "id")).disabled
        technician.button(character).dispatch("on_release")
    technician.touches("button.next")
    assert technician.said == [CodeGiven(number=1, code="AB3DE0FG7H")]
    assert "Menghubungi" in technician.texts()


def test_the_emulators_finger_meets_the_keys(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-code"])
    places = {character: key_place(character) for character in CODE_ALPHABET} | {
        TEXTS("button.next", "id"): (0.5, NEXT_Y)
    }
    for text, (x, y) in places.items():
        key = technician.button(text)
        assert (key.center_x / 1080, 1 - key.center_y / 1920) == pytest.approx((x, y), abs=0.01), text


def test_what_was_typed_stays_when_something_is_plugged_in_and_goes_with_a_refusal(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-code-two-missing"])
    for character in "AB":
        technician.button(character).dispatch("on_release")
    technician.stage.show(SAMPLES["set_up-code"])
    assert "AB···" in technician.texts()
    technician.stage.show(SAMPLES["set_up-code-waiting"])
    technician.stage.show(Shown(page=Page.CODE, number=1, looked=looked(), problem=EnrolmentProblem.REFUSED))
    assert "AB···" not in technician.texts()
    assert "tidak menerima" in technician.texts()


@pytest.mark.parametrize(
    ("name", "key", "answer"),
    [
        ("set_up-found-two-missing", "button.next", WentOn(number=1)),
        ("set_up-found-list", "set_up.usb.only_these", OnlyThese(number=1)),
        ("set_up-found-list", "set_up.usb.without", GaveUp(number=1)),
        ("set_up-found", "set_up.turn", Asked(number=1, page=Page.UPRIGHT)),
        ("set_up-found", "set_up.scan", Asked(number=1, page=Page.SCAN)),
        ("set_up-code", "set_up.devices", Asked(number=1, page=Page.FOUND)),
        ("set_up-slip", "set_up.slip.yes", WentOn(number=1)),
        ("set_up-approval", "set_up.devices", Asked(number=1, page=Page.FOUND)),
        ("set_up-slip", "set_up.slip.again", Again(number=1)),
        ("set_up-slip", "set_up.slip.without", GaveUp(number=1)),
        ("set_up-scan", "set_up.scanner.skip", WentOn(number=1)),
        ("set_up-scan-read", "button.next", WentOn(number=1)),
        ("set_up-ready", "set_up.ready.open", WentOn(number=1)),
        ("set_up-ready", "set_up.print", Asked(number=1, page=Page.SLIP)),
        ("set_up-not-ready", "set_up.ready.open_anyway", WentOn(number=1)),
        ("set_up-not-ready", "set_up.ready.again", Again(number=1)),
    ],
)
def test_a_button_says_what_it_stands_for(technician: Technician, name: str, key: str, answer: Answer) -> None:
    technician.sees(SAMPLES[name])
    technician.touches(key)
    assert technician.said == [answer]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_has_one_main_action_at_most_and_none_while_root_is_at_work(technician: Technician, name: str) -> None:
    technician.sees(SAMPLES[name])
    kinds = [each.kind for each in technician.stage.walk() if isinstance(each, Choice)]
    assert kinds.count("main") == (0 if SAMPLES[name].page in WITHOUT_BUTTONS or SAMPLES[name].waiting else 1)


def test_touches_of_the_targets_are_said_as_they_came_wherever_that_was(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-targets"])
    Window.add_widget(technician.stage)
    for x, y in TARGETS:
        # A panel that is mounted upside down.
        touch = UnitTestTouch((1 - x) * technician.stage.width, y * technician.stage.height)
        touch.touch_down()
        touch.touch_up()
    Window.remove_widget(technician.stage)
    (said,) = technician.said
    assert isinstance(said, Touched)
    assert [pytest.approx(each) for each in said.places] == [(1 - x, 1 - y) for x, y in TARGETS]


def test_any_touch_says_that_the_picture_does_not_stand_upright_and_only_the_first_counts(
    technician: Technician,
) -> None:
    technician.sees(SAMPLES["set_up-upright"])
    for x, y in ((3, 1900), (500, 500)):
        technician.stage.screen.on_touch_down(UnitTestTouch(x, y))
    for _ in range(2 * WAIT_SECONDS):
        technician.stage.screen.tick()
    assert technician.said == [Turned(number=1)]
    assert "Memutar gambar" in technician.texts()


def test_whoever_waits_says_that_it_does_and_a_page_that_has_gone_says_nothing(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-upright"])
    screen = technician.stage.screen
    for left in range(WAIT_SECONDS, 0, -1):
        assert f"\n{left}\n" in f"\n{technician.texts()}\n"
        assert technician.said == []
        screen.tick()
    assert technician.said == [WentOn(number=1)]
    technician.sees(SAMPLES["set_up-code"])
    technician.sees(SAMPLES["set_up-upright"])
    technician.sees(SAMPLES["set_up-code"])
    for _ in range(WAIT_SECONDS):
        screen.tick()
    assert technician.said == [WentOn(number=1)]


def test_what_is_missing_is_said_with_what_that_means(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-found-two-missing"])
    assert "nomor hanya tampil di layar" in technician.texts()
    assert "kode harus diketik" in technician.texts()
    assert "10.0.0.15" in technician.texts()
    technician.sees(SAMPLES["set_up-code-two-missing"])
    assert "Belum ada: pencetak, pemindai" in technician.texts()


def test_who_waits_for_approval_is_shown_the_letters_and_why_the_server_says_nothing(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-approval"])
    assert "2EF3-JG76" in technician.texts()
    assert "tidak menjawab" not in technician.texts()
    technician.sees(SAMPLES["set_up-approval-unreachable"])
    assert "2EF3-JG76" in technician.texts()
    assert "tidak menjawab" in technician.texts()


def test_what_is_at_usb_is_named_with_what_it_is_for_the_kiosk(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-found-list"])
    assert "USB, pemindai: Honeywell 3310 Area-Imaging Scanner (0c2e:0b6a)" in technician.texts()
    assert "USB, bukan milik anjungan, akan ditolak: SIGMACHIP USB Keyboard (1c4f:0002)" in technician.texts()


def test_root_s_words_stand_in_the_technicians_language_or_in_indonesian(technician: Technician) -> None:
    for language, words in (("en", "The printer answers"), ("id", "Pencetak menjawab"), ("min", "Pencetak menjawab")):
        technician.sees(SAMPLES["set_up-not-ready"], language)
        assert words in technician.texts()


def test_what_nobody_before_the_box_can_mend_is_told_without_what_to_do(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-ready"])
    assert "! hanya perangkat USB milik mesin ini" in technician.texts()
    assert "BERKAS" not in technician.texts()


def test_a_finger_that_leans_asks_for_the_targets_and_among_them_for_nothing(technician: Technician) -> None:
    technician.stage.held()
    technician.sees(SAMPLES["set_up-code"])
    technician.stage.held()
    for name in ("set_up-targets", "set_up-upright"):
        technician.sees(SAMPLES[name])
        technician.stage.held()
    assert technician.said == [Asked(number=1, page=Page.TARGETS)]


def test_another_language_and_larger_words_are_taken_and_outlive_a_page(technician: Technician) -> None:
    technician.sees(SAMPLES["set_up-found"], "en", TextSize.LARGE)
    technician.stage.show(SAMPLES["set_up-slip"])
    view = technician.stage._view
    assert (view.visit.language, view.visit.access.text_size) == (ENGLISH, TextSize.LARGE)
    assert after(view, CodeTyped("AB3DE0FG7H")) == replace(view)


@pytest.mark.parametrize(
    ("name", "is_there"), [("set_up-ready", True), ("set_up-not-ready", True), ("set_up-code", False)]
)
def test_the_emulators_eye_finds_the_main_action(
    technician: Technician, name: str, is_there: bool, tmp_path: Path
) -> None:
    technician.sees(SAMPLES[name])
    settle()
    technician.stage.export_to_png(str(tmp_path / "page.png"))
    with Image.open(tmp_path / "page.png") as picture:
        place = main_action(picture.convert("RGB"))
    buttons = [each for each in technician.stage.walk() if isinstance(each, Choice) and each.kind == "main"]
    assert len(buttons) == is_there == (place is not None)
    assert all(place and each.collide_point(place[0] * 1080, (1 - place[1]) * 1920) for each in buttons)
