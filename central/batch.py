"""A batch of facts as it arrives: read strictly, digested as it came, its bodies whatever they are (pure)."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from pydantic import AwareDatetime, Field, ValidationError

from central.bodies import understood
from kiosk.protocol import BATCH_FACTS, Envelope, FactBody, canonical, digest


class SoundEnvelope(Envelope):
    """What must be sound of every fact; its time can be reckoned with."""

    at: AwareDatetime | None = Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(9000, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class ReceivedFact:
    """A fact, the digest of all that it holds, its body's `text` as it came, and as `body` what is understood of it."""

    envelope: SoundEnvelope
    digest: str
    kind: str
    text: str
    body: FactBody | None


class NotABatch(Exception):
    """The bytes are not a batch of facts; the message repeats nothing of them."""


def read_batch(content: bytes) -> tuple[ReceivedFact, ...]:
    """The facts of a request's body, all of one epoch, each the next after the one before. Raises NotABatch.

    Bodies that this server cannot read are kept as they came. What is no JSON that all readers understand alike
    (RFC 7493: a name twice in an object, NaN, an integer beyond 2**53, half a character) cannot be digested, so no
    kiosk can have recorded it: it is not a fact.
    """
    try:
        facts = json.loads(content, object_pairs_hook=_object)["facts"]
        if not isinstance(facts, list) or not 1 <= len(facts) <= BATCH_FACTS:
            raise NotABatch(f"a batch holds 1 to {BATCH_FACTS} facts")
        read = tuple(_read(place, fact) for place, fact in enumerate(facts))
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise NotABatch("the body is not a batch of facts in JSON (RFC 8259, RFC 7493)") from error
    if len({fact.envelope.epoch for fact in read}) > 1:
        raise NotABatch("a batch holds facts of one epoch")
    first = read[0].envelope.seq
    if [fact.envelope.seq for fact in read] != list(range(first, first + len(read))):
        raise NotABatch("a batch holds facts that follow each other: each seq is one more than the one before")
    return read


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _read(place: int, fact: Any) -> ReceivedFact:
    if not isinstance(fact, dict):
        raise NotABatch(f"facts.{place}: is not an object")
    whole = canonical(fact)
    # Nothing but its own fields, so that a body that nobody can read spoils no envelope.
    outside = {name: fact[name] for name in SoundEnvelope.model_fields if name in fact}
    try:
        envelope = SoundEnvelope.model_validate_json(canonical(outside), strict=True)
    except ValidationError as error:
        raise NotABatch(
            "; ".join(f"facts.{place}.{each['loc'][0]}: {each['msg']}" for each in error.errors())
        ) from error
    body = fact.get("body")
    text = rfc8785.dumps(body)
    kind = str(body.get("kind", ""))[:20] if isinstance(body, dict) else ""
    return ReceivedFact(envelope, digest(whole), kind, text.decode(), understood(body))
