"""What holds for every request and answer: bounded bodies, no other site's forms, a bounded number of anonymous ones,
and headers that keep browsers strict.

**Forged requests.** Three locks stand before everything that changes something, and no token is needed in forms. The
session's cookie is `SameSite=Strict` and `__Host-`: browsers send it with no other site's request, and no other host,
not even one of the same domain, can plant one. `Sec-Fetch-Site`, which every browser since 2023 sends and no page can
write, must say that the request is this origin's own; that refuses a sibling domain too, which SameSite would let
through. Where it lacks, `Origin` must be this server. A token a session would add what these do not have only for
browsers that send neither header, and those know no SameSite either; TLS 1.2 keeps out most of them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.tries import Rate, network_of

MOST_BYTES = 1024 * 1024
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
STAFF = "/officers"
KNOWN = (f"{STAFF}/", "/api/")
"""Under these nothing is done for who is not known, and guesses are counted by themselves."""
ANONYMOUS = Rate("anonymous", 60, every=timedelta(seconds=2))
"""What one address may send without being known: a lobby full of telephones may share it."""


class Guard:
    """ASGI middleware. A body must say its length, so that no more than MOST_BYTES is ever read: 411 and 413. What
    another site's page sends is refused: 403. Too many anonymous changes from an address: 429. `writing` opens a
    transaction of the database, by which all processes count alike; `now` gives UTC.
    """

    def __init__(self, app: ASGIApp, writing: Any, now: Callable[[], datetime]) -> None:
        self._app, self._writing, self._now = app, writing, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(STAFF):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = _unbounded(Headers(scope=scope)) or _forged(scope) or await self._too_many(scope)
        await (refusal or self._app)(scope, receive, send_strictly)

    async def _too_many(self, scope: Scope) -> JSONResponse | None:
        if _only_reads(scope) or scope["path"].startswith(KNOWN):
            return None
        wait = await run_in_threadpool(self._take, (scope["client"] or ("",))[0])
        return JSONResponse({"detail": "too many at once; wait"}, 429, {"Retry-After": str(wait)}) if wait else None

    def _take(self, address: str) -> int:
        with self._writing.begin() as session:
            return ANONYMOUS.take(session, network_of(address), self._now())


def _only_reads(scope: Scope) -> bool:
    return scope["method"] in ("GET", "HEAD", "OPTIONS")


def _unbounded(headers: Headers) -> JSONResponse | None:
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdecimal():
        return JSONResponse({"detail": "a body must say its length"}, 411, {"Connection": "close"})
    if int(length[:20]) > MOST_BYTES:
        return JSONResponse({"detail": f"a body has at most {MOST_BYTES} bytes"}, 413, {"Connection": "close"})
    return None


def _forged(scope: Scope) -> JSONResponse | None:
    """A refusal of what another site's page made a browser send. Somebody may follow its link to a page, no more."""
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site", "")
    if site in ("same-origin", "none"):
        return None
    if _only_reads(scope):
        followed = not site or headers.get("sec-fetch-mode") == "navigate"
        forged = scope["path"].startswith(STAFF) and not followed
    else:
        origin = headers.get("origin")
        forged = bool(site) or (origin is not None and urlsplit(origin).netloc != headers.get("host"))
    return JSONResponse({"detail": "this was sent by another site's page"}, 403) if forged else None
