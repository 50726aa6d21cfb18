"""The web application: the kiosks' API, the officers' page, the ticket page."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from sqlalchemy.orm import sessionmaker
from starlette.middleware.gzip import GZipMiddleware

from central import api, officers, ticket_page
from central.changes import Changes
from central.database import database_file, for_writing, open_database
from central.fleet import pages as fleet
from central.guard import Guard
from central.monitoring import announcing, feed
from central.people import account, audit_page, oidc_page, people_page, sign_in
from central.people.oidc import identity_server
from central.privacy import breach_page, register_page, subject_page
from central.privacy.daily import Daily
from kiosk.protocol import FactBatch

HERE = Path(__file__).parent


def create_app(data: Path, now: Callable[[], datetime]) -> FastAPI:
    """The server over the database in `data`; `now` gives UTC."""
    app = FastAPI(
        title="Anjungan central server",
        version="1",
        lifespan=_lifespan,
        openapi_url="/api/v1/openapi.json",
        # The usual pages for it load their scripts from other servers; an office may have no way there.
        docs_url=None,
        redoc_url=None,
    )
    engine = open_database(data)
    app.state.engine = engine
    app.state.reading = sessionmaker(engine, expire_on_commit=False)
    app.state.writing = sessionmaker(for_writing(engine), expire_on_commit=False)
    app.state.now = now
    app.state.changes = Changes(database_file(data))
    app.state.daily = Daily(engine, now)
    app.state.oidc = identity_server(data)
    app.state.templates = Jinja2Templates(HERE / "templates")
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    parts = (
        *(api, sign_in, oidc_page, account, people_page, audit_page, officers, ticket_page, announcing, feed, fleet),
        *(register_page, subject_page, breach_page),
    )
    for part in parts:
        app.include_router(part.router)
    app.openapi = cache(partial(described, app))  # type: ignore[method-assign]
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(GZipMiddleware, minimum_size=2048)
    app.add_middleware(Guard, writing=app.state.writing, now=now)
    return app


def described(app: FastAPI) -> dict[str, Any]:
    """The API in OpenAPI, with the batch of facts, which the server takes as raw bytes."""
    found = get_openapi(title=app.title, version=app.version, routes=app.routes)
    batch = FactBatch.model_json_schema(ref_template="#/components/schemas/{model}")
    found["components"]["schemas"] |= batch.pop("$defs") | {"FactBatch": batch}
    found["components"]["schemas"] = dict(sorted(found["components"]["schemas"].items()))
    return found


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each) for each in (app.state.changes.watch(), app.state.daily.run())]
    yield
    await app.state.changes.end()
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    app.state.engine.dispose()


async def _not_understood(request: Request, error: Exception) -> Response:
    """422 with one sentence for each problem, and nothing of what was sent: kiosks log it."""
    if not isinstance(error, RequestValidationError):
        raise error
    problems = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()[:5]]
    return JSONResponse({"detail": "; ".join(problems)}, 422)


async def _failed(request: Request, error: Exception) -> Response:
    return JSONResponse({"detail": "the central server failed; try again later"}, 500, {"Retry-After": "10"})
