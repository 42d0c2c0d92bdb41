"""Log review: an agency lets a named person read its access log for a period, and can take it back at any time.

The reviewer reads who did what, when and why, never content, one agency at a time; the reading is a line in the log
that is read. An assignment that is not there, not one's own or no longer in force are the same: not found.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from coordination.audit import queries as log
from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.audit.exporting import Extract
from coordination.core import clock
from coordination.core.db import Tenant, db, use_tenant
from coordination.core.errors import Forbidden, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.identity import queries as identity
from coordination.keys import service as keys
from coordination.oversight import integrity, queries
from coordination.oversight.models import ReviewAssignment
from policies.access import NO_CASE, Actor, Facts, decide
from policies.permissions import Permission


@dataclass(frozen=True, slots=True)
class Search:
    """What a reviewer looks for within the assignment; the reference is as people write it."""

    since: date | None = None
    until: date | None = None
    user_id: UUID | None = None
    actions: Collection[str] | None = None
    outcome: str | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    """A line with the words it needs. ``reason`` is None where none was stated, empty where it cannot be opened."""

    line: log.LogLine
    who: identity.Person | None
    reference: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class OpenedLog:
    """A page of one agency's log, and where its tree stands."""

    assignment: queries.AssignmentView
    lines: Sequence[ReviewedLine]
    next_before: int | None
    state: log.LogState


EVERYTHING = Search()


def give(actor: Actor, reviewer_id: UUID, period_from: date, period_to: date, valid_until: date) -> UUID:
    """Let a regional coordinator review the actor's agency's log of a period, until a day. Raises Invalid, Forbidden."""
    _authorize_giving(actor)
    if period_to < period_from:
        raise Invalid("period_backwards", period_to="period_backwards")
    if valid_until < clock.today():
        raise Invalid("valid_until_past", valid_until="valid_until_past")
    if reviewer_id not in {reviewer.user_id for reviewer in queries.reviewers_for(actor.agency_id)}:
        raise Invalid("reviewer_unsuitable", reviewer="reviewer_unsuitable")

    row = ReviewAssignment(
        id=new_id(),
        municipality_id=actor.municipality_id,
        agency_id=actor.agency_id,
        reviewer_id=reviewer_id,
        period_from=period_from,
        period_to=period_to,
        valid_until=valid_until,
        given_by=actor.user_id,
        given_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor,
        Event.LOG_REVIEW_ASSIGNED,
        review_id=row.id,
        reviewer=reviewer_id,
        from_day=period_from,
        to_day=period_to,
    )
    return row.id


def end(actor: Actor, assignment_id: UUID) -> None:
    """End an assignment the actor's agency has given; ending it again changes nothing. Raises NotFound, Forbidden."""
    _authorize_giving(actor)
    row = db.session.scalars(
        select(ReviewAssignment)
        .where(ReviewAssignment.id == assignment_id, ReviewAssignment.agency_id == actor.agency_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.ended_at is None:
        row.ended_at = clock.now()
        audit.record(actor, Event.LOG_REVIEW_ENDED, review_id=row.id)


def assignments_given(actor: Actor) -> list[queries.AssignmentView]:
    """Return the assignments that the actor's agency has given. Raises Forbidden unless the actor may give them."""
    _authorize_giving(actor)
    return queries.given_by_agency(actor.agency_id)


def assignments_of(actor: Actor) -> list[queries.AssignmentView]:
    """Return the actor's own assignments to review, in all municipalities. Raises Forbidden."""
    _authorize(actor, Permission.AUDIT_REVIEWS_LIST_READ, NO_CASE)
    return queries.given_to(actor.user_id)


def reviewers(actor: Actor) -> list[queries.Reviewer]:
    """Return those whom the actor may let review the own agency's log. Raises Forbidden."""
    _authorize_giving(actor)
    return queries.reviewers_for(actor.agency_id)


def given_assignment(actor: Actor, assignment_id: UUID) -> queries.AssignmentView:
    """Return an assignment that the actor's agency has given. Raises NotFound, Forbidden."""
    found = [one for one in assignments_given(actor) if one.id == assignment_id]
    if not found:
        raise NotFound
    return found[0]


def people_in(actor: Actor, assignment_id: UUID) -> list[identity.Person]:
    """Return those who have a line within the period of an assignment in force, by name. Raises NotFound."""
    assignment = _enter(actor, assignment_id)
    period = _period(assignment.period_from, assignment.period_to)
    people = identity.people(log.users_in(assignment.agency.id, period))
    return sorted(people.values(), key=lambda person: (person.name, person.user_id))


def open_log(
    actor: Actor, assignment_id: UUID, search: Search = EVERYTHING, before_seq: int | None = None
) -> OpenedLog:
    """Return a page of the log that an assignment in force opens, within its period, and log the reading there.

    The running transaction goes on in the municipality of the reviewed agency. Raises NotFound.
    """
    assignment = _enter(actor, assignment_id)
    agency_id = assignment.agency.id
    days = _within(assignment, search)
    found = _page(agency_id, _period(*days), search, before_seq)
    shown = _reviewed(agency_id, found[: log.PAGE])

    audit.record(
        actor,
        Event.LOG_VIEWED,
        agency_id=agency_id,
        review_id=assignment.id,
        count=len(shown),
        from_day=days[0],
        to_day=days[1],
    )
    return OpenedLog(
        assignment=assignment,
        lines=shown,
        next_before=shown[-1].line.seq if len(found) > log.PAGE else None,
        state=log.state(agency_id, clock.now() - timedelta(days=7)),
    )


def take_extract(actor: Actor, assignment_id: UUID) -> Extract:
    """Prepare the log of an assignment in force as a file: entries outside the period as their hash alone. Raises NotFound."""
    assignment = _enter(actor, assignment_id)
    tree = log.state(assignment.agency.id, clock.now())
    audit.record(actor, Event.LOG_EXPORTED, agency_id=assignment.agency.id, size=tree.size, root=tree.root)
    extract = integrity.prepare_extract(assignment.agency)
    return replace(extract, period=_period(assignment.period_from, assignment.period_to))


def _enter(actor: Actor, assignment_id: UUID) -> queries.AssignmentView:
    """Let a reviewer into the municipality of the agency reviewed, if the assignment is theirs and in force."""
    assignment = queries.assignment_of(actor.user_id, assignment_id)
    facts = replace(
        NO_CASE,
        review=assignment is not None and assignment.in_force,
        reviewed_self=assignment is None or assignment.agency.id == actor.agency_id,
    )
    if not decide(actor, Permission.AUDIT_REVIEW_READ, facts).allowed or assignment is None:
        raise NotFound
    use_tenant(Tenant(assignment.agency.municipality_id, actor.user_id))
    return assignment


def _within(assignment: queries.AssignmentView, search: Search) -> tuple[date, date]:
    first, last = assignment.period_from, assignment.period_to
    since = min(max(search.since or first, first), last)
    return since, max(min(search.until or last, last), since)


def _period(since: date, until: date) -> log.Period:
    return log.Period(_midnight(since), _midnight(until + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.STOCKHOLM)


def _page(agency_id: UUID, period: log.Period, search: Search, before_seq: int | None) -> list[log.LogLine]:
    case_id = None
    if search.reference:
        case_id = queries.case_with_reference(search.reference)
        if case_id is None:
            return []
    filters = log.Filters(user_id=search.user_id, case_id=case_id, actions=search.actions, outcome=search.outcome)
    return log.agency_log(agency_id, period, filters, before_seq, log.PAGE + 1)


def _reviewed(agency_id: UUID, lines: Sequence[log.LogLine]) -> list[ReviewedLine]:
    cases = {UUID(str(line.fields["case_id"])) for line in lines if line.fields.get("case_id")}
    references = queries.case_references(cases)
    people = identity.people({line.user_id for line in lines if line.user_id})
    reasons = _reasons(agency_id, lines)
    return [
        ReviewedLine(
            line=line,
            who=people.get(line.user_id) if line.user_id else None,
            reference=references.get(UUID(str(line.fields["case_id"]))) if line.fields.get("case_id") else None,
            reason=reasons.get(str(line.fields["reason_ref"]), "") if line.fields.get("reason_ref") else None,
        )
        for line in lines
    ]


def _reasons(agency_id: UUID, lines: Sequence[log.LogLine]) -> dict[str, str]:
    stated = {UUID(str(line.fields["reason_ref"])) for line in lines if line.fields.get("reason_ref")}
    try:
        return {str(note): words for note, words in keys.open_notes(agency_id, stated).items()} if stated else {}
    except keys.CannotOpen:
        return {}


def _authorize_giving(actor: Actor) -> None:
    _authorize(actor, Permission.AUDIT_REVIEW_ASSIGN, replace(NO_CASE, same_municipality=True, owns=True))


def _authorize(actor: Actor, permission: Permission, facts: Facts) -> None:
    decision = decide(actor, permission, facts)
    if not decision.allowed:
        raise Forbidden(decision.reason)
