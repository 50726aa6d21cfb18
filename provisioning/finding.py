"""What a check found: a requirement, what was measured, and what to do where it is not kept."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.model import Verdict as Verdict
from provisioning.machine import Machine

LANGUAGES = ("en", "id")
WORDS = Path(__file__).with_name("requirements.toml")


@dataclass(frozen=True)
class Finding:
    """`name` is the requirement's, `remedy` that of what to do, "" where nothing is; requirements.toml has their words.
    `measured` is for people.
    """

    name: str
    measured: str
    verdict: Verdict
    remedy: str = ""

    def requirement_in(self, language: str) -> str:
        return words("requirement", self.name, language)

    def remedy_in(self, language: str) -> str:
        return words("remedy", self.remedy, language) if self.remedy else ""


Check = Callable[[Machine], Finding]


@dataclass(frozen=True)
class Requirement:
    """What a check holds the box to, by its name; makes the findings."""

    name: str

    def judged(self, is_kept: bool, measured: str, remedy: str = "") -> Finding:
        """Kept or broken; a broken one has this `remedy`, else the requirement's own."""
        verdict = Verdict.KEPT if is_kept else Verdict.BROKEN
        own: str = table()["requirement"][self.name]["remedy"]
        return Finding(self.name, measured, verdict, "" if is_kept else remedy or own)

    def unknown(self, why: str) -> Finding:
        return Finding(self.name, why, Verdict.UNKNOWN)


def words(kind: str, name: str, language: str) -> str:
    """What stands in requirements.toml."""
    found: str = table()[kind][name][language]
    return found


@cache
def table() -> dict[str, Any]:
    """requirements.toml."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))
