"""A decision not to disclose: written down with its reason, found again by the agency that made it, and by nobody else."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core import clock
from coordination.disclosure import refusals
from policies.permissions import AgencyKind
from tests.browser import Browser, without_tokens
from tests.factories.cases import visit
from tests.factories.refusals import WHAT, WHY, refusal
from tests.factories.world import SharedCase, World, shared_case


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def police(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.POLICE]


@pytest.fixture
def sender(shared: SharedCase) -> Browser:
    return visit(shared.world, shared.social)


def _path(shared: SharedCase) -> str:
    return f"/arenden/{shared.id}/dela-inte"


def _fields(agency_id: UUID, **changed: object) -> Mapping[str, object]:
    return {
        "agency": str(agency_id),
        "initiative": "asked",
        "asked_on": clock.today().isoformat(),
        "purpose": "support",
        "what": WHAT,
        "basis": "OSL_12_2_SAMTYCKE",
        "reason_code": "no_consent",
        "reason": WHY,
        **changed,
    }


def test_a_request_that_is_turned_down_is_found_in_the_own_ledger_alone(
    shared: SharedCase, police: UUID, sender: Browser
) -> None:
    done = sender.post(_path(shared), _fields(police), token_from=_path(shared))

    page, listed = sender.get(done.location).text, sender.get("/delningar?visa=nekat").text
    officer = visit(shared.world, shared.handlers[police])
    assert done.status_code == 302
    for words in (WHAT, WHY, "Samtycke saknas eller räcker inte", "De frågade", "police 1780"):
        assert words in page
    assert done.location in listed
    assert [words for words in (WHAT, WHY) if words in listed] == []
    hidden, absent = officer.get(done.location), officer.get(f"/avslag/{shared.id}")
    assert hidden.status_code == absent.status_code == 404
    assert without_tokens(hidden.text) == without_tokens(absent.text)
    for path in ("/delningar", "/delningar?visa=nekat", f"/arenden/{shared.id}/insyn", f"/arenden/{shared.id}/atkomst"):
        assert [words for words in (WHAT, WHY, done.location) if words in officer.get(path).text] == []


def test_thinking_better_of_it_begins_with_what_was_chosen(shared: SharedCase, police: UUID, sender: Browser) -> None:
    share = f"/arenden/{shared.id}/dela"
    assert f'formaction="{_path(shared)}"' in sender.get(share).text
    chosen = {
        "action": "begin",
        "recipients": [str(police)],
        "purpose": "support",
        "initiative": "own",
        "basis": "OSL_12_2_SAMTYCKE",
    }

    begun = sender.post(_path(shared), chosen, token_from=share)

    assert begun.status_code == 200
    assert f'selected value="{police}"' in begun.text
    assert 'selected value="support"' in begun.text
    assert 'selected value="OSL_12_2_SAMTYCKE"' in begun.text
    assert "field-error" not in begun.text
    assert sender.get("/delningar?visa=nekat").text.count("/avslag/") == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"agency": ""}, "Välj en part i listan."),
        ({"asked_on": "2099-01-01"}, "Dagen ligger framåt i tiden."),
        ({"purpose": ""}, "Välj vad uppgifterna skulle användas till."),
        ({"what": " "}, "Skriv med neutrala ord vad frågan gällde."),
        ({"reason_code": ""}, "Välj varför uppgifterna inte lämnas ut."),
        ({"reason": "Nej."}, "Det är för kort."),
    ],
)
def test_a_refusal_that_does_not_hold_comes_back_filled_in(
    shared: SharedCase, police: UUID, sender: Browser, changed: dict[str, object], sentence: str
) -> None:
    answer = sender.post(_path(shared), _fields(police, **changed), token_from=_path(shared))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "reason" in changed or WHY in answer.text


def test_nobody_needs_to_have_asked_and_no_basis_need_fit(shared: SharedCase, police: UUID, sender: Browser) -> None:
    fields = _fields(police, initiative="own", asked_on="", basis="", reason_code="no_basis")

    done = sender.post(_path(shared), fields, token_from=_path(shared))

    page = sender.get(done.location).text
    assert "Ingen hade frågat" in page
    assert "Inget stöd gick att pröva" in page


def test_the_words_lie_sealed_and_the_log_has_codes_only(
    shared: SharedCase, police: UUID, owner_engine: Engine
) -> None:
    shared.world.act(shared.social, refusals.refuse, shared.id, refusal(police))

    with owner_engine.connect() as connection:
        rows = connection.execute(text("SELECT t::text FROM refusal t UNION ALL SELECT t::text FROM audit.entry t"))
        stored = " ".join(row[0] for row in rows)
        told = connection.scalars(text("SELECT agency_id FROM audit.entry WHERE action = 'disclosure.refused'")).all()
    assert [words for words in (WHAT, WHY) if words in stored] == []
    assert "no_consent" in stored
    assert told == [shared.social.agency_id]


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
def test_what_was_decided_stays_as_it_was_decided(app: Flask, owner_engine: Engine, right: str) -> None:
    with owner_engine.connect() as connection:
        held = text("SELECT has_table_privilege('samverkan_app', 'refusal', :right)")

        assert connection.scalar(held, {"right": right}) is False


def test_the_list_is_narrowed_by_day(shared: SharedCase, police: UUID, sender: Browser) -> None:
    shared.world.act(shared.social, refusals.refuse, shared.id, refusal(police))
    tomorrow = clock.today() + timedelta(days=1)

    assert "/avslag/" in sender.get(f"/delningar?visa=nekat&fran={clock.today()}").text
    assert "/avslag/" not in sender.get(f"/delningar?visa=nekat&fran={tomorrow}").text
