"""What has to be written before something is disclosed, and how long it may run."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from policies.bases import LegalBasis, basis_table
from policies.disclosure import Terms, last_day, validate_terms

TODAY = date(2026, 11, 22)
TWENTY = "Tjugo tecken precis!"
TERMS = Terms(text=TWENTY, on=TODAY, until=TODAY + timedelta(days=30))


def _basis(basis_id: str) -> LegalBasis:
    basis = basis_table().on(basis_id, TODAY)
    assert basis is not None
    return basis


def _problems(basis_id: str, terms: Terms) -> list[str]:
    return [problem.value for problem in validate_terms(_basis(basis_id), terms)]


@pytest.mark.parametrize("basis_id", ["OSL_10_15A", "OSL_10_18A_U21", "OSL_10_27_GENERAL"])
@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (TWENTY, []),
        (TWENTY[:-1], ["harm_test_too_short"]),
        ("", ["harm_test_too_short"]),
        (" " * 40, ["harm_test_too_short"]),
        ("kort" + " " * 30 + "text", ["harm_test_too_short"]),
    ],
)
def test_a_weighing_is_written_in_twenty_characters_or_more(basis_id: str, text: str, problems: list[str]) -> None:
    assert len(TWENTY) == 20
    assert _problems(basis_id, replace(TERMS, text=text)) == problems


@pytest.mark.parametrize("basis_id", ["OSL_12_2_SAMTYCKE", "OSL_12_3_VH"])
@pytest.mark.parametrize(
    ("until", "consent_until", "problems"),
    [
        (TODAY + timedelta(days=30), TODAY + timedelta(days=30), []),
        (TODAY + timedelta(days=31), TODAY + timedelta(days=30), ["until_after_consent"]),
        (TODAY + timedelta(days=30), None, ["consent_missing"]),
    ],
)
def test_a_disclosure_on_consent_ends_with_the_consent(
    basis_id: str, until: date, consent_until: date | None, problems: list[str]
) -> None:
    assert _problems(basis_id, replace(TERMS, until=until, consent_until=consent_until)) == problems


def test_a_consent_needs_a_harm_test_too() -> None:
    terms = replace(TERMS, text="", consent_until=TERMS.until)

    assert _problems("OSL_12_2_SAMTYCKE", terms) == ["harm_test_too_short"]


@pytest.mark.parametrize("basis_id", ["OSL_10_15A", "OSL_10_18A_U21", "OSL_10_27_GENERAL", "AVIDENT", "OSL_6_5"])
def test_no_disclosure_runs_longer_than_its_basis_allows(basis_id: str) -> None:
    last = last_day(_basis(basis_id), TODAY)

    assert _problems(basis_id, replace(TERMS, until=last)) == []
    assert _problems(basis_id, replace(TERMS, until=last + timedelta(days=1))) == ["until_beyond_longest"]


def test_a_disclosure_may_end_today_but_not_yesterday() -> None:
    assert _problems("OSL_10_15A", replace(TERMS, until=TODAY)) == []
    assert _problems("OSL_10_15A", replace(TERMS, until=TODAY - timedelta(days=1))) == ["until_before_today"]


def test_the_last_day_is_the_earlier_of_the_longest_time_and_the_consents_end() -> None:
    basis = _basis("OSL_12_2_SAMTYCKE")

    assert last_day(basis, TODAY) == TODAY + timedelta(days=365)
    assert last_day(basis, TODAY, TODAY + timedelta(days=10)) == TODAY + timedelta(days=10)
    assert last_day(basis, TODAY, TODAY + timedelta(days=900)) == TODAY + timedelta(days=365)


def test_a_duty_is_named_and_what_called_for_it_is_written() -> None:
    assert _problems("OSL_10_28_SKYLDIGHET", TERMS) == ["duty_missing"]
    assert _problems("OSL_10_28_SKYLDIGHET", replace(TERMS, duty_id="SOL_19_1_OROS")) == []
    assert _problems("SOL_19_1_OROS", replace(TERMS, text=" ")) == ["harm_test_too_short"]


@pytest.mark.parametrize("basis_id", ["SKOLL_29_13", "SOL_18_6", "FL_8"])
def test_nothing_is_disclosed_on_a_cooperation_provision(basis_id: str) -> None:
    assert _problems(basis_id, TERMS) == ["basis_breaks_nothing"]


def test_a_wording_that_is_not_in_force_carries_nothing() -> None:
    old = basis_table().on("SOL_19_1_OROS", date(2026, 1, 14))

    assert old is not None
    assert [problem.value for problem in validate_terms(old, TERMS)] == ["basis_not_in_force"]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    terms = replace(TERMS, text="", until=TODAY - timedelta(days=1))

    assert _problems("OSL_12_2_SAMTYCKE", terms) == ["harm_test_too_short", "until_before_today", "consent_missing"]
