"""Why a kiosk was not updated, or a repository not changed; each says what to do.

UpdateError
 +-- RepositoryError   what a publisher asked for cannot be done
 +-- NotTrusted        what the repository offers cannot be believed
 +-- Unreachable       the repository does not answer; what was downloaded is kept
 +-- NotTaken          a release that this kiosk must not, or cannot, take
"""

from kiosk.errors import AnjunganError


class UpdateError(AnjunganError):
    """The kiosk runs what it ran before."""


class RepositoryError(UpdateError):
    """What a publisher asked for cannot be done."""


class NotTrusted(UpdateError):
    """What the repository offers cannot be believed: expired, rolled back, not signed, or not belonging together."""


class Unreachable(UpdateError):
    """The repository does not answer; what was downloaded is kept, and the next update goes on from there."""


class NotTaken(UpdateError):
    """A release that this kiosk must not take (older, refused before), or cannot (too large a step, no room)."""
