"""What a check found: a requirement, what was measured, and what to do where it is not kept."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from provisioning.machine import Machine


class Verdict(StrEnum):
    """UNKNOWN is what cannot be measured on this box, or not now; it is no failure."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """`name` is the check's, for programs; the rest is for people. `remedy` is empty where nothing is to be done."""

    name: str
    requirement: str
    measured: str
    verdict: Verdict
    remedy: str = ""


Check = Callable[[Machine], Finding]


@dataclass(frozen=True)
class Requirement:
    """What a check holds the box to; its methods make the findings."""

    name: str
    words: str
    remedy: str

    def judged(self, is_kept: bool, measured: str, remedy: str = "") -> Finding:
        """Kept or broken; a broken one has this `remedy`, else the requirement's own."""
        verdict = Verdict.KEPT if is_kept else Verdict.BROKEN
        return Finding(self.name, self.words, measured, verdict, "" if is_kept else remedy or self.remedy)

    def unknown(self, why: str) -> Finding:
        return Finding(self.name, self.words, why, Verdict.UNKNOWN)
