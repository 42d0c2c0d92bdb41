"""When a recipient left the case that it was given something in: known to all who take part, and so to the sender.

Told by who takes part and never by the copies: what becomes of a copy is the recipient's own matter.
"""

from datetime import datetime

from sqlalchemy import ScalarSelect, func, select

from coordination.cases.models import Participation
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


def earliest(
    revoked_at: datetime | None, revoked_why: str | None, left: datetime | None
) -> tuple[datetime | None, str | None]:
    """Return when a disclosure ended before its last day, and why: what came first."""
    if left is not None and (revoked_at is None or left < revoked_at):
        return left, LEFT
    return revoked_at, revoked_why
