"""``coordination setup``: the way from an empty installation to somebody who can sign in and invite the others."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.settings import Settings
from tests.browser import Browser
from tests.factories.commands import environment, run

GIVEN = {
    "code": "1883",
    "municipality": "Karlskoga",
    "agency": "Socialtjänsten, Karlskoga",
    "kind": "social_services",
    "controller": "Socialnämnden",
    "branch": "Individ och familj",
    "mark": "SO",
    "name": "Thomas Åkerlund",
    "email": "thomas@karlskoga.example",
}


@pytest.fixture
def env(settings: Settings, app: Flask) -> dict[str, str]:
    """The variables of an installation whose database is empty."""
    assert app is not None
    return environment(settings)


def _arguments(**changed: str) -> list[str]:
    return [word for name, value in (GIVEN | changed).items() for word in (f"--{name}", value)]


def test_the_link_lets_the_first_administrator_in(app: Flask, env: dict[str, str]) -> None:
    said = run(env, "setup", *_arguments())
    link = re.search(r"http://localhost(/\S+)", said.output)

    assert said.exit_code == 0
    assert link is not None
    assert "Välj lösenord" in Browser(app).get(link[1]).text


def test_the_agency_has_its_key_and_a_log_that_begins_with_it(env: dict[str, str], owner_engine: Engine) -> None:
    run(env, "setup", *_arguments())

    with owner_engine.connect() as connection:
        keys = connection.scalar(text("SELECT count(*) FROM keys.agency_key JOIN agency a ON a.id = agency_id"))
        lines = connection.scalars(text("SELECT action FROM audit.entry ORDER BY seq")).all()
    assert (keys, lines) == (1, ["agency.changed", "user.changed"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "188"}, "--code: is four digits"),
        ({"municipality": " "}, "--municipality: is empty"),
        ({"name": " "}, "--name: is empty"),
        ({"email": "thomas"}, "--email: is no e-mail address"),
        ({"kind": "outreach"}, "--employer is needed for outreach"),
        ({"mark": "S1"}, "--mark is two letters"),
        ({"branch": " "}, "--branch is empty"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_added(
    env: dict[str, str], owner_engine: Engine, changed: dict[str, str], said: str
) -> None:
    refused = run(env, "setup", *_arguments(**changed))

    with owner_engine.connect() as connection:
        added = connection.scalar(text("SELECT count(*) FROM municipality"))
    assert refused.exit_code in (1, 2)
    assert said in refused.output.splitlines()[-1].replace("'", "").replace("Invalid value for ", "")
    assert added == 0


def test_a_municipality_is_set_up_once(env: dict[str, str]) -> None:
    run(env, "setup", *_arguments())

    again = run(env, "setup", *_arguments(email="other@karlskoga.example"))

    assert again.exit_code == 1
    assert "--code is in use: that municipality is there already" in again.output
