"""What is hidden and what is absent cost the same work: as many questions to the database, so that time tells them apart no more than bytes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from coordination.core.db import db
from policies.permissions import Role
from tests.security.matrix.asking import absent, ask
from tests.security.matrix.people import Person, Relation
from tests.security.matrix.rows import ROWS
from tests.security.matrix.things import Thing, What
from tests.security.matrix.town import Town

ASKED = {
    What.CASE: "main",
    What.RECORD: "shared",
    What.ATTACHMENT: "shared",
    What.PERSON: "subject",
    What.CONSENT: "first consent",
    What.DISCLOSURE: "to police",
    What.PARTY: "police in main",
}
OUTSIDERS = (
    (Relation.UNASSIGNED, Role.SIG_COORDINATOR),
    (Relation.NONE, Role.AGENCY_CONTACT),
    (Relation.AWAY, Role.SIG_COORDINATOR),
)


@contextmanager
def _counting(town: Town) -> Iterator[list[str]]:
    """Gather the statements that the service sends."""
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    with town.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _statements(town: Town, person: Person, endpoint: str, thing: Thing, *, there: bool) -> list[str]:
    arguments = thing.arguments if there else absent(town, thing)
    with _counting(town) as sent:
        ask(town, person, endpoint, arguments, "GET")
    return sent


@pytest.mark.parametrize("endpoint", [name for name, row in ROWS.items() if row.what in ASKED and row.get is not None])
def test_a_hidden_thing_and_an_absent_one_take_the_same_questions(town: Town, endpoint: str) -> None:
    what = ROWS[endpoint].what
    thing = town.one(what, ASKED[what])
    for who in OUTSIDERS:
        person = next(one for one in town.people if (one.relation, one.role) == who)
        there = _statements(town, person, endpoint, thing, there=True)
        not_there = _statements(town, person, endpoint, thing, there=False)

        assert there == not_there, f"{person}: {len(there)}, not {len(not_there)}"
