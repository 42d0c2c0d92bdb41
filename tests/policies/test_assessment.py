"""The whole answer: every basis once, the strongest as outcome, and what is always said."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.bases import basis_table
from policies.disclosure import Assessment, Block, ConsentGiven, Question, assess
from policies.disclosure_texts import BLOCKS, GIVES
from policies.secrecy import secrecy_of
from policies.vocabulary import (
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
    ids,
    versions,
)


def test_the_liaison_between_social_services_and_police_is_answered_as_the_law_says() -> None:
    assessment = assess(FROM_SOCIAL)

    sure = {answer.id for answer in assessment.applicable if not answer.conditional}
    assert sure == {"OSL_10_18A_U21", "OSL_10_15A"}
    assert ids(assessment.applicable) - sure == {
        "OSL_10_2_NODV",
        "OSL_10_18B_TERROR",
        "OSL_10_18C_NARST",
        "OSL_10_19_TRAFIK",
    }
    assert assessment.outcome is Outcome.WEIGHING_REQUIRED
    assert assessment.notices == ()


def test_in_danger_to_life_the_answer_always_says_ring_112() -> None:
    for sender in Party:
        notices = assess(replace(FROM_SOCIAL, sender=sender, purpose=Purpose.IMMEDIATE_DANGER)).notices

        assert "ring 112" in notices[0].sv
        assert "in charge decides" in notices[0].en


def test_what_is_not_secret_is_allowed_also_unasked() -> None:
    asked = replace(FROM_SOCIAL, sender=Party.MUNICIPAL_SAFETY, data=DataKind.CONTACT, purpose=Purpose.SUPPORT)

    assert assess(asked).outcome is Outcome.ALLOWED
    assert "bara det som behövs" in assess(asked).notices[0].sv


def test_where_nothing_is_secret_a_permission_that_would_apply_carries_all_the_same() -> None:
    asked = replace(FROM_SOCIAL, sender=Party.RESCUE, data=DataKind.CONTACT, purpose=Purpose.IMMEDIATE_DANGER)
    assessment = assess(asked)

    needless = assessment.carrying("OSL_10_2_NODV")
    assert needless is not None
    assert needless.reason == Block.NOTHING_TO_LIFT
    assert assessment.carrying("OSL_10_15A") is None
    assert assessment.carrying("OSL_12_2_SAMTYCKE") is None
    assert assess(FROM_SOCIAL).carrying("OSL_10_15A") in assess(FROM_SOCIAL).applicable


def test_a_private_sender_is_told_that_the_secrecy_act_does_not_apply() -> None:
    asked = replace(FROM_SOCIAL, sender=Party.OUTREACH_ASSOCIATION)

    assert asked.provisions == frozenset()
    assert "gäller inte hos den som lämnar" in assess(asked).notices[0].sv


def test_a_recipient_without_secrecy_is_pointed_out() -> None:
    assert "ingen sekretess" in assess(replace(FROM_SOCIAL, recipient=Party.VICTIM_SUPPORT)).notices[0].sv


QUESTIONS = st.builds(
    Question,
    sender=st.sampled_from(Party),
    recipient=st.sampled_from(Party),
    role=st.sampled_from(PersonRole),
    age=st.none() | st.integers(0, 90),
    data=st.sampled_from(DataKind),
    purpose=st.sampled_from(Purpose),
    own_initiative=st.booleans(),
    on=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    consent=st.none()
    | st.builds(
        ConsentGiven,
        covers_recipient=st.booleans(),
        covers_data=st.booleans(),
        active=st.booleans(),
        given_by=st.none() | st.sampled_from(GivenBy),
    ),
)


def _expected_outcome(assessment: Assessment, question: Question) -> Outcome:
    sure = [answer for answer in assessment.applicable if not answer.conditional]
    if any(answer.kind is BasisKind.DUTY for answer in sure):
        return Outcome.DUTY
    if not question.provisions or not all(answer.weighing for answer in sure):
        return Outcome.ALLOWED
    return Outcome.WEIGHING_REQUIRED if sure else Outcome.REFUSE


@settings(deadline=None, max_examples=100)
@given(question=QUESTIONS)
def test_every_question_gets_every_basis_once_and_the_strongest_as_outcome(question: Question) -> None:
    assessment = assess(question)
    answers = [*assessment.applicable, *assessment.blocked]

    assert sorted(answer.id for answer in answers) == sorted({basis.id for basis in versions()})
    assert assessment.outcome is _expected_outcome(assessment, question)
    assert all(answer.why_sv and answer.why_en for answer in answers)
    assert all((answer.reason == "applies") == (answer in assessment.applicable) for answer in answers)


@settings(deadline=None, max_examples=100)
@given(question=QUESTIONS)
def test_health_care_secrecy_is_never_weighed_away_between_authorities(question: Question) -> None:
    from_health = replace(question, sender=Party.HEALTH_CARE)

    assert ids(assess(from_health).applicable).isdisjoint({"OSL_10_15A", "OSL_10_27_GENERAL", "OSL_10_24_OVRIG"})


@settings(deadline=None, max_examples=100)
@given(question=QUESTIONS)
def test_a_fact_that_is_stated_takes_nothing_away_if_true_and_gives_nothing_if_false(question: Question) -> None:
    facts = basis_table().facts
    open_question = ids(assess(question).applicable)

    assert ids(assess(replace(question, facts=dict.fromkeys(facts, True))).applicable) == open_question
    assert ids(assess(replace(question, facts=dict.fromkeys(facts, False))).applicable) <= open_question


@settings(deadline=None, max_examples=100)
@given(question=QUESTIONS)
def test_what_is_said_to_wait_asks_for_something_that_nobody_has_said(question: Question) -> None:
    exceptional = basis_table().exceptional
    carriers = {basis.id for basis in versions() if basis.carries_duties}

    for answer in assess(question).applicable:
        assert answer.id in carriers or answer.conditional == bool(exceptional & set(answer.requires))


@settings(deadline=None, max_examples=100)
@given(question=QUESTIONS)
def test_asking_for_consent_never_takes_another_basis_away(question: Question) -> None:
    without = ids(assess(replace(question, consent=None)).applicable)

    assert without <= ids(assess(question).applicable)


@pytest.mark.parametrize("kind", list(BasisKind))
def test_every_reason_and_every_gift_has_its_words(kind: BasisKind) -> None:
    used = {(basis.kind, basis.weighing) for basis in versions() if not basis.explains_only}

    assert used <= GIVES.keys()
    assert any(basis.kind is kind for basis in versions())
    assert all(text.sv and text.en for text in BLOCKS.values())


@pytest.mark.parametrize(
    ("sender", "data", "provisions"),
    [
        (Party.SOCIAL_SERVICES, DataKind.HEALTH, "26:1"),
        (Party.OTHER_MUNICIPALITY_SOCIAL_SERVICES, DataKind.CONTACT, "26:1"),
        (Party.OUTREACH_SOCIAL, DataKind.ONLINE_HANDLE, "26:1"),
        (Party.HEALTH_CARE, DataKind.CONTACT, "25:1"),
        (Party.SCHOOL_HEALTH, DataKind.HEALTH, "25:1"),
        (Party.SCHOOL_HEALTH, DataKind.SCHOOL_STUDENT_HEALTH, "23:2 st1"),
        (Party.SCHOOL_PRINCIPAL, DataKind.SCHOOL_STUDENT_HEALTH, "23:2 st1"),
        (Party.SCHOOL_PRINCIPAL, DataKind.SCHOOL_DISCIPLINE, "23:2 st2"),
        (Party.SCHOOL_OTHER, DataKind.SCHOOL_GENERAL, "23:2 st3"),
        (Party.SCHOOL_PRINCIPAL, DataKind.HEALTH, "21:1"),
        (Party.PRESCHOOL, DataKind.SOCIAL, "23:1"),
        (Party.POLICE, DataKind.POLICE_INVESTIGATION, "18:1, 35:1"),
        (Party.POLICE, DataKind.POLICE_PREVENTION, "18:1, 35:1"),
        (Party.POLICE, DataKind.POLICE_INTELLIGENCE, "18:2, 35:1"),
        (Party.POLICE, DataKind.IDENTITY, "35:1"),
        (Party.PROBATION, DataKind.SOCIAL, "35:15"),
        (Party.EMPLOYMENT_AGENCY, DataKind.SOCIAL, "28:11"),
        (Party.OUTREACH_MUNICIPAL, DataKind.SOCIAL, ""),
        (Party.RESCUE, DataKind.HEALTH, "21:1"),
        (Party.ASSOCIATION, DataKind.HEALTH, ""),
        (Party.SOCIAL_SERVICES, DataKind.DEIDENTIFIED, ""),
    ],
)
def test_secrecy_follows_sender_and_kind_of_data(sender: Party, data: DataKind, provisions: str) -> None:
    assert {str(provision) for provision in secrecy_of(sender, data)} == set(provisions.split(", ")) - {""}


def test_a_table_of_ones_own_is_asked_instead_of_ours() -> None:
    ours = basis_table()
    own = replace(ours, bases=tuple(basis for basis in ours.bases if basis.id == "OSL_10_15A"))
    assessment = assess(FROM_SOCIAL, own)

    assert ids((*assessment.applicable, *assessment.blocked)) == {"OSL_10_15A"}


def test_what_is_blocked_says_why_in_words_and_stays_what_it_is() -> None:
    rows = {row.id: row for row in basis_table().versions_for(FROM_SOCIAL.on)}

    for answer in assess(FROM_SOCIAL).blocked:
        row = rows[answer.id]
        said = row.explanation if answer.reason == "breaks_nothing" else BLOCKS[answer.reason]
        assert (answer.why_sv, answer.why_en) == (said.sv, said.en)
        assert (answer.kind, answer.weighing, answer.requires) == (row.kind, row.weighing, ())
