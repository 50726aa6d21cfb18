"""What a screen offers, and what no window can mean that shows it: the core does not take a window's word (pure)."""

from collections.abc import Collection

from kiosk.events import (
    ApplicantToggled,
    CommentWritten,
    DeviceChosen,
    Event,
    InformationChosen,
    LanguageChosen,
    PinTyped,
    PriorityDeclared,
    Rated,
    ServiceChosen,
    TaskChosen,
    TechnicianCodeTyped,
)
from kiosk.model import CODE_DIGITS, PIN_DIGITS, Language, Task
from kiosk.view import View

SCORES = range(1, 6)
LONGEST_COMMENT = 200


def could_be_touched(event: Event, view: View, languages: Collection[Language]) -> bool:
    """Whether the screen of that view has a button for the event: services, groups, applicants and languages are
    those that it shows.
    """
    booking, data = view.visit.booking, view.data
    services = {each.id for each in data.services} if data else set()
    match event:
        case LanguageChosen(language):
            return language in languages
        case ServiceChosen(service):
            return service in services
        case InformationChosen(service):
            return not service or service in services
        case PriorityDeclared(group):
            return group is None or (data is not None and group in {each.id for each in data.rules.priority_groups})
        case ApplicantToggled(place):
            return booking is not None and 0 <= place < len(booking.applicants)
        case Rated(score):
            return score in SCORES
        case CommentWritten(text):
            return len(text) <= LONGEST_COMMENT
        case PinTyped(pin):
            return is_number(pin) and len(pin) in PIN_DIGITS
        case TechnicianCodeTyped(code):
            return is_number(code) and len(code) == CODE_DIGITS
        case TaskChosen(task):
            return task not in (Task.TRIAL_CODE, Task.ALLOW_DEVICE)
        case DeviceChosen(place):
            devices = view.visit.outcome.devices if view.visit.outcome else ()
            return 0 <= place < len(devices) and devices[place].kind is not None
        case _:
            return True


def is_number(text: str) -> bool:
    """Whether it is made of the keys 0 to 9."""
    return text.isascii() and text.isdecimal()
