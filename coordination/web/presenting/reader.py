"""Who reads the page, and the names of the agencies and people it speaks of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from coordination.identity.queries import Person
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader's agency and day, with every agency of the municipality and the people the page names."""

    agency_id: UUID
    municipality: str
    agencies: Mapping[UUID, AgencyView]
    people: Mapping[UUID, Person]
    today: date

    @property
    def own(self) -> AgencyView:
        """The reader's own agency."""
        return self.agencies[self.agency_id]

    def drawn(self, agency_ids: Iterable[UUID]) -> list[AgencyView]:
        """Return these agencies as they are drawn, in their order."""
        return [self.agencies[agency_id] for agency_id in agency_ids]

    def name(self, user_id: UUID) -> Written:
        """Return a user's name."""
        person = self.people.get(user_id)
        return Written(person.name if person else "")

    def signed(self, user_id: UUID) -> Written:
        """Return a user's name and title, as below a note."""
        person = self.people.get(user_id)
        return Written(", ".join(word for word in (person.name, person.title) if word) if person else "")

    def seen_from(self, agency_id: UUID) -> "Reader":
        """Return the same, read by another agency: how a recipient will see it."""
        agencies = {key: replace(agency, own=key == agency_id) for key, agency in self.agencies.items()}
        return replace(self, agency_id=agency_id, agencies=agencies)
