"""A mapping: statements with their source and factors on a scale, at several occasions, each owned and shared by itself."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import reading
from coordination.cases import service as cases
from coordination.cases.content import PartKind
from coordination.core.errors import Invalid, NotFound
from coordination.planning import mapping
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.browser import Browser
from tests.factories.cases import visit
from tests.factories.disclosure import consented, given
from tests.factories.planning import SAID, WHY, has_mapped, mapped
from tests.factories.world import SharedCase, World, shared_case
from tests.security.plaintext import MARKER, tables_with_plaintext

Fields = dict[str, str]


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE, AgencyKind.SCHOOL)


def _officer(shared: SharedCase) -> Actor:
    return shared.handlers[shared.world.agency(AgencyKind.POLICE)]


def _colleague(shared: SharedCase) -> Actor:
    colleague = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
    shared.world.act(shared.social, cases.assign, shared.id, colleague.user_id)
    return colleague


def _tab(shared: SharedCase, actor: Actor) -> str:
    return visit(shared.world, actor).get(f"/arenden/{shared.id}/kartlaggning").text


def _fields(page: str) -> Fields:
    """Return the form of the page as a browser would send it untouched."""
    content = page.split('<form class="form"', 1)[1].split("</form>", 1)[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", content):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") != "radio" or " checked" in tag:
            found[attributes["name"]] = attributes.get("value", "")
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', content, re.DOTALL))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', content, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = chosen.group(1) if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return found


def _place_of(fields: Fields, factor: str) -> str:
    return next(name for name, value in fields.items() if value == factor).removesuffix("factor")


def _sends(browser: Browser, path: str, fields: Fields, **changed: str) -> tuple[int, str]:
    answer = browser._open("POST", path, data=fields | changed)
    return answer.status_code, answer.text


def test_a_mapping_is_written_on_its_page_and_every_piece_is_a_part_of_its_own(shared: SharedCase) -> None:
    karin = visit(shared.world, shared.social)
    path = f"/arenden/{shared.id}/kartlaggning/ny"
    empty = karin.get(f"/arenden/{shared.id}/kartlaggning").text
    assert "Ingen kartläggning att läsa än" in empty
    assert "stöd för samtal, inte ett betyg" in empty
    fields = _fields(karin.get(path).text)
    status, page = _sends(karin, path, fields)
    assert (status, "Skriv minst ett påstående" in page) == (422, True)
    absence, close = _place_of(fields, "absence"), _place_of(fields, "close_adult")
    typed = {"statements-0-area": "school", "statements-0-body": "Borta varje måndag.", f"{absence}value": "3"}
    status, page = _sends(karin, path, fields, **typed)
    assert (status, "Skriv vem som har sagt det" in page, "Borta varje måndag." in page) == (422, True, True)

    status, page = _sends(karin, path, fields, **typed, **{"statements-0-source": "x" * 121})
    assert (status, "med högst 120 tecken" in page, "{&#39;" in page) == (422, True, False)

    typed |= {"statements-0-source": "Mentor", f"{absence}why": WHY, f"{close}value": "2"}
    assert _sends(karin, path, fields, **typed)[0] == 302

    shown = _tab(shared, shared.social)
    for words in ("Skola. Källa: Mentor", "Borta varje måndag.", "Frånvaro från skolan: 3 av 4, tydligt", WHY):
        assert words in shown
    assert "1 tydliga riskfaktorer och 0 tydliga skyddsfaktorer" in shown
    assert "Frånvaro från skolan: 3 av 4" in visit(shared.world, shared.social).get(f"/arenden/{shared.id}").text
    with shared.world.acting(shared.social):
        [record] = mapping.occasions(reading.mapping(shared.social.agency_id, shared.id))
        kinds = [part.kind for part in record.parts]
    assert kinds == [PartKind.TITLE, PartKind.STATEMENT, PartKind.FACTOR, PartKind.FACTOR]


def test_nothing_of_a_mapping_lies_in_a_table_as_it_was_typed_not_even_which_factor(
    shared: SharedCase, owner_engine: Engine
) -> None:
    shared.world.act(shared.social, mapping.write, shared.id, mapped({"drugs": 4}, said=MARKER, why=MARKER))

    for word in (MARKER, "drugs", "Alkohol eller andra droger"):
        assert tables_with_plaintext(owner_engine, word) == []


def test_another_agency_sees_and_counts_the_factors_it_was_given_and_no_others(shared: SharedCase) -> None:
    consented(shared, _officer(shared).agency_id)
    record_id = has_mapped(shared, shared.social, {"absence": 3, "drugs": 4, "close_adult": 4})
    before = _tab(shared, _officer(shared))
    assert "Ingen kartläggning att läsa än" in before
    assert "social_services" not in before.split("<main")[1].split("key-facts")[1].split("</dl>")[1]

    given(shared, shared.social, record_id, _officer(shared).agency_id, only=[2, 4])

    shown = _tab(shared, _officer(shared))
    assert "Frånvaro från skolan: 3 av 4" in shown
    assert "1 tydliga riskfaktorer och 1 tydliga skyddsfaktorer" in shown
    assert "Räknat på de faktorer som delats med er." in shown
    assert [words for words in ("droger", SAID, "/andra") if words in shown.split("<main")[1]] == []
    with pytest.raises(NotFound):
        shared.world.act(_officer(shared), mapping.own, record_id)


def test_several_occasions_are_drawn_counted_and_compared_each_agencys_by_itself(shared: SharedCase) -> None:
    has_mapped(shared, shared.social, {"absence": 4, "drugs": 3, "close_adult": 1}, days_ago=60)
    has_mapped(shared, shared.social, {"absence": 2, "drugs": 3, "close_adult": 3, "own_interest": 4}, said="")
    has_mapped(shared, _officer(shared), {"weapon": 4})

    page = _tab(shared, shared.social)

    assert "från 2 (" in page
    assert "Tydliga skyddsfaktorer gick från 0 till 2." in page
    assert page.count("<svg xmlns") == 2
    assert not re.search(r'style="|<style|<script[^>]*>[^<]', page)
    assert 'fill="currentColor"' in page
    for change in ("ner 2 steg", "oförändrat", "upp 2 steg", "kan inte jämföras"):
        assert change in page
    assert "apen" not in page.split("<main")[1]
    chosen = re.findall(r'<option value="([0-9a-f-]{36})"', page)[0]
    same = (
        visit(shared.world, shared.social).get(f"/arenden/{shared.id}/kartlaggning?forst={chosen}&sedan={chosen}").text
    )
    assert "upp 2 steg" not in same


def test_who_saves_second_meets_what_was_saved_and_loses_nothing(shared: SharedCase) -> None:
    record_id = has_mapped(shared, shared.social, {"absence": 3})
    path = f"/kartlaggningar/{record_id}/andra"
    first, second = visit(shared.world, _colleague(shared)), visit(shared.world, shared.social)
    theirs, mine = _fields(first.get(path).text), _fields(second.get(path).text)
    absence, drugs = _place_of(mine, "absence"), _place_of(mine, "drugs")
    changed = {"statements-0-body": "Mamma säger att de bråkar igen.", f"{absence}value": "4", f"{drugs}value": "1"}
    assert _sends(first, path, theirs, **changed)[0] == 302

    status, page = _sends(second, path, mine, **{f"{absence}value": "2", f"{drugs}value": "3"})

    assert status == 409
    for words in (
        "Någon annan hann före",
        "Det sparade:</p>",
        "bråkar igen",
        "Det sparade: 4 av 4",
        "Det sparade: 1 av 4",
    ):
        assert words.removesuffix("</p>") in page
    again = _fields(page)
    assert again[f"{absence}value"] == "2"
    assert _sends(second, path, again)[0] == 302
    shown = _tab(shared, shared.social)
    assert shown.count("Frånvaro från skolan: ") == shown.count("Frånvaro från skolan: 2 av 4")
    assert "Alkohol eller andra droger: 3 av 4" in shown
    assert SAID in shown
    history = second.get(f"/uppgifter/{record_id}/historik").text
    assert "Mamma säger att de bråkar igen." in history


def test_a_factor_that_is_no_longer_rated_is_taken_away_and_stays_in_the_history(shared: SharedCase) -> None:
    record_id = has_mapped(shared, shared.social, {"absence": 3, "drugs": 2})
    karin, path = visit(shared.world, shared.social), f"/kartlaggningar/{record_id}/andra"
    fields = _fields(karin.get(path).text)

    assert _sends(karin, path, fields, **{f"{_place_of(fields, 'drugs')}value": ""})[0] == 302

    assert "droger" not in _tab(shared, shared.social).split("<main")[1]
    assert "Alkohol eller andra droger: 2 av 4" in karin.get(f"/uppgifter/{record_id}/historik").text


@pytest.mark.parametrize(
    ("rated", "said"), [({"no_such_factor": 2}, SAID), ({"absence": 5}, SAID), ({"absence": -1}, SAID), ({}, "")]
)
def test_what_no_table_knows_is_refused(shared: SharedCase, rated: dict[str, int], said: str) -> None:
    with pytest.raises(Invalid):
        shared.world.act(shared.social, mapping.write, shared.id, mapped(rated, said=said))


def test_only_what_was_opened_counts_as_opened(shared: SharedCase, owner_engine: Engine) -> None:
    consented(shared, _officer(shared).agency_id)
    record_id = has_mapped(shared, shared.social, {"absence": 3})
    given(shared, shared.social, record_id, _officer(shared).agency_id)

    visit(shared.world, _officer(shared)).get(f"/arenden/{shared.id}/plan")
    assert _opened(owner_engine) == 0
    _tab(shared, _officer(shared))
    assert _opened(owner_engine) == 3


def _opened(engine: Engine) -> int:
    with engine.connect() as connection:
        found: int = connection.scalar(text("SELECT count(*) FROM copy WHERE first_opened_at IS NOT NULL"))
    return found
