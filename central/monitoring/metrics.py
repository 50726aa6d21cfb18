"""What Prometheus reads: how the offices and the server are. docs/monitoring.md lists the metrics."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, HTTPException, Request, Response
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.database import KioskRow
from central.heartbeats import Heartbeat
from central.monitoring.alarms import AlarmKind
from central.monitoring.conditions import is_silent
from central.monitoring.figures import Journey
from central.monitoring.journeys import journeys, open_counters
from central.monitoring.offered_updates import expiries, updates_expire
from central.monitoring.watch import alarms
from central.snapshot import office_snapshot, offices
from kiosk.durable_file import write_private
from kiosk.model import PrinterStatus, QueueState

TOKEN_FILE = "metrics.token"  # noqa: S105
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10)

router = APIRouter()


class OfficeCollector(Collector):
    """Reads the offices anew for each scrape."""

    def __init__(self, sessions: sessionmaker[Session], now: Callable[[], datetime], updates: Path) -> None:
        self._sessions, self._now, self._updates = sessions, now, updates

    def collect(self) -> Iterable[Metric]:
        """The gauges of every office."""
        now = self._now()
        gauges = _Gauges()
        with self._sessions() as session:
            for office in offices(session):
                found = office_snapshot(session, office)
                zone = ZoneInfo(found.office.time_zone if found else "UTC")
                day = now.astimezone(zone).date()
                today = journeys(session, office, day, day, zone)
                gauges.add_queue(office, today, open_counters(session, office))
                for kiosk in session.scalars(select(KioskRow).where(KioskRow.office == office)):
                    gauges.add_kiosk(kiosk, now)
                made = [*alarms(session, office, found, today, now), *updates_expire(self._updates, now)]
                kinds = Counter(each.kind for each in made)
                for kind in AlarmKind:
                    gauges.alarms.add_metric([office, kind], kinds[kind])
        for role, ends in expiries(self._updates).items():
            gauges.updates.add_metric([role], ends.timestamp())
        return gauges

    def describe(self) -> Iterable[Metric]:
        """Nothing is read before the first scrape."""
        return _Gauges()


class _Gauges:
    """The metrics of the offices, filled office by office."""

    def __init__(self) -> None:
        self.waiting = _gauge("waiting", "People who stand in a line, by the service that they came for.", "service")
        self.tickets = _gauge("tickets", "Today's tickets by state.", "state")
        self.counters = _gauge("open_counters", "Counters at which a clerk sits.")
        self.kiosks = _gauge("kiosks", "Kiosks by state: online, silent, new (never heard), revoked.", "state")
        self.owed = _gauge("owed_facts", "Facts that a kiosk has not sent yet, by its own word.", "kiosk")
        self.printer = _gauge("printer", "1 for what a kiosk last said of its printer.", "kiosk", "status")
        self.alarms = _gauge("alarms", "Alarms by kind, those that were taken note of too.", "kind")
        self.updates = GaugeMetricFamily(
            "anjungan_updates_expire", "When what /updates offers expires, in s since 1970, by role.", labels=["role"]
        )
        self._states: Counter[tuple[str, str]] = Counter()

    def __iter__(self) -> Iterator[Metric]:
        for (office, state), count in sorted(self._states.items()):
            self.kiosks.add_metric([office, state], count)
        return iter(
            [self.waiting, self.tickets, self.counters, self.kiosks, self.owed, self.printer, self.alarms, self.updates]
        )

    def add_queue(self, office: str, today: Sequence[Journey], counters: int) -> None:
        """An office's tickets of today."""
        waiting = Counter(each.service for each in today if each.in_line_since)
        states = Counter(each.state for each in today)
        for service, count in sorted(waiting.items()):
            self.waiting.add_metric([office, service], count)
        for state in QueueState:
            self.tickets.add_metric([office, state], states[state])
        self.counters.add_metric([office], counters)

    def add_kiosk(self, kiosk: KioskRow, now: datetime) -> None:
        """A kiosk as it last said it was; of a revoked one nothing is believed."""
        if kiosk.revoked or kiosk.heartbeat is None:
            self._states[kiosk.office, "revoked" if kiosk.revoked else "new"] += 1
            return
        self._states[kiosk.office, "silent" if is_silent(kiosk, now) else "online"] += 1
        said = Heartbeat.model_validate_json(kiosk.heartbeat)
        self.owed.add_metric([kiosk.office, f"W{kiosk.digit}"], said.owed)
        for status in PrinterStatus:
            self.printer.add_metric([kiosk.office, f"W{kiosk.digit}", status], float(said.printer is status))


def _gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"anjungan_{name}", words, labels=["office", *labels])


class Latency:
    """ASGI middleware: how long it took until an answer began, by method, route and status."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        self._seconds = Histogram(
            "anjungan_http_seconds", "Until an answer began.", ["method", "route", "status"], buckets=SECONDS,
            registry=registry,
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()

        async def send_timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Only names that the server itself has become labels, so that nobody can make it hold ever more.
                route = getattr(scope.get("route"), "path", "other")
                method = scope["method"] if scope["method"] in METHODS else "other"
                self._seconds.labels(method, route, message["status"]).observe(perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, send_timed)


def metrics_registry(sessions: sessionmaker[Session], now: Callable[[], datetime], updates: Path) -> CollectorRegistry:
    """All that one process of the server tells of the offices, of the `updates` that it offers, and of itself."""
    registry = CollectorRegistry()
    registry.register(OfficeCollector(sessions, now, updates))
    ProcessCollector(namespace="anjungan", registry=registry)
    return registry


def metrics_token(data: Path) -> str:
    """The token that Prometheus shows, made when it is first wanted; a new one counts as soon as it is in the file."""
    file = data / TOKEN_FILE
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32).encode())
    return file.read_text("ascii").strip()


@router.get("/metrics", include_in_schema=False)
def get_metrics(request: Request, authorization: str = Header("")) -> Response:
    """The metrics, for who shows the token. Behind a proxy every address is the proxy's, so none is trusted."""
    wanted = f"Bearer {metrics_token(request.app.state.data)}"
    if not secrets.compare_digest(authorization.encode(), wanted.encode()):
        raise HTTPException(401, "show the token of the data folder", {"WWW-Authenticate": "Bearer"})
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)
