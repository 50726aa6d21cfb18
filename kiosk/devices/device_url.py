"""The URL that names a device in the configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

from kiosk.errors import ConfigError


@dataclass(frozen=True)
class DeviceKind:
    """What a scheme needs: an example for the messages, and its parameters with the check that each value must pass."""

    example: str
    parameters: Mapping[str, Callable[[str], object]]


@dataclass(frozen=True)
class DeviceURL:
    """A device's URL, taken apart. `host` and `port` are empty and None where the scheme has none."""

    scheme: str
    host: str
    port: int | None
    path: str
    parameters: Mapping[str, str]

    def number(self, name: str, default: int) -> int:
        return int(self.parameters.get(name, default))


def positive(value: str) -> int:
    """A whole number above 0; ValueError otherwise."""
    number = int(value)
    if number <= 0:
        raise ValueError(value)
    return number


def parse_device_url(url: str, device: str, kinds: Mapping[str, DeviceKind]) -> DeviceURL:
    """Take a device's URL apart and check it against the kinds that there are.

    ConfigError names every problem of the URL, with the nearest known name where there is one.
    """
    scheme, colon, _ = url.partition(":")
    if not colon or scheme not in kinds:
        _refuse_scheme(url, scheme, device, kinds)
    kind = kinds[scheme]
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise ConfigError([f"{device} URL {url!r} cannot be read ({error}); write it like {kind.example}"]) from error
    problems = [problem for name, value in pairs if (problem := _parameter_problem(url, device, kind, name, value))]
    problems += _place_problems(url, device, kind, host, port, parts.path)
    if problems:
        raise ConfigError(problems)
    return DeviceURL(scheme, host, port, unquote(parts.path), dict(pairs))


def _refuse_scheme(url: str, scheme: str, device: str, kinds: Mapping[str, DeviceKind]) -> NoReturn:
    near = get_close_matches(scheme.lower(), kinds, 1, 0.5)
    hint = f"did you mean {near[0]}, as in {kinds[near[0]].example}?" if near else f"known are {', '.join(kinds)}"
    raise ConfigError([f"{device} URL {url!r}: unknown scheme {scheme!r}; {hint}"])


def _parameter_problem(url: str, device: str, kind: DeviceKind, name: str, value: str) -> str | None:
    if name not in kind.parameters:
        near = get_close_matches(name, kind.parameters, 1, 0.5)
        known = ", ".join(kind.parameters) or "none"
        hint = f"did you mean {near[0]}?" if near else f"known are: {known}"
        return f"{device} URL {url!r}: unknown parameter {name!r}; {hint}"
    try:
        kind.parameters[name](value)
    except ValueError:
        return f"{device} URL {url!r}: {name} cannot be {value!r}"
    return None


def _place_problems(url: str, device: str, kind: DeviceKind, host: str, port: int | None, path: str) -> list[str]:
    """The example says whether a host, a port or a path is needed, and which must not be there."""
    example = urlsplit(kind.example)
    wanted = {"host": bool(example.hostname), "path": len(example.path) > 1}
    given = {"host": bool(host), "path": len(path) > 1}
    problems = [
        f"{device} URL {url!r}: {'a ' + part + ' is missing' if wanted[part] else 'there is no ' + part + ' in it'};"
        f" write it like {kind.example}"
        for part in wanted
        if wanted[part] != given[part]
    ]
    if port is not None and example.scheme == "serial":
        problems.append(f"{device} URL {url!r}: there is no port in it; write it like {kind.example}")
    return problems
