"""What a consent covers, and when it ends.

A consent is partial: these agencies, these kinds of records, these purposes, between two days (OSL 12:2). Who had to sign
at which age stands in ``consent.toml``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from policies.consent_rules import AgeRule, Lack, consent_rules, missing_signatures
from policies.vocabulary import MAJORITY, GivenBy, birthday

LONGEST_DAYS = 366
"""A consent runs for at most a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the person has said yes to: agencies x kinds of records x purposes."""

    agencies: frozenset[UUID]
    kinds: frozenset[str]
    purposes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTerms:
    """A consent as plain values. First and last day are included; ``signed_age`` is the person's age when it was given."""

    scope: Scope
    valid_from: date
    valid_to: date
    withdrawn_at: datetime | None
    given_by: GivenBy
    signed_age: int | None
    reason_without_guardian: bool = False
    rule: AgeRule | None = None
    """The rule it was recorded under; without one, ours for the age at signing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What somebody wants to disclose on it: to whom, what, why, when, and how old the person is that day."""

    agency_id: UUID
    kind: str
    purpose: str
    on: date
    subject_age: int | None


class Reason(StrEnum):
    """Why a consent covers a use, or the first reason why it does not."""

    COVERED = "covered"
    WITHDRAWN = "consent_withdrawn"
    NOT_YET_VALID = "consent_not_yet_valid"
    EXPIRED = "consent_expired"
    AGENCY_OUTSIDE = "agency_outside_consent"
    KIND_OUTSIDE = "kind_outside_consent"
    PURPOSE_OUTSIDE = "purpose_outside_consent"
    AGE_UNKNOWN = "age_unknown"
    ENDED_AT_MAJORITY = "guardians_consent_ended_at_18"
    YOUTH_MISSING = "youth_must_sign"
    GUARDIAN_MISSING = "guardian_must_sign"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer and its reason."""

    covered: bool
    reason: Reason


_Check = Callable[[ConsentTerms, Use], bool]

_REFUSALS: Mapping[Reason, _Check] = {
    Reason.WITHDRAWN: lambda terms, _: terms.withdrawn_at is not None,
    Reason.NOT_YET_VALID: lambda terms, use: use.on < terms.valid_from,
    Reason.EXPIRED: lambda terms, use: use.on > terms.valid_to,
    Reason.AGENCY_OUTSIDE: lambda terms, use: use.agency_id not in terms.scope.agencies,
    Reason.KIND_OUTSIDE: lambda terms, use: use.kind not in terms.scope.kinds,
    Reason.PURPOSE_OUTSIDE: lambda terms, use: use.purpose not in terms.scope.purposes,
    Reason.AGE_UNKNOWN: lambda terms, use: terms.signed_age is None or use.subject_age is None,
    Reason.ENDED_AT_MAJORITY: lambda terms, use: (
        use.subject_age is not None and use.subject_age >= MAJORITY and not terms.given_by.by_youth
    ),
    Reason.YOUTH_MISSING: lambda terms, _: Lack.YOUTH in _missing(terms),
    Reason.GUARDIAN_MISSING: lambda terms, _: Lack.GUARDIAN in _missing(terms),
}


def covers(terms: ConsentTerms, use: Use) -> Coverage:
    """Answer whether a new disclosure may stand on the consent that day; the first refusal is the reason. A withdrawn
    consent covers nothing new (OSL 12:2). A guardian's yes ends on the 18th birthday (OSL 12:3: "underårig").
    """
    for reason, refuses in _REFUSALS.items():
        if refuses(terms, use):
            return Coverage(False, reason)
    return Coverage(True, Reason.COVERED)


def last_day(born: date, signed_on: date) -> date:
    """Return the last day a consent may run: a year, and what is given before the 18th birthday not past the day before it.

    From that day nobody's guardians decide (OSL 12:3), and a young person is asked anew as the grown-up they are.
    """
    longest = signed_on + timedelta(days=LONGEST_DAYS)
    grown = birthday(born, MAJORITY)
    return longest if signed_on >= grown else min(longest, grown - timedelta(days=1))


def _missing(terms: ConsentTerms) -> tuple[Lack, ...]:
    if terms.signed_age is None:
        return ()
    return missing_signatures(
        terms.rule or consent_rules().at(terms.signed_age),
        youth=terms.given_by.by_youth,
        guardians=terms.given_by.by_guardian,
        reason_without_guardian=terms.reason_without_guardian,
    )
