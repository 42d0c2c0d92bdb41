"""Every route, every role, every relation to a case, existing and absent: refusal equals absence, byte for byte.

The routes come from the URL map, and who gets through from one table, ``matrix/rows.py``.
"""

from dataclasses import replace

import pytest
from flask import Flask

from tests.security.matrix.asking import address_of, ask, ask_at
from tests.security.matrix.audiences import LEDGER_SIDES
from tests.security.matrix.cells import faults_of_refusals, things_for, told
from tests.security.matrix.expecting import faults
from tests.security.matrix.row import Shows
from tests.security.matrix.rows import ROWS
from tests.security.matrix.things import NOTHING
from tests.security.matrix.town import Town

TABLE = "tests/security/matrix/rows.py"
OPENED = [endpoint for endpoint, row in ROWS.items() if row.get is not None]


def _methods(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            found.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def test_every_route_has_a_row(application: Flask) -> None:
    assert sorted(_methods(application).keys() - ROWS.keys()) == [], f"say in {TABLE} who gets through"
    assert sorted(ROWS.keys() - _methods(application).keys()) == [], f"take out of {TABLE} what is no route"


def test_every_method_of_a_route_says_for_whom_it_is(town: Town) -> None:
    said = {
        endpoint: {name for name, audience in (("GET", row.get), ("POST", row.post)) if audience is not None}
        for endpoint, row in ROWS.items()
    }

    assert _methods(town.app) == said, f"{TABLE} and the routes differ"


@pytest.mark.parametrize("endpoint", OPENED)
def test_a_refused_page_and_an_absent_one_are_the_same(town: Town, endpoint: str) -> None:
    found = faults_of_refusals(town, endpoint, "GET")

    assert found == [], told(found)


@pytest.mark.parametrize("endpoint", OPENED)
def test_who_gets_through_sees_exactly_what_is_theirs(town: Town, endpoint: str) -> None:
    row, found = ROWS[endpoint], []
    for person in town.people:
        for thing in things_for(town, row, person):
            if row.get is not None and row.get(person, thing):
                answer = ask(town, person, endpoint, thing.arguments)
                found += [
                    f"{person}, {thing}: {fault}" for fault in faults(town, person, row, thing, answer.everything)
                ]
                if answer.status not in row.opens:
                    found.append(f"{person}, {thing}: answered {answer.status}")

    assert found == [], told(found)


@pytest.mark.parametrize("side", LEDGER_SIDES)
@pytest.mark.parametrize("endpoint", ["ledger.index", "ledger.csv"])
def test_every_side_of_the_ledger_holds_the_own_agencys_cases_and_no_others(
    town: Town, endpoint: str, side: str
) -> None:
    row = replace(ROWS[endpoint], shows=Shows(lists=LEDGER_SIDES[side]))
    refused = ask(town, town.people[-1], endpoint, {}).status
    found = []
    for person in town.people:
        answer = ask_at(town, person, f"{address_of(town, endpoint, {})}?visa={side}")
        if row.get is not None and row.get(person, NOTHING):
            found += [f"{person}: {fault}" for fault in faults(town, person, row, NOTHING, answer.everything)]
        elif answer.status not in {404, refused}:
            found.append(f"{person}: answered {answer.status}")

    assert found == [], told(found)
