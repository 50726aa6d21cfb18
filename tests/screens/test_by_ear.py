"""Every flow, finished by keys alone in real Kivy; what is held is the transcript of what was spoken."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from samples import booking, family, snapshot, with_digits
from screens.conftest import StageMaker
from screens.listener import Listener
from transcript import Transcript

from kiosk.events import AccessChosen, Event, HeadphonesMoved
from kiosk.model import ENGLISH, INDONESIAN, Access, Booking, Key, Language, Sound, TextSize, TicketState
from kiosk.protocol import CheckedIn, Commented, HelpCalled, Rated, WalkInIssued
from kiosk.reader import REPEAT_SECONDS, Reader
from kiosk.screens.by_ear import controls_of, script_of
from kiosk.screens.curtain import Curtain
from kiosk.screens.sample_views import sample_views
from kiosk.screens.stage import Stage
from kiosk.spoken import spelled, spoken
from kiosk.texts import Texts
from kiosk.visit import State

ID, EN = INDONESIAN, ENGLISH
VIEWS = sample_views()
LISTENING = Access(sound=Sound.ON)
MakeListener = Callable[..., Listener]


@pytest.fixture(params=[ID, EN])
def listener_with(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MakeListener]:
    """A listener who has turned the sound on by a key and chosen a language by ear; no asterisk is heard at the end."""
    made: list[Listener] = []

    def make(*bookings: Booking) -> Listener:
        listener = Listener(tmp_path, snapshot(*bookings)).presses(Key.DOWN)
        made.append(listener)
        listener.hears("Sudah mendaftar? Tunjukkan kode Q R Anda.", "pilihan.", "Setiap tombol menghentikan suara.")
        if request.param == EN:
            listener.chooses("English").hears("Have a booking? Show your Q R code.")
        return listener

    yield make
    heard = " ".join(made[0].transcript + made[0].voice.said)
    assert heard
    assert not set(heard) & set("*_|·•/\n")


def facts(listener: Listener, kind: type) -> list[object]:
    return [each.body for each in listener.store.owed(99) if isinstance(each.body, kind)]


def types_code(listener: Listener, code: str) -> Listener:
    return listener.takes("welcome.type").hears(listener.said("typing.title")).types(code).takes("button.next")


def numbers(listener: Listener, *digits: str) -> str:
    return ", ".join(spelled(each, listener.language, listener.texts) for each in digits)


def test_a_booking_by_its_typed_code(listener_with: MakeListener) -> None:
    listener = listener_with(booking())
    types_code(listener, "ABCDEFGH01").is_at(State.TICKET_PRINTED)
    listener.hears(
        numbers(listener, "A") + ".",
        listener.said("button.next"),
        listener.said("printed.title"),
        "A, " + numbers(listener, "001"),
        "S N.",
        listener.said("ticket.booked", time=listener.texts.time(booking().slot, listener.language)),
    )
    assert len(facts(listener, CheckedIn)) == 1


def test_a_character_too_many_is_taken_back(listener_with: MakeListener) -> None:
    listener = listener_with(booking())
    listener.takes("welcome.type").types("AC").takes("button.delete")
    listener.hears(listener.said("spoken.deleted", typed="C"))
    listener.types("BCDEFGH01").takes("button.next").is_at(State.TICKET_PRINTED)


def test_a_family_of_which_one_stays_at_home(listener_with: MakeListener) -> None:
    listener = listener_with(family(1, 3))
    types_code(listener, "ABCDEFGH01").is_at(State.CHOOSING_APPLICANTS)
    listener.hears(listener.said("applicants.title"))
    listener.presses(Key.DOWN, Key.DOWN).hears("A, " + numbers(listener, "002"), listener.said("applicants.here"))
    listener.presses(Key.SELECT).hears("A, " + numbers(listener, "002"), listener.said("applicants.absent"))
    listener.chooses(listener.said("applicants.next", count=2)).is_at(State.TICKET_PRINTED)
    listener.hears("A, " + numbers(listener, "001"), "A, " + numbers(listener, "003"))
    assert [each.number for each in listener.controller.visit.tickets] == ["A-001", "A-003"]


def test_the_second_factor_wrong_once_then_right(listener_with: MakeListener) -> None:
    listener = listener_with(with_digits(1, "4821"))
    types_code(listener, "ABCDEFGH01").is_at(State.VERIFYING).hears(listener.said("verifying.title"))
    listener.types("1111").takes("button.next").hears(listener.said("verifying.wrong", left=2))
    listener.types("4821").takes("button.next").is_at(State.TICKET_PRINTED)
    listener.hears(listener.said("printed.title"), "A, " + numbers(listener, "001"))


def test_a_walk_in_with_documents_and_priority(listener_with: MakeListener) -> None:
    listener = listener_with()
    listener.takes("welcome.walk_in").hears(listener.said("choosing.title"))
    listener.chooses("Layanan A" if listener.language == ID else "Service A")
    card = "e K T P" if listener.language == ID else "Identity card"
    listener.hears(listener.said("documents.title"), card).takes("documents.ready")
    listener.hears(listener.said("priority.title")).chooses("Lansia" if listener.language == ID else "Elderly")
    listener.is_at(State.TICKET_PRINTED).hears(listener.said("printed.title"), "W, " + numbers(listener, "1", "001"))
    assert len(facts(listener, WalkInIssued)) == 1


def test_who_lacks_documents_hears_what_is_needed(listener_with: MakeListener) -> None:
    listener = listener_with()
    listener.takes("welcome.walk_in").chooses("Layanan A" if listener.language == ID else "Service A")
    listener.takes("documents.missing").is_at(State.INFORMATION)
    listener.hears(listener.said("information.documents_missing"), listener.said("information.documents"))
    listener.presses(Key.BACK).is_at(State.CHECKING_DOCUMENTS).hears(listener.said("documents.title"))


def test_a_refusal_and_its_next_step(listener_with: MakeListener) -> None:
    listener = listener_with()
    types_code(listener, "ABCDEFGH99").is_at(State.REFUSED)
    listener.hears(*(listener.said(f"refused.unknown.{part}") for part in ("title", "text", "next")))
    listener.takes("button.type").is_at(State.TYPING).hears(listener.said("typing.title"))
    listener.presses(Key.BACK)
    assert listener.state is State.WELCOME


def test_information_on_a_service_and_back(listener_with: MakeListener) -> None:
    listener = listener_with()
    listener.takes("welcome.information").hears(listener.said("information.title"))
    listener.takes("information.services").hears(listener.said("information.services"))
    name = "Layanan B" if listener.language == ID else "Service B"
    listener.chooses(name).hears(name, listener.said("information.documents"), listener.said("information.no_fees"))
    listener.presses(Key.BACK).is_at(State.INFORMATION).hears(listener.said("information.services"))
    listener.presses(Key.BACK).is_at(State.INFORMATION).hears(listener.said("information.title"))
    listener.presses(Key.BACK).is_at(State.WELCOME).hears(listener.said("spoken.off"))


def test_the_state_of_the_queue_by_a_typed_number(listener_with: MakeListener) -> None:
    listener = listener_with()
    listener.takes("welcome.queue").hears(listener.said("queue.title")).types("A-001").takes("queue.search")
    called = listener.said("queue.called", number="A-001", counter="3")
    assert called.startswith("A, " + numbers(listener, "001"))
    listener.is_at(State.QUEUE_STATUS).hears(called)
    listener.types("A-9").takes("queue.search").hears(listener.said("queue.unknown"))


def test_a_rating_and_a_comment(listener_with: MakeListener) -> None:
    listener = listener_with()
    listener.takes("welcome.rate").hears(listener.said("rating.title")).takes("rating.score4")
    listener.hears(listener.said("comment.title")).types("ok").takes("button.space").types("1")
    listener.hears("o.", "k.", numbers(listener, "1")).takes("comment.send")
    listener.is_at(State.THANKS).hears(listener.said("thanks.title"))
    assert [each.score for each in facts(listener, Rated)] == [4]
    assert [each.text for each in facts(listener, Commented)] == ["ok 1"]


def test_a_suggestion_without_a_rating(listener_with: MakeListener) -> None:
    listener = listener_with()
    listener.takes("welcome.information", "information.complaints").hears("lapor.go.id", "1708")
    listener.takes("information.suggest").hears(listener.said("comment.title"))
    listener.takes("comment.capitals").types("O").takes("comment.capitals").types("k")
    assert "200" not in listener.voice.text, "how long it is may be seen, not heard with every key"
    listener.takes("comment.send").is_at(State.THANKS)
    assert [(each.rating, each.text) for each in facts(listener, Commented)] == [(None, "Ok")]


def test_staff_are_called_by_the_help_key(listener_with: MakeListener) -> None:
    listener = listener_with()
    listener.takes("welcome.walk_in").presses(Key.HELP).is_at(State.HELP)
    listener.hears(listener.said("help.called"), listener.said("help.called_hint"))
    assert len(facts(listener, HelpCalled)) == 1
    listener.presses(Key.HELP).hears(listener.said("spoken.no_help"))
    listener.presses(Key.BACK).is_at(State.CHOOSING_SERVICE).hears(listener.said("choosing.title"))


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_paper_of_which_nobody_knows_whether_it_came_out(listener_with: MakeListener, answer: str) -> None:
    listener = listener_with(booking())
    listener.paper = TicketState.UNCONFIRMED
    types_code(listener, "ABCDEFGH01").is_at(State.TICKET_UNCERTAIN)
    listener.hears(listener.said("uncertain.title"), "A, " + numbers(listener, "001"))
    listener.paper = TicketState.PRINTED
    listener.takes(f"uncertain.{answer}").is_at(State.TICKET_PRINTED).hears(listener.said("printed.title"))
    assert listener.controller.visit.tickets[0].number == "A-001"


def test_a_ticket_without_paper_is_told_by_its_number(listener_with: MakeListener) -> None:
    listener = listener_with(booking())
    listener.paper = TicketState.FAILED
    types_code(listener, "ABCDEFGH01").is_at(State.TICKET_ON_SCREEN)
    listener.hears(listener.said("on_screen.title"), "A, " + numbers(listener, "001"))


# ------------------------------------------------------------ every screen


@pytest.mark.parametrize("language", Texts.load().languages)
@pytest.mark.parametrize("name", VIEWS)
def test_every_screen_says_a_title_and_each_of_its_choices(stage_of: StageMaker, name: str, language: Language) -> None:
    texts, voice = Texts.load(), Transcript()
    stage = stage_of("portrait", Reader(voice, texts, lambda: 0.0, lambda: None))
    view = VIEWS[name]
    stage.show(replace(view, visit=replace(view.visit, language=language, access=LISTENING)))
    assert stage.screen
    script = script_of(stage.screen)
    assert len(script.title) > 3
    assert voice.said[0].startswith(spoken(script.title, language, texts))
    for _ in script.options:
        stage.press(Key.DOWN)
    enabled = {each.said for each in controls_of(stage.screen)}
    heard = " ".join(voice.said[1:])
    for each in enabled:
        said = spelled(each, language, texts) if len(each) == 1 else spoken(each, language, texts)
        assert f"{said}." in heard or f"{said}," in heard, each
    assert not set(voice.text) & set("*_|·•/\n")


def test_a_ring_is_drawn_around_the_choice_that_was_said_and_around_no_other(tmp_path: Path) -> None:
    listener = Listener(tmp_path, snapshot()).presses(Key.DOWN, Key.DOWN)
    assert listener.stage.screen
    controls = controls_of(listener.stage.screen)
    assert [bool(each.canvas.after.children) for each in controls] == [True] + [False] * (len(controls) - 1)
    listener.presses(Key.DOWN)
    assert [bool(each.canvas.after.children) for each in controls_of(listener.stage.screen)][:3] == [False, True, False]


def test_the_page_of_the_focused_choice_is_shown(stage_of: StageMaker) -> None:
    view = VIEWS["choosing_applicants"]
    access = Access(text_size=TextSize.LARGEST, low_reach=True, sound=Sound.ON)
    reader = Reader(Transcript(), Texts.load(), lambda: 0.0, lambda: None)
    stage = stage_of("landscape", reader)
    stage.show(replace(view, visit=replace(view.visit, access=access)))
    assert stage.screen
    assert stage.screen.pages > 1
    pages = set()
    for _ in range(6):
        stage.press(Key.DOWN)
        assert reader.focused is not None
        focused = controls_of(stage.screen)[reader.focused]
        assert focused in list(stage.screen.walk())
        assert focused.canvas.after.children
        pages.add(stage.screen.page)
    assert len(pages) == stage.screen.pages


# ------------------------------------------------------------ headphones, silence, curtain


def test_headphones_start_it_and_pulling_them_out_ends_it(tmp_path: Path) -> None:
    listener = Listener(tmp_path, snapshot()).plugs_headphones_in().hears("Sudah mendaftar?")
    listener.voice.cuts = 0
    listener.happens(HeadphonesMoved(False))
    assert listener.voice.cuts == 1
    assert listener.controller.visit.access.sound is Sound.OFF


def test_a_screen_is_said_again_after_silence_until_the_visit_ends(tmp_path: Path) -> None:
    listener = Listener(tmp_path, snapshot()).plugs_headphones_in()
    listener.takes("welcome.walk_in").hears()
    for _ in range(400):
        listener.clock.passes(1)
        listener.controller.tick()
        listener.reader.tick()
    said = [each for each in listener.voice.said if each.startswith(listener.said("choosing.title"))]
    assert len(said) == 120 // REPEAT_SECONDS - 1
    assert any(each.startswith(listener.said("still_there.title")) for each in listener.voice.said)
    assert listener.controller.visit.access.sound is Sound.OFF
    listener.voice.said.clear()
    listener.clock.passes(60)
    listener.reader.tick()
    assert listener.voice.said == []


def test_the_curtain_hides_the_screen_from_others_and_a_touch_lifts_it(tmp_path: Path) -> None:
    listener = Listener(tmp_path, snapshot()).plugs_headphones_in().takes("spoken.curtain")
    stage = listener.stage
    assert isinstance(stage.children[0], Curtain)
    assert stage.children[0].size == stage.size
    listener.takes("welcome.walk_in").is_at(State.CHOOSING_SERVICE)
    assert isinstance(stage.children[0], Curtain)
    stage.size_hint = (None, None)  # the window of the tests is smaller
    Window.add_widget(stage)
    touch(listener)
    assert listener.state is State.CHOOSING_SERVICE
    assert not any(isinstance(each, Curtain) for each in stage.children)
    listener.clock.passes(1)
    touch(listener)
    assert listener.state is State.LOOKING_UP
    Window.remove_widget(stage)


def touch(listener: Listener) -> None:
    """Touches the first choice, or what lies over it."""
    assert listener.stage.screen
    made = UnitTestTouch(*controls_of(listener.stage.screen)[0].center)
    made.touch_down()
    made.touch_up()


def test_what_is_off_is_not_offered(stage: Stage) -> None:
    stage.show(VIEWS["typing"])
    assert stage.screen
    assert "Lanjut" not in {each.label for each in script_of(stage.screen).options}
    stage.screen.typed = "ABCDE12345"
    stage.screen.show(stage.screen.view)
    assert "Lanjut" in {each.label for each in script_of(stage.screen).options}


def test_there_is_no_curtain_without_sound(stage: Stage, posted: list[Event]) -> None:
    view = VIEWS["welcome"]
    for sound, is_drawn in ((Sound.ON, True), (Sound.OFF, False)):
        stage.show(replace(view, visit=replace(view.visit, access=Access(sound=sound, curtain=True))))
        assert isinstance(stage.children[0], Curtain) is is_drawn


def test_the_curtain_is_a_choice_of_a_screen_that_is_spoken(stage: Stage, posted: list[Event]) -> None:
    view = VIEWS["welcome"]
    stage.show(replace(view, visit=replace(view.visit, access=LISTENING)))
    assert stage.screen
    script_of(stage.screen).options[-1].act()
    assert posted == [AccessChosen(Access(sound=Sound.ON, curtain=True))]
