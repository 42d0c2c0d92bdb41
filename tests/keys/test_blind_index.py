"""Two ways of writing the same thing find each other; two things never do."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.core.errors import Invalid
from coordination.keys.blind_index import (
    Term,
    TermKind,
    account_terms,
    identity_terms,
    name_terms,
    parse_identity_number,
    readings,
    reference_terms,
)

swedish_names = st.text(alphabet="abcdefghijklmnopqrstuvwxyzåäöéüABCÅÄÖÉÜ -'", max_size=40)


def _words(terms: list[Term]) -> list[str]:
    return [term.value.decode() for term in terms]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Anna Eriksson", ["anna", "eriksson"]),
        ("Eriksson, Anna", ["eriksson", "anna"]),
        ("Anna-Lena Öberg", ["anna", "lena", "öberg"]),
        ("Sinéad O'Connor", ["sinead", "connor"]),
        ("Sinéad O’Brien", ["sinead", "brien"]),
        ("J. Ek", ["ek"]),
        ("ANDRÉ Müller", ["andre", "muller"]),
        ("Anna Anna", ["anna"]),
        ("Groß", ["gross"]),
        ("Søren Bjørn", ["søren", "bjørn"]),
        ("Ali\N{ZERO WIDTH SPACE} Öz", ["ali", "öz"]),
        ("محمد علي", ["محمد", "علي"]),
        ("", []),
        (" - ' ", []),
        ("\ud800nna", ["nna"]),
    ],
)
def test_a_name_is_found_by_its_whole_words(name: str, words: list[str]) -> None:
    assert _words(name_terms(name)) == words


def test_the_swedish_letters_are_letters_of_their_own() -> None:
    different = ["Bergström", "Bergstrom", "Bergstråm", "Bergstram", "Bergsträm"]

    assert len({name_terms(name)[0] for name in different}) == 5


@given(name=swedish_names)
def test_how_letters_are_composed_or_capitalised_does_not_matter(name: str) -> None:
    expected = name_terms(name)

    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert name_terms(unicodedata.normalize(form, name)) == expected
    assert name_terms(name.upper()) == expected
    assert name_terms(f"  {name.replace('-', ' ')}  ") == expected


@given(name=st.text(max_size=40))
def test_a_normalised_word_normalises_to_itself(name: str) -> None:
    for word in _words(name_terms(name)):
        assert _words(name_terms(word)) in ([word], [])


@given(handle=st.text(max_size=40))
def test_a_normalised_account_normalises_to_itself(handle: str) -> None:
    for account in _words(account_terms(handle)):
        assert _words(account_terms(account)) == [account]


@pytest.mark.parametrize(
    "handle", ["Räven_06", "@räven_06", " @RÄVEN_06 ", "ｒäven_06", "ra\N{COMBINING DIAERESIS}ven_06"]
)
def test_an_account_is_found_however_it_is_written(handle: str) -> None:
    assert _words(account_terms(handle)) == ["räven_06"]


@pytest.mark.parametrize("other", ["raven_06", "räven.06", "räven-06", "räven_6"])
def test_accounts_that_differ_stay_different(other: str) -> None:
    assert account_terms(other) != account_terms("räven_06")


@pytest.mark.parametrize("empty", ["", "@", " @ ", "\N{ZERO WIDTH SPACE}", "\ud800"])
def test_no_account_is_no_term(empty: str) -> None:
    assert account_terms(empty) == []


@pytest.mark.parametrize(
    "written",
    ["SIG 2026-0147", "sig 2026-0147", "SIG2026-0147", "sig  2026 – 147", "SIG-2026-0147", "Sig 2026 0147"],
)
def test_a_reference_is_found_however_it_is_written(written: str) -> None:
    assert _words(reference_terms(written)) == ["SIG 2026-0147"]


def test_a_long_running_number_keeps_all_its_digits() -> None:
    assert _words(reference_terms("SSPF 2026-12345")) == ["SSPF 2026-12345"]


@pytest.mark.parametrize("other", ["", "SIG", "2026-0147", "SIG 0147", "SIG 1926-0147", "SIG 2026-", "Anna 2026"])
def test_what_is_not_a_reference_gives_no_term(other: str) -> None:
    assert reference_terms(other) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("20110425-2380", [[TermKind.IDENTITY]]),
        ("060085 2388", [[TermKind.IDENTITY]]),
        ("sig 2026-147", [[TermKind.REFERENCE]]),
        ("@anna", [[TermKind.ACCOUNT]]),
        ("@1104252381", [[TermKind.ACCOUNT]]),
        ("anna", [[TermKind.NAME], [TermKind.ACCOUNT]]),
        ("Anna-Lena", [[TermKind.NAME, TermKind.NAME], [TermKind.ACCOUNT]]),
        ("Anna Eriksson", [[TermKind.NAME, TermKind.NAME]]),
        ("_", [[TermKind.ACCOUNT]]),
        ("", []),
        ("  ", []),
    ],
)
def test_the_one_search_field_is_read_as_what_it_may_mean(text: str, kinds: list[list[TermKind]]) -> None:
    assert [[term.kind for term in reading] for reading in readings(text)] == kinds


def test_a_mistyped_number_in_the_search_field_is_told() -> None:
    with pytest.raises(Invalid) as refused:
        readings("20110425-2381")

    assert refused.value.code == "identity_number_check_digit"


@given(text=st.text(max_size=40))
def test_whatever_is_searched_has_only_readings_with_terms(text: str) -> None:
    found = readings(f"a{text}")  # with a letter in it, it is never taken for a number and refused

    assert all(reading and all(term.value for term in reading) for reading in found)


def test_what_a_record_stores_is_what_a_search_asks_for() -> None:
    stored = identity_terms(parse_identity_number("110425-2380")) + name_terms("Öberg, Anna") + account_terms("@Räven")

    for search in ("201104252380", "anna ÖBERG", "räven", "Anna"):
        assert any(set(reading) <= set(stored) for reading in readings(search))
