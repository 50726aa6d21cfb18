"""Clauses of the snapshot and of heartbeats."""

import json
import re
from base64 import b64decode
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from central.conformance.caller import HELP, Caller
from central.conformance.clause import Deviation, Walk, clause, declined, expect, hold
from central.conformance.line import date_of
from kiosk.protocol import HeartbeatAnswer, Snapshot

DAYS_AHEAD = 7
NEAR_SECONDS = 60
MASKED = re.compile(r"\S\*+")


@clause("S1", "the snapshot is of the kiosk's office, of the described form, and has a strong ETag")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    answer = expect(kiosk.snapshot(), 200)
    held = _read(answer.body)
    hold(held.office.id == kiosk.office, f"the office {kiosk.office}", held.office.id)
    etag = answer.headers.get("etag", "")
    hold(bool(re.fullmatch(r'"[^"]+"', etag)), "a strong ETag in quotes", etag or "none")


@clause("S2", "If-None-Match of the same answers 304 without a body; of another, 200")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    etag = expect(kiosk.snapshot(), 200).headers.get("etag", "")
    for told in (etag, f'"other", {etag}'):
        answer = expect(kiosk.snapshot(**{"If-None-Match": told}), 304)
        hold(not answer.body, "no body", answer.told())
    expect(kiosk.snapshot(**{"If-None-Match": '"other"'}), 200)


@clause("S3", "another content has another ETag, and the former is answered with it")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    before = expect(kiosk.snapshot(), 200)
    expect(kiosk.send(*kiosk.facts(kiosk.walk_in(1, ago=60))), 200)
    after = expect(kiosk.snapshot(**{"If-None-Match": before.headers.get("etag", "")}), 200)
    hold(after.headers.get("etag") != before.headers.get("etag"), "another ETag", after.headers.get("etag"))


@clause("S4", "a ticket waits in the queue of its day; of two walk-ins the earlier arrival is called first")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    late, early = kiosk.walk_in(3, ago=20), kiosk.walk_in(2, ago=40)
    expect(kiosk.send(*kiosk.facts(late, early)), 200)
    queue = _queue(kiosk)
    places = [queue.get(each["ticket"]["id"], {}) for each in (early, late)]
    hold(all(each.get("state") == "waiting" for each in places), "both waiting", places)
    hold(places[0]["ahead"] < places[1]["ahead"], "the earlier one ahead", places)


@clause("S5", "a walk-in without a time stands in today's queue, whatever its day says")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    undated = kiosk.walk_in(4, issued_at=None, day="2001-01-01")
    expect(kiosk.send(*kiosk.facts(undated, at=None)), 200)
    hold(undated["ticket"]["id"] in _queue(kiosk), "the ticket in the queue", "it is not there")


@clause("S6", "a survey that was taken shows at its ticket")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    walk_in = kiosk.walk_in(5)
    taken = {"kind": "survey_taken", "ticket": walk_in["ticket"]["id"]}
    expect(kiosk.send(*kiosk.facts(walk_in, taken)), 200)
    entry = _queue(kiosk).get(walk_in["ticket"]["id"], {})
    hold(entry.get("surveyed") is True, "surveyed: true", entry)


@clause("S7", "one ticket that two kiosks tell of stands in the queue once")
def _(walk: Walk) -> None:
    first, second = walk.kiosk(), walk.other()
    told = first.walk_in(6)
    for kiosk in (first, second):
        expect(kiosk.send(*kiosk.facts(told)), 200)
    queue = json.loads(expect(first.snapshot(), 200).body)["queue"]
    count = sum(each.get("ticket") == told["ticket"]["id"] for each in queue)
    hold(count == 1, "one entry", f"{count} entries")


@clause("S8", "bookings are of yesterday to seven days ahead, their names masked")
def _(walk: Walk) -> None:
    held = _read(expect(walk.kiosk().snapshot(), 200).body)
    today = walk.kiosk().today()
    for booking in held.bookings:
        days = today - timedelta(days=1) <= booking.day <= today + timedelta(days=DAYS_AHEAD)
        hold(days, "days from yesterday to seven ahead", booking.day)
        for applicant in booking.applicants:
            masked = all(MASKED.fullmatch(each) or len(each) == 1 for each in applicant.masked_name.split())
            hold(masked, "every word but its first letter masked", "a name that is not (not repeated here)")


@clause("S9", "pass keys are Ed25519 keys with a key id")
def _(walk: Walk) -> None:
    for each in _read(expect(walk.kiosk().snapshot(), 200).body).pass_keys:
        hold(bool(each.key_id) and len(b64decode(each.public_key)) == 32, "32 bytes, base64", each)


@clause("H1", "a heartbeat is answered with the server's clock, which is that of its Date")
def _(walk: Walk) -> None:
    answer = expect(walk.kiosk().heartbeat(clock="synced", epoch=walk.kiosk().epoch, facts_held_back=False), 200)
    try:
        at = HeartbeatAnswer.model_validate_json(answer.body).at
    except ValidationError as error:
        raise Deviation('{"at": an instant with a zone}', answer.told()) from error
    date = date_of(answer)
    hold(date is None or abs((date - at).total_seconds()) < NEAR_SECONDS, f"a time near {date}", at)


@clause("H2", "a printer or clock that the server does not know is no error")
def _(walk: Walk) -> None:
    expect(walk.kiosk().heartbeat(printer="on_holiday", clock="sundial"), 200)


@clause("H3", "a heartbeat without what it must have is 422")
def _(walk: Walk) -> None:
    declined(walk.kiosk().heartbeat(at=None), 422)
    declined(walk.kiosk().heartbeat(owed="many"), 422)


@clause("H4", "a kiosk that holds its facts back may say so, and send them again later")
def _(walk: Walk) -> None:
    expect(walk.kiosk().heartbeat(facts_held_back=True), 200)
    expect(walk.kiosk().heartbeat(facts_held_back=False), 200)
    expect(walk.kiosk().send(*walk.kiosk().facts(HELP)), 200)


def _read(body: bytes) -> Snapshot:
    try:
        return Snapshot.model_validate_json(body)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3]]
        raise Deviation("a Snapshot (docs/openapi.json)", "; ".join(problems)) from error


def _queue(kiosk: Caller) -> dict[str, dict[str, Any]]:
    """The queue's entries by their tickets' ids."""
    queue = expect(kiosk.snapshot(), 200).field("queue")
    hold(isinstance(queue, list), "a queue", queue)
    return {str(each.get("ticket")): each for each in queue}
