"""Personnummer and samordningsnummer, as people write them.

Every number is one of Skatteverket's test numbers or in their series, or an example from the law or its guidance.
"""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from personnummer import personnummer  # type: ignore[import-untyped] # has no types

from coordination.core.errors import Invalid
from coordination.keys.blind_index import IdentityKind, masked, parse_identity_number

PERSONNUMMER = [
    *("200506162387", "200503192387", "200507222396", "200511302390", "200601252380", "200602072381", "200610022394"),
    *("200602182396", "200707072385", "200710262387", "200701302390", "200709182398", "200804192383", "200801202383"),
    *("200802142398", "200808102396", "200908032386", "200902052380", "200905042396", "200902162395", "201010102380"),
    *("201008062380", "201001312394", "201010172391", "201103052385", "201104252380", "201111192397", "201111182398"),
    *("201210252381", "201202012389", "201210222392", "201210262398", "201307232387", "201301262380", "201304242397"),
    *("201301242390", "201410152381", "201403112384", "201405292390", "201408032397", "197603152385", "197903022387"),
    *("198206072384", "198512162382", "198802222383", "199110202380", "197610032398", "197910202394", "198210142397"),
    *("198504032395", "198810242399", "199111242393", "200811052380", "200812152395", "200811252394", "200812152387"),
]
SAMORDNINGSNUMMER = [
    *("200603792383", "200702792383", "200901772384", "201101632386", "200604822395", "200804822393"),
]
MONTH_00 = "200600852388"
# Skatteverket's, but outside series 238 and 239.
OTHER_SERIES = ["200812132363", "200812142412", "201212121212"]

TODAY = "2026-11-22 12:00:00+01:00"


@pytest.fixture(autouse=True, scope="module")
def today() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


def _with_check_digit(nine: str) -> str:
    return next(nine + digit for digit in "0123456789" if _luhn(nine + digit))


def _luhn(digits: str) -> bool:
    return sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(digits)) % 10 == 0


def _refused(text: str) -> str:
    with pytest.raises(Invalid) as refused:
        parse_identity_number(text)
    return refused.value.code


@pytest.mark.parametrize("digits", PERSONNUMMER)
def test_a_personnummer_is_its_twelve_digits_with_its_date(digits: str) -> None:
    number = parse_identity_number(digits)

    assert number.kind is IdentityKind.PERSONNUMMER
    assert number.digits12 == digits
    assert number.birth_date == date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    assert number.is_test_number


@pytest.mark.parametrize("digits", SAMORDNINGSNUMMER)
def test_a_samordningsnummer_has_sixty_added_to_the_day(digits: str) -> None:
    number = parse_identity_number(digits)

    assert number.kind is IdentityKind.SAMORDNINGSNUMMER
    assert number.digits12 == digits
    assert number.birth_date == date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]) - 60)
    assert number.is_test_number


@pytest.mark.parametrize(
    "digits",
    [
        pytest.param(MONTH_00, id="month 00"),
        pytest.param("20" + _with_check_digit("060360238"), id="day 60"),
        pytest.param("20" + _with_check_digit("060291238"), id="31 February"),
        pytest.param("20" + _with_check_digit("070289239"), id="29 February in a common year"),
    ],
)
def test_a_samordningsnummer_without_a_calendar_date_is_good_but_says_no_date(digits: str) -> None:
    number = parse_identity_number(digits)

    assert number.kind is IdentityKind.SAMORDNINGSNUMMER
    assert number.digits12 == digits
    assert number.birth_date is None


@given(
    digits=st.sampled_from([*PERSONNUMMER, *SAMORDNINGSNUMMER, MONTH_00]),
    mark=st.sampled_from(["", "-", " ", "–", "\N{NON-BREAKING HYPHEN}", "\N{MINUS SIGN}", " - "]),
    skipped=st.sampled_from([0, 2]),
    around=st.sampled_from(["", " ", "\t", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}"]),
)
def test_how_a_number_is_written_does_not_matter(digits: str, mark: str, skipped: int, around: str) -> None:
    written = f"{around}{digits[skipped:8]}{mark}{digits[8:]}{around}"

    assert parse_identity_number(written).digits12 == digits


@given(digits=st.sampled_from([*PERSONNUMMER, *SAMORDNINGSNUMMER]), place=st.integers(2, 11), by=st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(digits: str, place: int, by: int) -> None:
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]

    assert _refused(wrong) in {"identity_number_check_digit", "identity_number_malformed"}


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("110425-2380", "201104252380"),
        ("110425+2380", "191104252380"),
        ("1104252380", "201104252380"),
        ("760315-2385", "197603152385"),
        ("060379-2383", "200603792383"),
    ],
)
def test_the_mark_decides_the_century(text: str, digits: str) -> None:
    assert parse_identity_number(text).digits12 == digits


@pytest.mark.parametrize(
    ("today", "minus", "plus"),
    [
        ("2008-12-14 12:00+01:00", "190812152387", "190812152387"),
        ("2008-12-15 12:00+01:00", "200812152387", "190812152387"),
        ("2107-12-31 12:00+01:00", "200812152387", "190812152387"),
        ("2108-01-01 12:00+01:00", "200812152387", "200812152387"),
        ("2008-12-14 23:30+00:00", "200812152387", "190812152387"),  # already the 15th in Sweden
    ],
)
def test_a_short_number_is_the_latest_not_in_the_future_and_plus_from_the_year_somebody_turns_100(
    today: str, minus: str, plus: str
) -> None:
    with time_machine.travel(today, tick=False):
        assert parse_identity_number("081215-2387").digits12 == minus
        assert parse_identity_number("081215+2387").digits12 == plus


@pytest.mark.parametrize(("nine", "century"), [("261181238", "20"), ("261182238", "20"), ("261183238", "19")])
def test_a_short_samordningsnummer_counts_its_day_without_the_sixty(nine: str, century: str) -> None:
    assert parse_identity_number(_with_check_digit(nine)).digits12[:2] == century


@pytest.mark.parametrize(
    "nine", ["060231238", "061301238", "060100238", "060132238", "060159238", "060392238", "061361238"]
)
def test_a_date_that_no_number_has_is_refused(nine: str) -> None:
    assert _refused("20" + _with_check_digit(nine)) == "identity_number_date"


@pytest.mark.parametrize("nine", ["261123238", "261183238", "990101238"])
def test_nobody_is_born_in_the_future(nine: str) -> None:
    assert _refused("20" + _with_check_digit(nine)) == "identity_number_date"


@pytest.mark.parametrize(
    "text",
    [
        *("", "anna", "20110425238", "2011042523800", "11042-52380", "201104-252380", "20110425*2380", "+1104252380"),
        *("211104252380", "171104252380", "20110425-238X", "20110425-23-80", "２０110425-238"),
        pytest.param("991104252380", id="reservnummer of a region, century 99"),
        pytest.param("20110425A380", id="reservnummer of a region, letter"),
        pytest.param("20110425-0004", id="no series 000"),
    ],
)
def test_what_is_not_a_number_is_malformed(text: str) -> None:
    assert _refused(text) == "identity_number_malformed"


def test_digits_of_other_scripts_are_not_taken_as_ours() -> None:
    assert _refused("٢٠110425-2380") == "identity_number_malformed"


def test_full_width_digits_are_the_same_digits() -> None:
    assert parse_identity_number("２０１１０４２５－２３８０").digits12 == "201104252380"


_REASONS = {"identity_number_malformed", "identity_number_check_digit", "identity_number_date"}


@given(text=st.text(max_size=20) | st.from_regex(r"(19|20)?[0-9]{6}[-+]?23[89][0-9]", fullmatch=True))
def test_any_text_is_a_number_or_refused_with_one_of_three_reasons(text: str) -> None:
    try:
        number = parse_identity_number(text)
    except Invalid as refused:
        code = refused.code
    else:
        code = ""
        assert parse_identity_number(number.digits12) == number

    assert code in _REASONS | {""}


@given(nine=st.from_regex(r"(7[6-9]|[89][0-9])(0[1-9]|1[0-2])([06][1-9]|[17][0-9]|[28][0-8])23[89]", fullmatch=True))
def test_we_agree_with_the_library_on_every_check_digit(nine: str) -> None:
    for digit in "0123456789":
        text = f"19{nine}{digit}"
        if personnummer.valid(text):
            assert parse_identity_number(text).digits12 == text
        else:
            assert _refused(text) == "identity_number_check_digit"


@pytest.mark.parametrize("digits", OTHER_SERIES)
def test_the_listed_test_numbers_outside_the_series_are_test_numbers(digits: str) -> None:
    assert parse_identity_number(digits).is_test_number


@pytest.mark.parametrize("text", ["640823-3234", "811218-9876"])
def test_the_examples_in_law_and_guidance_are_no_test_numbers(text: str) -> None:
    assert not parse_identity_number(text).is_test_number


def test_the_test_series_is_everyones_before_1976() -> None:
    assert not parse_identity_number("110425+2380").is_test_number


@given(digits=st.sampled_from([*PERSONNUMMER, *SAMORDNINGSNUMMER]))
def test_a_number_is_shown_as_its_day_and_never_by_repr(digits: str) -> None:
    assert masked(digits) == f"{digits[:8]}-****"
    assert digits[8:] not in repr(parse_identity_number(digits))
    assert digits[2:8] not in repr(parse_identity_number(digits))
