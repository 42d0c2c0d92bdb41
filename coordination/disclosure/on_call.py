"""The on-call list (jourlista) of an agency: who takes what is urgent, when, and at which telephone.

The manager keeps it. Other agencies are told the telephone of the function, and only once they have sent something urgent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.queries import authorize
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.disclosure.models import OnCall
from coordination.identity import queries as identity
from coordination.identity.queries import Person
from policies.access import NO_CASE, Actor
from policies.permissions import HANDLERS, Permission, Role

AHEAD = timedelta(days=7)
"""How far ahead hours without anybody on call are shown."""
LONGEST = timedelta(days=31)
"""A shift longer than this is a slip of the pen (the house's rule)."""
BACK = timedelta(days=1)
"""A shift that has begun can still be written down for so long; it counts from when it is written down."""

_MANAGES = replace(NO_CASE, same_municipality=True, owns=True)


@dataclass(frozen=True, slots=True)
class ShiftDraft:
    """A shift as typed in; the moments are aware."""

    user_id: UUID
    starts_at: datetime
    ends_at: datetime
    telephone: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift that runs or is to come."""

    id: UUID
    user_id: UUID
    starts_at: datetime
    ends_at: datetime
    telephone: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The list as the manager sees it: shifts, hours without anybody in the coming days, and who can be on call."""

    shifts: Sequence[Shift]
    gaps: Sequence[tuple[datetime, datetime]]
    able: Sequence[Person]


def roster(actor: Actor) -> Roster:
    """Return the on-call list of the actor's agency, and log the reading. Raises Forbidden."""
    authorize(actor, Permission.DISCLOSURE_ON_CALL_MANAGE, _MANAGES)
    now, able = clock.now(), _able(actor.agency_id)
    rows = db.session.scalars(
        select(OnCall)
        .where(OnCall.agency_id == actor.agency_id, OnCall.ends_at > now, OnCall.ended_at.is_(None))
        .order_by(OnCall.starts_at, OnCall.id)
    )
    shifts = [_shift(row) for row in rows]
    counted = [(one.starts_at, one.ends_at) for one in shifts if one.user_id in {person.user_id for person in able}]
    audit.record(actor, Event.ON_CALL_VIEWED, count=len(shifts))
    return Roster(shifts, gaps(counted, now, now + AHEAD), able)


def add(actor: Actor, draft: ShiftDraft) -> UUID:
    """Put a colleague who works in cases on the list; return the shift. Shifts may overlap.

    Raises Forbidden, and Invalid for what can be mended in the form.
    """
    authorize(actor, Permission.DISCLOSURE_ON_CALL_MANAGE, _MANAGES)
    telephone = _checked(actor, draft)
    shift = OnCall(
        id=new_id(),
        municipality_id=actor.municipality_id,
        agency_id=actor.agency_id,
        user_id=draft.user_id,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        telephone=telephone,
        added_by=actor.user_id,
        added_at=clock.now(),
    )
    db.session.add(shift)
    db.session.flush()
    audit.record(actor, Event.ON_CALL_CHANGED, on_call_id=shift.id, user=shift.user_id, change="added")
    return shift.id


def one(actor: Actor, shift_id: UUID) -> Shift:
    """Return a shift of the actor's agency that runs or is to come. Raises NotFound, Forbidden."""
    return _shift(_own(actor, shift_id))


def end(actor: Actor, shift_id: UUID) -> None:
    """End a shift now; one that has not begun never does. Raises NotFound, Forbidden, Conflict where it is over."""
    shift = _own(actor, shift_id)
    if shift.ended_at is not None or shift.ends_at <= clock.now():
        raise Conflict("on_call_over")
    shift.ended_at, shift.ended_by = clock.now(), actor.user_id
    audit.record(actor, Event.ON_CALL_CHANGED, on_call_id=shift.id, user=shift.user_id, change="ended")


def now_in(agency_id: UUID) -> list[Shift]:
    """Return who is on call in an agency at this moment, as far as they still work in cases there."""
    rows = db.session.scalars(
        select(OnCall).where(OnCall.agency_id == agency_id, covering(clock.now())).order_by(OnCall.id)
    ).all()
    able = {person.user_id for person in _able(agency_id)} if rows else set()
    return [_shift(row) for row in rows if row.user_id in able]


def takers(agency_id: UUID) -> set[UUID]:
    """Return who takes what is urgent in an agency at this moment: those on call; nobody on call, and the managers do."""
    on_now = {shift.user_id for shift in now_in(agency_id)}
    people = identity.colleagues(agency_id) if not on_now else ()
    return on_now or {person.user_id for person in people if Role.UNIT_MANAGER in person.roles}


def telephones(agency_id: UUID) -> list[str]:
    """Return the telephones of an agency's on-call function at this moment, each once."""
    return list(dict.fromkeys(shift.telephone for shift in now_in(agency_id)))


def covering(moment: datetime | InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
    """Tell whether a shift ran at a moment: it had been written down by then, had begun, and was not over."""
    return and_(
        OnCall.starts_at <= moment,
        OnCall.ends_at > moment,
        OnCall.added_at <= moment,
        or_(OnCall.ended_at.is_(None), OnCall.ended_at > moment),
    )


def gaps(
    shifts: Iterable[tuple[datetime, datetime]], first: datetime, last: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the stretches between two moments in which no shift runs."""
    found, reached = [], first
    for starts_at, ends_at in sorted(shifts):
        if starts_at >= last:
            break
        if starts_at > reached:
            found.append((reached, starts_at))
        reached = max(reached, ends_at)
    return [*found, (reached, last)] if reached < last else found


def _able(agency_id: UUID) -> list[Person]:
    return [person for person in identity.colleagues(agency_id) if person.roles & HANDLERS]


def _checked(actor: Actor, draft: ShiftDraft) -> str:
    """Return the telephone as it is written, once all of the shift holds."""
    now, telephone = clock.now(), _telephone(draft.telephone)
    wrong = {
        "user": (draft.user_id not in {one.user_id for one in _able(actor.agency_id)}, "on_call_user_unknown"),
        "starts_at": (draft.starts_at < now - BACK, "on_call_starts_too_early"),
        "ends_at": (draft.ends_at - draft.starts_at > LONGEST, "on_call_too_long"),
        "telephone": (not telephone, "telephone_unusable"),
    }
    found = {field: code for field, (is_wrong, code) in wrong.items() if is_wrong}
    if draft.ends_at <= max(draft.starts_at, now):
        found["ends_at"] = "on_call_ends_too_early"
    if found:
        raise Invalid(next(iter(found.values())), **found)
    return telephone


def _telephone(text: str) -> str:
    """Return a number as it is read aloud in Sweden; nothing where it can be no number."""
    try:
        number = phonenumbers.parse(text, "SE")
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_short_number_for_region(number, "SE"):
        return " ".join(text.split())
    if not phonenumbers.is_possible_number(number):
        return ""
    at_home = number.country_code == phonenumbers.country_code_for_region("SE")
    sort = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, sort.NATIONAL if at_home else sort.INTERNATIONAL))


def _own(actor: Actor, shift_id: UUID) -> OnCall:
    authorize(actor, Permission.DISCLOSURE_ON_CALL_MANAGE, _MANAGES)
    shift = db.session.get(OnCall, shift_id)
    if shift is None or shift.agency_id != actor.agency_id:
        raise NotFound
    return shift


def _shift(row: OnCall) -> Shift:
    return Shift(row.id, row.user_id, row.starts_at, row.ends_at, row.telephone)
