"""A case as one agency sees it: what it owns and was given, and for every part who sees it, on what basis, until when.

Everything starts from what the agency could open. Of parts that others own and did not give, there is no trace here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, func, select

from coordination.cases import copies, reading, service
from coordination.cases.models import CasePhase
from coordination.cases.people import PersonView, people_in_case
from coordination.cases.queries import PARTICIPATING, SUBJECT, Entrance, Shell, authorize, find_shell
from coordination.consent import service as consents
from coordination.core import clock
from coordination.core.db import db
from coordination.core.prepared import Prepared, asked
from coordination.disclosure import endings
from coordination.disclosure.models import Disclosure, DisclosureItem
from policies.access import Actor, Facts, decide
from policies.permissions import Permission

SOON_DAYS = 30


@dataclass(frozen=True, slots=True)
class Sight:
    """One agency's sight of a part: on which basis, until when, and when it ended if it has."""

    disclosure_id: UUID
    agency_id: UUID
    version_id: UUID
    basis_id: str
    basis_in_force_from: date
    until: date
    ended_on: date | None
    ended_why: str | None

    def active(self, on: date) -> bool:
        """Tell whether the agency's handlers can open the part on this day."""
        return self.ended_on is None and self.until >= on


Sights = Mapping[UUID, Sequence[Sight]]
"""For each part, who sees or has seen it."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything a case page shows, opened and logged."""

    case: Shell
    facts: Facts
    entered: Mapping[str, date]
    agency_ids: Sequence[UUID]
    handler_ids: Sequence[UUID]
    people: Sequence[PersonView]
    records: Sequence[reading.OpenRecord]
    identities: Sequence[reading.OpenRecord]
    sights: Sights
    consents: Sequence[consents.ConsentView]
    closed: int
    """How many copies the agency holds that no handler opens any more."""

    def subject(self) -> PersonView | None:
        """Return the case's young person."""
        return next((person for person in self.people if person.role == SUBJECT), None)


def open_case(actor: Actor, case_id: UUID) -> Overview:
    """Open a case for a handler: log the opening, note which copies were opened first, return what there is to see.

    Raises NotFound when the case is hidden or not there, Forbidden when a condition fails.
    """
    door = _door(actor, case_id)
    return _overview(actor, door, reading.records_in_case(actor.agency_id, case_id))


def open_shell(actor: Actor, case_id: UUID) -> Overview:
    """Open a case for a page that shows no records: only who it is about is opened, and only that counts as opened.

    Raises NotFound when the case is hidden or not there, Forbidden when a condition fails.
    """
    door = _door(actor, case_id)
    return _overview(actor, door, reading.identities(actor.agency_id, case_id))


def open_mapping(actor: Actor, case_id: UUID) -> Overview:
    """Open a case for its mapping: of its records only those count as opened. Raises NotFound, Forbidden."""
    door = _door(actor, case_id)
    authorize(actor, Permission.PLANNING_MAPPING_READ, door.facts)
    return _overview(actor, door, reading.mapping(actor.agency_id, case_id))


def open_plan(actor: Actor, case_id: UUID) -> Overview:
    """Open a case for its plan: of its records only those count as opened. Raises NotFound, Forbidden."""
    door = _door(actor, case_id)
    authorize(actor, Permission.PLANNING_PLAN_READ, door.facts)
    return _overview(actor, door, reading.plan(actor.agency_id, case_id))


def _door(actor: Actor, case_id: UUID) -> Entrance:
    door = find_shell(actor, case_id)
    authorize(actor, Permission.CASE_READ, door.facts)
    return door


def _overview(actor: Actor, door: Entrance, opened: Sequence[reading.OpenRecord]) -> Overview:
    case_id = door.case.id
    parts = [part for record in opened for part in record.parts]
    copies.note_opened(actor, [part.copy_id for part in parts if part.copy_id])
    service.record_view(actor, case_id, len(parts))
    identities = [record for record in opened if record.kind == reading.IDENTITY]
    [around] = _AROUND.rows(case=case_id, agency=actor.agency_id, now=clock.now(), today=clock.today())
    return Overview(
        case=door.case,
        facts=door.facts,
        entered=dict(zip(around.phases, around.entered, strict=True)),
        agency_ids=around.agencies,
        handler_ids=around.handlers,
        people=people_in_case(case_id, identities),
        records=[record for record in opened if record.kind not in reading.HIDDEN_KINDS],
        identities=identities,
        sights=sights_of(actor, opened),
        consents=consents.in_case(actor.agency_id, case_id),
        closed=around.closed,
    )


_GIVEN_IN_CASES = Prepared(
    lambda: (
        select(
            DisclosureItem.part_id,
            DisclosureItem.part_version_id,
            *Disclosure.__table__.columns,
            endings.left_at().label("left"),
        )
        .join(Disclosure, Disclosure.id == DisclosureItem.disclosure_id)
        .where(Disclosure.case_id == any_(asked("cases", ARRAY(Uuid()))))
        .order_by(Disclosure.decided_at)
    )
)


def sights_of(actor: Actor, records: Iterable[reading.OpenRecord]) -> Sights:
    """Return who sees each part: for own parts also who has seen it, for received ones only who sees it now."""
    seen = list(records)
    owned = {part.id for record in seen if record.owner_agency_id == actor.agency_id for part in record.parts}
    given = {part.id for record in seen if record.owner_agency_id != actor.agency_id for part in record.parts}
    rows = _GIVEN_IN_CASES.rows(cases=list({record.case_id for record in seen}))
    today = clock.today()
    found: dict[UUID, list[Sight]] = {}
    for row in rows:
        sight = _sight(row, row.part_version_id, row.left)
        if row.part_id in owned or (row.part_id in given and sight.active(today)):
            found.setdefault(row.part_id, []).append(sight)
    return {part_id: _latest(sights) for part_id, sights in found.items()}


def given_of(actor: Actor, part_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[Sight]]:
    """Return every time the actor's agency gave these parts away, by the version that was given, oldest first."""
    rows = db.session.execute(
        select(DisclosureItem.part_version_id, Disclosure, endings.left_at().label("left"))
        .join(Disclosure, Disclosure.id == DisclosureItem.disclosure_id)
        .where(DisclosureItem.part_id.in_(set(part_ids)), Disclosure.from_agency_id == actor.agency_id)
        .order_by(Disclosure.decided_at)
    )
    found: dict[UUID, list[Sight]] = {}
    for row in rows:
        found.setdefault(row.part_version_id, []).append(_sight(row.Disclosure, row.part_version_id, row.left))
    return found


def may(actor: Actor, permission: Permission, facts: Facts) -> bool:
    """Tell whether an action is worth offering: every condition but a fresh re-authentication, which is asked for when used."""
    decision = decide(actor, permission, facts)
    return decision.allowed or decision.reason == "reauthentication_needed"


def _sight(disclosure: Disclosure, version_id: UUID, left: datetime | None) -> Sight:
    ended_on, ended_why = endings.ended(disclosure, left)
    return Sight(
        disclosure_id=disclosure.id,
        agency_id=disclosure.to_agency_id,
        version_id=version_id,
        basis_id=disclosure.basis_id,
        basis_in_force_from=disclosure.basis_in_force_from,
        until=disclosure.until,
        ended_on=ended_on,
        ended_why=ended_why,
    )


def _latest(sights: Sequence[Sight]) -> list[Sight]:
    """Keep one sight for each agency: one that still runs before one that has ended, then the longest."""
    today = clock.today()
    best: dict[UUID, Sight] = {}
    for sight in sights:
        kept = best.get(sight.agency_id)
        if kept is None or (sight.active(today), sight.until) >= (kept.active(today), kept.until):
            best[sight.agency_id] = sight
    return list(best.values())


_PHASES = (
    select(CasePhase.phase, CasePhase.entered_on)
    .where(CasePhase.case_id == asked("case", Uuid()))
    .order_by(CasePhase.entered_on, CasePhase.id)
)


def _around() -> Select[*tuple[Any, ...]]:
    """Select what stands around the records of a case, in one row: one question to the database, not five."""
    lists = {
        "phases": _PHASES.with_only_columns(CasePhase.phase),
        "entered": _PHASES.with_only_columns(CasePhase.entered_on),
        "agencies": PARTICIPATING,
        "handlers": service.HANDLER_IDS,
    }
    arrays = [func.array(rows.scalar_subquery()).label(name) for name, rows in lists.items()]
    return select(*arrays, copies.CLOSED_COUNT.scalar_subquery().label("closed"))


_AROUND = Prepared(_around)
