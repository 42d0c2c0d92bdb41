"""The people of a case and those who work in it, as far as the reader may know who they are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from coordination.cases.people import PersonView
from coordination.cases.queries import SUBJECT
from coordination.core.clock import STOCKHOLM
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView
from policies.vocabulary import age_on


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list; a protected one has their part in place of the name."""

    name: str
    part: str
    note: str
    protected: bool
    open_url: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works in the case, until their assignment ends."""

    user_id: UUID
    name: str
    role: str
    until: date


@dataclass(frozen=True, slots=True)
class Group:
    """An agency and those who work in the case there."""

    agency: AgencyView
    people: Sequence[Worker]
    acts: str
    """Whether the agency has said that it will do something; nothing of the one that leads."""


class Assigned(Protocol):
    """What of an assignment is shown."""

    @property
    def user_id(self) -> UUID:
        """Who is assigned."""

    @property
    def ends_at(self) -> datetime:
        """When it falls off."""


def rows(people: Sequence[PersonView], reader: Reader) -> list[PersonRow]:
    """Return the people as a list shows them; several of one part are numbered where the name is not shown."""
    counted: Counter[str] = Counter()
    several = Counter(person.role for person in people)
    found = []
    for person in people:
        counted[person.role] += 1
        part = phrases.role(person.role)
        called = f"{part} {counted[person.role]}" if several[person.role] > 1 else part
        found.append(_row(person, called, part, reader))
    return found


def called(person: PersonView) -> str:
    """Return a person's name, or what they are called where it may not be shown."""
    if person.name:
        return Written(person.name)
    return phrases.youth(person.age_years) if person.role == SUBJECT else phrases.role(person.role)


def age(person: PersonView, today: date) -> int | None:
    """Return the age today where the birth date is known, otherwise the age that was told."""
    return age_on(person.birth_date, today) if person.birth_date else person.age_years


def workers(assignments: Iterable[Assigned], reader: Reader) -> list[Worker]:
    """Return those who work in a case, each with the day the assignment ends."""
    found = []
    for row in assignments:
        person = reader.people.get(row.user_id)
        last = row.ends_at.astimezone(STOCKHOLM).date()
        found.append(Worker(row.user_id, reader.name(row.user_id), Written(person.title if person else ""), last))
    return found


@dataclass(frozen=True, slots=True)
class Party:
    """An agency that takes part, and where its part is ended; the lead agency cannot leave."""

    agency: AgencyView
    end_url: str | None


def parties(case_id: UUID, agency_ids: Sequence[UUID], reader: Reader) -> list[Party]:
    """Return the agencies of a case, the lead first."""
    ends = [url_for("participants.end_participation", case_id=case_id, agency_id=one) for one in agency_ids]
    return [
        Party(reader.agencies[one], end if place else None)
        for place, (one, end) in enumerate(zip(agency_ids, ends, strict=True))
    ]


def groups(
    working: Mapping[UUID, Iterable[Assigned]],
    answers: Mapping[UUID, datetime | None],
    lead_id: UUID,
    reader: Reader,
) -> list[Group]:
    """Return those who work in a case, agency by agency."""
    return [
        Group(
            reader.agencies[agency_id],
            workers(rows, reader),
            "" if agency_id == lead_id else _acts(answers.get(agency_id), reader.today),
        )
        for agency_id, rows in working.items()
    ]


def _acts(since: datetime | None, today: date) -> str:
    if since is None:
        return str(_("Har inte svarat om parten ska göra något"))
    return str(_("Ska göra något, svarade %(day)s", day=phrases.day(since.astimezone(STOCKHOLM).date(), today)))


def _row(person: PersonView, called: str, part: str, reader: Reader) -> PersonRow:
    own = person.owner_agency_id == reader.agency_id
    protected_url = url_for("people.protected", person_id=person.id) if person.protected and own else None
    hidden = _("Namnet visas när ägaren har delat det med er.") if person.name is None and not person.protected else ""
    return PersonRow(
        name=Written(person.name or "") or (phrases.youth(person.age_years) if person.role == SUBJECT else called),
        part=part if person.name or person.role == SUBJECT else "",
        note=hidden,
        protected=person.protected,
        open_url=protected_url,
        url=url_for("people.show", person_id=person.id) if person.name else None,
    )
