"""Every row of the table of legal bases, turned at each of its edges against what was declared by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from policies.bases import basis_table
from policies.disclosure import Question
from policies.provisions import Provision
from policies.vocabulary import PRIVATE_PARTIES, DataKind, Party, PersonRole, Purpose, age_on
from tests.policies.asking import answer_of, reason_of
from tests.policies.expected import Row, has, pieces
from tests.policies.expected_chapter_10 import CHAPTER_10
from tests.policies.expected_children import CHILDREN
from tests.policies.expected_duties import DUTIES
from tests.policies.expected_rest import NOBODY_HERE, ONLY_EXPLAINED, PROPOSED, REST, TESTED_APART

ROWS: tuple[Row, ...] = (*CHILDREN, *DUTIES, *CHAPTER_10, *REST)
DAY = timedelta(days=1)

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id}@{row.first}")


def test_the_table_has_the_declared_rows_and_no_others() -> None:
    declared = {row.id for row in ROWS} | ONLY_EXPLAINED.keys() | PROPOSED | NOBODY_HERE | TESTED_APART

    assert declared == {basis.id for basis in basis_table().bases}


def test_the_table_has_the_declared_versions_and_no_others() -> None:
    declared = sorted((row.id, row.first, row.last) for row in ROWS)
    ids = {row.id for row in ROWS}

    assert declared == sorted(
        (basis.id, basis.in_force_from, basis.in_force_to) for basis in basis_table().bases if basis.id in ids
    )


@every_row
def test_a_row_says_yes_with_what_it_asks_for(row: Row) -> None:
    answer = answer_of(row.id, row.ask)
    basis = basis_table().on(row.id, row.ask.on)

    assert basis is not None
    assert answer.reason == "applies"
    assert (answer.kind, answer.weighing, answer.conditional) == (row.kind, row.weighing, row.conditional)
    assert answer.requires == tuple(row.requires.split())
    assert basis.status == row.status
    assert row.source in basis.source


@every_row
def test_a_row_is_in_force_from_its_first_day_to_its_last(row: Row) -> None:
    others = [other for other in ROWS if other.id == row.id and other is not row]
    days = {row.first: True, row.first - DAY: False} | ({row.last: True, row.last + DAY: False} if row.last else {})

    for day, applies in days.items():
        other = any(one.first <= day and (one.last is None or day <= one.last) for one in others)
        reason = reason_of(row.id, replace(row.ask, on=day))
        assert reason == ("applies" if applies or other else "not_in_force"), day


@every_row
def test_a_row_reaches_its_senders_and_no_others(row: Row) -> None:
    found = {sender: answer_of(row.id, replace(row.ask, sender=sender)) for sender in Party}

    assert {sender: answer.reason for sender, answer in found.items()} == {
        sender: _from(row, sender) for sender in Party
    }
    for sender, answer in found.items():
        if answer.reason == "applies":
            asked = row.sender_asks.get(sender)
            assert set(answer.requires) == {*row.requires.split(), *([asked] if asked else [])}, sender


def _from(row: Row, sender: Party) -> str:
    if not has(row.senders, sender):
        return "sender_not_covered"
    if sender in PRIVATE_PARTIES and row.authorities:
        return "sender_not_authority"
    secret = bool(row.ask.secrecy)
    return "nothing_to_lift" if sender in PRIVATE_PARTIES and row.kind == "permission" and secret else "applies"


@every_row
def test_a_row_reaches_its_recipients_and_no_others(row: Row) -> None:
    found = {recipient: reason_of(row.id, replace(row.ask, recipient=recipient)) for recipient in Party}

    assert found == {recipient: _to(row, recipient) for recipient in Party}


def _to(row: Row, recipient: Party) -> str:
    if not has(row.recipients, recipient):
        return "recipient_not_covered"
    if recipient in PRIVATE_PARTIES and row.authorities:
        return "recipient_not_authority"
    only_private = row.private_recipients and recipient not in PRIVATE_PARTIES
    return "recipient_is_authority" if only_private else "applies"


@every_row
def test_a_private_organisation_stands_outside_what_is_for_authorities(row: Row) -> None:
    sender = reason_of(row.id, replace(row.ask, sender_private=True))
    recipient = reason_of(row.id, replace(row.ask, recipient_private=True))

    lifts_only = row.kind == "permission" and bool(row.ask.secrecy)
    assert sender == ("sender_not_authority" if row.authorities else "nothing_to_lift" if lifts_only else "applies")
    assert recipient == ("recipient_not_authority" if row.authorities else "applies")


@every_row
def test_a_row_is_about_its_people_and_no_others(row: Row) -> None:
    for role in PersonRole:
        answer = answer_of(row.id, replace(row.ask, role=role))
        named = has(row.roles, role)
        assert answer.reason == ("applies" if named else "role_not_covered"), role
        somebody_elses_age = named and not has(row.age_of, role)
        assert (row.instead in answer.requires) == (somebody_elses_age and row.instead is not None), role


@every_row
def test_the_age_limit_falls_on_the_birthday(row: Row) -> None:
    if row.under is None:
        assert [reason_of(row.id, replace(row.ask, age=age)) for age in (18, 40, 90)] == ["applies"] * 3
        return
    birthday = row.ask.on.replace(year=row.ask.on.year - row.under)
    the_day_before = age_on(birthday + DAY, row.ask.on)
    on_the_day = age_on(birthday, row.ask.on)
    assert (the_day_before, on_the_day) == (row.under - 1, row.under)

    younger = answer_of(row.id, replace(row.ask, age=the_day_before))
    older = answer_of(row.id, replace(row.ask, age=on_the_day))

    assert younger.reason == "applies"
    assert row.instead not in younger.requires
    assert older.reason == ("too_old" if row.instead is None else "applies")
    assert row.instead is None or (row.instead in older.requires and older.conditional)


@every_row
def test_an_age_that_is_not_known_is_asked_for_where_it_counts(row: Row) -> None:
    answer = answer_of(row.id, replace(row.ask, age=None))
    basis = basis_table().on(row.id, row.ask.on)

    assert answer.reason == "applies"
    assert basis is not None
    assert ("age_known" in answer.requires) == (row.under is not None or basis.alone_from is not None)


@every_row
def test_a_row_is_about_its_kinds_of_data_and_no_others(row: Row) -> None:
    found = {data: reason_of(row.id, replace(row.ask, data=data)) for data in DataKind}

    expected = {data: "applies" if has(row.data, data) else "data_not_covered" for data in DataKind}
    if row.kind != "none":
        expected[DataKind.DEIDENTIFIED] = "nobody_identifiable"
    assert found == expected


@every_row
def test_a_row_serves_its_purposes_and_no_others(row: Row) -> None:
    found = {purpose: reason_of(row.id, replace(row.ask, purpose=purpose)) for purpose in Purpose}

    assert found == {purpose: "applies" if has(row.purposes, purpose) else "purpose_not_covered" for purpose in Purpose}


@every_row
def test_a_row_works_when_asked_or_unasked_as_the_statute_says(row: Row) -> None:
    found = {own: reason_of(row.id, replace(row.ask, own_initiative=own)) for own in (True, False)}

    assert found == {
        True: "only_on_request" if row.initiative == "request" else "applies",
        False: "only_own_initiative" if row.initiative == "own" else "applies",
    }


@every_row
def test_a_row_lifts_its_secrecy_and_nothing_else(row: Row) -> None:
    closed = "secrecy_not_lifted" if row.kind in {"duty", "consent"} or row.ask.secrecy else "secret"

    for texts, reason in ((pieces(row.lifted), "applies"), (pieces(row.closed), closed)):
        assert {text: reason_of(row.id, _carrying(row.ask, text)) for text in texts} == dict.fromkeys(texts, reason)


@every_row
def test_a_row_does_not_open_an_item_on_which_one_provision_stays_closed(row: Row) -> None:
    own = row.ask.secrecy or frozenset()
    alone = [text for text in pieces(row.closed) if "+" not in text and not (text == "21:1" and own)]

    assert [text for text in alone if reason_of(row.id, _carrying(row.ask, text, own)) == "applies"] == []


def _carrying(question: Question, text: str, beside: Iterable[Provision] = ()) -> Question:
    return replace(question, secrecy=frozenset({*map(Provision.parse, text.split("+")), *beside}))


@every_row
def test_a_fact_that_is_known_is_asked_no_more_and_one_that_is_missing_blocks(row: Row) -> None:
    facts = tuple(row.requires.split())
    for fact in facts:
        known = answer_of(row.id, replace(row.ask, facts={fact: True}))
        assert known.requires == tuple(other for other in facts if other != fact)
        assert reason_of(row.id, replace(row.ask, facts={fact: False})) == "fact_excluded"
    everything = answer_of(row.id, replace(row.ask, facts=dict.fromkeys(facts, True)))
    assert (everything.requires, everything.conditional) == ((), False)


@pytest.mark.parametrize(("basis_id", "first"), ONLY_EXPLAINED.items())
def test_what_only_explains_is_in_force_and_gives_nothing(basis_id: str, first: str) -> None:
    ask = replace(ROWS[0].ask, sender=Party.POLICE, recipient=Party.SOCIAL_SERVICES, own_initiative=True)
    day = date.fromisoformat(first)

    assert reason_of(basis_id, replace(ask, on=day)) == "breaks_nothing"
    assert reason_of(basis_id, replace(ask, on=day - DAY)) == "not_in_force"


def test_the_police_act_is_shown_only_from_the_police_to_social_services() -> None:
    ask = replace(ROWS[0].ask, on=date(2026, 11, 22), sender=Party.POLICE, recipient=Party.SOCIAL_SERVICES)
    shown = {
        (sender, recipient)
        for sender in Party
        for recipient in Party
        if reason_of("POLISL_6", replace(ask, sender=sender, recipient=recipient)) == "breaks_nothing"
    }

    assert shown == {
        (Party.POLICE, Party.SOCIAL_SERVICES),
        (Party.POLICE, Party.OUTREACH_SOCIAL),
        (Party.POLICE, Party.OTHER_MUNICIPALITY_SOCIAL_SERVICES),
    }


@pytest.mark.parametrize("basis_id", sorted(PROPOSED))
@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2026, 6, 30), date(2030, 1, 1)])
def test_a_proposal_is_never_law(basis_id: str, day: date) -> None:
    ask = replace(ROWS[0].ask, on=day, sender=Party.SCHOOL_PRINCIPAL, recipient=Party.SCHOOL_PRINCIPAL)

    assert reason_of(basis_id, ask) == "only_proposed"
    assert basis_table().on(basis_id, day) is None


@pytest.mark.parametrize(
    ("basis_id", "first", "reason"),
    [
        ("OSL_10_2A_TEKNIK", date(2023, 7, 1), "recipient_not_covered"),
        ("OSL_10_3_PART", date(2009, 6, 30), "recipient_not_covered"),
        ("OSL_26_9E_SIS", date(2025, 4, 1), "sender_not_covered"),
    ],
)
def test_what_concerns_none_of_our_parties_reaches_nobody(basis_id: str, first: date, reason: str) -> None:
    ask = replace(ROWS[0].ask, on=first, purpose=Purpose.PREVENT_CRIME)
    found = {
        reason_of(basis_id, replace(ask, sender=sender, recipient=recipient)) for sender in Party for recipient in Party
    }

    assert found == {reason}
    assert reason_of(basis_id, replace(ask, on=first - DAY)) == "not_in_force"


def test_police_work_is_considered_apart_where_a_basis_does_not_lift_it() -> None:
    row = next(row for row in ROWS if row.id == "OSL_35_10B_FRIV")

    both = answer_of(row.id, _carrying(row.ask, "18:1+35:1"))

    assert both.requires == (*row.requires.split(), "harm_test_18")
    assert "harm_test_18" not in answer_of(row.id, _carrying(row.ask, "35:1")).requires
