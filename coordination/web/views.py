"""What several pages of a case share: the names a page needs, what may be offered, and a service call shown in its form."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from flask import g, render_template
from flask.typing import ResponseReturnValue
from wtforms import Form

from coordination.cases import break_glass, phases, service
from coordination.cases.break_glass import Notice
from coordination.cases.lists import CaseRow
from coordination.cases.phases import Answer
from coordination.cases.reading import OpenRecord
from coordination.consent import queries as consents
from coordination.core import clock
from coordination.core.db import savepoint
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.disclosure import urgent_received
from coordination.disclosure.overview import Overview, may
from coordination.identity import queries as identity
from coordination.web import messages
from coordination.web.presenting.emergencies import NoticeLine, notice_lines, running_lines
from coordination.web.presenting.head import May, head
from coordination.web.presenting.people import Worker, workers
from coordination.web.presenting.reader import Reader
from coordination.web.words import AgencyView, agency_view
from policies.access import Actor
from policies.permissions import GRANTS, Permission

T = TypeVar("T")

ANSWERS: tuple[Answer, ...] = (consents.conditions,)
"""Who answers the conditions of a method that the cases do not know themselves. One that is left out here holds cases back."""

UNPROCESSABLE = 422
CONFLICT = 409


def actor() -> Actor:
    """Return who is acting."""
    acting: Actor = g.actor
    return acting


def reader(user_ids: Iterable[UUID] = ()) -> Reader:
    """Return who reads the page, with every agency of the municipality and these people by name."""
    acting = actor()
    return Reader(
        agency_id=acting.agency_id,
        municipality=identity.municipality_of(acting).name,
        agencies={
            row.id: agency_view(row, acting.agency_id)
            for row in identity.agencies_of(acting.municipality_id, closed=True)
        },
        people=identity.people(set(user_ids)),
        today=clock.today(),
    )


def writers(records: Iterable[OpenRecord]) -> set[UUID]:
    """Return the ids of those who wrote these records."""
    return {record.created_by for record in records}


def offered(overview: Overview) -> May:
    """Return what is worth offering the reader in a case; whoever does it is asked again."""
    acting, facts = actor(), overview.facts
    return May(
        act=may(acting, Permission.CASE_ACT, facts) and acting.agency_id != overview.case.lead_agency_id,
        write=may(acting, Permission.CASE_RECORD_WRITE, facts),
        disclose=may(acting, Permission.CASE_DISCLOSE, facts),
        move_phase=may(acting, Permission.CASE_PHASE_MOVE, facts),
        people=may(acting, Permission.CASE_PEOPLE_MANAGE, facts),
        participants=may(acting, Permission.CASE_PARTICIPANTS_MANAGE, facts),
        assign=may(acting, Permission.CASE_ASSIGN, facts),
        record_consent=may(acting, Permission.CASE_CONSENT_RECORD, facts),
        withdraw_consent=may(acting, Permission.CASE_CONSENT_WITHDRAW, facts),
        revoke=may(acting, Permission.CASE_REVOKE, facts),
    )


def case_page(template: str, overview: Overview, reading: Reader, tab: str, **values: Any) -> ResponseReturnValue:
    """Render a page of a case, with the case's head; ``values`` are the template's own, listed at its top."""
    emergency = running_lines(break_glass.running(actor(), overview.case.id)) if overview.facts.emergency else ()
    standing = phases.standing(actor(), overview.case, ANSWERS)
    case = head(overview, reading, tab, offered(overview), standing, emergency)
    return render_template(template, case=case, crumbs=case.crumbs, reader_agency=reading.own, **values)


def notices(case_id: UUID | None = None) -> list[NoticeLine]:
    """Return what tells the reader that a colleague broke the glass of a case of theirs, until they have confirmed it."""
    return notice_lines_of(break_glass.notices(actor(), case_id))


def notice_lines_of(told: Sequence[Notice]) -> list[NoticeLine]:
    """Return these notices in words."""
    return notice_lines(told, reader({one.opened_by for one in told})) if told else []


def held(permission: Permission) -> bool:
    """Tell whether the reader's roles hold a permission: for what is offered, never in place of the guard."""
    return bool(GRANTS[permission] & actor().roles)


def urgent_waiting() -> int:
    """Return how many urgent requests wait for the reader: a number for the page they begin at."""
    return urgent_received.undecided(actor()) if held(Permission.DISCLOSURE_URGENT_READ) else 0


def attempt(form: Form, step: Callable[[], T]) -> tuple[list[T], int]:
    """Run a step that may be refused: what it gave, alone in a list, and 200; or an empty list, with the refusal in the form.

    A refused step leaves no trace: neither rows nor log lines.
    """
    try:
        with savepoint():
            return [step()], 200
    except Invalid as error:
        messages.explain(form, error)
        return [], UNPROCESSABLE
    except Conflict as error:
        messages.explain(form, error)
        return [], CONFLICT


def submitted(form: Any, step: Callable[[], T]) -> tuple[list[T], int]:
    """Run a step if the form was sent and holds, as ``attempt`` does; 200 for a first look and 422 for what is wrong."""
    if not form.is_submitted():
        return [], 200
    if not form.validate():
        return [], UNPROCESSABLE
    return attempt(form, step)


def chosen(values: Mapping[str, object], name: str) -> UUID | None:
    """Return an id from an address, or nothing where it is missing or malformed."""
    try:
        return UUID(str(values.get(name, "")))
    except ValueError:
        return None


def participant(case: CaseRow, agency_id: UUID) -> AgencyView:
    """Return an agency that takes part in the case. Raises NotFound for any other."""
    if agency_id not in case.agency_ids:
        raise NotFound
    return reader().agencies[agency_id]


def worker(case_id: UUID, user_id: UUID) -> Worker:
    """Return a colleague who works in the case now. Raises NotFound for anybody else."""
    running = [row for row in service.handlers(case_id, actor().agency_id) if row.user_id == user_id]
    if not running:
        raise NotFound
    return workers(running, reader([user_id]))[0]
