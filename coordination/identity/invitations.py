"""One-time links for joining, for a new password and for a new second factor; an administrator passes them on.

A link is never enough to take over an account: a new password counts once the old second factor has been shown, and a
new second factor is set up only by whoever knows the password. So an administrator, who sees no content, cannot become
somebody who does.
"""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import clock
from coordination.core.db import db
from coordination.core.ids import new_id
from coordination.identity.models import Invitation, User
from policies.access import Actor

VALID = timedelta(hours=72)


class Purpose(StrEnum):
    """What a link is for."""

    PASSWORD = "password"  # noqa: S105  # the name of a purpose, not a password
    SECOND_FACTOR = "second_factor"


def send(actor: Actor | None, user: User, purpose: Purpose) -> str:
    """Make a link's token and return it, this once; the user's earlier links stop working.

    ``actor`` is None where the installation itself invites: its first administrator, the demo.
    """
    withdraw(user.id)
    token = secrets.token_urlsafe(32)
    now = clock.now()
    invitation = Invitation(
        id=new_id(),
        user_id=user.id,
        purpose=purpose,
        token_digest=_digest(token),
        sent_by=actor.user_id if actor else None,
        sent_at=now,
        expires_at=now + VALID,
        used_at=None,
    )
    db.session.add(invitation)
    if actor is not None:
        audit.record(actor, Event.INVITATION_SENT, agency_id=user.agency_id, user=user.id, invitation_id=invitation.id)
    return token


def find(token: str, *, hold: bool = False) -> Invitation | None:
    """Return the invitation of this token while it can be used; ``hold`` it to use it."""
    row = select(Invitation).where(
        Invitation.token_digest == _digest(token), Invitation.used_at.is_(None), Invitation.expires_at > clock.now()
    )
    if hold:
        row = row.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(row).one_or_none()


def open_for(user_id: UUID) -> Invitation | None:
    """Return the user's link that can still be used."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.user_id == user_id, Invitation.used_at.is_(None), Invitation.expires_at > clock.now()
        )
    ).one_or_none()


def withdraw(user_id: UUID) -> None:
    """Let the user's links that have not been used stop working."""
    now = clock.now()
    db.session.execute(
        update(Invitation)
        .where(Invitation.user_id == user_id, Invitation.used_at.is_(None), Invitation.expires_at > now)
        .values(expires_at=now)
    )


def use(actor: Actor, invitation_id: UUID) -> bool:
    """Spend the link; False if somebody else has, or it has been withdrawn."""
    now = clock.now()
    spent = db.session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.user_id == actor.user_id,
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(Invitation.id)
    ).all()
    if not spent:
        return False
    audit.record(actor, Event.INVITATION_USED, user=actor.user_id, invitation_id=invitation_id)
    return True


def second_factor_hangs_on_link(user_id: UUID) -> bool:
    """Tell whether the user's second factor was reset and no link has been used since: then the password alone opens nothing."""
    last = db.session.scalars(
        select(Invitation)
        .where(Invitation.user_id == user_id, Invitation.purpose == Purpose.SECOND_FACTOR)
        .order_by(Invitation.sent_at.desc())
        .limit(1)
    ).one_or_none()
    return last is not None and last.used_at is None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
