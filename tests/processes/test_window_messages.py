"""What core and window say to each other comes over as it was said, and nothing else is understood."""

import inspect
import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import events
from kiosk.errors import MessageError
from kiosk.events import (
    SCREEN_EVENTS,
    AccessChosen,
    Answer,
    Broken,
    CodeScanned,
    CodeTyped,
    Event,
    HeadphonesMoved,
    Home,
    Interrupted,
    KeyPressed,
    OfficeClosed,
    OfficeOpened,
    TimedOut,
)
from kiosk.model import Access, Key, Sound
from kiosk.screens.sample_views import sample_views
from kiosk.theme import Panel
from kiosk.view import View
from kiosk.window_messages import (
    LENGTH_BYTES,
    Frames,
    KeySaid,
    OfficeSaid,
    PanelSaid,
    Tapped,
    Touched,
    ViewSaid,
    frame,
    of_core,
    of_window,
    tapped,
    view_said,
)

VIEWS = sample_views()
NOT_OF_A_SCREEN = {
    CodeScanned, HeadphonesMoved, KeyPressed, TimedOut, OfficeClosed, OfficeOpened, Broken, Interrupted,
}  # fmt: skip


def body(message: object) -> bytes:
    return frame(message)[LENGTH_BYTES:]  # type: ignore[arg-type]


def without_secrets(view: View) -> View:
    booking = replace(view.visit.booking, second_factor=None) if view.visit.booking else None
    return replace(view, data=None, visit=replace(view.visit, booking=booking))


@pytest.mark.parametrize("name", VIEWS)
def test_each_view_comes_over_as_it_was(name: str) -> None:
    said = of_core(body(view_said(VIEWS[name])))
    assert isinstance(said, ViewSaid)
    assert said.view == without_secrets(VIEWS[name])
    office = of_core(body(OfficeSaid(data=VIEWS[name].data)))
    assert isinstance(office, OfficeSaid)
    assert office.data == VIEWS[name].data


def test_a_panel_and_a_key_come_over() -> None:
    for message in (PanelSaid(panel=Panel(3.5, 640, False)), KeySaid(key=Key.HELP)):
        assert of_core(body(message)) == message


def test_what_a_second_factor_is_compared_with_stays_in_the_core() -> None:
    view = next(each for each in VIEWS.values() if each.visit.booking)
    assert view.visit.booking
    secret = replace(view.visit.booking, second_factor="0123abcd")
    assert b"0123abcd" not in body(view_said(replace(view, visit=replace(view.visit, booking=secret))))


@pytest.mark.parametrize("kind", SCREEN_EVENTS)
@given(data=st.data())
def test_each_event_of_a_screen_comes_over(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(st.builds(kind))
    said = of_window(body(tapped(event, 7)))
    assert isinstance(said, Tapped)
    assert (said.event, said.screen) == (event, 7)


def test_a_window_tells_of_what_a_person_does_there_and_of_nothing_else() -> None:
    kinds = {each for _, each in inspect.getmembers(events, inspect.isclass) if issubclass(each, Event)}
    answers = {each for each in kinds if issubclass(each, Answer)}
    assert set(SCREEN_EVENTS) == kinds - answers - NOT_OF_A_SCREEN - {Event}
    for kind in NOT_OF_A_SCREEN | answers:
        made = {each.name: "x" for each in fields(kind)}
        with pytest.raises(MessageError):
            of_window(json.dumps({"kind": kind.__name__, "screen": 1, "event": made}).encode())


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "null", "\ufeff{}", '{"kind":"touched","more":1}', '{"kind":"view","view":{}}',
        '{"kind":"Home","event":{}}', '{"kind":"Home","screen":"1","event":{}}', '{"kind":"Home","screen":1}',
        '{"kind":"Rated","screen":1,"event":{"score":"5"}}', '{"kind":"CodeTyped","screen":1,"event":{"text":5}}',
        '{"kind":"AccessChosen","screen":1,"event":{"access":{"sound":"shout"}}}', "[" * 20_000,
    ],
)  # fmt: skip
def test_what_is_not_of_the_form_is_not_understood(text: str) -> None:
    with pytest.raises(MessageError):
        of_window(text.encode())


def test_a_failure_to_understand_quotes_nothing() -> None:
    with pytest.raises(MessageError) as raised:
        of_window(b'{"kind":"CodeTyped","screen":1,"event":{"text":["3171234567890123"]}}')
    assert "3171" not in str(raised.value)
    assert raised.value.__suppress_context__


@given(st.lists(st.sampled_from([Touched(), tapped(Home(), 1), tapped(CodeTyped("Ab c"), 2)])), st.integers(1, 40))
def test_pieces_of_any_size_give_the_messages_in_their_order(messages: list[Tapped | Touched], size: int) -> None:
    frames, whole = Frames(1000), b"".join(frame(each) for each in messages)
    bodies = [found for start in range(0, len(whole), size) for found in frames.take(whole[start : start + size])]
    assert [of_window(each) for each in bodies] == messages


def test_a_frame_that_is_announced_as_too_long_is_refused_before_it_comes() -> None:
    assert Frames(10).take((10).to_bytes(LENGTH_BYTES) + b"x" * 10) == [b"x" * 10]
    with pytest.raises(MessageError):
        Frames(10).take((11).to_bytes(LENGTH_BYTES))


def test_an_access_is_of_its_enumerations() -> None:
    said = of_window(body(tapped(AccessChosen(Access(sound=Sound.LOUD)), 1)))
    assert isinstance(said, Tapped)
    assert isinstance(said.event, AccessChosen)
    assert said.event.access.sound is Sound.LOUD
