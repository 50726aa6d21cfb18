"""What holds for every request and answer: bounded bodies, no other site's forms, headers that keep browsers strict.

**Forged requests.** Three locks stand before everything that changes something, and no token is needed in forms. The
session's cookie is `SameSite=Strict` and `__Host-`: browsers send it with no other site's request, and no other host,
not even one of the same domain, can plant one. `Sec-Fetch-Site`, which every browser since 2023 sends and no page can
write, must say that the request is this origin's own; that refuses a sibling domain too, which SameSite would let
through. Where it lacks, `Origin` must be this server; browsers send one with every POST (Fetch standard, 3.2). Who
sends neither header is no browser, and so has nobody else's cookie: a token in each form would lock nothing more.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class Guard:
    """ASGI middleware. A body must say its length, so that no more than MOST_BYTES is ever read: 411 and 413. What
    another site's page sends is refused: 403.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

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

        refusal = _unbounded(Headers(scope=scope)) or _forged(scope)
        await (refusal or self._app)(scope, receive, send_strictly)


def only_reads(scope: Scope) -> bool:
    """Whether a request changes nothing."""
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
    if only_reads(scope):
        followed = not site or headers.get("sec-fetch-mode") == "navigate"
        forged = scope["path"].startswith(STAFF) and not followed
    else:
        origin = headers.get("origin")
        forged = bool(site) or (origin is not None and urlsplit(origin).netloc != headers.get("host"))
    return JSONResponse({"detail": "this was sent by another site's page"}, 403) if forged else None
