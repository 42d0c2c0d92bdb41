"""Drafts: what somebody has typed and not saved. Theirs alone, sealed with the agency's key, gone after thirty days at the latest.

A draft is no record (TF 2 kap. 12 §): it is in no export, ledger, search or printout. Saving one is not logged, or the log would be
keystrokes; opening one is, for it holds what the case holds.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, delete, exists, not_, or_, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.models import Assignment, Case, Draft, Participation
from coordination.cases.queries import assigned, authorize, case_for, visible_to
from coordination.cases.records import own_record
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Invalid, NotFound
from coordination.core.ids import new_id
from coordination.keys import service as keys
from policies.access import NO_CASE, Actor
from policies.permissions import GRANTS, Permission

RECORD_NEW, RECORD_EDIT, CONSENT_NEW, DISCLOSURE = "record_new", "record_edit", "consent_new", "disclosure"
MAPPING_NEW, GOAL_NEW = "mapping_new", "goal_new"

FORMS: Mapping[str, Permission] = {
    RECORD_NEW: Permission.CASE_RECORD_WRITE,
    RECORD_EDIT: Permission.CASE_RECORD_WRITE,
    CONSENT_NEW: Permission.CASE_CONSENT_RECORD,
    DISCLOSURE: Permission.CASE_DISCLOSE,
    MAPPING_NEW: Permission.PLANNING_MAPPING_WRITE,
    GOAL_NEW: Permission.PLANNING_PLAN_WRITE,
}
"""The forms that keep drafts, and what a role must hold to fill one in."""

KEPT = timedelta(days=30)
"""How long a draft is kept after it was last saved (the house's rule)."""

LARGEST = 4_000_000
"""The largest draft, in bytes: more than a form that the service takes can hold."""

Pairs = Sequence[tuple[str, str]]
"""The fields of a form as a browser sends them."""


class Subject(NamedTuple):
    """What a draft is of: a form, and the record it edits or the case it adds to."""

    form: str
    target_id: UUID


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list: nothing of what it says."""

    id: UUID
    case_id: UUID
    reference: str
    subject: Subject
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft as its author left it."""

    page_id: UUID
    saved_at: datetime
    pairs: Pairs


class Kept(NamedTuple):
    """A draft that has just been saved."""

    id: UUID
    saved_at: datetime


def keep(actor: Actor, subject: Subject, page_id: UUID, pairs: Pairs, *, rescued: bool = False) -> Kept:
    """Seal what an opened form holds in place of what it held before.

    ``rescued``: the session had ended when it was sent, which is logged. Raises NotFound, Forbidden as the form itself would;
    Invalid for what is too large.
    """
    case_id = _case_of(actor, subject)
    content = json.dumps(list(pairs), ensure_ascii=False).encode()
    if len(content) > LARGEST:
        raise Invalid("draft_too_large")
    draft = _own_or_new(actor, case_id, subject, page_id)
    draft.saved_at = clock.now()
    draft.sealed = keys.seal_draft(actor.agency_id, _place(draft), content)
    db.session.add(draft)
    db.session.flush()
    if rescued:
        audit.record(actor, Event.DRAFT_RESCUED, case_id=case_id, form=subject.form)
    return Kept(draft.id, draft.saved_at)


def waiting(actor: Actor, subject: Subject) -> list[DraftRow]:
    """Return the actor's drafts of one form, the last saved first."""
    return _rows(_visible(actor).where(Draft.form == subject.form, Draft.target_id == subject.target_id))


def own(actor: Actor) -> list[DraftRow]:
    """Return all the actor's drafts, the last saved first: references and times only, and log how many cases that shows."""
    authorize(actor, Permission.CASE_LIST_READ, NO_CASE)
    rows = _rows(_visible(actor))
    audit.record(actor, Event.CASE_LISTED, count=len({row.case_id for row in rows}))
    return rows


def one(actor: Actor, draft_id: UUID) -> DraftRow:
    """Return one of the actor's drafts. Raises NotFound for anybody else's."""
    found = _rows(_visible(actor).where(Draft.id == draft_id))
    if not found:
        raise NotFound
    return found[0]


def open_draft(actor: Actor, subject: Subject, draft_id: UUID) -> OpenDraft:
    """Open one of the actor's drafts of a form, and log it. Raises NotFound for anybody else's, or of another form."""
    _case_of(actor, subject)
    mine = Draft.form == subject.form, Draft.target_id == subject.target_id, Draft.id == draft_id
    draft = db.session.scalars(_visible(actor).with_only_columns(Draft).where(*mine)).one_or_none()
    if draft is None:
        raise NotFound
    content = keys.open_draft(actor.agency_id, _place(draft), draft.sealed)
    audit.record(actor, Event.DRAFT_OPENED, case_id=draft.case_id, form=draft.form)
    return OpenDraft(draft.page_id, draft.saved_at, [(name, value) for name, value in json.loads(content)])


def throw_away(actor: Actor, draft_id: UUID) -> DraftRow:
    """Dispose of one of the actor's drafts. Raises NotFound for anybody else's."""
    row = one(actor, draft_id)
    _dispose([row.id])
    return row


def saved(actor: Actor, subject: Subject, page_id: UUID) -> None:
    """Dispose of the draft of an opened form: what it held is saved now."""
    _dispose([row.id for row in db.session.scalars(_of_page(actor, subject, page_id))])


def purge(limit: int = 500) -> int:
    """Dispose of drafts that are too old, or whose author no longer works in the case, or whose case is closed; return how many.

    Safe to run again.
    """
    now = clock.now()
    working = exists().where(
        Assignment.case_id == Draft.case_id,
        Assignment.user_id == Draft.user_id,
        Assignment.agency_id == Draft.agency_id,
        Assignment.ends_at > now,
    )
    taking_part = exists().where(
        Participation.case_id == Draft.case_id,
        Participation.agency_id == Draft.agency_id,
        Participation.ended_at.is_(None),
    )
    closed = exists().where(Case.id == Draft.case_id, Case.closed_at.is_not(None))
    over = or_(Draft.saved_at <= now - KEPT, not_(and_(working, taking_part)), closed)
    ids = db.session.scalars(select(Draft.id).where(over).limit(limit).with_for_update(skip_locked=True)).all()
    _dispose(ids)
    return len(ids)


def _visible(actor: Actor) -> Select[Draft, str]:
    """Return the drafts the actor may know of, with the case's reference: the only doorway to ``Draft`` rows.

    Their own, in an open case in which they work now; an ended assignment leaves none.
    """
    now = clock.now()
    return (
        visible_to(actor)
        .join(Draft, Draft.case_id == Case.id)
        .where(
            assigned(actor.user_id, actor.agency_id, now),
            Case.closed_at.is_(None),
            Draft.user_id == actor.user_id,
            Draft.agency_id == actor.agency_id,
            Draft.saved_at > now - KEPT,
            Draft.form.in_([form for form, needed in FORMS.items() if GRANTS[needed] & actor.roles]),
        )
        .with_only_columns(Draft, Case.reference)
    )


def _rows(wanted: Select[Draft, str]) -> list[DraftRow]:
    found = db.session.execute(wanted.order_by(Draft.saved_at.desc(), Draft.id.desc()))
    return [
        DraftRow(draft.id, draft.case_id, reference, Subject(draft.form, draft.target_id), draft.saved_at)
        for draft, reference in found
    ]


def _case_of(actor: Actor, subject: Subject) -> UUID:
    """Return the case a form belongs to, once it is clear that the actor may fill the form in. Raises NotFound, Forbidden."""
    if subject.form not in FORMS or GRANTS[FORMS[subject.form]].isdisjoint(actor.roles):
        raise NotFound
    if subject.form == RECORD_EDIT:
        return own_record(actor, subject.target_id, Permission.CASE_RECORD_WRITE).case_id
    return case_for(actor, subject.target_id, Permission.CASE_DRAFT_KEEP).id


def _own_or_new(actor: Actor, case_id: UUID, subject: Subject, page_id: UUID) -> Draft:
    # The assignment's row is held, so that a form that saves twice at once has one draft and not two.
    held = Assignment.case_id == case_id, Assignment.user_id == actor.user_id
    db.session.execute(select(Assignment.id).where(*held).order_by(Assignment.id).with_for_update())
    found = db.session.scalars(_of_page(actor, subject, page_id)).first()
    return found or Draft(
        id=new_id(),
        municipality_id=actor.municipality_id,
        user_id=actor.user_id,
        agency_id=actor.agency_id,
        case_id=case_id,
        form=subject.form,
        target_id=subject.target_id,
        page_id=page_id,
    )


def _of_page(actor: Actor, subject: Subject, page_id: UUID) -> Select[Draft]:
    return select(Draft).where(
        Draft.user_id == actor.user_id,
        Draft.agency_id == actor.agency_id,
        Draft.form == subject.form,
        Draft.target_id == subject.target_id,
        Draft.page_id == page_id,
    )


def _place(draft: Draft) -> keys.DraftPlace:
    return keys.DraftPlace(draft.municipality_id, draft.id, draft.user_id, draft.case_id, draft.form, draft.target_id)


def _dispose(ids: Sequence[UUID]) -> None:
    if ids:
        keys.forget_drafts(ids)
        db.session.execute(delete(Draft).where(Draft.id.in_(ids)))
