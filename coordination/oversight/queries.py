"""Reading for log review: which agencies there are, which assignments were given, and the few words a line needs.

A reviewer sees of a case its reference and of a user the name, and only where a line of the log has already named them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from coordination.cases.models import Case
from coordination.core import clock
from coordination.core.db import db
from coordination.identity.models import Agency, Municipality, User, UserRole
from coordination.oversight.models import ReviewAssignment
from policies.permissions import Role


@dataclass(frozen=True, slots=True)
class AgencyRef:
    """An agency as those see it who are not at work in it."""

    id: UUID
    municipality_id: UUID
    name: str
    kind: str
    mark: str
    municipality: str


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who can be given a log to review."""

    user_id: UUID
    name: str
    agency_name: str


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """An assignment with the names it needs on the screen."""

    id: UUID
    agency: AgencyRef
    reviewer_name: str
    given_by_name: str
    given_on: date
    period_from: date
    period_to: date
    valid_until: date
    in_force: bool


def agencies(agency_id: UUID | None = None) -> list[AgencyRef]:
    """Return all agencies of the installation, or the one named, by municipality and name."""
    wanted = select(Agency, Municipality.name).join(Municipality).order_by(Municipality.name, Agency.name)
    if agency_id is not None:
        wanted = wanted.where(Agency.id == agency_id)
    return [_ref(agency, municipality) for agency, municipality in db.session.execute(wanted)]


def municipalities() -> list[UUID]:
    """Return the ids of all municipalities, for work that goes through them one by one."""
    return list(db.session.scalars(select(Municipality.id).order_by(Municipality.id)))


def reviewers_for(agency_id: UUID) -> list[Reviewer]:
    """Return the regional coordinators who may review an agency's log: those who do not work in it."""
    found = db.session.execute(
        select(User.id, User.name, Agency.name.label("agency_name"))
        .join(Agency, User.agency_id == Agency.id)
        .join(UserRole, and_(UserRole.user_id == User.id, UserRole.role == Role.REGIONAL_COORDINATOR))
        .where(User.left_at.is_(None), Agency.closed_at.is_(None), User.agency_id != agency_id)
        .order_by(User.name, User.id)
    )
    return [Reviewer(row.id, row.name, row.agency_name) for row in found]


def given_by_agency(agency_id: UUID) -> list[AssignmentView]:
    """Return the assignments an agency has given, newest first."""
    return _views(ReviewAssignment.agency_id == agency_id)


def given_to(reviewer_id: UUID) -> list[AssignmentView]:
    """Return a reviewer's assignments in all municipalities, newest first."""
    return _views(ReviewAssignment.reviewer_id == reviewer_id)


def assignment_of(reviewer_id: UUID, assignment_id: UUID) -> AssignmentView | None:
    """Return one assignment of a reviewer, in force or not."""
    found = _views((ReviewAssignment.reviewer_id == reviewer_id) & (ReviewAssignment.id == assignment_id))
    return found[0] if found else None


def case_references(case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the references of cases that lines of a log have named, and nothing else of them."""
    rows = db.session.execute(select(Case.id, Case.reference).where(Case.id.in_(case_ids))) if case_ids else ()
    return {row.id: row.reference for row in rows}


def case_with_reference(reference: str) -> UUID | None:
    """Return the id of the case with this reference in the named municipality, to filter a log by."""
    return db.session.scalars(select(Case.id).where(Case.reference == reference)).one_or_none()


def _views(which: ColumnElement[bool]) -> list[AssignmentView]:
    rows = db.session.execute(
        select(ReviewAssignment, Agency, Municipality.name)
        .join(Agency, ReviewAssignment.agency_id == Agency.id)
        .join(Municipality)
        .where(which)
        .order_by(ReviewAssignment.id.desc())
    ).all()
    ids = {user for row, *_ in rows for user in (row.reviewer_id, row.given_by)}
    found = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    names = {user.id: user.name for user in found}
    return [_view(row, _ref(agency, municipality), names) for row, agency, municipality in rows]


def _view(row: ReviewAssignment, agency: AgencyRef, names: dict[UUID, str]) -> AssignmentView:
    return AssignmentView(
        id=row.id,
        agency=agency,
        reviewer_name=names[row.reviewer_id],
        given_by_name=names[row.given_by],
        given_on=row.given_at.astimezone(clock.STOCKHOLM).date(),
        period_from=row.period_from,
        period_to=row.period_to,
        valid_until=row.valid_until,
        in_force=row.ended_at is None and row.valid_until >= clock.today(),
    )


def _ref(agency: Agency, municipality: str) -> AgencyRef:
    return AgencyRef(agency.id, agency.municipality_id, agency.name, agency.kind, agency.mark, municipality)
