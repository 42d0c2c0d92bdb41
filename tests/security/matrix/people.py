"""Everybody in the town: for every relation to a case one person of each role that their agency's kind has."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from coordination.identity.agencies import ROLES
from policies.access import Actor
from policies.permissions import HANDLERS, AgencyKind, Role
from tests.browser import Browser

MAIN, HIDDEN, OTHER, FOREIGN = "main", "hidden", "other", "foreign"
"""The cases: one that seven agencies have been in, one whose young person is protected, one that concerns two of the town's
agencies, and one in another municipality."""

AWAY = "foreign "
"""Stands before the names of the other municipality's agencies."""


class Relation(StrEnum):
    """How a person stands to the cases."""

    ASSIGNED = "assigned in the owner's agency"
    UNASSIGNED = "unassigned in the owner's agency"
    OVER = "assignment over"
    CONFLICT = "assignment left and a conflict of interest in the owner's agency"
    NAMED = "assigned and named for the protected person"
    NOT_NAMED = "assigned and not named for the protected person"
    GIVEN = "assigned where a copy is readable"
    GIVEN_UNASSIGNED = "unassigned where a copy is readable"
    NOT_GIVEN = "assigned where nothing was given"
    REVOKED = "assigned where the copy was revoked"
    EXPIRED = "assigned where the copy has expired"
    WITHDRAWN = "assigned where the consent was withdrawn"
    ENDED = "agency no longer in the case"
    NONE = "agency never in the case"
    AWAY = "another municipality"


@dataclass(frozen=True)
class Place:
    """Where a relation puts a person: in which agency, and assigned in which cases."""

    kind: AgencyKind
    cases: tuple[str, ...] = ()
    named: bool = False
    away: bool = False
    conflict: bool = False
    """They have a conflict of interest in those cases."""

    @property
    def agency(self) -> str:
        """The agency's name in the matrix."""
        return (AWAY if self.away else "") + self.kind.value


PLACES: Mapping[Relation, Place] = {
    Relation.ASSIGNED: Place(AgencyKind.SOCIAL_SERVICES, (MAIN,)),
    Relation.UNASSIGNED: Place(AgencyKind.SOCIAL_SERVICES),
    Relation.OVER: Place(AgencyKind.SOCIAL_SERVICES),
    Relation.CONFLICT: Place(AgencyKind.SOCIAL_SERVICES, (MAIN,), conflict=True),
    Relation.NAMED: Place(AgencyKind.SOCIAL_SERVICES, (HIDDEN,), named=True),
    Relation.NOT_NAMED: Place(AgencyKind.SOCIAL_SERVICES, (HIDDEN,)),
    Relation.GIVEN: Place(AgencyKind.POLICE, (MAIN, HIDDEN)),
    Relation.GIVEN_UNASSIGNED: Place(AgencyKind.POLICE),
    Relation.NOT_GIVEN: Place(AgencyKind.SCHOOL, (MAIN,)),
    Relation.REVOKED: Place(AgencyKind.OUTREACH, (MAIN,)),
    Relation.EXPIRED: Place(AgencyKind.REGION, (MAIN,)),
    Relation.WITHDRAWN: Place(AgencyKind.SCHOOL_HEALTH, (MAIN,)),
    Relation.ENDED: Place(AgencyKind.LEISURE),
    Relation.NONE: Place(AgencyKind.RESCUE, (OTHER,)),
    Relation.AWAY: Place(AgencyKind.SOCIAL_SERVICES, (FOREIGN,), away=True),
}

PARTIES: Mapping[str, frozenset[str]] = {
    MAIN: frozenset({"social_services", "police", "school", "outreach", "region", "school_health"}),
    HIDDEN: frozenset({"social_services", "police"}),
    OTHER: frozenset({"social_services", "rescue"}),
    FOREIGN: frozenset({"foreign social_services", "foreign police"}),
}
"""Which agencies take part now."""


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody who can try everything. ``actor`` is None for a visitor who has not signed in."""

    relation: Relation | None
    role: Role | None
    actor: Actor | None
    browser: Browser
    token: str = ""
    cookie: str = ""

    def __str__(self) -> str:
        return f"{self.role} {self.relation}" if self.relation else "a visitor"

    @property
    def agency(self) -> str:
        """The agency's name in the matrix."""
        return PLACES[self.relation].agency if self.relation else ""

    def return_to_session(self) -> None:
        """Let the browser forget all it was given since the beginning."""
        for given in ("session", "device", "language", "hide_names"):
            self.browser.client.delete_cookie(given, domain="localhost")
        self.browser.client.set_cookie("session", self.cookie, domain="localhost")

    @property
    def handles(self) -> bool:
        """Tell whether the role works in cases."""
        return self.role in HANDLERS

    def works_in(self, case: str) -> bool:
        """Tell whether the person works in the case and may know of it."""
        place = PLACES[self.relation] if self.relation else None
        if place is None or place.conflict:
            return False
        return self.handles and case in place.cases and (case != HIDDEN or place.named)

    def knows_of(self, case: str) -> bool:
        """Tell whether the person may know that the case exists: works in it, or finds the agency's cases."""
        place = PLACES[self.relation] if self.relation else None
        if place is None or place.agency not in PARTIES[case] or (place.conflict and case in place.cases):
            return False
        if self.role is Role.UNIT_MANAGER:
            return True
        if self.role is Role.REGISTRAR:
            return case != HIDDEN or place.named
        return self.works_in(case)


def roles_in(relation: Relation) -> list[Role]:
    """Return every role that the agency of a relation can give."""
    return sorted(ROLES[PLACES[relation].kind])
