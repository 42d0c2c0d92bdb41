"""Mail that waits to be sent: written in the use case's own transaction, sent by the worker after the commit, once.

A row holds a kind, a number and whom it is for; no name, no address and no text, so none can leave by mail. Whoever sends
holds the row's lock meanwhile: no two send the same, and what a killed process held is free again at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert

from coordination.core import clock
from coordination.core.db import db
from coordination.core.ids import new_id
from coordination.core.mail import Fault
from coordination.core.models import OutboxMessage
from coordination.core.retrying import wait_after


class Kind(StrEnum):
    """All that can be sent. The value is the code in the database."""

    DIGEST = "digest"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Outcome(StrEnum):
    """How a message was settled."""

    SENT = "sent"
    REFUSED = "refused"
    """The mail server will never take it: there is no such recipient, or it wants no such message."""
    UNCERTAIN = "uncertain"
    """Handed over several times to a mail server that never said whether it took it."""
    NOBODY = "nobody"
    """Whom it was for has left."""
    TOO_LATE = "too_late"
    """It could not be sent while it still said something."""


LASTS = {Kind.DIGEST: timedelta(days=1), Kind.URGENT: timedelta(days=7), Kind.EMERGENCY: timedelta(days=7)}
"""So long a message says something; the next digest counts anew what the last one counted."""
KEPT = timedelta(days=30)
"""So long a settled message is kept, so that an operator can be told of it."""
HAND_OVERS = 3
"""So often a message is handed over to a mail server that does not say whether it took it: each time may be one more in the mailbox."""

_domain: list[str] = ["localhost"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is to be sent now, and is held until the transaction ends."""

    id: UUID
    user_id: UUID
    kind: Kind
    number: int
    message_id: str
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """How the outbox of a municipality stands. ``tries`` is the most that one that waits has been tried."""

    waiting: int
    oldest: datetime | None
    failing: int
    failing_since: datetime | None
    tries: int
    fault: str
    sent_today: int
    lost: int


def bind(host: str) -> None:
    """Say which host's name our messages' ids end with (RFC 5322, section 3.6.4)."""
    _domain[0] = host


def queue(kind: Kind, user_ids: Iterable[UUID], municipality_id: UUID, about: object, number: int = 0) -> int:
    """Let each of these people be sent a message of this kind about this, once, when the running transaction has committed.

    ``about`` tells one occasion from another (an id, a date) and goes into the key alone. Return how many are new.
    """
    now = clock.now()
    rows = [
        {
            "id": (made := new_id()),
            "municipality_id": municipality_id,
            "user_id": user_id,
            "kind": kind,
            "number": number,
            "key": f"{kind}:{about}:{user_id}",
            "message_id": f"<{made}@{_domain[0]}>",
            "queued_at": now,
            "next_try_at": now,
            "tries": 0,
            "hand_overs": 0,
        }
        for user_id in sorted(set(user_ids))
    ]
    if not rows:
        return 0
    new = insert(OutboxMessage).values(rows).on_conflict_do_nothing().returning(OutboxMessage.id)
    return len(db.session.scalars(new).all())


def claim() -> Message | None:
    """Return the message that has waited longest of those due, urgent ones first, and hold it; None when none is due."""
    found = db.session.scalars(
        select(OutboxMessage)
        .where(_due())
        .order_by(OutboxMessage.kind == Kind.DIGEST, OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if found is None:
        return None
    return Message(found.id, found.user_id, Kind(found.kind), found.number, found.message_id, found.queued_at)


def settle(message: Message, outcome: Outcome, fault: str | None = None) -> None:
    """Note what became of a message. Once one is sent, those that waited for the mail server to be back are due at once."""
    now = clock.now()
    row = db.session.get_one(OutboxMessage, message.id)
    row.outcome, row.fault, row.settled_at, row.next_try_at = outcome, fault, now, None
    row.tries += 1
    db.session.flush()
    if outcome is Outcome.SENT:
        later = OutboxMessage.next_try_at > now
        _change(and_(_waiting(), later, OutboxMessage.fault.in_(Fault.of_the_server())), next_try_at=now)


def put_off(message: Message, fault: Fault) -> None:
    """Let a message that could not be sent wait; where the fault is the mail server's, let all that are due wait with it."""
    now, row = clock.now(), db.session.get_one(OutboxMessage, message.id)
    row.hand_overs += fault is Fault.NO_ANSWER
    if row.hand_overs >= HAND_OVERS:
        settle(message, Outcome.UNCERTAIN, fault)
        return
    _fail(row, fault, now)
    if fault in Fault.of_the_server():
        others = select(OutboxMessage).where(_due(), OutboxMessage.id != row.id).with_for_update(skip_locked=True)
        for other in db.session.scalars(others):
            _fail(other, fault, now)
    db.session.flush()


def hurry() -> None:
    """Let all that waits be tried now: somebody has put right what was wrong, or wants to see whether it is."""
    now = clock.now()
    _change(and_(_waiting(), OutboxMessage.next_try_at > now), next_try_at=now)


def give_up_late() -> None:
    """Settle what can no longer be sent in time."""
    now = clock.now()
    late = [and_(OutboxMessage.kind == kind, OutboxMessage.queued_at <= now - lasts) for kind, lasts in LASTS.items()]
    _change(and_(_waiting(), or_(*late)), outcome=Outcome.TOO_LATE, settled_at=now, next_try_at=None)


def purge() -> int:
    """Delete what was settled long ago; return how many."""
    gone = delete(OutboxMessage).where(OutboxMessage.settled_at <= clock.now() - KEPT).returning(OutboxMessage.id)
    return len(db.session.scalars(gone).all())


def anything_due() -> bool:
    """Tell whether a message is due in the municipality that the transaction has named."""
    return db.session.scalar(select(true()).where(select(OutboxMessage.id).where(_due()).exists())) is not None


def state() -> State:
    """Return how the outbox of the municipality stands that the transaction has named."""
    today = clock.now().astimezone(clock.STOCKHOLM).replace(hour=0, minute=0, second=0, microsecond=0)
    waits, failing = _waiting(), and_(_waiting(), OutboxMessage.failing_since.is_not(None))
    lost = OutboxMessage.outcome.in_([Outcome.REFUSED, Outcome.UNCERTAIN, Outcome.TOO_LATE])
    counted = db.session.execute(
        select(
            func.count().filter(waits),
            func.min(OutboxMessage.queued_at).filter(waits),
            func.count().filter(failing),
            func.min(OutboxMessage.failing_since).filter(failing),
            func.coalesce(func.max(OutboxMessage.tries).filter(failing), 0),
            func.max(OutboxMessage.fault).filter(failing),
            func.count().filter(OutboxMessage.outcome == Outcome.SENT, OutboxMessage.settled_at >= today),
            func.count().filter(lost),
        )
    ).one()
    waiting, oldest, failed, since, tries, fault, sent, gone = counted
    return State(waiting, oldest, failed, since, tries, fault or "", sent, gone)


def _fail(row: OutboxMessage, fault: Fault, now: datetime) -> None:
    row.tries += 1
    row.fault = fault
    row.failing_since = row.failing_since or now
    row.next_try_at = now + wait_after(row.tries)


def _waiting() -> ColumnElement[bool]:
    return OutboxMessage.outcome.is_(None)


def _due() -> ColumnElement[bool]:
    return and_(_waiting(), OutboxMessage.next_try_at <= clock.now())


def _change(which: ColumnElement[bool], **values: object) -> None:
    db.session.execute(update(OutboxMessage).where(which).values(**values))
