"""Every route, every role, every relation to a case, existing and absent: refusal equals absence, byte for byte.

The routes come from the URL map, and who gets through from one table, ``matrix/rows.py``.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from coordination.web.guard import permission_of
from policies.permissions import GRANTS
from tests.security.matrix.asking import Answer, absent, ask, ask_at
from tests.security.matrix.expecting import faults
from tests.security.matrix.people import Person
from tests.security.matrix.rows import ROWS, Row
from tests.security.matrix.things import NOTHING, Thing, What
from tests.security.matrix.town import Town

TABLE = "tests/security/matrix/rows.py"
OPENED = [endpoint for endpoint, row in ROWS.items() if row.get is not None]
SENT_TO = [endpoint for endpoint, row in ROWS.items() if row.post is not None]
UNKNOWN = "/finns-inte"


def _methods(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            found.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def _things(town: Town, row: Row, person: Person) -> list[Thing]:
    """Return what a person is asked about: everything of the kind, but of sessions and passkeys one's own and another's."""
    if row.what is What.NOTHING:
        return [NOTHING]
    found = town.of(row.what)
    if row.what is What.HANDLER:
        return [thing for thing in found if thing.owner not in {"outreach", "region", "school_health"}]
    if row.what in {What.SESSION, What.PASSKEY}:
        return [thing for thing in found if thing.name in {str(person), found[0].name}]
    return found


def _holds_the_permission(town: Town, endpoint: str, person: Person) -> bool:
    permission = permission_of(town.app, endpoint)
    return person.role is not None and (permission is None or person.role in GRANTS[permission])


def _refused(town: Town, endpoint: str, method: str) -> Iterator[tuple[Person, Thing]]:
    """Go through every cell that the table does not allow; where the role alone refuses, one thing stands for all."""
    row = ROWS[endpoint]
    audience = row.get if method == "GET" else row.post
    assert audience is not None
    for person in town.people:
        things = [thing for thing in _things(town, row, person) if not audience(person, thing)]
        yield from (
            (person, thing) for thing in (things if _holds_the_permission(town, endpoint, person) else things[:1])
        )


def _answer(town: Town, endpoint: str, method: str, person: Person, thing: Thing, *, there: bool = True) -> Answer:
    """Ask about a thing, or in the same words about one that is not there."""
    arguments = thing.arguments if there else absent(town, thing)
    fields = None if method == "GET" else ROWS[endpoint].form(town, person, thing)
    return ask(town, person, endpoint, arguments, method, fields)


def _faults_of_refusals(town: Town, endpoint: str, method: str) -> list[str]:
    """Hold every refusal against the answer about what is not there, and against that at an address that is not there."""
    found, absences, unknown = [], dict[Person, Answer](), _unknown(town, method)
    for person, thing in _refused(town, endpoint, method):
        answer = _answer(town, endpoint, method, person, thing)
        differences = [answer.difference(unknown[person])] if person.actor else []
        if thing.arguments and (person.actor is None or _holds_the_permission(town, endpoint, person)):
            if person not in absences:
                absences[person] = _answer(town, endpoint, method, person, thing, there=False)
            differences.append(answer.difference(absences[person]))
        said = [f"shows {seed.kind} of {seed.thing}" for seed in town.seeds.found_in(answer.everything)]
        strange = [word for word in said if not word.endswith((str(person), "of here", "of away"))]
        found += [f"{person}, {thing}: {fault}" for fault in (*differences, *strange) if fault]
        if answer.status != (404 if person.actor else 302):
            found.append(f"{person}, {thing}: answered {answer.status}")
    return found


def _unknown(town: Town, method: str) -> dict[Person, Answer]:
    """Return what everybody meets at an address that is not there; asked once, for it is the same every time."""
    if method not in town.unknown:
        town.unknown[method] = {person: ask_at(town, person, UNKNOWN, method) for person in town.people}
    return town.unknown[method]


def _told(found: list[str]) -> str:
    return "\n".join(["", *found[:30]])


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
    found = _faults_of_refusals(town, endpoint, "GET")

    assert found == [], _told(found)


@pytest.mark.parametrize("endpoint", SENT_TO)
def test_a_refused_form_changes_nothing_and_is_logged(town: Town, endpoint: str) -> None:
    before, denied, asked = town.fingerprint(), town.denials(), town.asked

    found = _faults_of_refusals(town, endpoint, "POST")

    assert found == [], _told(found)
    assert town.fingerprint() == before
    assert town.denials() - denied == town.asked - asked


@pytest.mark.parametrize("endpoint", OPENED)
def test_who_gets_through_sees_exactly_what_is_theirs(town: Town, endpoint: str) -> None:
    row, found = ROWS[endpoint], []
    for person in town.people:
        for thing in _things(town, row, person):
            if row.get is not None and row.get(person, thing):
                answer = ask(town, person, endpoint, thing.arguments)
                found += [
                    f"{person}, {thing}: {fault}" for fault in faults(town, person, row, thing, answer.everything)
                ]
                if answer.status not in row.opens:
                    found.append(f"{person}, {thing}: answered {answer.status}")

    assert found == [], _told(found)


@pytest.mark.parametrize("endpoint", SENT_TO)
def test_a_well_formed_form_gets_through(town: Town, endpoint: str) -> None:
    """So that a form is not refused for everybody, and the tests above prove nothing."""
    row, found, tried = ROWS[endpoint], [], set()
    for person in town.people:
        thing = next(
            (one for one in _things(town, row, person) if row.post is not None and row.post(person, one)), None
        )
        if thing is None or (person.role, person.agency if thing.case else "") in tried:
            continue
        tried.add((person.role, person.agency if thing.case else ""))
        answer = _answer(town, endpoint, "POST", person, thing)
        if answer.status not in row.answers:
            found.append(f"{person}, {thing}: answered {answer.status}")
        town.restore()

    assert tried
    assert found == [], _told(found)
