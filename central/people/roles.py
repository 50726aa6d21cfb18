"""What somebody who signs in may do (pure)."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """CLERK: calls and serves at a counter. SUPERVISOR: runs the office: its queue, announcements, reports. TECHNICIAN:
    kiosks and displays. AUDITOR: reads everything that was recorded, changes nothing. PARTNER: another agency, which
    sees only the requests that were handed over to it.
    """

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"
    PARTNER = "partner"


STAFF = frozenset(Role) - {Role.PARTNER}


@dataclass(frozen=True)
class SignedIn:
    """Somebody of an office, signed in; `address` is the network address that the request came from."""

    name: str
    office: str
    roles: frozenset[Role]
    address: str = ""

    def may(self, *roles: Role) -> bool:
        """Whether one of these is a role of theirs."""
        return not self.roles.isdisjoint(roles)


def roles_in(text: str) -> frozenset[Role]:
    """The roles that are named, with spaces between. Raises ValueError for an unknown one."""
    return frozenset(Role(each) for each in text.split())


def as_text(roles: frozenset[Role]) -> str:
    """The roles' names in their order, with spaces between."""
    return " ".join(each for each in Role if each in roles)
