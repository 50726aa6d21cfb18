"""Hostile codes at the kiosk's own desk: none is accepted, none raises, none takes long.

Run: python bench/hostile_codes.py [--count N] [--seed N] [--jobs N] [--control no-signature]. The same seed gives the
same codes whatever --jobs is. Prints counts and times, ends with 1 if a law is broken. Each run ends with its control:
the same codes are read by keys that take every signature, and forgeries must then be believed.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import base45
import cbor2
from cwt.cose_key_interface import COSEKeyInterface
from forgeries import KINDS, replay
from hostile_site import BOOKINGS, KEYS, NOW, PASSES, REPLAYS, desk

from kiosk.booking_code import read
from kiosk.booking_pass import PREFIX, BookingPass, key_id_of
from kiosk.commands import LookUp
from kiosk.events import Refused
from kiosk.records import Records

LONGEST_SECONDS = 0.050
"""The most that one code may take, on a busy machine too: one that took longer is tried three times more."""
CHUNK = 50_000
CONTROL_COUNT = 2_000
STAGE_EVERY = 50
_PUBLIC = {bytes.fromhex(key_id_of(key.public_key())): key.public_key() for key in KEYS}
_GOOD = frozenset(PASSES) | {code for each in BOOKINGS for code in (each.code, each.reference)}
_REASONS = {text: reason for reason, texts in REPLAYS.items() for text in texts}


@dataclass
class Tally:
    """What a run has seen: `reasons` of refusals, `stages` that every STAGE_EVERY-th code reached, `micros` how many
    codes took so many µs.
    """

    codes: int = 0
    repeats: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    micros: Counter[int] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.codes += other.codes
        self.repeats += other.repeats
        for name in ("kinds", "reasons", "stages", "micros"):
            getattr(self, name).update(getattr(other, name))
        self.violations += other.violations

    def micros_below(self, share: float) -> int:
        """The µs that this share of the codes (0 to 1) did not exceed."""
        left = share * self.codes
        for micros, count in sorted(self.micros.items()):
            left -= count
            if left <= 0:
                return micros
        return 0


def codes(seed: int, chunk: int, count: int) -> Iterator[tuple[str, str]]:
    """Kinds and texts of one chunk; a text that is a good one after all is left out by whoever judges."""
    random = Random(f"{seed}/{chunk}")
    kinds, weights = tuple(KINDS), tuple(KINDS.values())
    for kind in random.choices(kinds, weights, k=count):
        yield kind.__name__, kind(random)


def campaign(seed: int, chunk: int, count: int) -> Tally:
    """One chunk of codes, each scanned at the desk."""
    tally = Tally()
    with desk() as records:
        for place, (kind, text) in enumerate(codes(seed, chunk, count)):
            if text in _GOOD:
                tally.repeats += 1
                continue
            _judge(records, kind, text, tally)
            if place % STAGE_EVERY == 0:
                tally.stages[stage(text)] += 1
    return tally


def _judge(records: Records, kind: str, text: str, tally: Tally) -> None:
    outcome, seconds = _scanned(records, text)
    if seconds > LONGEST_SECONDS:
        seconds = min(_scanned(records, text)[1] for _ in range(3))
    tally.codes += 1
    tally.kinds[kind] += 1
    tally.micros[round(1e6 * seconds)] += 1
    if not isinstance(outcome, Refused):
        tally.violations.append(f"{kind}: {outcome!r:.80}: {text!r:.500}")
        return
    tally.reasons[outcome.refusal.reason] += 1
    if kind == replay.__name__ and outcome.refusal.reason is not _REASONS[text]:
        tally.violations.append(f"{kind}: refused as {outcome.refusal.reason}: {text}")
    if seconds > LONGEST_SECONDS:
        tally.violations.append(f"{kind}: took {seconds:.3f} s: {text!r:.500}")


def _scanned(records: Records, text: str) -> tuple[Any, float]:
    before = time.perf_counter()
    outcome: Any
    try:
        outcome = records.answer(LookUp(1, text))
    except Exception as error:  # noqa: BLE001 - that nothing is raised is what is measured
        outcome = error
    return outcome, time.perf_counter() - before


def stage(text: str) -> str:
    """How far a reader would come who takes any COSE message and looks at one thing after the other."""
    if not text.startswith(PREFIX):
        return "0 no pass"
    reached = "1 base45"
    with suppress(Exception):
        signed = base45.b45decode(text[len(PREFIX) :])
        reached = "2 CBOR"
        message = cbor2.loads(signed)
        reached = "3 COSE"
        protected, unprotected, claims, signature = message.value
        reached = "4 key id"
        key = _PUBLIC[unprotected[4]]
        reached = "5 signature"
        key.verify(signature, cbor2.dumps(["Signature1", protected, b"", claims]))
        reached = "6 claims"
    return reached


class _BelievesAll(COSEKeyInterface):
    """A key without the protection: takes every signature."""

    def verify(self, msg: bytes, sig: bytes) -> None:
        pass


def control(seed: int, count: int) -> int:
    """How many forgeries are believed when no signature is verified."""
    keys = {key_id: _BelievesAll({1: 1, 2: key_id}) for key_id in _PUBLIC}
    texts = (text for kind, text in codes(seed, 0, count) if kind != replay.__name__ and text not in _GOOD)
    return sum(isinstance(read(text, keys, NOW), BookingPass) for text in texts)


def run(seed: int, count: int, jobs: int) -> Tally:
    """All chunks, by so many processes."""
    total = Tally()
    sizes = [CHUNK] * (count // CHUNK) + [count % CHUNK] * bool(count % CHUNK)
    work = [seed] * len(sizes), range(len(sizes)), sizes
    if jobs == 1:
        for each in map(campaign, *work):
            total.add(each)
        return total
    with ProcessPoolExecutor(jobs) as pool:
        for each in pool.map(campaign, *work):
            total.add(each)
    return total


def _told(tally: Tally, seconds: float) -> None:
    print(
        f"{tally.codes} hostile codes in {seconds:.0f} s ({tally.codes / seconds:.0f}/s); "
        f"{tally.repeats} that became good ones again are left out"
    )
    for name, counts in (("kinds", tally.kinds), ("refused as", tally.reasons), ("reached (sample)", tally.stages)):
        total = sum(counts.values())
        print(f"{name}: " + ", ".join(f"{each} {100 * n / total:.1f} %" for each, n in sorted(counts.items())))
    p50, p99, most = (tally.micros_below(share) / 1000 for share in (0.5, 0.99, 1))
    print(f"ms a code: p50 {p50:.3f}, p99 {p99:.3f}, most {most:.3f} (bound {1000 * LONGEST_SECONDS:.0f})")
    print(f"violations: {len(tally.violations)}")
    for each in tally.violations[:20]:
        print(f"  {each}")


def main(argv: list[str] | None = None) -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=10_000_000, help="codes (default: %(default)s)")
    arguments.add_argument("--seed", type=int, default=1, help="of all that is random (default: %(default)s)")
    arguments.add_argument("--jobs", type=int, default=1, help="processes (default: %(default)s)")
    arguments.add_argument("--control", choices=["no-signature"], help="only read without verifying, and end with 1")
    given = arguments.parse_args(argv)
    if given.control:
        believed = control(given.seed, given.count)
        print(f"control {given.control}: {believed} of {given.count} codes believed")
        return 1 if believed else 0
    before = time.perf_counter()
    tally = run(given.seed, given.count, given.jobs)
    _told(tally, time.perf_counter() - before)
    believed = control(given.seed, CONTROL_COUNT)
    print(f"control no-signature: {believed} of {CONTROL_COUNT} codes believed (must not be 0)")
    return 1 if tally.violations or not believed else 0


if __name__ == "__main__":
    sys.exit(main())
