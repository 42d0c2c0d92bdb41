"""When the demo is loaded and when not: only in a test environment, only into nothing, and whole or not at all."""

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cli import main
from coordination.cli.demo import accounts_text, load_once
from coordination.demo import loader
from coordination.demo.loader import Found
from coordination.identity.secrets import Secrets
from coordination.settings import Settings
from policies.permissions import AgencyKind
from tests.factories.world import World


def _run(settings: Settings, *arguments: str, test_environment: bool = True) -> Result:
    env = {
        "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": "",
        "SECRET_KEY": settings.secret_key,
        "MASTER_KEY": settings.master_key or "",
        "MASTER_KEY_FILE": "",
        "PUBLIC_URL": settings.public_url,
        "TEST_ENVIRONMENT": "true" if test_environment else "",
    }
    return CliRunner().invoke(main, ["demo", *arguments], env=env)


def _counts(owner_engine: Engine) -> list[int]:
    with owner_engine.connect() as connection:
        return [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("municipality", "agency", "app_user", '"case"', "audit.entry", "keys.agency_key")
        ]


def test_a_database_with_other_data_is_refused_and_left_alone(
    app: Flask, settings: Settings, owner_engine: Engine
) -> None:
    World(app).actor(AgencyKind.SOCIAL_SERVICES)
    before = _counts(owner_engine)

    result = _run(settings, "load")

    assert result.exit_code == 1
    assert result.output.strip().splitlines()[-1].startswith("Error: This database holds something else")
    assert _counts(owner_engine) == before


def test_a_real_karlskoga_is_not_taken_for_the_demo(app: Flask) -> None:
    World(app, code="1883").actor(AgencyKind.SOCIAL_SERVICES)
    World(app, code="1780").actor(AgencyKind.POLICE)

    with app.app_context():
        assert loader.found() is Found.OTHER


def test_other_data_do_not_keep_the_service_from_starting(app: Flask, settings: Settings, owner_engine: Engine) -> None:
    World(app).actor(AgencyKind.SOCIAL_SERVICES)
    before = _counts(owner_engine)

    load_once(settings)

    assert accounts_text(settings) == ""
    assert _counts(owner_engine) == before


@pytest.mark.parametrize("command", ["load", "accounts"])
def test_nothing_of_the_demo_works_outside_a_test_environment(
    app: Flask, settings: Settings, owner_engine: Engine, command: str
) -> None:
    result = _run(settings, command, test_environment=False)

    assert result.exit_code == 1
    assert result.output.strip() == "Error: The demo is for a test environment: TEST_ENVIRONMENT is not true."
    assert _counts(owner_engine) == [0, 0, 0, 0, 0, 0]


def test_an_interrupted_load_leaves_nothing_behind(app: Flask, settings: Settings, owner_engine: Engine) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done == 25:
            raise KeyboardInterrupt

    with app.app_context(), pytest.raises(KeyboardInterrupt):
        loader.load(Secrets.of(settings.secret_key), interrupt)

    assert _counts(owner_engine) == [0, 0, 0, 0, 0, 0]
    with app.app_context():
        assert loader.found() is Found.NOTHING


def test_there_are_no_accounts_to_print_before_the_load(app: Flask, settings: Settings) -> None:
    result = _run(settings, "accounts")

    assert result.exit_code == 1
    assert result.output.strip() == "Error: The demo is not loaded here."
