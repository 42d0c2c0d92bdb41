"""The cells of the matrix: who is asked about what, and what is wrong with the answers of those that are refused."""

from collections.abc import Iterator

from coordination.web.guard import permission_of
from policies.permissions import GRANTS
from tests.security.matrix.asking import Answer, absent, ask, ask_at
from tests.security.matrix.people import Person
from tests.security.matrix.row import Row
from tests.security.matrix.rows import ROWS
from tests.security.matrix.things import NOTHING, Thing, What
from tests.security.matrix.town import Town

UNKNOWN = "/finns-inte"


ALIKE = {
    What.RECORD: {"outreach", "region", "school_health"},
    What.HANDLER: {"outreach", "region", "school_health", "school"},
    What.PARTY: {"outreach", "region", "school_health", "school", "foreign school"},
}
"""Agencies whose things of a kind stand to everybody but themselves as some other agency's do: only they are asked about them."""


def things_for(town: Town, row: Row, person: Person) -> list[Thing]:
    """Return what a person is asked about: of sessions and passkeys one's own and another's, of the rest every different one."""
    if row.what is What.NOTHING:
        return [NOTHING]
    found = town.of(row.what)
    if row.what in {What.SESSION, What.PASSKEY}:
        return [thing for thing in found if thing.name in {str(person), found[0].name}]
    alike = ALIKE.get(row.what, set()) - {person.agency}
    return [thing for thing in found if thing.owner not in alike]


def _holds_the_permission(town: Town, endpoint: str, person: Person) -> bool:
    permission = permission_of(town.app, endpoint)
    return person.role is not None and (permission is None or person.role in GRANTS[permission])


def _refused(town: Town, endpoint: str, method: str) -> Iterator[tuple[Person, Thing]]:
    """Go through every cell that the table does not allow; where the role alone refuses, one thing stands for all."""
    row = ROWS[endpoint]
    audience = row.get if method == "GET" else row.post
    assert audience is not None
    for person in town.people:
        things = [thing for thing in things_for(town, row, person) if not audience(person, thing)]
        yield from (
            (person, thing) for thing in (things if _holds_the_permission(town, endpoint, person) else things[:1])
        )


def answer_about(town: Town, endpoint: str, method: str, person: Person, thing: Thing, *, there: bool = True) -> Answer:
    """Ask about a thing, or in the same words about one that is not there."""
    arguments = thing.arguments if there else absent(town, thing)
    fields = None if method == "GET" else ROWS[endpoint].form(town, person, thing)
    return ask(town, person, endpoint, arguments, method, fields)


def faults_of_refusals(town: Town, endpoint: str, method: str) -> list[str]:
    """Hold every refusal against the answer about what is not there, and against that at an address that is not there."""
    found, absences, unknown = [], dict[Person, Answer](), _unknown(town, method)
    for person, thing in _refused(town, endpoint, method):
        answer = answer_about(town, endpoint, method, person, thing)
        differences = [answer.difference(unknown[person])] if person.actor else []
        if thing.arguments and (person.actor is None or _holds_the_permission(town, endpoint, person)):
            if person not in absences:
                absences[person] = answer_about(town, endpoint, method, person, thing, there=False)
            differences.append(answer.difference(absences[person]))
        said = [f"shows {seed.kind} of {seed.thing}" for seed in town.seeds.found_in(answer.everything)]
        strange = [word for word in said if not word.endswith((str(person), "of here", "of away"))]
        found += [f"{person}, {thing}: {fault}" for fault in (*differences, *strange) if fault]
        if answer.status != (404 if person.actor or permission_of(town.app, endpoint) is None else 302):
            found.append(f"{person}, {thing}: answered {answer.status}")
    return found


def _unknown(town: Town, method: str) -> dict[Person, Answer]:
    """Return what everybody meets at an address that is not there; asked once, for it is the same every time."""
    if method not in town.unknown:
        town.unknown[method] = {person: ask_at(town, person, UNKNOWN, method) for person in town.people}
    return town.unknown[method]


def told(found: list[str]) -> str:
    """Return what was found wrong, one fault a line."""
    return "\n".join(["", *found[:30]])
