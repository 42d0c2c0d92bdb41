"""The permissions of the table of legal bases, tried at their edges: days, ages, parties, purposes, excepted provisions."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from policies.bases import LegalBasis
from policies.disclosure import Question, assess
from policies.vocabulary import (
    PRIVATE_PARTIES,
    DataKind,
    Outcome,
    Party,
    PersonRole,
    Purpose,
)
from tests.policies.asking import (
    FROM_SOCIAL,
    SCHOOL_TO_POLICE,
    TO_SOCIAL,
    answer_of,
    carrying,
    reason_of,
    versions,
)

CONTACT_ASKED_FOR = replace(FROM_SOCIAL, data=DataKind.CONTACT, own_initiative=False)


@pytest.mark.parametrize("basis", versions(), ids=lambda basis: f"{basis.id}@{basis.in_force_from}")
def test_every_row_says_its_source_its_test_and_that_the_statute_decides(basis: LegalBasis) -> None:
    texts = [basis.source, basis.title.sv, basis.title.en, basis.test.sv, basis.test.en, basis.explanation.en]

    assert all(texts)
    assert not basis.confirmed_by_lawyer
    assert all(
        text.endswith((".", "?", "!"))
        for text in (basis.test.sv, basis.test.en, basis.explanation.sv, basis.explanation.en)
    )
    assert "lagtexten" in basis.explanation.sv or basis.id == "AVIDENT"


@pytest.mark.parametrize(
    ("basis_id", "question", "first_day"),
    [
        ("OSL_10_15A", SCHOOL_TO_POLICE, date(2025, 12, 1)),
        ("OSL_10_18A_U21", FROM_SOCIAL, date(2025, 4, 1)),
        ("OSL_10_27_GENERAL", SCHOOL_TO_POLICE, date(2022, 1, 1)),
        ("SOL_19_1_OROS", TO_SOCIAL, date(2025, 7, 1)),
        ("OSL_10_28_SKYLDIGHET", CONTACT_ASKED_FOR, date(2025, 4, 1)),
    ],
)
def test_a_basis_applies_from_the_day_it_came_into_force(basis_id: str, question: Question, first_day: date) -> None:
    before = replace(question, on=first_day - timedelta(days=1))

    assert reason_of(basis_id, replace(question, on=first_day)) == "applies"
    assert reason_of(basis_id, before) in {"not_in_force", "no_duty_found"}


# --- 10:18 a ---


@pytest.mark.parametrize(("age", "reason"), [(12, "applies"), (20, "applies"), (21, "too_old"), (40, "too_old")])
def test_10_18a_ends_the_day_the_person_turns_21(age: int, reason: str) -> None:
    assert reason_of("OSL_10_18A_U21", replace(FROM_SOCIAL, age=age)) == reason


def test_10_18a_asks_for_a_risk_ahead_and_a_weighing() -> None:
    answer = answer_of("OSL_10_18A_U21", FROM_SOCIAL)

    assert answer.requires == ("concrete_risk_of_crime", "not_inappropriate", "not_committed_crime")
    assert assess(FROM_SOCIAL).outcome is Outcome.WEIGHING_REQUIRED


def test_10_18a_asks_for_the_age_where_it_is_not_known() -> None:
    assert "age_known" in answer_of("OSL_10_18A_U21", replace(FROM_SOCIAL, age=None)).requires


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recipient": Party.PROSECUTOR}, "recipient_not_covered"),
        ({"recipient": Party.SCHOOL_PRINCIPAL}, "recipient_not_covered"),
        ({"sender": Party.SCHOOL_HEALTH}, "sender_not_covered"),
        ({"sender": Party.OUTREACH_SOCIAL}, "applies"),
        ({"sender": Party.OUTREACH_ASSOCIATION}, "sender_not_covered"),
        ({"sender_private": True}, "sender_not_authority"),
        ({"role": PersonRole.SUSPECT}, "applies"),
        ({"role": PersonRole.VICTIM}, "role_not_covered"),
        ({"role": PersonRole.WITNESS}, "role_not_covered"),
        ({"role": PersonRole.GUARDIAN}, "role_not_covered"),
        ({"purpose": Purpose.INVESTIGATE_CRIME}, "purpose_not_covered"),
        ({"purpose": Purpose.SUPPORT}, "purpose_not_covered"),
        ({"own_initiative": False}, "applies"),
        ({"facts": {"concrete_risk_of_crime": False}}, "fact_excluded"),
    ],
)
def test_10_18a_reaches_only_from_social_services_to_the_police_about_the_young_person(
    change: dict[str, object], reason: str
) -> None:
    assert reason_of("OSL_10_18A_U21", replace(FROM_SOCIAL, **change)) == reason  # type: ignore[arg-type]  # rows above


@pytest.mark.parametrize(
    ("provisions", "reason"),
    [
        (["26:1"], "applies"),
        (["26:1", "21:1"], "applies"),
        (["26:1", "21:3"], "secrecy_not_lifted"),
        (["26:1", "21:3 a"], "secrecy_not_lifted"),
        (["26:5"], "secrecy_not_lifted"),
        (["25:1"], "secrecy_not_lifted"),
        ([], "nothing_to_lift"),
    ],
)
def test_10_18a_lifts_26_1_and_never_a_persecuted_persons_address(provisions: list[str], reason: str) -> None:
    assert reason_of("OSL_10_18A_U21", carrying(FROM_SOCIAL, *provisions)) == reason


def test_a_fact_that_is_known_is_asked_no_more() -> None:
    known = replace(FROM_SOCIAL, facts={"concrete_risk_of_crime": True})

    assert answer_of("OSL_10_18A_U21", known).requires == ("not_inappropriate", "not_committed_crime")


# --- 10:15 a ---

EXCEPTED_FROM_15A = [
    "24:2 a",
    "24:8",
    "25:1",
    "25:2",
    "25:3",
    "25:4",
    "25:5",
    "25:8",
    "26:1 a st1",
    "26:3",
    "26:4",
    "26:6",
    "29:1",
    "29:2",
    "31:1 st1",
    "31:2",
    "31:12",
    "33:2",
    "33:4 a",
    "36:3",
    "40:2",
    "40:5",
]
LIFTED_BY_15A = [
    "26:1",
    "26:2",
    "26:5",
    "26:1 a st2",
    "25:6",
    "25:7",
    "40:7 g",
    "35:1",
    "23:2 st1",
    "28:11",
    "35:15",
    "21:3",
]


@pytest.mark.parametrize("provision", EXCEPTED_FROM_15A)
def test_10_15a_never_lifts_an_excepted_provision(provision: str) -> None:
    assert reason_of("OSL_10_15A", carrying(FROM_SOCIAL, provision)) == "secrecy_not_lifted"
    assert reason_of("OSL_10_15A", carrying(FROM_SOCIAL, "26:1", provision)) == "secrecy_not_lifted"


@pytest.mark.parametrize("provision", LIFTED_BY_15A)
def test_10_15a_lifts_what_is_not_excepted_in_chapters_21_to_40(provision: str) -> None:
    assert reason_of("OSL_10_15A", carrying(FROM_SOCIAL, provision)) == "applies"


@pytest.mark.parametrize("provision", ["15:1", "19:1", "20:1"])
def test_10_15a_does_not_reach_below_chapter_21(provision: str) -> None:
    assert reason_of("OSL_10_15A", carrying(FROM_SOCIAL, provision)) == "secrecy_not_lifted"


@pytest.mark.parametrize("data", [DataKind.POLICE_PREVENTION, DataKind.POLICE_INTELLIGENCE])
def test_10_15a_lifts_35_1_and_leaves_chapter_18_to_be_tried_by_itself(data: DataKind) -> None:
    from_police = replace(FROM_SOCIAL, sender=Party.POLICE, recipient=Party.SOCIAL_SERVICES, data=data)

    assert "harm_test_18" in answer_of("OSL_10_15A", from_police).requires
    assert "harm_test_18" not in answer_of("OSL_10_27_GENERAL", from_police).requires


@pytest.mark.parametrize(
    ("purpose", "reason"),
    [
        (Purpose.PREVENT_CRIME, "applies"),
        (Purpose.INVESTIGATE_CRIME, "applies"),
        (Purpose.SUPPORT, "purpose_not_covered"),
        (Purpose.COORDINATION, "purpose_not_covered"),
        (Purpose.STATISTICS, "purpose_not_covered"),
        (Purpose.CHILD_PROTECTION, "purpose_not_covered"),
        (Purpose.NONE, "purpose_not_covered"),
    ],
)
def test_10_15a_is_for_crime_and_not_for_support(purpose: Purpose, reason: str) -> None:
    assert reason_of("OSL_10_15A", replace(SCHOOL_TO_POLICE, purpose=purpose)) == reason


def test_a_committed_crime_is_not_told_from_social_services_by_10_15a() -> None:
    committed = replace(FROM_SOCIAL, purpose=Purpose.INVESTIGATE_CRIME)

    assert reason_of("OSL_10_15A", committed) == "committed_crime_has_own_rules"
    assert answer_of("OSL_10_23_BEGANGET", committed).requires == ("matters_for_investigation", "least_penalty_reached")
    assert assess(committed).outcome is Outcome.ALLOWED
    assert assess(replace(committed, facts={"least_penalty_reached": False})).outcome is Outcome.REFUSE


@pytest.mark.parametrize("basis_id", ["OSL_10_15A", "OSL_10_27_GENERAL"])
@pytest.mark.parametrize("recipient", sorted(PRIVATE_PARTIES))
def test_a_private_recipient_is_reached_by_no_rule_for_authorities(basis_id: str, recipient: Party) -> None:
    assert reason_of(basis_id, replace(SCHOOL_TO_POLICE, recipient=recipient)) == "recipient_not_authority"


def test_a_municipal_housing_company_counts_as_an_authority_and_a_private_one_does_not() -> None:
    municipal = replace(SCHOOL_TO_POLICE, recipient=Party.HOUSING)

    assert reason_of("OSL_10_15A", municipal) == "applies"
    assert reason_of("OSL_10_15A", replace(municipal, recipient_private=True)) == "recipient_not_authority"


# --- 10:27 ---


@pytest.mark.parametrize(
    "provision", [f"25:{number}" for number in range(1, 9)] + [f"26:{number}" for number in range(1, 7)]
)
def test_the_general_clause_never_lifts_social_or_health_secrecy(provision: str) -> None:
    assert reason_of("OSL_10_27_GENERAL", carrying(FROM_SOCIAL, provision)) == "secrecy_not_lifted"


@pytest.mark.parametrize(
    "provision", ["26:1 a st1", "24:2 a", "24:8", "29:1", "31:12", "33:4 a", "36:3", "40:2", "40:5"]
)
def test_the_general_clause_keeps_the_rest_of_its_list(provision: str) -> None:
    assert reason_of("OSL_10_27_GENERAL", carrying(SCHOOL_TO_POLICE, provision)) == "secrecy_not_lifted"


@pytest.mark.parametrize("provision", ["23:2 st1", "35:1", "18:1", "18:2", "25:9", "26:7", "40:7 g", "21:3"])
def test_the_general_clause_lifts_the_rest(provision: str) -> None:
    assert reason_of("OSL_10_27_GENERAL", carrying(SCHOOL_TO_POLICE, provision)) == "applies"


def test_the_general_clause_needs_a_purpose_to_weigh() -> None:
    assert reason_of("OSL_10_27_GENERAL", replace(SCHOOL_TO_POLICE, purpose=Purpose.NONE)) == "purpose_not_covered"
    assert reason_of("OSL_10_27_GENERAL", replace(SCHOOL_TO_POLICE, purpose=Purpose.SUPPORT)) == "applies"
