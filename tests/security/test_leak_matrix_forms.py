"""The leak matrix for forms: a refused one is answered as one about nothing, changes nothing and is logged; a right one gets through."""

import pytest

from tests.security.matrix.cells import answer_about, faults_of_refusals, things_for, told
from tests.security.matrix.rows import ROWS
from tests.security.matrix.town import Town

SENT_TO = [endpoint for endpoint, row in ROWS.items() if row.post is not None]


@pytest.mark.parametrize("endpoint", SENT_TO)
def test_a_refused_form_changes_nothing_and_is_logged(town: Town, endpoint: str) -> None:
    before, denied, asked = town.fingerprint(), town.denials(), town.asked

    found = faults_of_refusals(town, endpoint, "POST")

    assert found == [], told(found)
    assert town.fingerprint() == before
    assert town.denials() - denied == town.asked - asked


@pytest.mark.parametrize("endpoint", SENT_TO)
def test_a_well_formed_form_gets_through(town: Town, endpoint: str) -> None:
    """So that a form is not refused for everybody, and the tests above prove nothing."""
    row, found, tried = ROWS[endpoint], [], set()
    for person in town.people:
        thing = next(
            (one for one in things_for(town, row, person) if row.post is not None and row.post(person, one)), None
        )
        if thing is None or (person.role, person.agency if thing.case else "") in tried:
            continue
        tried.add((person.role, person.agency if thing.case else ""))
        answer = answer_about(town, endpoint, "POST", person, thing)
        if answer.status not in row.answers:
            found.append(f"{person}, {thing}: answered {answer.status}")
        town.restore()

    assert tried
    assert found == [], told(found)
