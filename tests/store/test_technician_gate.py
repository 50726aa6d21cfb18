"""Who gets in as a technician, over a true store: every test here is a way to get in without being one."""

import secrets
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kiosk.clock import Uptime
from kiosk.gate import Gate
from kiosk.model import Shut, WayIn, WrongAnswers
from kiosk.protocol import TechnicianActed, TechnicianWay
from kiosk.store import Store
from kiosk.technician import FREE_TRIES, LONGEST_SHUT, code_for, is_pin, is_the_pin, kept_of_pin

PIN, OTHER_PIN = "481516", "481517"
SECRET = b32encode(bytes(20)).decode()
WAY = TechnicianWay(secret=SECRET, pin=kept_of_pin(PIN))
KEY = bytes(32)


class Cut(Exception):
    """The power went."""


class CutStore(Store):
    """The power goes right after the next wrong answer was counted, if `is_cut_next`."""

    is_cut_next = False

    def keep_wrong_answers(self, wrong: WrongAnswers) -> None:
        super().keep_wrong_answers(wrong)
        if self.is_cut_next:
            raise Cut


@dataclass
class Box:
    """A kiosk's store in a machine that can be started anew."""

    file: Path
    boots: int = 0
    up: float = 100.0
    drawn: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts()

    def starts(self) -> None:
        """The process, as after a kill: nothing but the file is left."""
        self.store = CutStore(self.file, KEY, lambda: None)
        self.gate = Gate(self.store, Uptime(f"boot {self.boots}", lambda: self.up), self._draw)

    def restarts(self) -> None:
        """The machine: its uptime begins anew."""
        self.store.close()
        self.boots, self.up = self.boots + 1, 5.0
        self.starts()

    def guesses(self, times: int, pin: str = OTHER_PIN) -> WayIn:
        for _ in range(times):
            found = self.gate.takes_pin(1, pin)
        return found

    def shown(self, visit: int = 1) -> str:
        found = self.gate.takes_pin(visit, PIN)
        assert found.challenge, found
        return found.challenge

    def _draw(self) -> str:
        return self.drawn.pop(0) if self.drawn else f"{secrets.randbelow(10**6):06}"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path / "kiosk.sqlite")
    made.store.keep_way_in(WAY)
    yield made
    made.store.close()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


def test_who_has_the_pin_and_the_code_is_in_until_let_out(box: Box) -> None:
    assert box.gate.look() == WayIn()
    challenge = box.shown(visit=7)
    assert not box.gate.is_in(7)
    assert box.gate.takes_code(7, code_for(SECRET, challenge)) is None
    assert box.gate.is_in(7)
    assert not box.gate.is_in(8)
    assert box.gate.let_out()
    assert not box.gate.is_in(7)


def test_it_is_shut_before_the_server_has_told_anything_and_while_no_pin_is_set(tmp_path: Path) -> None:
    box = Box(tmp_path / "kiosk.sqlite")
    assert box.gate.look() == WayIn(Shut.NOT_TOLD)
    assert box.gate.takes_pin(1, PIN) == WayIn(Shut.NOT_TOLD)
    box.store.keep_way_in(TechnicianWay(secret=SECRET))
    assert box.gate.look() == WayIn(Shut.NO_PIN)
    assert box.gate.takes_pin(1, "") == WayIn(Shut.NO_PIN)
    box.store.close()


def test_five_wrong_pins_shut_it_also_for_the_right_one_and_the_server_is_told(box: Box) -> None:
    assert box.guesses(FREE_TRIES - 1) == WayIn(wrong=True)
    assert box.guesses(1) == WayIn(Shut.WAIT, 1, wrong=True)
    assert box.gate.takes_pin(1, PIN) == WayIn(Shut.WAIT, 1)
    assert [each.body for each in box.store.owed(9)] == [TechnicianActed(act="shut")]
    box.up += 61
    box.shown()


def test_each_further_wrong_one_shuts_it_for_twice_as_long_up_to_an_hour(box: Box) -> None:
    box.guesses(FREE_TRIES)
    minutes = []
    for _ in range(9):
        box.up += LONGEST_SHUT
        minutes.append(box.guesses(1).minutes)
    assert minutes == [2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_wrong_codes_count_like_wrong_pins_and_the_right_pin_washes_none_away(box: Box) -> None:
    for count in range(FREE_TRIES):
        assert box.store.wrong_answers().count == count
        found = box.gate.takes_code(1, wrong(code_for(SECRET, box.shown())))
        assert found
    assert found.shut is Shut.WAIT
    assert found.wrong
    assert not box.gate.is_in(1)


def test_only_who_got_in_washes_them_away(box: Box) -> None:
    box.guesses(FREE_TRIES - 1)
    assert box.gate.takes_code(1, code_for(SECRET, box.shown())) is None
    assert box.store.wrong_answers() == WrongAnswers()


def test_neither_a_restart_of_the_kiosk_nor_of_the_machine_between_guesses_gives_more_of_them(box: Box) -> None:
    for place in range(FREE_TRIES):
        box.guesses(1)
        box.store.close()
        box.starts()
        if place % 2:
            box.restarts()
    assert box.gate.look() == WayIn(Shut.WAIT, 1)


def test_a_restart_begins_the_wait_anew_and_no_clock_ends_it(box: Box) -> None:
    box.guesses(FREE_TRIES)
    box.up += 50
    box.restarts()
    assert box.gate.look() == WayIn(Shut.WAIT, 1)
    box.up += 59
    assert box.gate.look() == WayIn(Shut.WAIT, 1)
    box.up += 2
    assert box.gate.look() == WayIn()


def test_a_wait_that_was_over_before_the_restart_does_not_begin_anew(box: Box) -> None:
    box.guesses(FREE_TRIES)
    box.up += 61
    box.gate.rest()
    box.restarts()
    assert box.gate.look() == WayIn()


@pytest.mark.parametrize("at", ["takes_pin", "takes_code"])
def test_a_power_cut_while_an_answer_is_judged_gives_no_try_back(box: Box, at: str) -> None:
    box.guesses(FREE_TRIES - 1)
    challenge = box.shown()
    before = box.store.wrong_answers()

    box.store.is_cut_next = True
    with pytest.raises(Cut):
        box.gate.takes_pin(1, OTHER_PIN) if at == "takes_pin" else box.gate.takes_code(1, wrong(challenge + "00"))
    box.restarts()
    assert box.store.wrong_answers().count == before.count + 1
    assert box.gate.look() == WayIn(Shut.WAIT, 1)


def test_a_code_that_was_seen_over_the_shoulder_lets_nobody_in_again(box: Box) -> None:
    challenge = box.shown()
    seen = code_for(SECRET, challenge)
    assert box.gate.takes_code(1, seen) is None
    box.gate.let_out()
    assert box.gate.takes_code(1, seen) == WayIn()
    assert box.gate.takes_code(2, seen) == WayIn()
    # The same number is drawn again: it is passed over, also after a restart.
    box.restarts()
    box.drawn = [challenge, challenge, "000123"]
    assert box.shown(visit=3) == "000123"
    found = box.gate.takes_code(3, seen)
    assert found
    assert found.wrong


def test_an_answer_to_a_challenge_that_was_not_used_is_of_no_use_later(box: Box) -> None:
    noted = code_for(SECRET, box.shown(visit=1))
    box.shown(visit=2)
    found = box.gate.takes_code(2, noted)
    assert found
    assert found.wrong
    assert found.challenge


def test_a_challenge_is_of_one_visit(box: Box) -> None:
    challenge = box.shown(visit=1)
    assert box.gate.takes_code(2, code_for(SECRET, challenge)) == WayIn()
    assert not box.gate.is_in(2)


def test_a_code_for_another_kiosk_lets_nobody_in(box: Box) -> None:
    others = code_for(b32encode(bytes([1]) * 20).decode(), box.shown())
    found = box.gate.takes_code(1, others)
    assert found
    assert found.wrong


def test_a_code_without_a_pin_before_it_lets_nobody_in(box: Box) -> None:
    assert box.gate.takes_code(1, code_for(SECRET, "000000")) == WayIn()
    assert not box.gate.is_in(1)


def test_what_is_kept_of_a_pin_is_another_one_each_time_and_nonsense_is_nobodys() -> None:
    one, other = kept_of_pin(PIN), kept_of_pin(PIN)
    assert one != other
    assert is_the_pin(one, PIN)
    assert is_the_pin(other, PIN)
    for nonsense in ("", "scrypt$", "scrypt$$", f"plain${PIN}", "scrypt$%%$%%", f"argon2{one}"):
        assert not is_the_pin(nonsense, PIN), nonsense
        assert not is_the_pin(nonsense, ""), nonsense


@pytest.mark.parametrize(
    ("text", "can"),
    [("481516", True), ("480012348015", True), ("48151", False), ("4815162342108", False), ("121212", False),
     ("234567", False), ("765432", False), ("٤٨١٥١٦", False), ("", False)],
)  # fmt: skip
def test_a_pin_is_made_of_digits_that_are_not_guessed_first(text: str, can: bool) -> None:
    assert is_pin(text) is can


def test_nothing_of_the_secret_or_the_pin_is_readable_on_the_disk(box: Box) -> None:
    box.store.close()
    held = b"".join(each.read_bytes() for each in box.file.parent.iterdir())
    assert SECRET.encode() not in held
    assert WAY.pin.encode() not in held
    box.starts()


def test_the_challenge_whose_wrong_answer_shut_it_is_not_answered_after_the_wait(box: Box) -> None:
    box.guesses(FREE_TRIES - 1)
    challenge = box.shown()
    found = box.gate.takes_code(1, wrong(code_for(SECRET, challenge)))
    assert found
    assert found.shut is Shut.WAIT
    box.up += 61
    assert box.gate.takes_code(1, code_for(SECRET, challenge)) == WayIn()
    assert not box.gate.is_in(1)
