"""The web application: the kiosks' API, the officers' page, the ticket page."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from sqlalchemy.orm import sessionmaker
from starlette.middleware.gzip import GZipMiddleware

from central import api, officers, ticket_page
from central.database import open_database

MOST_BYTES = 1024 * 1024
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}


def create_app(data: Path, now: Callable[[], datetime]) -> FastAPI:
    """The server over the database in `data`; `now` gives UTC."""
    app = FastAPI(title="Anjungan central server", version="1", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None)  # fmt: skip  # noqa: E501
    app.state.sessions = sessionmaker(open_database(data), expire_on_commit=False)
    app.state.now = now
    here = Path(__file__).parent
    app.state.templates = Jinja2Templates(here / "templates")
    app.mount("/static", StaticFiles(directory=here / "static"), name="static")
    app.include_router(api.router)
    app.include_router(officers.router)
    app.include_router(ticket_page.router)
    app.add_middleware(GZipMiddleware, minimum_size=2048)

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], "Response"]) -> Response:
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES or "transfer-encoding" in request.headers:
            return JSONResponse({"detail": f"a body has at most {MOST_BYTES} bytes, and says how many"}, 413)
        response: Response = await call_next(request)  # type: ignore[misc]
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app
