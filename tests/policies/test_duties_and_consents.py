"""Duties, consents and what breaks no secrecy, tried at their edges."""

from dataclasses import replace
from datetime import date

import pytest

from policies.bases import basis_table
from policies.disclosure import ConsentGiven, assess
from policies.provisions import Provision
from policies.vocabulary import (
    PRIVATE_PARTIES,
    BasisKind,
    DataKind,
    GivenBy,
    Outcome,
    Party,
    PersonRole,
    Purpose,
)
from tests.policies.asking import (
    FROM_SOCIAL,
    TO_SOCIAL,
    TODAY,
    answer_of,
    carrying,
    consent,
    ids,
    reason_of,
)

COOPERATION = ["SKOLL_29_13", "SOL_18_6", "FL_8"]


# --- 10:28 and the report of concern ---


@pytest.mark.parametrize(("age", "reason"), [(0, "applies"), (17, "applies"), (18, "too_old")])
def test_a_report_of_concern_is_about_a_child(age: int, reason: str) -> None:
    assert reason_of("SOL_19_1_OROS", replace(TO_SOCIAL, age=age)) == reason


def test_a_report_of_concern_is_a_duty_that_10_28_carries() -> None:
    assessment = assess(TO_SOCIAL)

    assert {"SOL_19_1_OROS", "OSL_10_28_SKYLDIGHET"} <= ids(assessment.applicable)
    assert answer_of("SOL_19_1_OROS", TO_SOCIAL).carried_by == "OSL_10_28_SKYLDIGHET"
    assert answer_of("SOL_19_1_OROS", TO_SOCIAL).requires == ("suspects_child_harmed",)
    assert assessment.outcome is Outcome.DUTY


@pytest.mark.parametrize("new", [Party.PROSECUTOR, Party.EMPLOYMENT_AGENCY])
def test_the_authorities_new_in_2026_have_no_duty_before_15_january(new: Party) -> None:
    asked = replace(TO_SOCIAL, sender=new, data=DataKind.IDENTITY)

    assert reason_of("SOL_19_1_OROS", replace(asked, on=date(2026, 1, 14))) == "sender_not_covered"
    assert reason_of("SOL_19_1_OROS", replace(asked, on=date(2026, 1, 15))) == "applies"


@pytest.mark.parametrize("day", [date(2025, 7, 1), date(2026, 1, 14), date(2026, 1, 15), TODAY])
@pytest.mark.parametrize("sender", [Party.POLICE, Party.SCHOOL_PRINCIPAL, Party.HEALTH_CARE, Party.PROBATION])
def test_the_old_reporters_have_the_duty_in_both_wordings(sender: Party, day: date) -> None:
    assert reason_of("SOL_19_1_OROS", replace(TO_SOCIAL, sender=sender, on=day)) == "applies"


def test_an_association_has_the_duty_only_if_its_work_is_professional_and_never_by_10_28() -> None:
    asked = replace(TO_SOCIAL, sender=Party.OUTREACH_ASSOCIATION, data=DataKind.IDENTITY)
    voluntary = replace(asked, facts={"professional_activity": False})

    assert "professional_activity" in answer_of("SOL_19_1_OROS", asked).requires
    assert reason_of("SOL_19_1_OROS", voluntary) == "fact_excluded"
    assert reason_of("OSL_10_28_SKYLDIGHET", asked) == "sender_not_authority"


@pytest.mark.parametrize("sender", [Party.MUNICIPAL_SAFETY, Party.RESCUE])
def test_an_authority_in_doubt_is_asked_whether_its_work_concerns_children(sender: Party) -> None:
    assert "work_concerns_children" in answer_of("SOL_19_1_OROS", replace(TO_SOCIAL, sender=sender)).requires


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recipient": Party.POLICE}, "recipient_not_covered"),
        ({"recipient": Party.OTHER_MUNICIPALITY_SOCIAL_SERVICES}, "applies"),
        ({"sender": Party.HOUSING}, "sender_not_covered"),
        ({"purpose": Purpose.COORDINATION}, "purpose_not_covered"),
        ({"purpose": Purpose.IMMEDIATE_DANGER}, "applies"),
        ({"role": PersonRole.GUARDIAN}, "role_not_covered"),
        ({"data": DataKind.DEIDENTIFIED}, "nobody_identifiable"),
        ({"secrecy": frozenset({Provision.parse("25:1")})}, "applies"),
        ({"secrecy": frozenset()}, "applies"),
    ],
)
def test_a_report_of_concern_goes_to_social_services_whatever_the_secrecy(
    change: dict[str, object], reason: str
) -> None:
    assert reason_of("SOL_19_1_OROS", replace(TO_SOCIAL, **change)) == reason  # type: ignore[arg-type]  # rows above


def test_10_28_alone_gives_nothing() -> None:
    assert reason_of("OSL_10_28_SKYLDIGHET", FROM_SOCIAL) == "no_duty_found"
    assert reason_of("OSL_10_28_SKYLDIGHET", carrying(TO_SOCIAL)) == "nothing_to_lift"


def test_10_28_opens_secrecy_for_a_duty_and_is_as_sure_as_it_is() -> None:
    sure = answer_of("OSL_10_28_SKYLDIGHET", TO_SOCIAL)
    seized = replace(TO_SOCIAL, recipient=Party.POLICE, purpose=Purpose.INVESTIGATE_CRIME, own_initiative=False)
    suspended = replace(TO_SOCIAL, purpose=Purpose.SUPPORT)

    assert (sure.reason, sure.kind, sure.conditional, sure.requires) == ("applies", BasisKind.DUTY, False, ())
    assert answer_of("OSL_10_28_SKYLDIGHET", seized).conditional is False
    assert answer_of("OSL_10_28_SKYLDIGHET", suspended).conditional is True
    assert assess(suspended).outcome is Outcome.WEIGHING_REQUIRED
    assert assess(replace(suspended, facts={"pupil_suspended": True})).outcome is Outcome.DUTY


@pytest.mark.parametrize("private", ["sender_private", "recipient_private"])
def test_10_28_opens_secrecy_between_authorities_only(private: str) -> None:
    asked = replace(TO_SOCIAL, **{private: True})  # type: ignore[arg-type]  # one of two flags

    expected = "sender_not_authority" if private == "sender_private" else "recipient_not_authority"
    assert reason_of("OSL_10_28_SKYLDIGHET", asked) == expected
    assert reason_of("SOL_19_1_OROS", asked) == "applies"


@pytest.mark.parametrize("day", [date(2009, 6, 29), date(2009, 6, 30)])
def test_10_28_is_in_force_since_the_act_is(day: date) -> None:
    in_force = day >= date(2009, 6, 30)

    assert reason_of("OSL_10_28_SKYLDIGHET", replace(TO_SOCIAL, on=day)) == ("applies" if in_force else "not_in_force")
    assert reason_of("AVIDENT", replace(TO_SOCIAL, data=DataKind.DEIDENTIFIED, on=day)) == (
        "applies" if in_force else "not_in_force"
    )


# --- consent ---


@pytest.mark.parametrize(
    ("age", "given_by", "own", "guardians"),
    [
        (11, GivenBy.GUARDIAN, "consent_giver_cannot_decide", "applies"),
        (14, GivenBy.YOUTH, "consent_giver_cannot_decide", "consent_giver_cannot_decide"),
        (14, GivenBy.BOTH, "applies", "applies"),
        (15, GivenBy.YOUTH, "applies", "consent_giver_cannot_decide"),
        (17, GivenBy.BOTH, "applies", "applies"),
        (17, GivenBy.GUARDIAN, "consent_giver_cannot_decide", "applies"),
        (18, GivenBy.GUARDIAN, "consent_giver_cannot_decide", "too_old"),
        (18, GivenBy.BOTH, "applies", "too_old"),
        (18, GivenBy.YOUTH, "applies", "too_old"),
        (40, GivenBy.YOUTH, "applies", "too_old"),
    ],
)
def test_who_may_waive_secrecy_follows_age(age: int, given_by: GivenBy, own: str, guardians: str) -> None:
    asked = replace(FROM_SOCIAL, age=age, consent=consent(given_by))

    assert reason_of("OSL_12_2_SAMTYCKE", asked) == own
    assert reason_of("OSL_12_3_VH", asked) == guardians


@pytest.mark.parametrize(
    ("age", "given_by", "basis_id", "requires"),
    [
        (17, GivenBy.YOUTH, "OSL_12_2_SAMTYCKE", ("guardian_not_needed",)),
        (18, GivenBy.YOUTH, "OSL_12_2_SAMTYCKE", ()),
        (17, GivenBy.BOTH, "OSL_12_2_SAMTYCKE", ()),
        (11, GivenBy.GUARDIAN, "OSL_12_3_VH", ("no_secrecy_against_guardian",)),
        (12, GivenBy.GUARDIAN, "OSL_12_3_VH", ("no_secrecy_against_guardian", "youth_not_mature")),
        (17, GivenBy.BOTH, "OSL_12_3_VH", ("no_secrecy_against_guardian",)),
        (None, GivenBy.YOUTH, "OSL_12_2_SAMTYCKE", ("age_known", "guardian_not_needed")),
    ],
)
def test_a_consent_says_what_it_still_needs(
    age: int | None, given_by: GivenBy, basis_id: str, requires: tuple[str, ...]
) -> None:
    asked = replace(FROM_SOCIAL, age=age, consent=consent(given_by))

    assert answer_of(basis_id, asked).requires == requires


@pytest.mark.parametrize("given_by", list(GivenBy))
def test_what_a_consent_needs_is_asked_of_consents_only(given_by: GivenBy) -> None:
    asked = replace(FROM_SOCIAL, consent=consent(given_by))

    assert answer_of("OSL_10_15A", asked).requires == answer_of("OSL_10_15A", FROM_SOCIAL).requires


@pytest.mark.parametrize(
    ("consent", "reason"),
    [
        (None, "no_consent"),
        (consent(active=False), "consent_not_active"),
        (consent(recipient=False), "consent_recipient_outside"),
        (consent(data=False), "consent_data_outside"),
        (consent(None), "consent_giver_cannot_decide"),
        (consent(), "applies"),
    ],
)
def test_a_consent_covers_only_what_it_covers(consent: ConsentGiven | None, reason: str) -> None:
    assert reason_of("OSL_12_2_SAMTYCKE", replace(FROM_SOCIAL, consent=consent)) == reason


def test_a_guardian_against_whom_secrecy_holds_cannot_waive_it() -> None:
    harmed = replace(FROM_SOCIAL, consent=consent(GivenBy.GUARDIAN), facts={"no_secrecy_against_guardian": False})

    assert reason_of("OSL_12_3_VH", harmed) == "fact_excluded"


@pytest.mark.parametrize("provision", ["26:5", "35:2"])
def test_nobody_waives_the_secrecy_that_protects_the_reporter(provision: str) -> None:
    asked = carrying(replace(FROM_SOCIAL, consent=consent(GivenBy.BOTH)), "26:1", provision)

    assert reason_of("OSL_12_2_SAMTYCKE", asked) == "secrecy_not_lifted"
    assert reason_of("OSL_12_3_VH", asked) == "secrecy_not_lifted"


def test_a_consent_does_not_waive_the_secrecy_of_police_work() -> None:
    asked = replace(
        FROM_SOCIAL, sender=Party.POLICE, recipient=Party.SOCIAL_SERVICES, data=DataKind.POLICE_PREVENTION, age=18
    )

    assert answer_of("OSL_12_2_SAMTYCKE", replace(asked, consent=consent())).requires == ("harm_test_18",)


@pytest.mark.parametrize("recipient", sorted(PRIVATE_PARTIES))
def test_a_private_recipient_is_reached_by_consent_a_reservation_or_the_own_work_only(recipient: Party) -> None:
    asked = replace(FROM_SOCIAL, recipient=recipient, age=18)
    reserved = replace(asked, facts={"reservation_removes_risk": True})

    assert ids(assess(asked).applicable) == {"OSL_10_2_NODV", "OSL_10_14_FORBEHALL"}
    assert assess(asked).outcome is Outcome.REFUSE
    assert assess(reserved).outcome is Outcome.ALLOWED
    assert reason_of("OSL_12_2_SAMTYCKE", replace(asked, consent=consent())) == "applies"


def test_a_consent_lifts_a_persecuted_persons_address() -> None:
    asked = carrying(replace(FROM_SOCIAL, consent=consent(), age=18), "26:1", "21:3", "21:3 a")

    assert assess(asked).outcome is Outcome.ALLOWED


# --- what breaks no secrecy ---


@pytest.mark.parametrize("basis_id", COOPERATION)
@pytest.mark.parametrize("secrecy", [None, frozenset[Provision]()], ids=["secret", "open"])
def test_cooperation_is_never_a_basis_and_says_why(basis_id: str, secrecy: frozenset[Provision] | None) -> None:
    answer = answer_of(basis_id, replace(TO_SOCIAL, secrecy=secrecy))
    basis = basis_table().on(basis_id, TODAY)

    assert answer.reason == "breaks_nothing"
    assert basis is not None
    assert answer.why_sv == basis.explanation.sv


def test_deidentified_talk_needs_no_secrecy_breaking_rule() -> None:
    asked = replace(FROM_SOCIAL, data=DataKind.DEIDENTIFIED)
    assessment = assess(asked)

    assert ids(assessment.applicable) == {"AVIDENT"}
    assert answer_of("AVIDENT", asked).requires == ("nobody_identifiable",)
    assert reason_of("OSL_10_15A", asked) == "nobody_identifiable"
    assert reason_of("AVIDENT", FROM_SOCIAL) == "somebody_identifiable"
    assert assessment.outcome is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "applies"),
        ({"own_initiative": True}, "only_on_request"),
        ({"recipient": Party.ASSOCIATION}, "recipient_not_authority"),
        ({"sender": Party.ASSOCIATION}, "sender_not_authority"),
        ({"sender": Party.SOCIAL_SERVICES}, "secret"),
        ({"facts": {"not_hindering_work": False}}, "fact_excluded"),
    ],
)
def test_an_authority_gives_another_what_is_not_secret_when_asked(change: dict[str, object], reason: str) -> None:
    asked = replace(
        FROM_SOCIAL, sender=Party.MUNICIPAL_SAFETY, data=DataKind.CONTACT, own_initiative=False, purpose=Purpose.NONE
    )

    assert reason_of("OSL_6_5", replace(asked, **change)) == reason  # type: ignore[arg-type]  # rows above
