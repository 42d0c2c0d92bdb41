"""The words the disclosure rules are written in: who gives, who gets, about whom, what, why.

They are the values of ``coordination basis`` and of the tables; a word that is not here is refused when a table is read.
"""

from calendar import isleap
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from policies.permissions import AgencyKind, EmployerType

MAJORITY = 18
"""A child is a person under 18 (FB 9:1); a guardian's say ends that day."""
YOUTH_HEARD_FROM = 12
"""From this age the young person is asked too. OSL 12:3 names no age, only age and maturity; this is our default."""


class Party(StrEnum):
    """What a sender or a recipient is in the law of secrecy."""

    SOCIAL_SERVICES = "social_services"
    POLICE = "police"
    SCHOOL_PRINCIPAL = "school_principal"
    SCHOOL_HEALTH = "school_health"
    SCHOOL_OTHER = "school_other"
    PRESCHOOL = "preschool"
    HEALTH_CARE = "health_care"
    OUTREACH_SOCIAL = "outreach_social"
    OUTREACH_MUNICIPAL = "outreach_municipal"
    OUTREACH_ASSOCIATION = "outreach_association"
    MUNICIPAL_SAFETY = "municipal_safety"
    RESCUE = "rescue"
    VICTIM_SUPPORT = "victim_support"
    HOUSING = "housing"
    ASSOCIATION = "association"
    PROSECUTOR = "prosecutor"
    PROBATION = "probation"
    EMPLOYMENT_AGENCY = "employment_agency"
    OTHER_MUNICIPALITY_SOCIAL_SERVICES = "other_municipality_social_services"


PRIVATE_PARTIES = frozenset({Party.OUTREACH_ASSOCIATION, Party.VICTIM_SUPPORT, Party.ASSOCIATION})
"""Those that as a rule are neither authorities nor equated with one (OSL 2:3, 2:4). A municipal housing company is
equated (OSL 2:3) and so is not here; what differs from the rule is said in the question."""


class PersonRole(StrEnum):
    """The part in the matter of the person whom the data are about."""

    SUBJECT = "subject"
    VICTIM = "victim"
    WITNESS = "witness"
    GUARDIAN = "guardian"
    SUSPECT = "suspect"


class DataKind(StrEnum):
    """What the data are; with the sender it decides the secrecy on them."""

    SOCIAL = "social"
    HEALTH = "health"
    SCHOOL_STUDENT_HEALTH = "school_student_health"
    SCHOOL_DISCIPLINE = "school_discipline"
    SCHOOL_GENERAL = "school_general"
    POLICE_INVESTIGATION = "police_investigation"
    POLICE_INTELLIGENCE = "police_intelligence"
    POLICE_PREVENTION = "police_prevention"
    CONTACT = "contact"
    IDENTITY = "identity"
    ONLINE_HANDLE = "online_handle"
    DEIDENTIFIED = "deidentified"


class Purpose(StrEnum):
    """What the recipient needs the data for."""

    PREVENT_CRIME = "prevent_crime"
    INVESTIGATE_CRIME = "investigate_crime"
    CHILD_PROTECTION = "child_protection"
    SUPPORT = "support"
    COORDINATION = "coordination"
    STATISTICS = "statistics"
    IMMEDIATE_DANGER = "immediate_danger"
    NONE = "none"


class GivenBy(StrEnum):
    """Who gave the consent; ``youth`` is the person themself, also when grown up."""

    YOUTH = "youth"
    GUARDIAN = "guardian"
    BOTH = "both"

    @property
    def by_youth(self) -> bool:
        """Say whether the person has said yes."""
        return self is not GivenBy.GUARDIAN

    @property
    def by_guardian(self) -> bool:
        """Say whether the guardians have said yes."""
        return self is not GivenBy.YOUTH


class BasisKind(StrEnum):
    """What a provision gives: a duty to tell, leave to tell, the person's own leave, or nothing."""

    DUTY = "duty"
    PERMISSION = "permission"
    CONSENT = "consent"
    NONE = "none"


class Initiative(StrEnum):
    """Whether a provision works when asked, unasked, or both."""

    ON_REQUEST = "on_request"
    OWN_INITIATIVE = "own_initiative"
    EITHER = "either"


class Status(StrEnum):
    """How far the statute text behind a row has been read."""

    READ = "read"
    PARTLY = "partly"
    UNCONFIRMED = "unconfirmed"
    PROPOSED = "proposed"
    """Nobody has decided it: in the table so that nobody takes it for law."""


class Outcome(StrEnum):
    """The strongest of what applies, strongest first."""

    DUTY = "duty"
    ALLOWED = "allowed"
    WEIGHING_REQUIRED = "weighing_required"
    REFUSE = "refuse"


_PARTY_OF_KIND: Mapping[AgencyKind, Party] = {
    AgencyKind.SOCIAL_SERVICES: Party.SOCIAL_SERVICES,
    AgencyKind.POLICE: Party.POLICE,
    AgencyKind.SCHOOL_HEALTH: Party.SCHOOL_HEALTH,
    AgencyKind.SCHOOL: Party.SCHOOL_PRINCIPAL,
    AgencyKind.LEISURE: Party.OUTREACH_MUNICIPAL,
    AgencyKind.REGION: Party.HEALTH_CARE,
    AgencyKind.RESCUE: Party.RESCUE,
    AgencyKind.VICTIM_SUPPORT: Party.VICTIM_SUPPORT,
    AgencyKind.HOUSING: Party.HOUSING,
    AgencyKind.CIVIL_SOCIETY: Party.ASSOCIATION,
}

_PARTY_OF_EMPLOYER: Mapping[EmployerType, Party] = {
    EmployerType.SOCIAL: Party.OUTREACH_SOCIAL,
    EmployerType.EDUCATION: Party.SCHOOL_OTHER,
    EmployerType.MUNICIPAL: Party.OUTREACH_MUNICIPAL,
    EmployerType.ASSOCIATION: Party.OUTREACH_ASSOCIATION,
}


def party_of(kind: AgencyKind, employer: EmployerType | None = None) -> Party:
    """Answer what an agency is in the law of secrecy. Raises ``ValueError`` for outreach without its employer: the
    employer decides which secrecy holds there.
    """
    if kind is not AgencyKind.OUTREACH:
        return _PARTY_OF_KIND[kind]
    if employer is None:
        raise ValueError("outreach needs its employer type")
    return _PARTY_OF_EMPLOYER[employer]


def age_on(birth_date: date, day: date) -> int:
    """Answer the age in whole years on a day. We count someone born on 29 February as a year older on 1 March in years
    without that day. Raises ``ValueError`` for a day before birth.
    """
    if day < birth_date:
        raise ValueError("the day is before the birth")
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def birthday(birth_date: date, age: int) -> date:
    """Answer the day on which somebody becomes this old; 29 February gives 1 March in years without that day (``age_on``)."""
    year = birth_date.year + age
    leap_day = (birth_date.month, birth_date.day) == (2, 29)
    return date(year, 3, 1) if leap_day and not isleap(year) else birth_date.replace(year=year)
