"""What a consent covers: agencies, kinds, purposes, days, and who had to sign at which age."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.consent import ConsentTerms, Coverage, Reason, Scope, Use, covers, missing_signatures
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
    ("age", "youth", "guardians", "with_reason", "missing"),
    [
        (11, False, True, False, []),
        (11, False, False, True, ["guardian_must_sign"]),
        (12, False, True, False, ["youth_must_sign"]),
        (12, False, False, False, ["youth_must_sign", "guardian_must_sign"]),
        (14, True, False, True, ["guardian_must_sign"]),
        (15, True, False, True, []),
        (15, True, False, False, ["guardian_must_sign"]),
        (17, True, True, False, []),
        (18, True, False, False, []),
        (18, False, True, False, ["youth_must_sign"]),
    ],
)
def test_the_signatures_that_are_missing_are_named(
    age: int, *, youth: bool, guardians: bool, with_reason: bool, missing: list[str]
) -> None:
    found = missing_signatures(age, youth=youth, guardians=guardians, reason_without_guardian=with_reason)

    assert [reason.value for reason in found] == missing


@given(age=st.integers(0, 30), youth=st.booleans(), guardians=st.booleans(), with_reason=st.booleans())
def test_one_more_signature_never_leaves_more_missing(
    age: int, *, youth: bool, guardians: bool, with_reason: bool
) -> None:
    now = set(missing_signatures(age, youth=youth, guardians=guardians, reason_without_guardian=with_reason))
    with_youth = set(missing_signatures(age, youth=True, guardians=guardians, reason_without_guardian=with_reason))
    with_all = set(missing_signatures(age, youth=True, guardians=True, reason_without_guardian=with_reason))

    assert with_all <= with_youth <= now
    assert with_all == set()
