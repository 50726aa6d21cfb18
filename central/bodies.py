"""What a fact's body says, as far as this server understands it (pure)."""

import json
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from kiosk.model import Ticket, TicketState
from kiosk.protocol import CheckedIn, FactBody, WalkInIssued

_BODY: TypeAdapter[FactBody] = TypeAdapter(FactBody)
_ISSUED: TypeAdapter[CheckedIn | WalkInIssued] = TypeAdapter(
    Annotated[CheckedIn | WalkInIssued, Field(discriminator="kind")]
)


def understood(body: Any) -> FactBody | None:
    """A body (parsed JSON) that is of a kind known here and of that kind's form, else None."""
    try:
        return _BODY.validate_json(json.dumps(_with_known_state(body)), strict=True)
    except ValidationError:
        return None


def ticket_in(text: str) -> Ticket:
    """The ticket of a body that was understood."""
    return _ISSUED.validate_json(text).ticket


def issued_in(text: str) -> CheckedIn | WalkInIssued | None:
    """The body of a fact that was taken in and issued a ticket, None where it did not, or is forgotten."""
    try:
        return _ISSUED.validate_json(text)
    except ValidationError:
        found = understood(json.loads(text))
        return found if isinstance(found, CheckedIn | WalkInIssued) else None


def _with_known_state(body: Any) -> Any:
    """A new ticket's state decides nothing: what moves its paper is PaperMoved. So one not known here is ISSUED."""
    ticket = body.get("ticket") if isinstance(body, dict) else None
    if not isinstance(ticket, dict) or not isinstance(ticket.get("state"), str) or ticket["state"] in set(TicketState):
        return body
    return body | {"ticket": ticket | {"state": TicketState.ISSUED}}
