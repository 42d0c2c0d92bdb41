"""Disclosing to one agency, and ending a disclosure: by the sender, or because the consent it stands on was taken back."""

from uuid import UUID

from sqlalchemy import or_, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies
from coordination.cases.models import Part, Record
from coordination.cases.queries import authorize, find_case
from coordination.consent import service as consents
from coordination.consent.service import TakenBack
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.disclosure.deciding import DisclosureDraft as DisclosureDraft
from coordination.disclosure.deciding import decide
from coordination.disclosure.models import Disclosure, DisclosureItem
from policies.access import Actor
from policies.permissions import Permission

REVOKE_REASONS = ("revoked_no_longer_needed", "revoked_mistake", "revoked_other")


def disclose(actor: Actor, case_id: UUID, draft: DisclosureDraft) -> Disclosure:
    """Give the chosen parts to one agency: the decision about one recipient. Raises as ``deciding.decide``."""
    return decide(actor, case_id, draft.alone())[0]


def revoke(actor: Actor, disclosure_id: UUID, why: str) -> Disclosure:
    """End a disclosure of the actor's agency: the copies it carried close at the recipient. Raises Conflict if it has ended."""
    disclosure = revocable(actor, disclosure_id)
    if why not in REVOKE_REASONS:
        raise Invalid("reason_unknown", why="reason_unknown")
    if disclosure.revoked_at is not None:
        raise Conflict("disclosure_already_ended")
    _end(actor, disclosure, why, decide=False)
    return disclosure


def revocable(actor: Actor, disclosure_id: UUID) -> Disclosure:
    """Return a disclosure of the actor's agency that the actor may end, and hold its row. Raises NotFound, Forbidden."""
    disclosure = db.session.scalars(
        select(Disclosure)
        .where(Disclosure.id == disclosure_id, Disclosure.from_agency_id == actor.agency_id)
        .with_for_update()
    ).one_or_none()
    door = find_case(actor, disclosure.case_id if disclosure else None)
    if disclosure is None:
        raise NotFound
    authorize(actor, Permission.CASE_REVOKE, door.facts, owns=True)
    return disclosure


def withdraw_consent(actor: Actor, consent_id: UUID, by: str) -> int:
    """Record that a consent was taken back and end every disclosure that stands on it, whoever made it.

    Each recipient gets the task to decide: take into the own file on another basis, or dispose. Return how many
    disclosures ended.
    """
    consent = consents.withdraw(actor, consent_id, by)
    standing = db.session.scalars(
        select(Disclosure).where(Disclosure.consent_id == consent.id, Disclosure.revoked_at.is_(None)).with_for_update()
    ).all()
    closed = sum(_end(actor, disclosure, "consent_withdrawn", decide=True) for disclosure in standing)
    audit.record(actor, Event.CONSENT_WITHDRAWN, case_id=consent.case_id, consent_id=consent.id, copies=closed)
    return len(standing)


def narrow_consent(actor: Actor, consent_id: UUID, part: TakenBack, by: str) -> int:
    """Record that a part of a consent was taken back, and end every disclosure that stands on that part: to an agency, for a purpose
    or with a kind of record that the consent names no more. What it still covers is shared anew. Return how many ended.

    Raises as ``consents.narrow``.
    """
    consent = consents.narrow(actor, consent_id, part, by)
    carried = (
        select(DisclosureItem.disclosure_id)
        .join(Part, Part.id == DisclosureItem.part_id)
        .join(Record, Record.id == Part.record_id)
        .where(Record.kind.in_(part.kinds))
    )
    standing = db.session.scalars(
        select(Disclosure)
        .where(
            Disclosure.consent_id == consent.id,
            Disclosure.revoked_at.is_(None),
            or_(
                Disclosure.to_agency_id.in_(part.agency_ids),
                Disclosure.purpose.in_(part.purposes),
                Disclosure.id.in_(carried),
            ),
        )
        .with_for_update()
    ).all()
    closed = sum(_end(actor, disclosure, "consent_narrowed", decide=True) for disclosure in standing)
    audit.record(actor, Event.CONSENT_NARROWED, case_id=consent.case_id, consent_id=consent.id, copies=closed)
    return len(standing)


def _end(actor: Actor, disclosure: Disclosure, why: str, *, decide: bool) -> int:
    disclosure.revoked_at, disclosure.revoked_by, disclosure.revoked_why = clock.now(), actor.user_id, why
    db.session.flush()
    closed = copies.close_for_disclosures(actor, [disclosure.id], why, decide=decide)
    audit.record(
        actor,
        Event.DISCLOSURE_REVOKED,
        agency_id=disclosure.from_agency_id,
        case_id=disclosure.case_id,
        disclosure_id=disclosure.id,
        why=why,
        copies=closed,
    )
    return closed
