"""Between the password and the second factor: who has shown a password, kept in the session for a few minutes.

Nobody is signed in yet. The session holds the user's id and, when the password came with a link, the hash that will be stored.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from coordination.core import clock
from coordination.identity import queries
from coordination.identity.queries import User
from coordination.web import sessions

SECONDS = 600
_USER, _AT, _HASH, _INVITATION = "pending_user", "pending_at", "pending_hash", "pending_invitation"


@dataclass(frozen=True, slots=True)
class ChosenPassword:
    """A password chosen by a link, that counts once the second factor has been shown."""

    hashed: str
    invitation_id: UUID


def begin(user: User, following: str, chosen: ChosenPassword | None = None) -> str:
    """Remember that the user has shown the password; return the address of the next step."""
    session = sessions.current()
    session.restart()
    session[_USER], session[_AT] = str(user.id), clock.now().timestamp()
    if chosen is not None:
        session[_HASH], session[_INVITATION] = chosen.hashed, str(chosen.invitation_id)
    step = "security.second_factor" if user.has_second_factor else "joining.second_factor"
    return url_for(step, next=following)


def user() -> User | None:
    """Return who has shown a password and not yet the second factor, for ten minutes."""
    session = sessions.current()
    if _USER not in session or session.seconds_since(_AT) > SECONDS:
        return None
    return queries.active_user(UUID(session[_USER]))


def chosen_password() -> ChosenPassword | None:
    """Return the password chosen by the link that led here, if one did."""
    session = sessions.current()
    return ChosenPassword(session[_HASH], UUID(session[_INVITATION])) if _HASH in session else None
