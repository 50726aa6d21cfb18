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
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker
from starlette.middleware.gzip import GZipMiddleware

from central import api, enrolment, officers
from central.anonymous import Anonymous
from central.booking import own_pages, pages, site, ticket_page
from central.changes import Changes, postgres_news, sqlite_news
from central.conflicts import Again
from central.counters import counter_page, display_page, requests_page, set_up_page
from central.database import database_file, database_url, for_reading, for_writing, open_database
from central.engines import TURNS, postgres_engine
from central.fleet import pages as fleet
from central.fleet import way_in_page
from central.guard import Guard
from central.monitoring import announcing, feed, metrics, reports, transparency
from central.monitoring import pages as monitoring
from central.monitoring.offered_updates import FOLDER
from central.people import account, audit_page, oidc_page, people_page, sign_in
from central.people.oidc import identity_server
from central.privacy import breach_page, register_page, subject_page
from central.privacy.daily import Daily
from central.snapshots import Snapshots
from kiosk.protocol import FactBatch

HERE = Path(__file__).parent
TIME_OF_DAY = r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$"


def create_app(data: Path, now: Callable[[], datetime], database: str = "", replica: str = "") -> FastAPI:
    """The server over the folder `data` and its database, or the one at the URL `database`; `now` gives UTC. What may
    be some seconds old is read from the one at the URL `replica`, if there is one.
    """
    app = FastAPI(
        title="Anjungan central server",
        version="1",
        lifespan=_lifespan,
        openapi_url="/api/v1/openapi.json",
        # The usual pages for it load their scripts from other servers; an office may have no way there.
        docs_url=None,
        redoc_url=None,
    )
    engine = open_database(data, database)
    app.state.data = data
    app.state.engine = engine
    app.state.reading = sessionmaker(for_reading(engine), expire_on_commit=False)
    app.state.writing = sessionmaker(for_writing(engine), expire_on_commit=False)
    app.state.reports = sessionmaker(_reports_engine(data, replica) or for_reading(engine), expire_on_commit=False)
    # Who waits for a connection must not keep the thread that a holder of one needs: requests wait for a turn instead.
    app.state.turns = asyncio.Semaphore(TURNS)
    app.state.now = now
    app.state.metrics = metrics.metrics_registry(app.state.reports, now, data / FOLDER)
    app.state.public_figures = {}
    address = database_url(data, database)
    app.state.changes = Changes(
        partial(postgres_news, address) if address else partial(sqlite_news, database_file(data))
    )
    app.state.snapshots = Snapshots()
    app.state.daily = Daily(engine, now)
    app.state.oidc = identity_server(data)
    app.state.templates = Jinja2Templates(HERE / "templates")
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    _serve_updates(app, data / FOLDER)
    people = (sign_in, oidc_page, account, people_page, audit_page)
    counters = (display_page, counter_page, requests_page, set_up_page)
    booking = (pages, own_pages, ticket_page)
    watching = (monitoring, reports, metrics, transparency)
    privacy = (register_page, subject_page, breach_page)
    for part in (
        api,
        *people,
        *counters,
        *booking,
        officers,
        announcing,
        feed,
        way_in_page,
        fleet,
        *watching,
        *privacy,
    ):
        app.include_router(part.router)
    app.openapi = cache(partial(described, app))  # type: ignore[method-assign]
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(enrolment.NotServed, api.not_served)
    app.add_exception_handler(site.NotHere, site.not_here)
    app.add_exception_handler(own_pages.NotKnown, own_pages.to_the_door)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Anonymous, writing=app.state.writing, now=now)
    app.add_middleware(Again)
    app.add_middleware(GZipMiddleware, minimum_size=2048)
    app.add_middleware(Guard)
    app.add_middleware(metrics.Latency, registry=app.state.metrics)
    return app


def _serve_updates(app: FastAPI, repository: Path) -> None:
    """Serves a repository of the appliance's releases, where there is one at the start; never what is only staged."""
    for part in ("metadata", "targets"):
        if (repository / part).is_dir():
            app.mount(f"/updates/{part}", StaticFiles(directory=repository / part), name=f"updates {part}")


def _reports_engine(data: Path, replica: str) -> Engine | None:
    address = database_url(data, replica) if replica else None
    return for_reading(postgres_engine(address)) if address else None


def described(app: FastAPI) -> dict[str, Any]:
    """The API in OpenAPI, with the batch of facts, which the server takes as raw bytes."""
    found = get_openapi(title=app.title, version=app.version, routes=app.routes)
    batch = FactBatch.model_json_schema(ref_template="#/components/schemas/{model}")
    found["components"]["schemas"] |= batch.pop("$defs") | {"FactBatch": batch}
    found["components"]["schemas"] = dict(sorted(found["components"]["schemas"].items()))
    told: dict[str, Any] = _with_times_of_day(found)
    return told


def _with_times_of_day(described: Any) -> Any:
    """The same, its times of day described as what they are: JSON Schema's "time" has a zone, an office's has none."""
    if isinstance(described, list):
        return [_with_times_of_day(each) for each in described]
    if not isinstance(described, dict):
        return described
    if described.get("format") == "time":
        return {name: value for name, value in described.items() if name != "format"} | {"pattern": TIME_OF_DAY}
    return {name: _with_times_of_day(value) for name, value in described.items()}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each) for each in (app.state.changes.watch(), app.state.daily.run())]
    yield
    await app.state.changes.end()
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    app.state.engine.dispose()
    app.state.reports.kw["bind"].dispose()


async def _not_understood(request: Request, error: Exception) -> Response:
    """422 with one sentence for each problem, and nothing of what was sent: kiosks log it."""
    if not isinstance(error, RequestValidationError):
        raise error
    problems = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()[:5]]
    return JSONResponse({"detail": "; ".join(problems)}, 422)


async def _failed(request: Request, error: Exception) -> Response:
    return JSONResponse({"detail": "the central server failed; try again later"}, 500, {"Retry-After": "10"})
