"""Reads the screens aloud and hears the keypad's keys: a kiosk for whoever cannot see or touch it (no window here)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.model import INDONESIAN, Key, Language, Sound
from kiosk.speech import Voice
from kiosk.spoken import spelled, spoken
from kiosk.texts import Texts

REPEAT_SECONDS = 15.0
"""So long after the last word what was said is said again, for whoever did not understand it."""

Act = Callable[[], None]


@dataclass(frozen=True)
class Option:
    """A choice of a screen: what it says, and what taking it does."""

    label: str
    act: Act = field(compare=False)
    chosen: bool = False


@dataclass(frozen=True)
class Script:
    """A screen in words: what it tells, from top to bottom, what can be done, and what has been typed on it (None where
    nothing is typed). `back` and `help` are what those keys do, None where the screen does not offer it.
    """

    title: str
    lines: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    typed: str | None = None
    back: Act | None = field(default=None, compare=False)
    help: Act | None = field(default=None, compare=False)


class Reader:
    """Says what is shown, moves among its options, takes one. `monotonic` gives s; `turn_on` makes the kiosk show its
    screen with sound. `focused` is the place of the option that was said last.
    """

    def __init__(self, voice: Voice, texts: Texts, monotonic: Callable[[], float], turn_on: Act) -> None:
        self._voice, self._texts, self._monotonic, self._turn_on = voice, texts, monotonic, turn_on
        self._script = Script("")
        self._language = INDONESIAN
        self._sound = Sound.OFF
        self._quiet_since = 0.0
        self._has_explained = False
        self.focused: int | None = None

    def show(self, script: Script, language: Language, sound: Sound) -> None:
        """Another screen is shown, or the same one has changed."""
        before, was = self._script, (self._language, self._sound is not Sound.OFF)
        self._script, self._language, self._sound = script, language, sound
        if sound is Sound.OFF:
            self._be_silent(was_on=was[1])
        elif was == (language, True) and before.title == script.title:
            self._go_on(before)
        else:
            self.focused = None
            self._say(*self._whole())

    def press(self, key: Key) -> None:
        """A key cuts what is being said; without sound the first one only turns it on."""
        if self._sound is Sound.OFF:
            self._turn_on()
            return
        self._voice.stop()
        match key:
            case Key.DOWN:
                self._move(1)
            case Key.UP:
                self._move(-1)
            case Key.SELECT:
                self._select()
            case Key.BACK:
                self._do(self._script.back, "spoken.no_back")
            case Key.HELP:
                self._do(self._script.help, "spoken.no_help")

    def tick(self) -> None:
        """Time went on; to be called several times a second."""
        if self._sound is Sound.OFF:
            return
        if self._voice.is_speaking:
            self._quiet_since = self._monotonic()
        elif self._monotonic() - self._quiet_since >= REPEAT_SECONDS:
            self._say(*(self._whole() if self.focused is None else [self._label(self.focused)]))

    # ------------------------------------------------------------ keys

    def _move(self, step: int) -> None:
        count = len(self._script.options)
        if count == 0:
            self._say(self._word("spoken.no_choices"))
            return
        before = self.focused
        start = -1 if step > 0 else 0
        self.focused = ((start if before is None else before) + step) % count
        label = self._label(self.focused)
        if before is not None and (self.focused - before) * step < 0:
            self._say(self._word("spoken.first" if step > 0 else "spoken.last"), label)
        else:
            self._say(label)

    def _select(self) -> None:
        if self.focused is None:
            self._do(None, "spoken.choose_first" if self._script.options else "spoken.no_choices")
        else:
            self._do(self._script.options[self.focused].act, "")

    def _do(self, act: Act | None, otherwise: str) -> None:
        if act is None:
            self._say(self._word(otherwise))
            return
        act()
        if self._sound is Sound.OFF:
            self._say(self._word("spoken.off"))

    # ------------------------------------------------------------ what is said

    def _be_silent(self, was_on: bool) -> None:
        self.focused = None
        self._has_explained = False
        if was_on:
            self._voice.stop()

    def _whole(self) -> list[str]:
        script = self._script
        said = [script.title, *script.lines]
        if script.typed:
            said.append(self._word("spoken.typed", typed=self._spelled(script.typed)))
        if script.options:
            said.append(self._word("spoken.choices", count=len(script.options)))
        if not self._has_explained:
            self._has_explained = True
            said.append(self._word("spoken.keys"))
        return said

    def _go_on(self, before: Script) -> None:
        """The same screen: the focus stays, only the change is said; all of it where the focused option is gone."""
        had = self.focused
        self.focused = self._kept_focus(before)
        if had is not None and self.focused is None:
            self._say(*self._whole())
        elif changes := self._changes(before, had):
            self._say(*changes)

    def _kept_focus(self, before: Script) -> int | None:
        if self.focused is None:
            return None
        labels = [each.label for each in self._script.options]
        label = before.options[self.focused].label
        if labels[self.focused : self.focused + 1] == [label]:
            return self.focused
        if label in labels:
            return labels.index(label)
        return self.focused if len(labels) == len(before.options) else None

    def _changes(self, before: Script, had: int | None) -> list[str]:
        now = self._script
        said = [each for each in now.lines if each not in before.lines]
        said += self._typed_since(before.typed or "", now.typed or "")
        if had is not None and self.focused is not None and now.options[self.focused] != before.options[had]:
            said.append(self._label(self.focused))
        elif len(now.options) > len(before.options):
            known = {each.label for each in before.options}
            new = [self._label(at) for at, each in enumerate(now.options) if each.label not in known]
            said += [self._word("spoken.new", label=each) for each in new]
        return said

    def _typed_since(self, before: str, now: str) -> list[str]:
        if now.startswith(before) and now != before:
            return [self._spelled(now[len(before) :])]
        if before[:-1] == now and before:
            return [self._word("spoken.deleted", typed=self._spelled(before[-1]))]
        return []

    def _label(self, place: int) -> str:
        option = self._script.options[place]
        said = self._spelled(option.label) if len(option.label) == 1 else option.label
        return self._word("spoken.chosen", label=said) if option.chosen else said

    def _spelled(self, text: str) -> str:
        return spelled(text, self._language, self._texts)

    def _word(self, key: str, **values: object) -> str:
        return self._texts(key, self._language, **values)

    def _say(self, *parts: str) -> None:
        said = [spoken(each, self._language, self._texts) for each in parts]
        text = " ".join(each if each.endswith((".", "?", "!")) else f"{each}." for each in said if each)
        self._voice.say(text, self._texts.voice(self._language), self._sound is Sound.LOUD)
        self._quiet_since = self._monotonic()
