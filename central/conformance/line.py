"""One exchange with a server, by the byte: over HTTPS with the authority that is named, and following no redirect."""

import contextlib
import http.client
import json
import ssl
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

SECONDS = 15.0
LONGEST_ANSWER = 16 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back; header names in small letters, the body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body's JSON, None where it is not JSON in UTF-8."""
        try:
            return json.loads(self.body.decode("utf-8"))
        except ValueError:
            return None

    def field(self, name: str) -> Any:
        """A field of the body's object, None where there is none."""
        held = self.json()
        return held.get(name) if isinstance(held, dict) else None

    def told(self) -> str:
        """Short, for people."""
        return f"{self.status} {self.body[:200].decode('utf-8', 'replace')}".strip()


def date_of(answer: Answer) -> datetime | None:
    """The time that its Date tells, None where it tells none."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None


class Line(Protocol):
    """A way to a server. `body` as an iterable is sent in chunks, without its length."""

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | Iterable[bytes] | None
    ) -> Answer: ...

    def in_the_clear(self) -> Answer | None:
        """The answer to a request for the snapshot without TLS, None for none."""


class HttpsLine:
    """A connection a request. Raises OSError or http.client.HTTPException where no answer can be had."""

    def __init__(self, url: str, ca: Path) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._trust = ssl.create_default_context(cafile=str(ca))

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | Iterable[bytes] | None
    ) -> Answer:
        secure = http.client.HTTPSConnection(self._host, self._port, timeout=SECONDS, context=self._trust)
        return _exchange(secure, method, path, headers, body)

    def in_the_clear(self) -> Answer | None:
        plain = http.client.HTTPConnection(self._host, self._port, timeout=SECONDS)
        try:
            return _exchange(plain, "GET", "/api/v1/snapshot", {}, None)
        except (OSError, http.client.HTTPException):
            return None


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes | Iterable[bytes] | None,
) -> Answer:
    try:
        # A server may answer before it has read everything, and close; under TLS that is an EOF.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            connection.request(method, path, body, dict(headers))
        found = connection.getresponse()
        content = found.read(LONGEST_ANSWER + 1)
    finally:
        connection.close()
    told = {name.lower(): value for name, value in found.getheaders()}
    if told.get("content-encoding") == "gzip":
        content = zlib.decompress(content, 16 + zlib.MAX_WBITS)
    return Answer(found.status, told, content)
