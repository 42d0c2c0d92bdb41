"""What a consent covers, and who has to sign it.

A consent is partial: these agencies, these kinds of records, these purposes, between two days (OSL 12:2). Secrecy law
names no age, only age and maturity (OSL 12:3); the ages here are our default, and stricter than the law.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from policies.vocabulary import MAJORITY, YOUTH_HEARD_FROM, GivenBy

YOUTH_MAY_SIGN_ALONE_FROM = 15
"""From this age the guardians may be left out, with a written reason."""
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
    Reason.YOUTH_MISSING: lambda terms, _: Reason.YOUTH_MISSING in _missing(terms),
    Reason.GUARDIAN_MISSING: lambda terms, _: Reason.GUARDIAN_MISSING in _missing(terms),
}


def covers(terms: ConsentTerms, use: Use) -> Coverage:
    """Answer whether a new disclosure may stand on the consent that day; the first refusal is the reason. A withdrawn
    consent covers nothing new (OSL 12:2). A guardian's yes ends on the 18th birthday (OSL 12:3: "underårig").
    """
    for reason, refuses in _REFUSALS.items():
        if refuses(terms, use):
            return Coverage(False, reason)
    return Coverage(True, Reason.COVERED)


def missing_signatures(age: int, *, youth: bool, guardians: bool, reason_without_guardian: bool) -> tuple[Reason, ...]:
    """Answer who has yet to sign, by the age at signing: under 12 the guardians; 12-14 both; 15-17 both, or the youth
    alone with a written reason; from 18 the person only. ``guardians`` is true when all who have custody have signed,
    or one of them with a documented ground (FB 6:13, 6:13 a).
    """
    may_go_alone = age >= YOUTH_MAY_SIGN_ALONE_FROM and reason_without_guardian
    missing = {
        Reason.YOUTH_MISSING: age >= YOUTH_HEARD_FROM and not youth,
        Reason.GUARDIAN_MISSING: age < MAJORITY and not guardians and not may_go_alone,
    }
    return tuple(reason for reason, is_missing in missing.items() if is_missing)


def _missing(terms: ConsentTerms) -> tuple[Reason, ...]:
    if terms.signed_age is None:
        return ()
    return missing_signatures(
        terms.signed_age,
        youth=terms.given_by.by_youth,
        guardians=terms.given_by.by_guardian,
        reason_without_guardian=terms.reason_without_guardian,
    )
