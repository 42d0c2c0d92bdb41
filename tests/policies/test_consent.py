"""What a consent covers: agencies, kinds, purposes, days, and who had to sign at which age."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from policies.consent import ConsentTerms, Coverage, Reason, Scope, Use, covers, last_day
from policies.consent_rules import Voice, consent_rules
from policies.vocabulary import GivenBy

POLICE, SCHOOL = UUID(int=1), UUID(int=2)
FIRST, LAST = date(2026, 9, 17), date(2027, 3, 1)
TERMS = ConsentTerms(
    scope=Scope(agencies=frozenset({POLICE}), kinds=frozenset({"contact_note"}), purposes=frozenset({"support"})),
    valid_from=FIRST,
    valid_to=LAST,
    withdrawn_at=None,
    given_by=GivenBy.BOTH,
    signed_age=15,
)
USE = Use(agency_id=POLICE, kind="contact_note", purpose="support", on=date(2026, 11, 22), subject_age=15)
DAY = timedelta(days=1)


def _why(terms: ConsentTerms, use: Use) -> str:
    return covers(terms, use).reason.value


def test_a_consent_covers_what_it_names() -> None:
    assert covers(TERMS, USE) == Coverage(True, Reason.COVERED)


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (FIRST - DAY, "consent_not_yet_valid"),
        (FIRST, "covered"),
        (LAST, "covered"),
        (LAST + DAY, "consent_expired"),
    ],
)
def test_a_consent_holds_from_its_first_day_to_its_last(on: date, reason: str) -> None:
    assert _why(TERMS, replace(USE, on=on)) == reason


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (replace(USE, agency_id=SCHOOL), "agency_outside_consent"),
        (replace(USE, kind="assessment"), "kind_outside_consent"),
        (replace(USE, purpose="prevent_crime"), "purpose_outside_consent"),
        (replace(USE, subject_age=None), "age_unknown"),
    ],
)
def test_what_a_consent_does_not_name_is_outside(use: Use, reason: str) -> None:
    assert _why(TERMS, use) == reason


def test_a_withdrawn_consent_covers_nothing_new() -> None:
    withdrawn = replace(TERMS, withdrawn_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC))

    assert covers(withdrawn, USE) == Coverage(False, Reason.WITHDRAWN)


@pytest.mark.parametrize(
    ("given_by", "signed_age", "age", "reason"),
    [
        (GivenBy.GUARDIAN, 11, 11, "covered"),
        (GivenBy.GUARDIAN, 11, 17, "covered"),
        (GivenBy.GUARDIAN, 11, 18, "guardians_consent_ended_at_18"),
        (GivenBy.GUARDIAN, 12, 12, "youth_must_sign"),
        (GivenBy.GUARDIAN, 17, 18, "guardians_consent_ended_at_18"),
        (GivenBy.BOTH, 12, 12, "covered"),
        (GivenBy.BOTH, 17, 18, "covered"),
        (GivenBy.YOUTH, 14, 14, "guardian_must_sign"),
        (GivenBy.YOUTH, 15, 15, "guardian_must_sign"),
        (GivenBy.YOUTH, 18, 18, "covered"),
        (GivenBy.YOUTH, None, 18, "age_unknown"),
    ],
)
def test_who_had_to_sign_follows_the_age_at_signing(
    given_by: GivenBy, signed_age: int | None, age: int, reason: str
) -> None:
    terms = replace(TERMS, given_by=given_by, signed_age=signed_age)

    assert _why(terms, replace(USE, subject_age=age)) == reason


@pytest.mark.parametrize(("signed_age", "reason"), [(14, "guardian_must_sign"), (15, "covered"), (17, "covered")])
def test_from_15_the_guardians_may_be_left_out_with_a_reason(signed_age: int, reason: str) -> None:
    terms = replace(TERMS, given_by=GivenBy.YOUTH, signed_age=signed_age, reason_without_guardian=True)

    assert _why(terms, USE) == reason


@pytest.mark.parametrize(
    ("born", "signed_on", "last"),
    [
        (date(2010, 6, 1), date(2026, 11, 22), date(2027, 11, 23)),
        (date(2009, 6, 1), date(2026, 11, 22), date(2027, 5, 31)),
        (date(2008, 11, 23), date(2026, 11, 22), date(2026, 11, 22)),
        (date(2008, 11, 22), date(2026, 11, 22), date(2027, 11, 23)),
        (date(2008, 2, 29), date(2026, 2, 1), date(2026, 2, 28)),
    ],
    ids=["a year", "until the birthday", "on the last day", "grown up", "born on a leap day"],
)
def test_a_consent_ends_the_day_before_the_18th_birthday_at_the_latest(born: date, signed_on: date, last: date) -> None:
    assert last_day(born, signed_on) == last


def test_a_consent_is_held_against_the_rule_it_was_recorded_under() -> None:
    guardians_only = replace(TERMS, given_by=GivenBy.GUARDIAN, signed_age=13)
    lenient = replace(consent_rules().at(13), youth=Voice.HEARD)

    assert _why(guardians_only, USE) == "youth_must_sign"
    assert _why(replace(guardians_only, rule=lenient), USE) == "covered"
