"""Settings name everything that is wrong at once, tell no secret, and cannot be changed."""

import base64
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from coordination.settings import Settings, SettingsError

SECRET = "hemligt" * 6
RIGHT = {
    "DATABASE_URL": "postgresql://samverkan_app:hemligt-ord@db.example:5432/samverkan",
    "SECRET_KEY": SECRET,
    "MASTER_KEY": "0123abcd:" + base64.b64encode(bytes(range(32))).decode(),
    "PUBLIC_URL": "https://samverkan.example.se/",
}


def test_every_missing_variable_is_named_at_once() -> None:
    said = _refused({})

    assert {name for name in RIGHT if name in said} == set(RIGHT)
    assert "\n" not in said


def test_every_malformed_variable_is_named_at_once_and_no_secret_is_told() -> None:
    wrong = {
        "DATABASE_URL": "mysql://samverkan:hemligt-ord@db/x",
        "DATABASE_OWNER_URL": "postgresql://bara-en-värd",
        "SECRET_KEY": "för kort",
        "MASTER_KEY": "hemligt-ord",
        "PUBLIC_URL": "http://samverkan.example.se",
        "PORT": "70000",
        "SMTP_HOST": "post.example.se",
        "SMTP_PORT": "x",
        "TRUSTED_PROXIES": "-1",
        "TEST_ENVIRONMENT": "kanske",
        "LOG_LEVEL": "LAGOM",
    }

    said = _refused(wrong)

    assert {name for name in wrong if name in said} == set(wrong)
    assert "MAIL_FROM" in said
    assert "hemligt-ord" not in said
    assert "för kort" not in said
    assert "\n" not in said


def test_an_empty_variable_counts_as_missing() -> None:
    assert "SECRET_KEY is missing" in _refused(RIGHT | {"SECRET_KEY": ""})


def test_the_master_key_comes_from_one_place_only(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    file.touch()

    assert "exactly one of MASTER_KEY, MASTER_KEY_FILE and MASTER_KEY_PKCS11" in _refused(
        RIGHT | {"MASTER_KEY_FILE": str(file)}
    )
    assert Settings.from_env(RIGHT | {"MASTER_KEY": "", "MASTER_KEY_FILE": str(file)}).master_key_file == file


def test_a_key_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert "MASTER_KEY_FILE" in _refused(RIGHT | {"MASTER_KEY": "", "MASTER_KEY_FILE": str(tmp_path / "none")})


def test_owner_and_application_are_not_the_same_role() -> None:
    assert "two different roles" in _refused(RIGHT | {"DATABASE_OWNER_URL": RIGHT["DATABASE_URL"]})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_address_keeps_its_password_and_gets_our_driver(scheme: str) -> None:
    address = RIGHT["DATABASE_URL"].partition("://")[2]

    settings = Settings.from_env(RIGHT | {"DATABASE_URL": f"{scheme}://{address}"})

    assert settings.database_url == f"postgresql+psycopg://{address}"


def test_a_cluster_is_named_with_all_its_hosts() -> None:
    address = (
        "postgresql://samverkan_app:ord@/samverkan?host=db1%3A5432&host=db2%3A5432&target_session_attrs=read-write"
    )

    settings = Settings.from_env(RIGHT | {"DATABASE_URL": address})

    assert re.findall(r"host=(\w+)", settings.database_url) == ["db1", "db2"]


def test_the_public_address_tells_the_host_and_whether_cookies_need_https() -> None:
    public = Settings.from_env(RIGHT)
    local = Settings.from_env(RIGHT | {"PUBLIC_URL": "http://localhost:8000"})

    assert (public.public_url, public.host, public.secure_cookies) == (
        "https://samverkan.example.se",
        "samverkan.example.se",
        True,
    )
    assert (local.host, local.secure_cookies) == ("localhost", False)


@pytest.mark.parametrize(
    "address", ["samverkan.example.se", "https://", "https://a.se/sida", "https://a@b.se", "ftp://a.se"]
)
def test_a_public_address_is_scheme_and_host_alone(address: str) -> None:
    assert "PUBLIC_URL" in _refused(RIGHT | {"PUBLIC_URL": address})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"MAIL_FROM": "samverkan"}, "MAIL_FROM should look like"),
        ({"MAIL_FROM": "a@example.se, b@example.se"}, "MAIL_FROM should look like"),
        ({"MAIL_FROM": "a@example.se\nBcc: b@example.se"}, "MAIL_FROM should look like"),
        ({"SMTP_TLS": "kanske"}, "SMTP_TLS"),
        ({"SMTP_USER": "samverkan"}, "given together"),
        ({"SMTP_USER": "samverkan", "SMTP_PASSWORD_FILE": __file__, "SMTP_TLS": "none"}, "unprotected"),
        ({"SMTP_PASSWORD_FILE": "/finns/inte"}, "SMTP_PASSWORD_FILE"),
    ],
)
def test_mail_that_could_not_be_sent_safely_is_refused_at_the_start(given: dict[str, str], said: str) -> None:
    mail = {"SMTP_HOST": "post.example.se", "MAIL_FROM": "Samverkan <samverkan@example.se>"}

    assert Settings.from_env(RIGHT | mail).smtp_tls == "starttls"
    assert said in _refused(RIGHT | mail | given)


def test_what_settings_show_of_themselves_holds_no_secret() -> None:
    shown = repr(Settings.from_env(RIGHT))

    assert "hemligt" not in shown
    assert RIGHT["MASTER_KEY"] not in shown


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_env(RIGHT)

    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc] # what mypy forbids here is refused at run time too


def _refused(env: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env(env)
    return str(refusal.value)
