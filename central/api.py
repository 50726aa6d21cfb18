"""What kiosks call; bodies and paths are those of kiosk.protocol, described in docs/protocol.md."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from central import enrolment, facts
from central.database import KioskRow
from central.snapshot import snapshot
from kiosk.protocol import (
    ENROLMENTS,
    FACTS,
    HEARTBEATS,
    SNAPSHOT,
    Enrolled,
    Enrolment,
    FactsAccepted,
    Heartbeat,
    HeartbeatAnswer,
    Snapshot,
)

router = APIRouter()


def session_of(request: Request) -> Iterator[Session]:
    """A session whose work is committed when the answer is made, and undone by an error."""
    reads = request.method in ("GET", "HEAD")
    sessions = request.app.state.reading if reads else request.app.state.writing
    with sessions.begin() as session:
        yield session


def now_of(request: Request) -> datetime:
    moment: datetime = request.app.state.now()
    return moment


# Committed before the answer is sent: what a kiosk hears acknowledged is on disk.
Db = Annotated[Session, Depends(session_of, scope="function")]
Now = Annotated[datetime, Depends(now_of)]


def address_of(request: Request) -> str:
    """The caller's network address."""
    return request.client.host if request.client else ""


def kiosk_of(session: Db, now: Now, authorization: Annotated[str, Header()] = "") -> KioskRow:
    """The kiosk that asks; 401 where its token cannot be believed, 403 where it was revoked."""
    scheme, _, token = authorization.partition(" ")
    try:
        return enrolment.kiosk_of(session, token if scheme.lower() == "bearer" else "", now)
    except enrolment.NotEnrolled as error:
        raise HTTPException(401, str(error), {"WWW-Authenticate": "Bearer"}) from error
    except enrolment.NotAllowed as error:
        raise HTTPException(403, str(error)) from error


Kiosk = Annotated[KioskRow, Depends(kiosk_of, scope="function")]


@router.post(ENROLMENTS)
def post_enrolment(body: Enrolment, request: Request, session: Db, now: Now) -> Enrolled:
    """Makes a kiosk of a one-time code's bearer; 403 for a code that is wrong, used or expired, 429 after too many."""
    tries, address = request.app.state.enrolment_tries, address_of(request)
    wait = tries.wait(address, now)
    if wait:
        raise HTTPException(429, "too many wrong enrolment codes; wait", {"Retry-After": str(wait)})
    try:
        return enrolment.enrol(session, body, now)
    except enrolment.NotEnrolled as error:
        tries.wrong(address, now)
        raise HTTPException(403, str(error)) from error


@router.get(SNAPSHOT, response_model=Snapshot)
def get_snapshot(kiosk: Kiosk, session: Db, now: Now, if_none_match: Annotated[str, Header()] = "") -> Response:
    """All that a kiosk decides from; 304 where its ETag is still right, 503 before an office is loaded."""
    found = snapshot(session, now)
    if found is None:
        raise HTTPException(503, "no office is loaded yet", {"Retry-After": "30"})
    body, etag = found
    if etag in (each.strip() for each in if_none_match.split(",")):
        return Response(status_code=304, headers={"ETag": etag})
    return Response(body, media_type="application/json", headers={"ETag": etag})


@router.post(FACTS, response_model=FactsAccepted)
def post_facts(body: facts.ReceivedFacts, kiosk: Kiosk, session: Db) -> Response:
    """Takes facts in, each once; 409 for a gap (with the `expected` seq) and for two kiosks of one identity."""
    try:
        accepted = facts.take(session, kiosk.id, body)
    except facts.GapError as error:
        session.rollback()
        return JSONResponse({"detail": str(error), "expected": error.expected}, 409)
    except facts.ForkError as error:
        session.rollback()
        return JSONResponse({"detail": str(error)}, 409)
    return JSONResponse(accepted.model_dump())


@router.post(HEARTBEATS)
def post_heartbeat(body: Heartbeat, kiosk: Kiosk, now: Now) -> HeartbeatAnswer:
    """Notes how the kiosk is."""
    kiosk.heartbeat, kiosk.heard_at = body.model_dump_json(), now
    return HeartbeatAnswer(at=now)
