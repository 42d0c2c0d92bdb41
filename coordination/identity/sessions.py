"""Sessions on the server side. The browser holds a random token; the table its digest, whose it is and a little data.

A session ends after 30 minutes without use and after 12 hours whatever happens (OWASP ASVS 4.0, 3.3). Its data holds codes,
times and sealed values, never personal data.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.sql.dml import ReturningDelete

from coordination.core import clock
from coordination.core.db import db
from coordination.identity.models import UserSession

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_STEP = timedelta(minutes=1)
"""``seen_at`` is written at most this often."""
ENDED_KNOWN = timedelta(hours=12)
"""How long after a session ended by itself it is still known whose it was: what a form held that is sent then is kept for them."""
FRESH = timedelta(minutes=10)
"""How long a sign-in or a re-authentication counts as fresh."""


@dataclass(frozen=True, slots=True)
class Found:
    """A session that is still good."""

    id: UUID
    user_id: UUID | None
    data: Mapping[str, Any]
    stale: bool
    """Whether it is time to write down that the session was used."""


def new_token() -> str:
    """Return a random token of 256 bits for the cookie."""
    return secrets.token_urlsafe(32)


def find(token: str) -> Found | None:
    """Return the session of this token if it has not ended."""
    now = clock.now()
    row = db.session.execute(
        select(UserSession.id, UserSession.user_id, UserSession.data, UserSession.seen_at).where(
            UserSession.token_digest == _digest(token),
            UserSession.seen_at > now - IDLE,
            UserSession.created_at > now - LONGEST,
        )
    ).one_or_none()
    return Found(row.id, row.user_id, row.data, now - row.seen_at >= SEEN_STEP) if row else None


def ended_by_itself(token: str) -> UUID | None:
    """Return whose session this token's was, if it ended by itself and not long ago. It opens nothing."""
    now = clock.now()
    return db.session.scalar(
        select(UserSession.user_id).where(
            UserSession.token_digest == _digest(token),
            or_(UserSession.seen_at <= now - IDLE, UserSession.created_at <= now - LONGEST),
            UserSession.seen_at > now - ENDED_KNOWN,
        )
    )


def create(session_id: UUID, token: str, user_id: UUID | None, data: Mapping[str, Any], client: str | None) -> None:
    """Begin a session; one that had this token has ended."""
    now = clock.now()
    db.session.execute(delete(UserSession).where(UserSession.token_digest == _digest(token)))
    db.session.add(
        UserSession(
            id=session_id,
            token_digest=_digest(token),
            user_id=user_id,
            data=dict(data),
            created_at=now,
            seen_at=now,
            client=client,
        )
    )


def save(session_id: UUID, token: str, data: Mapping[str, Any]) -> None:
    """Write down the session's data, its token and that it was used; one that has been ended meanwhile stays ended."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id)
        .values(token_digest=_digest(token), data=dict(data), seen_at=clock.now())
    )


def end(session_id: UUID) -> None:
    """End a session."""
    db.session.execute(delete(UserSession).where(UserSession.id == session_id))


def end_own(user_id: UUID, session_id: UUID) -> bool:
    """End one of a user's own sessions; tell whether there was such a one."""
    mine = delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id)
    return _count(mine.returning(UserSession.id)) > 0


def end_all(user_id: UUID, *, but: UUID | None = None) -> int:
    """End a user's sessions, all but the one named; return how many."""
    all_of_them = delete(UserSession).where(UserSession.user_id == user_id)
    if but is not None:
        all_of_them = all_of_them.where(UserSession.id != but)
    return _count(all_of_them.returning(UserSession.id))


def of_user(user_id: UUID) -> list[UserSession]:
    """Return a user's running sessions, the last used first."""
    now = clock.now()
    return list(
        db.session.scalars(
            select(UserSession)
            .where(
                UserSession.user_id == user_id,
                UserSession.seen_at > now - IDLE,
                UserSession.created_at > now - LONGEST,
            )
            .order_by(UserSession.seen_at.desc())
            .execution_options(populate_existing=True)
        )
    )


def purge() -> int:
    """Delete the sessions that have ended by themselves, somebody's once it need not be known whose; return how many."""
    now = clock.now()
    ended = or_(UserSession.seen_at <= now - IDLE, UserSession.created_at <= now - LONGEST)
    ended = and_(ended, or_(UserSession.user_id.is_(None), UserSession.seen_at <= now - ENDED_KNOWN))
    return _count(delete(UserSession).where(ended).returning(UserSession.id))


def _count(deletion: ReturningDelete[tuple[UUID]]) -> int:
    return len(db.session.execute(deletion).all())


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
