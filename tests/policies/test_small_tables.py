"""Ages, parties, parts in a case, phases, kinds of records, protection at the recipient."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.case_roles import CASE_ROLES, CaseRole
from policies.methods import may_move, phases
from policies.permissions import AgencyKind, EmployerType
from policies.protection import Level, protection_at, protections
from policies.record_kinds import default_secrecy, kinds_for, record_kinds
from policies.vocabulary import Party, PersonRole, age_on, party_of

BORN = date(2008, 11, 22)


@pytest.mark.parametrize(
    ("day", "age"),
    [(BORN, 0), (date(2026, 11, 21), 17), (date(2026, 11, 22), 18), (date(2029, 11, 21), 20), (date(2029, 11, 22), 21)],
)
def test_one_turns_a_year_older_on_the_birthday(day: date, age: int) -> None:
    assert age_on(BORN, day) == age


def test_who_was_born_on_29_february_turns_on_1_march_in_other_years() -> None:
    born = date(2008, 2, 29)

    assert [age_on(born, day) for day in (date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29))] == [17, 18, 20]


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match=r"^the day is before the birth$"):
        age_on(BORN, BORN - timedelta(days=1))


@given(born=st.dates(date(1900, 1, 1), date(2030, 1, 1)), days=st.integers(0, 30000))
def test_age_never_falls_and_rises_a_year_at_a_time(born: date, days: int) -> None:
    day = born + timedelta(days=days)

    assert age_on(born, day + timedelta(days=1)) - age_on(born, day) in {0, 1}


@pytest.mark.parametrize(
    ("kind", "employer", "party"),
    [
        (AgencyKind.SOCIAL_SERVICES, None, Party.SOCIAL_SERVICES),
        (AgencyKind.SCHOOL, None, Party.SCHOOL_PRINCIPAL),
        (AgencyKind.SCHOOL_HEALTH, EmployerType.MUNICIPAL, Party.SCHOOL_HEALTH),
        (AgencyKind.REGION, None, Party.HEALTH_CARE),
        (AgencyKind.LEISURE, None, Party.OUTREACH_MUNICIPAL),
        (AgencyKind.CIVIL_SOCIETY, None, Party.ASSOCIATION),
        (AgencyKind.OUTREACH, EmployerType.SOCIAL, Party.OUTREACH_SOCIAL),
        (AgencyKind.OUTREACH, EmployerType.EDUCATION, Party.SCHOOL_OTHER),
        (AgencyKind.OUTREACH, EmployerType.MUNICIPAL, Party.OUTREACH_MUNICIPAL),
        (AgencyKind.OUTREACH, EmployerType.ASSOCIATION, Party.OUTREACH_ASSOCIATION),
    ],
)
def test_an_agency_is_a_party_in_the_law_of_secrecy(
    kind: AgencyKind, employer: EmployerType | None, party: Party
) -> None:
    assert party_of(kind, employer) is party


def test_outreach_without_an_employer_has_no_known_secrecy() -> None:
    with pytest.raises(ValueError, match=r"^outreach needs its employer type$"):
        party_of(AgencyKind.OUTREACH)


def test_every_kind_of_agency_is_a_party() -> None:
    employed = {kind: EmployerType.SOCIAL if kind is AgencyKind.OUTREACH else None for kind in AgencyKind}

    assert all(party_of(kind, employer) in Party for kind, employer in employed.items())


def test_every_part_in_a_case_has_its_rules() -> None:
    assert CASE_ROLES.keys() == set(CaseRole)
    assert all(rule.label_sv and rule.label_en for rule in CASE_ROLES.values())


def test_only_the_young_persons_name_stands_in_lists_and_only_their_consent_is_theirs() -> None:
    assert {role for role, rule in CASE_ROLES.items() if rule.in_lists} == {CaseRole.SUBJECT}
    assert {role for role, rule in CASE_ROLES.items() if rule.subject_consent_covers} == {CaseRole.SUBJECT}


def test_the_police_basis_reaches_only_subject_and_suspect() -> None:
    reached = {rule.disclosed_as for rule in CASE_ROLES.values() if rule.preventive_police_basis}

    assert reached == {PersonRole.SUBJECT, PersonRole.SUSPECT}


def test_bystanders_are_written_down_with_a_reason_and_siblings_are_not_disclosed() -> None:
    with_reason = {role for role, rule in CASE_ROLES.items() if rule.needs_reason}

    assert with_reason == set(CaseRole) - {CaseRole.SUBJECT, CaseRole.GUARDIAN}
    assert {role for role, rule in CASE_ROLES.items() if rule.disclosed_as is None} == {
        CaseRole.SIBLING,
        CaseRole.OTHER,
    }


def test_the_phases_of_sig_stand_in_order_and_end() -> None:
    found = list(phases().values())

    assert [phase.order for phase in found] == list(range(10))
    assert [phase.id for phase in found if not phase.open] == ["evaluated"]
    assert [phase.id for phase in found if not phase.identified] == ["inquiry"]
    assert found[-1].next == ()


def test_every_phase_but_the_last_can_close_and_can_be_reached() -> None:
    reached = {step for phase in phases().values() for step in phase.next}

    assert reached == set(phases()) - {"inquiry"}
    ended_otherwise = {"inquiry", "closing", "evaluated"}
    assert all("closing" in phase.next for phase in phases().values() if phase.id not in ended_otherwise)


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("consent", "mapping", True),
        ("referral", "mapping", False),
        ("assessment", "planning", False),
        ("evaluated", "active", False),
        ("closing", "evaluated", True),
        ("consent", "consent", False),
        ("no_such_phase", "consent", False),
    ],
)
def test_a_case_moves_only_where_the_method_says(before: str, after: str, *, allowed: bool) -> None:
    assert may_move(before, after) is allowed


def test_every_recipient_has_its_protection() -> None:
    assert {party for row in protections() for party in row.recipients} == set(Party)


@pytest.mark.parametrize(
    ("recipient", "private", "level", "personal_data"),
    [
        (Party.SOCIAL_SERVICES, None, Level.STRONG, True),
        (Party.POLICE, None, Level.STRONG, True),
        (Party.SCHOOL_HEALTH, None, Level.STRONG, True),
        (Party.HEALTH_CARE, None, Level.STRONG, True),
        (Party.SCHOOL_PRINCIPAL, None, Level.WEAKER, True),
        (Party.HOUSING, None, Level.WEAKER, True),
        (Party.HOUSING, True, Level.NONE, True),
        (Party.RESCUE, None, Level.WEAK, False),
        (Party.MUNICIPAL_SAFETY, None, Level.WEAK, False),
        (Party.OUTREACH_ASSOCIATION, None, Level.NONE, True),
        (Party.VICTIM_SUPPORT, None, Level.NONE, True),
    ],
)
def test_secrecy_at_the_recipient_is_the_recipients_own(
    recipient: Party, *, private: bool | None, level: Level, personal_data: bool
) -> None:
    found = protection_at(recipient, private=private)

    assert (found.level, found.personal_data) == (level, personal_data)


@pytest.mark.parametrize("kind", list(AgencyKind))
def test_every_kind_of_agency_may_write_something_and_its_secrecy_is_known(kind: AgencyKind) -> None:
    employer = EmployerType.SOCIAL if kind is AgencyKind.OUTREACH else None
    written = kinds_for(kind)

    assert written
    assert all(isinstance(default_secrecy(each.id, kind, employer), frozenset) for each in written)


@pytest.mark.parametrize(
    ("record_kind", "agency", "employer", "secrecy"),
    [
        ("journal_note", AgencyKind.SOCIAL_SERVICES, None, {"26:1"}),
        ("event", AgencyKind.POLICE, None, {"18:1", "35:1"}),
        ("intelligence_note", AgencyKind.POLICE, None, {"18:2", "35:1"}),
        ("school_note", AgencyKind.SCHOOL, None, {"23:2 st3"}),
        ("school_measure", AgencyKind.SCHOOL, None, {"23:2 st2"}),
        ("health_note", AgencyKind.SCHOOL_HEALTH, None, {"25:1"}),
        ("online_observation", AgencyKind.OUTREACH, EmployerType.SOCIAL, {"26:1"}),
        ("online_observation", AgencyKind.OUTREACH, EmployerType.ASSOCIATION, set[str]()),
    ],
)
def test_a_record_carries_the_secrecy_of_its_writer(
    record_kind: str, agency: AgencyKind, employer: EmployerType | None, secrecy: set[str]
) -> None:
    assert {str(provision) for provision in default_secrecy(record_kind, agency, employer)} == secrecy


def test_nobody_writes_another_agencys_kind_of_record() -> None:
    with pytest.raises(KeyError):
        default_secrecy("health_note", AgencyKind.POLICE)

    assert not record_kinds()["investigation_note"].written_by(AgencyKind.SOCIAL_SERVICES)
