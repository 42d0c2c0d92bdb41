"""Får jag dela det här? The rules' own answers, in words, for anyone signed in, about nobody."""

from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.web.presenting.statutes import links
from policies.bases import basis_table
from policies.permissions import AgencyKind, Role
from policies.vocabulary import Status
from tests.browser import Browser
from tests.factories.cases import visit
from tests.factories.world import World

PAGE = "/far-jag-dela"
ASKED = {
    "fran": "social_services",
    "till": "police",
    "roll": "subject",
    "alder": "17",
    "uppgift": "social",
    "andamal": "prevent_crime",
    "initiativ": "eget",
}


@pytest.fixture
def reader(app: Flask) -> Browser:
    world = World(app)
    return visit(world, world.actor(AgencyKind.POLICE))


def _answer(reader: Browser, **changed: str | list[str]) -> str:
    answer = reader.get(f"{PAGE}?{urlencode({**ASKED, **changed}, doseq=True)}")
    assert answer.status_code == 200
    return answer.text.split('id="answer"')[1]


def _applicable(page: str) -> str:
    return page.split('id="applicable"')[1].split('id="cooperation"', maxsplit=1)[0]


@pytest.mark.parametrize("role", Role)
def test_every_role_may_ask_and_finds_the_page_at_the_foot_of_every_other(app: Flask, role: Role) -> None:
    world = World(app)
    browser = visit(world, world.actor(AgencyKind.SOCIAL_SERVICES, role))

    page = browser.get(PAGE)

    assert page.status_code == 200
    assert f'href="{PAGE}"' in browser.get("/konto").text


def test_the_own_agency_gives_until_another_is_chosen(reader: Browser) -> None:
    page = reader.get(PAGE).text

    assert '<option selected value="police">' in page
    assert 'id="answer"' not in page
    assert "Skriv inga namn här" in page


def test_what_applies_says_the_test_what_it_asks_and_where_to_read_it(reader: Browser) -> None:
    page = _answer(reader)

    assert "https://lagen.nu/2009:400#K10P18a" in _applicable(page)
    assert "Det här ska stämma:" in _applicable(page)
    assert "Kontrollera mot lagtexten" in page
    assert "inte bekräftad av jurist" in page
    assert "Starkt skydd." in page
    assert "17 år" in page
    assert "ring 112" in page


def test_from_the_21st_birthday_the_basis_for_the_young_is_among_those_that_do_not_fit(reader: Browser) -> None:
    young, old = _answer(reader, alder="20"), _answer(reader, alder="21")

    assert "#K10P18a" in _applicable(young)
    assert "#K10P18a" not in _applicable(old)
    assert "Personen är för gammal den dagen." in old


def test_provisions_about_cooperation_explain_that_they_break_no_secrecy(reader: Browser) -> None:
    page = _answer(reader).split('id="cooperation"')[1].split('id="blocked"')[0]

    assert "Samverkan är ett uppdrag, inte ett stöd för att lämna ut." in page
    assert "Visas som upplysning." in page
    assert "SOU 2024:87" not in page


def test_a_consent_that_covers_it_applies_and_one_that_is_over_does_not(reader: Browser) -> None:
    holds = _answer(reader, samtycke_av="both", samtycke=["mottagaren", "uppgiften", "galler"])
    over = _answer(reader, samtycke_av="both", samtycke=["mottagaren", "uppgiften"])

    assert "Samtycke från personen själv" in _applicable(holds)
    assert "Samtycke från personen själv" not in _applicable(over)
    assert "Samtycket gäller inte i dag." in over


def test_danger_says_who_decides_and_a_private_recipient_has_no_secrecy(reader: Browser) -> None:
    danger = _answer(reader, andamal="immediate_danger")
    private = _answer(reader, till="school_principal", till_enskild="y")

    assert "Är det fara för liv: ring 112." in danger
    assert "Mottagaren har ingen sekretess enligt lag." in private


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"till": ""}, "Välj vem som tar emot."),
        ({"till": "nobody"}, "Välj något av det som finns i listan."),
        ({"alder": "elva"}, "Skriv åldern i hela år."),
        ({"alder": "-1"}, "Skriv en ålder från 0 till 120 år."),
        ({"initiativ": ""}, "Välj vem som tog initiativet."),
        ({"samtycke": "allt"}, "Välj något av det som finns i listan."),
    ],
)
def test_a_question_that_cannot_be_read_is_said_at_its_field(
    reader: Browser, changed: dict[str, str], sentence: str
) -> None:
    answer = reader.get(f"{PAGE}?{urlencode({**ASKED, **changed})}")

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'id="answer"' not in answer.text


def test_nothing_of_it_is_kept(reader: Browser, owner_engine: Engine) -> None:
    _answer(reader)

    with owner_engine.connect() as connection:
        assert connection.scalars(text("SELECT action FROM audit.entry")).all() == []


def test_a_link_is_built_from_the_provision() -> None:
    assert [link.url for link in links("10 kap. 15 a § OSL, SFS 2025:934")] == ["https://lagen.nu/2009:400#K10P15a"]
    assert [link.url for link in links("6 a kap. 10 och 11 §§ skollagen (2010:800)")] == [
        "https://lagen.nu/2010:800#K6aP10"
    ]
    assert [
        link.url for link in links("19 kap. 6 § socialtjänstlagen (2025:400), SFS 2025:1501, och 26 kap. 9 a § OSL")
    ] == [
        "https://lagen.nu/2025:400#K19P6",
        "https://lagen.nu/2009:400#K26P9a",
    ]
    assert [link.url for link in links("7 § första stycket lagen (2025:170)")] == ["https://lagen.nu/2025:170#P7"]


def test_every_basis_that_is_law_can_be_looked_up() -> None:
    unlinked = {
        row.source for row in basis_table().bases if row.status is not Status.PROPOSED and not links(row.source)
    }

    assert unlinked == {"Ingen sekretessregel gäller"}
