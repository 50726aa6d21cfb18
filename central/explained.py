"""An explanation of the queue in words, for the ticket's page, the staff's and the audit."""

from zoneinfo import ZoneInfo

from central.languages import LANGUAGES, words
from central.queue.explanation import Explanation, Ground
from kiosk.model import Language


def in_words(why: Explanation, language: Language, zone: ZoneInfo) -> str:
    """One or two sentences: what the turn is reckoned from, and what else decided the place. Times are the office's, in
    `zone`. They name no priority group.
    """
    said, clock = words(language, "order"), LANGUAGES[language].time
    told = [said[why.turn].format(at=why.turn_at.astimezone(zone).strftime(clock))]
    if why.ground is not Ground.TURN:
        from_when = why.callable_from.astimezone(zone).strftime(clock) if why.callable_from else ""
        told.append(said[why.ground].format(waited=int(why.waited), counted=int(why.counted), from_when=from_when))
    return " ".join(told)
