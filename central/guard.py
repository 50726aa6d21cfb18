"""What holds for every request and answer: bounded bodies, and headers that keep browsers strict."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1024 * 1024
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guard:
    """ASGI middleware. A body must say its length, so that no more than MOST_BYTES is ever read: 411 and 413."""

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
            await send(message)

        await (_refusal(Headers(scope=scope)) or self._app)(scope, receive, send_strictly)


def _refusal(headers: Headers) -> JSONResponse | None:
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdecimal():
        return JSONResponse({"detail": "a body must say its length"}, 411, {"Connection": "close"})
    if int(length[:20]) > MOST_BYTES:
        return JSONResponse({"detail": f"a body has at most {MOST_BYTES} bytes"}, 413, {"Connection": "close"})
    return None
