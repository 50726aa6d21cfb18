"""What the reader says, by transcript, and what the keys do."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from samples import FakeClock
from transcript import Transcript

from kiosk.model import ENGLISH, INDONESIAN, Key, Language, Sound
from kiosk.reader import REPEAT_SECONDS, Option, Reader, Script
from kiosk.texts import Texts

ID, EN = INDONESIAN, ENGLISH
CHOICES = "3 choices. Down and up move, the middle key selects."
KEYS = "The back key goes back, the help key calls staff. Any key stops the voice."


class Listener:
    """Somebody with headphones before a reader, and what was done."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.done: list[str] = []
        self.voice = Transcript()
        self.reader = Reader(self.voice, Texts.load(), self.clock.monotonic, lambda: self.done.append("on"))

    def does(self, what: str) -> Callable[[], None]:
        return lambda: self.done.append(what)

    def script(self, title: str = "Welcome", **changed: object) -> Script:
        options = tuple(Option(each, self.does(each)) for each in ("Type", "Walk in", "Help"))
        return replace(Script(title, ("Hold your phone",), options), **changed)

    def sees(self, script: Script, language: Language = EN, sound: Sound = Sound.ON) -> str:
        self.voice.said.clear()
        self.reader.show(script, language, sound)
        return self.voice.text

    def presses(self, *keys: Key) -> str:
        self.voice.said.clear()
        for key in keys:
            self.reader.press(key)
        return self.voice.text

    def waits(self, seconds: float) -> str:
        self.voice.said.clear()
        self.clock.passes(seconds)
        self.reader.tick()
        return self.voice.text


@pytest.fixture
def listener() -> Listener:
    return Listener()


def test_a_screen_is_said_whole_and_the_keys_are_explained_once(listener: Listener) -> None:
    assert listener.sees(listener.script()) == f"Welcome. Hold your phone. {CHOICES} {KEYS}"
    assert listener.sees(listener.script("Typing")) == f"Typing. Hold your phone. {CHOICES}"


def test_the_voice_is_that_of_the_screens_language_and_as_loud_as_was_chosen(listener: Listener) -> None:
    listener.sees(listener.script(), ID)
    assert (listener.voice.voice, listener.voice.loud) == ("id", False)
    assert "3 pilihan." in listener.voice.text
    listener.sees(listener.script("Typing"), EN, Sound.LOUD)
    assert (listener.voice.voice, listener.voice.loud) == ("en", True)


def test_another_language_is_a_screen_to_be_said_whole(listener: Listener) -> None:
    listener.sees(listener.script("Info"), ID)
    assert listener.sees(listener.script("Info"), EN).startswith("Info. Hold your phone.")


def test_down_and_up_say_each_choice_and_say_when_they_come_round(listener: Listener) -> None:
    listener.sees(listener.script())
    said = [listener.presses(key) for key in (Key.DOWN, Key.DOWN, Key.DOWN, Key.DOWN, Key.UP, Key.UP)]
    assert said == [
        "Type.", "Walk in.", "Help.", "Back to the first choice. Type.", "To the last choice. Help.", "Walk in.",
    ]  # fmt: skip
    assert listener.reader.focused == 1


def test_up_on_a_new_screen_starts_at_the_last_choice(listener: Listener) -> None:
    listener.sees(listener.script())
    assert listener.presses(Key.UP) == "Help."


def test_select_takes_the_choice_that_was_said(listener: Listener) -> None:
    listener.sees(listener.script())
    listener.presses(Key.DOWN, Key.DOWN, Key.SELECT)
    assert listener.done == ["Walk in"]


def test_select_before_a_choice_says_how_to_choose(listener: Listener) -> None:
    listener.sees(listener.script())
    assert listener.presses(Key.SELECT) == "Choose first, with the down or up key."
    listener.sees(Script("Please wait"))
    for key in (Key.SELECT, Key.DOWN, Key.UP):
        assert listener.presses(key) == "There is nothing to choose here."
    assert listener.done == []


def test_every_key_cuts_what_is_being_said(listener: Listener) -> None:
    for key in Key:
        listener.sees(listener.script(str(key)))
        listener.voice.cuts = 0
        listener.presses(key)
        assert listener.voice.cuts >= 1, key


def test_back_and_help_do_what_the_screen_offers_or_say_that_they_cannot(listener: Listener) -> None:
    listener.sees(listener.script(back=listener.does("back"), help=listener.does("help")))
    assert listener.presses(Key.BACK, Key.HELP) == ""
    assert listener.done == ["back", "help"]
    listener.sees(listener.script("Printing"))
    assert listener.presses(Key.BACK) == "The back key does nothing here."
    assert listener.presses(Key.HELP) == "The help key does nothing here."


def test_without_sound_nothing_is_said_and_any_key_only_turns_it_on(listener: Listener) -> None:
    assert listener.sees(listener.script(), EN, Sound.OFF) == ""
    assert listener.waits(60) == ""
    for key in Key:
        assert listener.presses(key) == ""
    assert listener.done == ["on"] * 5


def test_sound_that_ends_with_the_visit_is_silent_at_once(listener: Listener) -> None:
    listener.sees(listener.script())
    listener.voice.cuts = 0
    assert listener.sees(listener.script(), EN, Sound.OFF) == ""
    assert listener.voice.cuts == 1
    assert listener.reader.focused is None


def test_who_turns_the_sound_off_is_told_how_to_hear_again(listener: Listener) -> None:
    def off() -> None:
        listener.reader.show(listener.script(), EN, Sound.OFF)

    listener.sees(listener.script(options=(Option("Turn sound off", off),)))
    assert listener.presses(Key.DOWN, Key.SELECT).endswith("Sound is off. Press any key to listen again.")


def test_after_fifteen_seconds_of_silence_the_screen_or_the_choice_is_said_again(listener: Listener) -> None:
    listener.sees(listener.script())
    assert listener.waits(REPEAT_SECONDS - 1) == ""
    assert listener.waits(1) == f"Welcome. Hold your phone. {CHOICES}"
    listener.presses(Key.DOWN)
    assert listener.waits(REPEAT_SECONDS) == "Type."
    assert listener.waits(REPEAT_SECONDS) == "Type."


def test_the_silence_begins_when_the_last_word_was_said(listener: Listener) -> None:
    listener.voice.is_speaking = True
    listener.sees(listener.script())
    assert listener.waits(40) == ""
    listener.voice.is_speaking = False
    assert listener.waits(REPEAT_SECONDS - 1) == ""
    assert listener.waits(1) != ""


def test_what_is_shown_again_unchanged_is_not_said_again(listener: Listener) -> None:
    listener.sees(listener.script())
    listener.presses(Key.DOWN)
    assert listener.sees(listener.script()) == ""
    assert listener.reader.focused == 0


def test_a_line_that_changes_is_said_alone_and_the_focus_stays(listener: Listener) -> None:
    listener.sees(listener.script())
    listener.presses(Key.DOWN, Key.DOWN)
    assert listener.sees(listener.script(lines=("Hold your phone", "2 tries left"))) == "2 tries left."
    assert listener.reader.focused == 1


def test_what_is_typed_is_said_character_by_character(listener: Listener) -> None:
    keys = tuple(Option(each, listener.does(each)) for each in ("A", "0", "Delete"))
    script = Script("Type your code", (), keys, typed="")
    listener.sees(script)
    assert listener.presses(Key.DOWN) == "A."
    assert listener.sees(replace(script, typed="A")) == "A."
    assert listener.presses(Key.DOWN) == "zero."
    assert listener.sees(replace(script, typed="A0")) == "zero."
    assert listener.sees(replace(script, typed="A")) == "Deleted: zero."
    whole = replace(script, typed="A0", options=(*keys, Option("Next", listener.does("next"))))
    assert listener.sees(whole) == "zero. New choice: Next."
    listener.sees(listener.script())
    assert "Typed so far: A, zero." in listener.sees(whole)


def test_a_choice_that_changes_under_the_focus_is_said_alone(listener: Listener) -> None:
    siti, ali = Option("Siti (here)", listener.does("s"), True), Option("Ali (here)", listener.does("a"), True)
    listener.sees(Script("Who came?", (), (siti, ali, Option("2 here, next", listener.does("n")))))
    assert listener.presses(Key.DOWN) == "Siti (here), chosen."
    gone = Option("Siti (absent)", listener.does("s"))
    after = Script("Who came?", (), (gone, ali, Option("1 here, next", listener.does("n"))))
    assert listener.sees(after) == "Siti (absent)."
    assert listener.reader.focused == 0


def test_a_choice_that_moves_keeps_the_focus(listener: Listener) -> None:
    script = listener.script()
    listener.sees(script)
    listener.presses(Key.UP)
    more = (Option("New", listener.does("new")), *script.options)
    assert listener.sees(replace(script, options=more)) == "New choice: New."
    assert listener.reader.focused == 3


def test_where_the_choice_is_gone_the_screen_is_said_again(listener: Listener) -> None:
    script = listener.script()
    listener.sees(script)
    listener.presses(Key.UP)
    assert listener.sees(replace(script, options=script.options[:2])).startswith("Welcome. Hold your phone. 2 choices.")
    assert listener.reader.focused is None
