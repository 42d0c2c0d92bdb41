"""The regional coordinator, who reviews who opened what, when and why, never sees content, and can trust that no line is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policies.permissions import AgencyKind
from tests.factories.cases import written
from tests.factories.world import SharedCase, shared_case
from tests.journeys.coordinator import RegionalCoordinator
from tests.journeys.given import Town
from tests.journeys.police import PoliceLiaison
from tests.journeys.unit_manager import UnitManager

AsUser = Callable[..., Any]
CONTENT = ("Torget", "De var fem stycken.", "Alva", "Lindqvist")


@pytest.fixture
def case(town: Town) -> SharedCase:
    """A case in which the police have written something."""
    case = shared_case(town, AgencyKind.POLICE)
    written(case, case.handlers[town.agency(AgencyKind.POLICE)], "Torget", "De var fem stycken.")
    return case


@pytest.fixture
def maria(case: SharedCase, town: Town, seated: AsUser, as_user: AsUser) -> RegionalCoordinator:
    """The coordinator, signed in with password and app, after the police's manager has given an assignment."""
    maria: RegionalCoordinator = seated(RegionalCoordinator, town.actor(AgencyKind.REGION, RegionalCoordinator.role))
    manager = as_user(UnitManager, case.managers[town.agency(AgencyKind.POLICE)])
    manager.lets_review("Maria Holm", "Regionen")
    maria.signs_in()
    return maria


def test_the_coordinator_sees_who_opened_what_but_never_what_it_says(
    maria: RegionalCoordinator, case: SharedCase, as_user: AsUser
) -> None:
    amir = as_user(PoliceLiaison, case.handlers[case.world.agency(AgencyKind.POLICE)])
    amir.works_in(f"/arenden/{case.id}")
    amir.sees("De var fem stycken.")

    maria.reviews("Polisen")

    assert any("Amir Haddad" in line for line in maria.lines())
    maria.does_not_see(*CONTENT)
    assert maria.opens(f"/arenden/{case.id}") == 404


def test_the_coordinator_filters_and_finds_the_own_reading_in_the_log(maria: RegionalCoordinator) -> None:
    maria.reviews("Polisen")

    maria.looks_for(Vem="Pia Sand")
    managed = maria.lines()
    maria.looks_for(Vem="Maria Holm")
    read = maria.lines()

    assert managed != []
    assert all("Pia Sand" in line for line in managed)
    assert read != []
    assert all("Maria Holm" in line for line in read)


def test_the_coordinator_proves_with_a_program_of_their_own_that_no_line_is_missing(
    maria: RegionalCoordinator, tmp_path: Path
) -> None:
    maria.reviews("Polisen")
    maria.sees("Loggens äkthet", "Poster", "Rot")

    file = maria.downloads(tmp_path)

    code, said = maria.verifies(file)
    assert (code, said.count("\n")) == (0, 0), said
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:2] + lines[3:]), encoding="utf-8")
    assert maria.verifies(file)[0] == 1
    assert not any(word in "".join(lines) for word in CONTENT)
