"""Reading consents: the one that runs in each of several cases, and one of them opened."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import lists, reading
from coordination.cases.content import PartKind, Text
from coordination.cases.lists import CaseRow
from coordination.cases.models import CasePerson
from coordination.cases.queries import SUBJECT, authorize, find_case
from coordination.consent.models import Consent, ConsentReservation
from coordination.consent.recording import GROUND, MATURITY
from coordination.consent.service import ConsentView, narrowings_of, signatures_of, view_of
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import NotFound
from coordination.keys import service as keys
from policies.access import Actor
from policies.methods.conditions import Condition
from policies.permissions import Permission


@dataclass(frozen=True, slots=True)
class Words:
    """What was said in words, for the agency that recorded it; and what the yes is given on condition of, for each that is bound by it."""

    said: str = ""
    without_guardian: str = ""
    ground: str = ""
    maturity: str = ""
    reservation: str = ""


@dataclass(frozen=True, slots=True)
class OpenConsent:
    """A consent as the reader's agency may see it. ``paper_id`` is the part with the signed paper; both are the owner's alone."""

    case_id: UUID
    view: ConsentView
    words: Words
    paper_id: UUID | None
    own: bool


def running(agency_id: UUID, case_ids: Collection[UUID]) -> Mapping[UUID, ConsentView]:
    """Return, by case, the consent that concerns the agency and runs longest among those that hold today."""
    today = clock.today()
    rows = db.session.scalars(
        select(Consent)
        .where(
            Consent.case_id.in_(case_ids),
            Consent.withdrawn_at.is_(None),
            Consent.valid_from <= today,
            Consent.valid_to >= today,
            or_(Consent.owner_agency_id == agency_id, Consent.agency_ids.contains([agency_id])),
        )
        .order_by(Consent.valid_to)
    )
    found = list(rows)
    narrowed = narrowings_of([row.id for row in found]) if found else {}
    views = [(row.case_id, view_of(row, [], narrowed.get(row.id, []), agency_id)) for row in found]
    return {case_id: view for case_id, view in views if view.withdrawn_on is None}


SOON = timedelta(days=30)
"""How long before its end a consent is to be asked for anew."""
_MOST = 500
"""More cases than anybody works in."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A case whose consent runs out, or ran out and was not given anew: the last one of the own agency's."""

    case: CaseRow
    view: ConsentView


def ending(actor: Actor) -> list[Ending]:
    """Return the actor's own open cases in which the last consent that the actor's agency recorded ends within 30 days, or has ended
    and no other has come: the first to end first. Logged as a list. Raises Forbidden.
    """
    rows = {row.id: row for row in lists.mine(actor, limit=_MOST).rows if not row.closed}
    newest: dict[UUID, Consent] = {}
    held = select(Consent).where(Consent.case_id.in_(rows), Consent.owner_agency_id == actor.agency_id)
    for consent in db.session.scalars(held.where(Consent.withdrawn_at.is_(None)).order_by(Consent.valid_to)):
        newest[consent.case_id] = consent
    found = [
        Ending(rows[case_id], view_of(consent, [], [], actor.agency_id))
        for case_id, consent in newest.items()
        if consent.valid_to <= clock.today() + SOON
    ]
    return sorted(found, key=lambda one: one.view.valid_to)


def conditions(case_id: UUID) -> frozenset[Condition]:
    """Answer which of a method's conditions about consent hold in a case: that one about its young person holds today."""
    today = clock.today()
    found = exists().where(
        Consent.case_id == case_id,
        Consent.person_id == CasePerson.id,
        CasePerson.role == SUBJECT,
        Consent.withdrawn_at.is_(None),
        Consent.valid_from <= today,
        Consent.valid_to >= today,
    )
    return frozenset({Condition.CONSENT_ACTIVE}) if db.session.scalar(select(found)) else frozenset()


def open_consent(actor: Actor, consent_id: UUID) -> OpenConsent:
    """Open one consent that concerns the actor's agency, and log it. Raises NotFound, Forbidden."""
    row = db.session.get(Consent, consent_id)
    concerned = row is not None and actor.agency_id in {row.owner_agency_id, *row.agency_ids}
    door = find_case(actor, row.case_id if row is not None and concerned else None)
    if row is None:
        raise NotFound
    authorize(actor, Permission.CASE_READ, door.facts)
    own = row.owner_agency_id == actor.agency_id
    record = reading.one_record(actor.agency_id, row.record_id) if own and row.record_id else None
    if record is not None:
        audit.record(actor, Event.RECORD_VIEWED, case_id=row.case_id, record_id=record.id, parts=len(record.parts))
    else:
        audit.record(actor, Event.CASE_VIEWED, case_id=row.case_id, parts=0)
    signatures, narrowed = signatures_of([row.id]), narrowings_of([row.id])
    view = view_of(row, signatures.get(row.id, []), narrowed.get(row.id, []), actor.agency_id)
    paper = record.part(PartKind.FILE) if record else None
    words = replace(_words(record), reservation=reservation(actor.agency_id, row.id))
    return OpenConsent(row.case_id, view, words, paper.id if paper else None, own)


def reservation(agency_id: UUID, consent_id: UUID) -> str:
    """Return what an agency is bound by under a consent; nothing where the yes was given without condition."""
    found = select(ConsentReservation.note_ref).where(
        ConsentReservation.consent_id == consent_id, ConsentReservation.agency_id == agency_id
    )
    note = db.session.scalar(found)
    return keys.open_notes(agency_id, [note])[note] if note else ""


def _words(record: reading.OpenRecord | None) -> Words:
    texts = [part.content for part in record.parts if isinstance(part.content, Text)] if record else []
    if not texts:
        return Words()
    named = {text.heading: text.body for text in texts[1:]}
    return Words(
        said=texts[0].body,
        without_guardian=texts[0].heading,
        ground=named.get(GROUND, ""),
        maturity=named.get(MATURITY, ""),
    )
