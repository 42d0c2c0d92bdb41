"""What is refused tells nothing by any way round: other methods, other ids, forged forms, stale sessions, other formats."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from policies.permissions import Role
from tests.security.matrix.asking import absent, ask, ask_at
from tests.security.matrix.people import MAIN, Person, Relation
from tests.security.matrix.row import Row
from tests.security.matrix.rows import ROWS
from tests.security.matrix.things import Thing, What
from tests.security.matrix.town import NOW, Town

OUTSIDERS = (
    (Relation.UNASSIGNED, Role.SIG_COORDINATOR),
    (Relation.NOT_NAMED, Role.CASE_WORKER),
    (Relation.NONE, Role.AGENCY_CONTACT),
    (Relation.AWAY, Role.CASE_WORKER),
)
"""Those who work in cases, but not in the one asked about."""

OWN = {What.NOTHING, What.LINK, What.SESSION, What.PASSKEY}
NAMED = {endpoint: row for endpoint, row in ROWS.items() if row.what not in OWN}
"""The routes whose address names something that is not one's own by nature."""

IN_MAIN = {What.RECORD: "shared", What.ATTACHMENT: "shared", What.PERSON: "subject", What.CONSENT: "first consent"}
FIRST = {
    **IN_MAIN,
    What.CASE: MAIN,
    What.DISCLOSURE: "to police",
    What.PARTY: "police in main",
    What.REVIEW: "in force",
    What.AGENCY: "rescue",
    What.USER: "here",
}
"""One thing of each kind, that the outsiders may not know of."""


def _person(town: Town, relation: Relation, role: Role) -> Person:
    return next(person for person in town.people if (person.relation, person.role) == (relation, role))


def _lead(town: Town) -> Person:
    return _person(town, Relation.ASSIGNED, Role.SIG_COORDINATOR)


def _outsiders(town: Town) -> list[Person]:
    return [*(_person(town, *who) for who in OUTSIDERS), town.people[-1]]


def _thing(town: Town, what: What) -> Thing:
    return town.one(what, FIRST[what]) if what in FIRST else town.of(what)[0]


def _let_in(row: Row, person: Person, thing: Thing) -> bool:
    """Tell whether the route is for the person after all: who is outside one case may work in another."""
    return any(audience(person, thing) for audience in (row.get, row.post) if audience is not None)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "GET", "POST"])
def test_no_method_tells_what_is_there(town: Town, method: str) -> None:
    for endpoint, row in NAMED.items():
        thing = _thing(town, row.what)
        for person in (one for one in _outsiders(town) if not _let_in(row, one, thing)):
            there = ask(town, person, endpoint, thing.arguments, method, {})
            not_there = ask(town, person, endpoint, absent(town, thing), method, {})

            assert there.difference(not_there) == "", f"{method} {endpoint} as {person}"


def test_a_method_that_a_route_does_not_have_is_an_address_that_is_not_there(town: Town) -> None:
    lead = _lead(town)
    nowhere = ask_at(town, lead, "/finns-inte", "DELETE")

    for endpoint, row in NAMED.items():
        answer = ask(town, lead, endpoint, _thing(town, row.what).arguments, "DELETE")

        assert answer.difference(nowhere) == "", endpoint


@pytest.mark.parametrize("endpoint", [name for name, row in NAMED.items() if row.post is not None])
def test_a_form_without_a_token_is_refused_before_anything_is_looked_up(town: Town, endpoint: str) -> None:
    thing, before = _thing(town, NAMED[endpoint].what), town.fingerprint()
    for person in (_lead(town), *_outsiders(town)):
        there = ask(town, person, endpoint, thing.arguments, "POST", {"csrf_token": "forged"})
        not_there = ask(town, person, endpoint, absent(town, thing), "POST", {"csrf_token": "forged"})

        assert there.status == 400
        assert there.difference(not_there) == ""
    assert town.fingerprint() == before


@pytest.mark.parametrize("endpoint", NAMED)
def test_an_id_of_another_kind_of_thing_is_an_id_of_nothing(town: Town, endpoint: str) -> None:
    row = NAMED[endpoint]
    person = next((one for one in town.people if _opens_some(town, one, endpoint)), None)
    assert person is not None
    thing = _thing(town, row.what)
    method = "GET" if row.get is not None else "POST"
    not_there = ask(town, person, endpoint, absent(town, thing), method)
    for other in (_thing(town, what) for what in FIRST if what is not row.what):
        for name in thing.arguments.keys() - other.arguments.keys():
            wrong = {**absent(town, thing), name: next(iter(other.arguments.values()))}

            assert ask(town, person, endpoint, wrong, method).difference(not_there) == "", f"{other} as {name}"


def _opens_some(town: Town, person: Person, endpoint: str) -> bool:
    row = NAMED[endpoint]
    audience = row.get or row.post
    return audience is not None and person.actor is not None and any(audience(person, one) for one in town.of(row.what))


@pytest.mark.parametrize("what", [What.PARTY, What.HANDLER])
def test_half_an_address_that_is_right_is_all_wrong(town: Town, what: What) -> None:
    endpoint = "participants.end_participation" if what is What.PARTY else "participants.end_assignment"
    thing, nothing = town.of(what)[0], absent(town, town.of(what)[0])
    for person in (_lead(town), *_outsiders(town)[:-1]):
        not_there = ask(town, person, endpoint, nothing)
        for name in thing.arguments:
            half = {**thing.arguments, name: nothing[name]}

            assert ask(town, person, endpoint, half).difference(not_there) == "", f"{person}: {name}"


@pytest.mark.parametrize("endpoint", NAMED)
def test_a_session_that_is_not_fresh_is_asked_before_anything_is_looked_up(town: Town, endpoint: str) -> None:
    row = NAMED[endpoint]
    thing = _thing(town, row.what)
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        for person in _outsiders(town)[:-1]:
            for method in [name for name, audience in (("GET", row.get), ("POST", row.post)) if audience is not None]:
                fields = None if method == "GET" else row.form(town, person, thing)
                there = ask(town, person, endpoint, thing.arguments, method, fields)
                again = None if method == "GET" else row.form(town, person, thing)
                not_there = ask(town, person, endpoint, absent(town, thing), method, again)

                assert there.difference(not_there) == "", f"{method} as {person}"


@pytest.mark.parametrize(
    "accepted", [{"Accept": "application/json"}, {"HX-Request": "true"}, {"Accept-Language": "en"}]
)
def test_who_asks_in_another_way_is_told_no_more(town: Town, accepted: Mapping[str, str]) -> None:
    case = town.one(What.CASE, MAIN)
    for person in _outsiders(town):
        address, nowhere = (f"/arenden/{one['case_id']}" for one in (case.arguments, absent(town, case)))
        there, not_there = (person.browser.client.open(one, headers=dict(accepted)) for one in (address, nowhere))

        assert (there.status_code, dict(there.headers)) == (
            not_there.status_code,
            _like(not_there.headers, nowhere, address),
        )
        assert there.text.replace(address, "") == not_there.text.replace(nowhere, "")


def _like(headers: Any, written: str, instead: str) -> dict[str, str]:
    return {name: value.replace(written, instead) for name, value in headers}


def test_a_refused_form_leaves_no_message_for_the_next_page(town: Town) -> None:
    for person in _outsiders(town)[:-1]:
        before = ask_at(town, person, "/konto")
        for endpoint in ("records.edit", "consents.withdraw", "disclosures.end", "participants.end_participation"):
            thing = _thing(town, ROWS[endpoint].what)
            ask(town, person, endpoint, thing.arguments, "POST", ROWS[endpoint].form(town, person, thing))

        assert ask_at(town, person, "/konto").difference(before) == ""
