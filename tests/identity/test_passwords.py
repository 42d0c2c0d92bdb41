"""Passwords: what may be chosen, and how it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.identity import passwords
from coordination.identity.secrets import Secrets

SECRETS = Secrets.of("a secret key for these tests only")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("kort lösen", "password_too_short"),
        ("x" * 201, "password_too_long"),
        ("aaaaaaaaaaaaaaaa", "password_common"),
        ("Sommaren2026!!", "password_common"),
        ("!!2026Lösenord", "password_common"),
        ("qwertyuiopasdf", "password_common"),
        ("123456789012", "password_common"),
        ("hemma hos alva i juni", "password_contains_own_name"),
        ("karlskoga-berg-utsikt", None),
        ("bergtagen i dimman", "password_contains_own_name"),
        ("korrekt häst batteri klammer", None),
    ],
)
def test_a_password_that_others_would_guess_is_refused(password: str, fault: str | None) -> None:
    own_words = (
        ("Alva Berg", "alva.b@example.se") if fault == "password_contains_own_name" else ("Alva", "a@example.se")
    )

    assert passwords.fault(password, *own_words) == fault


def test_a_password_matches_its_own_hash_only() -> None:
    stored = passwords.hash_password(SECRETS, "korrekt häst batteri klammer")

    assert stored.startswith("$argon2id$")
    assert passwords.matches(SECRETS, stored, "korrekt häst batteri klammer")
    assert not passwords.matches(SECRETS, stored, "korrekt häst batteri klammer ")


def test_the_hash_is_worth_nothing_without_the_installations_key() -> None:
    stored = passwords.hash_password(SECRETS, "korrekt häst batteri klammer")

    assert not passwords.matches(Secrets.of("another secret key"), stored, "korrekt häst batteri klammer")


def test_no_stored_password_matches_nothing_not_even_what_is_verified_in_its_place() -> None:
    assert not passwords.matches(SECRETS, None, "no account has this password")


@given(st.text(max_size=60))
def test_any_text_is_judged_without_an_error(password: str) -> None:
    assert passwords.fault(password, "Alva Berg") in {
        None,
        "password_too_short",
        "password_common",
        "password_contains_own_name",
    }


def test_keys_of_two_purposes_differ() -> None:
    assert SECRETS.key("totp") != SECRETS.key("recovery")
    assert SECRETS.digest("account", b"x") != SECRETS.digest("address", b"x")
    assert "secret" not in repr(SECRETS)
