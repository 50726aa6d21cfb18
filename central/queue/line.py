"""A line: those who wait for one stage of one service (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.model import Service


@dataclass(frozen=True, order=True)
class Line:
    """`stage` is the key of a stage, "" for a service that is done at one counter."""

    service: str
    stage: str


@dataclass(frozen=True)
class Reach:
    """What a counter serves: these services and these stages of them, all where none is named."""

    services: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()

    def covers(self, line: Line) -> bool:
        """Whether somebody in this line can be called there."""
        of_service = not self.services or line.service in self.services
        return of_service and (not self.stages or line.stage in self.stages)


EVERYTHING = Reach()


def line_of(services: Sequence[Service], service: str, stage: str) -> Line:
    """The line for a stage of a service, for its first stage where none is named or it has no such stage."""
    keys = stage_keys(services, service)
    return Line(service, stage if stage in keys else keys[0])


def next_line(services: Sequence[Service], line: Line, reach: Reach) -> Line | None:
    """Where somebody goes from a counter, None where all is done: to the first of the following stages that the same
    counter does not do too.
    """
    keys = stage_keys(services, line.service)
    following = keys[keys.index(line.stage) + 1 :] if line.stage in keys else ()
    lines = (Line(line.service, key) for key in following)
    return next((each for each in lines if not reach.covers(each)), None)


def stage_keys(services: Sequence[Service], service: str) -> tuple[str, ...]:
    """The stages of a service that people are called to, in their order, at least one."""
    stages = next((each.stages for each in services if each.id == service), ())
    return tuple(each.key for each in stages if each.key) or ("",)
