"""What kiosks call; bodies and paths are those of kiosk.protocol, described in docs/protocol.md."""

import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import ClientDisconnect

from central import enrolment, epochs, facts
from central.batch import NotABatch, ReceivedFact, read_batch
from central.database import KioskRow
from central.fleet.bundles import add_bundle
from central.fleet.identity import note_boot
from central.fleet.paper import note_printer
from central.fleet.rollout import version_for
from central.fleet.settings import wanted_by
from central.fleet.way_in import way_for
from central.heartbeats import Heartbeat, is_news
from central.monitoring import conditions
from central.news import ONLY_PAGES, tell
from central.snapshot import office_zone
from central.tries import Tries, network_of
from kiosk.protocol import (
    BATCH_BYTES,
    BUNDLE_BYTES,
    BUNDLES,
    ENROLMENTS,
    EPOCHS,
    FACTS,
    HEARTBEATS,
    SNAPSHOT,
    BundleTaken,
    Enrolled,
    Enrolment,
    Epoch,
    FactsAccepted,
    HeartbeatAnswer,
    Message,
    NewEpoch,
    Snapshot,
    Unserved,
)

router = APIRouter()
GZIP = b"\x1f\x8b"
"""What every .gz begins with (RFC 1952, 2.3.1)."""


async def session_of(request: Request) -> AsyncIterator[Session]:
    """A session whose work is committed when the answer is made, and undone by an error."""
    reads = request.method in ("GET", "HEAD")
    async with _transaction(request, request.app.state.reading if reads else request.app.state.writing) as session:
        yield session


async def reports_of(request: Request) -> AsyncIterator[Session]:
    """A session that reads what may be some seconds old: from the replica, where there is one."""
    async with _transaction(request, request.app.state.reports) as session:
        yield session


@asynccontextmanager
async def _transaction(request: Request, sessions: sessionmaker[Session]) -> AsyncIterator[Session]:
    # Only its end speaks to the database, so only that leaves the event loop: a thread's turn costs as much as a query.
    async with request.app.state.turns:
        transaction = sessions.begin()
        session = transaction.__enter__()
        try:
            yield session
        except BaseException as error:
            await _apart(partial(transaction.__exit__, type(error), error, error.__traceback__))
            raise
        await _apart(partial(transaction.__exit__, None, None, None))


async def _apart(end: Callable[[], object]) -> None:
    # Whatever was cancelled, the connection goes back; and it waits for no thread that may wait for a connection.
    with CancelScope(shield=True):
        await to_thread.run_sync(end, limiter=CapacityLimiter(1))


async def now_of(request: Request) -> datetime:
    """The time, UTC. It waits for nothing, so it needs no thread."""
    moment: datetime = request.app.state.now()
    return moment


# Committed before the answer is sent: what a kiosk hears acknowledged is on disk.
Db = Annotated[Session, Depends(session_of, scope="function")]
Reports = Annotated[Session, Depends(reports_of, scope="function")]
Now = Annotated[datetime, Depends(now_of)]


def address_of(request: Request) -> str:
    """The caller's network address."""
    return request.client.host if request.client else ""


class Problem(Message):
    """Why a request was declined, in one sentence that repeats nothing of what was sent."""

    detail: str


class NotServed(Problem):
    """Why a kiosk is not served; with a `type` where the server knows it."""

    type: Unserved | None = None


class NotFollowing(Problem):
    """The facts do not follow from those held: `expected` is the seq that is wanted next, absent for a fork."""

    expected: int | None = None


token = HTTPBearer(
    bearerFormat="JWT",
    scheme_name="kiosk",
    description="A JWT signed with the kiosk's Ed25519 key: sub, iat, exp (docs/protocol.md, Token).",
    auto_error=False,
)


Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(token)]


def kiosk_of(session: Db, now: Now, credentials: Credentials) -> KioskRow:
    """The kiosk that asks; 401 where its token cannot be believed, 403 where it is revoked or not approved."""
    return _believed(session, now, credentials)


def _believed(session: Session, now: datetime, credentials: HTTPAuthorizationCredentials | None) -> KioskRow:
    try:
        return enrolment.kiosk_of(session, credentials.credentials if credentials else "", now)
    except enrolment.NotEnrolled as error:
        raise HTTPException(401, str(error), {"WWW-Authenticate": "Bearer"}) from error


async def not_served(request: Request, error: Exception) -> Response:
    """403 with its `type`, for a kiosk that is revoked or not approved."""
    if not isinstance(error, enrolment.NotServed):
        raise error
    return JSONResponse(NotServed(detail=str(error), type=error.type).model_dump(), 403)


def sender_of(request: Request, now: Now, credentials: Credentials) -> None:
    """Believes a kiosk before its body is read, in a session that is over by then."""
    with request.app.state.reading() as session:
        _believed(session, now, credentials)


async def body_of(request: Request) -> bytes:
    """The request's body as it came."""
    try:
        content = await request.body()
    except ClientDisconnect as error:
        raise HTTPException(400, "the body broke off") from error
    if len(content) > BATCH_BYTES:
        raise HTTPException(413, f"a batch has at most {BATCH_BYTES} bytes")
    return content


async def bundle_of(request: Request) -> bytes:
    """The .tar.gz in the request's body."""
    try:
        content = await request.body()
    except ClientDisconnect as error:
        raise HTTPException(400, "the body broke off") from error
    if len(content) > BUNDLE_BYTES:
        raise HTTPException(413, f"a bundle has at most {BUNDLE_BYTES} bytes")
    if not content.startswith(GZIP):
        raise HTTPException(422, "this is no .tar.gz")
    return content


def batch_of(content: Annotated[bytes, Depends(body_of)]) -> tuple[ReceivedFact, ...]:
    """The facts in the request's body, which is taken raw, so that the digest is of all that was sent. It takes a
    while, so it is not for the event loop.
    """
    try:
        return read_batch(content)
    except NotABatch as error:
        raise HTTPException(422, str(error)) from error


Kiosk = Annotated[KioskRow, Depends(kiosk_of, scope="function")]
Batch = Annotated[tuple[ReceivedFact, ...], Depends(batch_of)]

_WORDS = {
    400: "The body broke off, or is no text.",
    401: "The token cannot be believed.",
    403: "The kiosk waits for its approval, or was revoked; `type` says which.",
    409: "Not as things are.",
    411: "The body does not say its length.",
    413: "The body is too long.",
    422: "The body is not what is described here.",
    429: "Too many wrong tries; `Retry-After` says in how many s to come back.",
    500: "The server failed; `Retry-After` says in how many s to come back.",
    503: "No office is loaded yet; `Retry-After` says in how many s to come back.",
}


def answers(*statuses: int, **words: str) -> dict[int | str, dict[str, Any]]:
    """The errors of an endpoint, for its description."""
    told = {status: words.get(f"of_{status}", _WORDS[status]) for status in (*statuses, 500)}
    models = {403: NotServed}
    return {status: {"model": models.get(status, Problem), "description": each} for status, each in told.items()}


ENROLMENT_TRIES = Tries(
    "enrolment", 10, first=timedelta(minutes=10), longest=timedelta(hours=1), forget=timedelta(hours=2)
)


@router.post(
    ENROLMENTS,
    response_model=Enrolled,
    responses=answers(400, 403, 411, 413, 422, 429, of_403="The code is wrong, used or expired, or the office full."),
)
def post_enrolment(body: Enrolment, request: Request, session: Db, now: Now) -> Enrolled | Response:
    """Makes a kiosk of a one-time code's bearer; 403 for a code that is wrong, used or expired, 429 after too many."""
    address = network_of(address_of(request))
    wait = ENROLMENT_TRIES.wait(session, address, now)
    if wait:
        raise HTTPException(429, "too many wrong enrolment codes; wait", {"Retry-After": str(wait)})
    try:
        return enrolment.enrol(session, body, now)
    except enrolment.NotEnrolled as error:
        # Answered, not raised: that it was tried is committed.
        ENROLMENT_TRIES.note(session, address, now)
        return JSONResponse({"detail": str(error)}, 403)


@router.post(
    EPOCHS,
    responses=answers(400, 401, 403, 409, 411, 413, 422, of_409="Every series of walk-in numbers was given away."),
)
def post_epoch(body: NewEpoch, kiosk: Kiosk, session: Db, now: Now) -> Epoch:
    """Gives a new store's epoch its walk-in series, for good; asked again, the same one. 409 if none is left."""
    try:
        series = epochs.register(session, kiosk, body, now)
    except epochs.NoSeriesLeft as error:
        raise HTTPException(409, str(error)) from error
    return Epoch(epoch=body.epoch, series=series, up_to=facts.last_seq(session, kiosk.id, body.epoch))


@router.get(
    SNAPSHOT,
    response_model=Snapshot,
    responses=answers(401, 403, 422, 503, of_422="A header is not what is described here.")
    | {304: {"description": "The ETag of If-None-Match is still right."}},
)
def get_snapshot(
    request: Request,
    kiosk: Kiosk,
    session: Db,
    now: Now,
    if_none_match: Annotated[str, Header()] = "",
    accept_encoding: Annotated[str, Header()] = "",
) -> Response:
    """All that a kiosk decides from; 304 where its ETag is still right, 503 before an office is loaded."""
    found = request.app.state.snapshots.of(session, kiosk.office, now)
    if found is None:
        raise HTTPException(503, "no office is loaded yet", {"Retry-After": "30"})
    headers = {"ETag": found.etag, "Vary": "Accept-Encoding"}
    if found.etag in (each.strip() for each in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    if "gzip" in accept_encoding:
        return Response(found.packed, media_type="application/json", headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(found.packed), media_type="application/json", headers=headers)


# The sender comes before the batch, which is not read for strangers, and the batch before the kiosk, whose transaction
# takes the lock: a slow sender holds nobody up.
@router.post(
    FACTS,
    dependencies=[Depends(sender_of)],
    response_model=FactsAccepted,
    responses=answers(400, 401, 403, 411, 413, 422)
    | {409: {"model": NotFollowing, "description": "A gap, with the `expected` seq, or without it a fork."}},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/FactBatch"}}},
        }
    },
)
def post_facts(batch: Batch, request: Request, kiosk: Kiosk, session: Db, now: Now) -> Response:
    """Takes facts in, each once; 409 for a gap (with the `expected` seq) and for a fork. A body that is of no kind
    described here is kept, acknowledged and shown to officers.
    """
    try:
        accepted = facts.take(session, kiosk, batch, now, office_zone(session, kiosk.office))
    except facts.GapError as error:
        session.rollback()
        return JSONResponse({"detail": str(error), "expected": error.expected}, 409)
    except facts.ForkError as error:
        name = kiosk.id
        session.rollback()
        # All of the batch is undone; that it came is not.
        with request.app.state.writing.begin() as own:
            facts.remember_fork(own, name, error, now)
        return JSONResponse({"detail": str(error)}, 409)
    return JSONResponse(accepted.model_dump())


@router.post(
    BUNDLES,
    dependencies=[Depends(sender_of)],
    responses=answers(400, 401, 403, 411, 413, 422),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def post_bundle(body: Annotated[bytes, Depends(bundle_of)], kiosk: Kiosk, session: Db, now: Now) -> BundleTaken:
    """Keeps what a technician at the kiosk sends for support, for technicians to take away; the last three of each
    kiosk.
    """
    add_bundle(session, kiosk.id, body, now)
    return BundleTaken(at=now)


@router.post(HEARTBEATS, responses=answers(400, 401, 403, 411, 413, 422))
def post_heartbeat(body: Heartbeat, request: Request, kiosk: Kiosk, session: Db, now: Now) -> HeartbeatAnswer:
    """Notes how the kiosk is; answers with its settings where it has others than are wanted, with the version that it
    is to have, and with what it tells a technician by, where it holds something else.
    """
    if is_news(kiosk.heartbeat, body) or conditions.is_silent(kiosk, now):
        tell(session, kiosk.office, ONLY_PAGES)
    conditions.note(session, kiosk, body, now)
    note_printer(session, kiosk, body, now)
    note_boot(session, kiosk.id, body.boot, now)
    kiosk.heartbeat, kiosk.heard_at = body.model_dump_json(), now
    settings = wanted_by(session, kiosk.id, body)
    way_in = way_for(session, request.app.state.data, kiosk, body.technician)
    return HeartbeatAnswer(at=now, settings=settings, update=version_for(session, kiosk), technician=way_in)
