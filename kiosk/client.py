"""The central server's API, one method an endpoint; the only user of requests."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any, TypeVar

import requests
from pydantic import ValidationError

from kiosk.errors import CentralRefused, CentralRejected, CentralUnreachable, NotApproved, Revoked
from kiosk.identity import Identity
from kiosk.protocol import (
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
    Heartbeat,
    HeartbeatAnswer,
    Message,
    NewEpoch,
    Snapshot,
    Unserved,
)
from kiosk.relay_lines import RELAY_URL, RelayLines
from kiosk.server_lines import ServerLines

CONNECT_SECONDS = 5.0
SNAPSHOT_BYTES = 16 * 1024 * 1024
ANSWER_BYTES = 256 * 1024

M = TypeVar("M", bound=Message)


class Client:
    """Speaks for one enrolled kiosk. `now` gives UTC, `seconds` bounds each exchange as a whole.

    `heard` is told the server's time (UTC, its Date header, RFC 9110, 6.6.1) with each answer, and how many s that took
    to come: of a refusal too, for a kiosk whose clock is wrong is refused. Every method raises CentralUnreachable,
    CentralRefused or CentralRejected. `trusted` gives the time by which the server's certificate is judged, None while
    the kiosk has none; left out, it is `now`. With a `relay` (kiosk/relay.py) the server is spoken to through its door.
    """

    def __init__(
        self,
        url: str,
        ca: Path,
        identity: Identity,
        now: Callable[[], datetime],
        seconds: float = 20.0,
        heard: Callable[[datetime, float], None] = lambda at, took: None,
        trusted: Callable[[], datetime | None] | None = None,
        relay: Path | None = None,
    ) -> None:
        self._line = Line(url, ca, seconds, now, heard, trusted or now, relay)
        self._identity, self._now = identity, now

    def snapshot(self, etag: str) -> tuple[Snapshot, str] | None:
        """The snapshot and its ETag, None where that of `etag` is still right."""
        headers = self._token() | ({"If-None-Match": etag} if etag else {})
        answer, body = self._line.exchange("GET", SNAPSHOT, headers, None, SNAPSHOT_BYTES)
        if answer.status_code == requests.codes.not_modified:
            return None
        return _read(Snapshot, body), answer.headers.get("ETag", "")

    def epoch(self, epoch: NewEpoch) -> Epoch:
        """Tells of the store's epoch, and hears its walk-in series."""
        return self._post(EPOCHS, _bytes(epoch), Epoch)

    def facts(self, batch: bytes) -> FactsAccepted:
        """Hands over a FactBatch, byte for byte as it is."""
        return self._post(FACTS, batch, FactsAccepted)

    def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatAnswer:
        """Tells how the kiosk is."""
        return self._post(HEARTBEATS, _bytes(heartbeat), HeartbeatAnswer)

    def bundle(self, content: bytes) -> BundleTaken:
        """Hands over a bundle for support."""
        headers = self._token() | {"Content-Type": "application/octet-stream"}
        _, body = self._line.exchange("POST", BUNDLES, headers, content, ANSWER_BYTES)
        return _read(BundleTaken, body)

    def hang_up(self) -> None:
        """Ends an exchange that is under way; from any thread."""
        self._line.hang_up()

    def close(self) -> None:
        self._line.close()

    def _post(self, path: str, data: bytes, answer: type[M]) -> M:
        _, body = self._line.exchange("POST", path, self._token(), data, ANSWER_BYTES)
        return _read(answer, body)

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._identity.token(self._now())}"}


def enrol(url: str, ca: Path, enrolment: Enrolment) -> Enrolled:
    """Exchanges a one-time code for an identity. Raises CentralUnreachable, CentralRefused or CentralRejected."""
    line = Line(url, ca, 20.0, lambda: datetime.now(UTC), lambda at, took: None, lambda: datetime.now(UTC))
    try:
        _, body = line.exchange("POST", ENROLMENTS, {}, _bytes(enrolment), ANSWER_BYTES)
        return _read(Enrolled, body)
    finally:
        line.close()


class Line:
    """HTTPS with the one authority, no proxies, no redirects, bounds on time and size; or the same by a relay."""

    def __init__(
        self,
        url: str,
        ca: Path,
        seconds: float,
        now: Callable[[], datetime],
        heard: Callable[[datetime, float], None],
        trusted: Callable[[], datetime | None],
        relay: Path | None = None,
    ) -> None:
        self._url = RELAY_URL if relay else url.rstrip("/")
        self._seconds, self._now, self._heard = seconds, now, heard
        self._ca = str(ca)
        self._session = requests.Session()
        self._session.trust_env = False
        self._lines = RelayLines(relay, trusted) if relay else ServerLines(trusted)
        self._session.mount(self._url, self._lines)

    def hang_up(self) -> None:
        self._lines.shut()

    def close(self) -> None:
        self._session.close()

    def exchange(
        self, method: str, path: str, headers: dict[str, str], data: bytes | None, most: int
    ) -> tuple[requests.Response, bytes]:
        """One request and its answer of at most `most` bytes, which is the central server's, and no refusal."""
        asked = monotonic()
        answer, body = self.fetch(method, path, headers, data, most)
        at = _instant(answer.headers.get("Date", ""))
        if at:
            self._heard(at, monotonic() - asked)
        self._check(answer, body)
        return answer, body

    def fetch(
        self, method: str, path: str, headers: dict[str, str], data: bytes | None, most: int
    ) -> tuple[requests.Response, bytes]:
        """One request and whatever answers, with at most `most` bytes. Raises CentralUnreachable."""
        too_late = Timer(self._seconds, self._lines.shut)
        too_late.start()
        try:
            with self._session.request(
                method,
                self._url + path,
                data=data,
                headers={"Content-Type": "application/json", "Accept": "application/json", **headers},
                timeout=(min(CONNECT_SECONDS, self._seconds), self._seconds / 2),
                allow_redirects=False,
                stream=True,
                verify=self._ca,
            ) as answer:
                body = _bounded_body(answer, most)
        except (requests.RequestException, OSError) as error:
            raise CentralUnreachable(f"the central server does not answer ({type(error).__name__})") from error
        finally:
            too_late.cancel()
        return answer, body

    def _check(self, answer: requests.Response, body: bytes) -> None:
        status = answer.status_code
        if status in (401, 403):
            raise _refusal(body)
        if status in (408, 425, 429) or not (status == 304 or 200 <= status < 300 or 400 <= status < 500):
            raise CentralUnreachable(f"the central server answers {status}", self._retry_after(answer), status)
        if status >= 400:
            raise CentralRejected(status, _detail(body), _expected(body))
        if status != 304 and not answer.headers.get("Content-Type", "").startswith("application/json"):
            raise CentralUnreachable("what answers is not the central server: its answer is not JSON")

    def _retry_after(self, answer: requests.Response) -> float | None:
        """In s, from either form of the header (RFC 9110, 10.2.3)."""
        text = answer.headers.get("Retry-After", "")
        if text.isdecimal():
            return float(text)
        until = _instant(text)
        return max(0.0, (until - self._now()).total_seconds()) if until else None


def _instant(text: str) -> datetime | None:
    """A header's date (RFC 9110, 5.6.7), None if it is none."""
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _bytes(message: Message) -> bytes:
    return message.model_dump_json().encode()


def _bounded_body(answer: requests.Response, most: int) -> bytes:
    body = bytearray()
    for piece in answer.iter_content(16384):
        body += piece
        if len(body) > most:
            raise CentralUnreachable(f"the central server's answer is longer than {most} bytes")
    return bytes(body)


def _detail(body: bytes) -> str:
    detail = _field(body, "detail")
    if detail is None:
        return "no reason given"
    return "".join(character for character in str(detail) if character.isprintable())[:200]


def _refusal(body: bytes) -> CentralRefused:
    """What a 401 or 403 means."""
    if _field(body, "type") == Unserved.WAITING:
        return NotApproved("the central server serves this kiosk once an officer has approved it")
    kind = Revoked if _field(body, "type") == Unserved.REVOKED else CentralRefused
    return kind(f"the central server does not accept this kiosk: {_detail(body)}")


def _expected(body: bytes) -> int | None:
    expected = _field(body, "expected")
    return expected if type(expected) is int and expected >= 1 else None


def _field(body: bytes, name: str) -> Any:
    """A field of an error's JSON, None where there is none."""
    try:
        return json.loads(body)[name]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _read(kind: type[M], body: bytes) -> M:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        message = f"the central server's answer is not a {kind.__name__} ({error.error_count()} problems)"
        raise CentralUnreachable(message) from error
