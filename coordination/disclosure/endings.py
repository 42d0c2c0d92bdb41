"""When a recipient left the case that it was given something in: known to all who take part, and so to the sender.

Told by who takes part and never by the copies: what becomes of a copy is the recipient's own matter.
"""

from datetime import date, datetime

from sqlalchemy import ScalarSelect, func, select

from coordination.cases.models import Participation
from coordination.core import clock
from coordination.disclosure.models import Disclosure

LEFT = "participation_ended"


def left_at() -> ScalarSelect[datetime | None]:
    """Select when the recipient of a disclosure first ceased to take part after it was given; nothing if it has not."""
    return (
        select(func.min(Participation.ended_at))
        .where(
            Participation.case_id == Disclosure.case_id,
            Participation.agency_id == Disclosure.to_agency_id,
            Participation.ended_at >= Disclosure.decided_at,
        )
        .correlate(Disclosure)
        .scalar_subquery()
    )


def ended(disclosure: Disclosure, left: datetime | None) -> tuple[date | None, str | None]:
    """Return the day a disclosure ended before its last one, and why: what came first. Nothing where it ran its time out."""
    at, why = disclosure.revoked_at, disclosure.revoked_why
    if left is not None and (at is None or left < at):
        at, why = left, LEFT
    on = at.astimezone(clock.STOCKHOLM).date() if at else None
    if on is not None and why == LEFT and on > disclosure.until:
        return None, None
    return on, why
