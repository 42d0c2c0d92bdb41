"""Every page that somebody can open, looked at by axe in light and dark, wide and narrow. The pages come from the URL map."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from policies.permissions import GRANTS, Permission, Role
from tests.journeys import sound
from tests.journeys.given import Town
from tests.journeys.house import LOOKERS, PERSONAL, furnished, pages
from tests.journeys.screen import Person

NO_PAGES = {"joining.qr", "records.download", "account.stay", "log.export"}
"""What answers with a file or with nothing."""

ON_THE_WAY = {"joining.invitation", "joining.second_factor", "security.second_factor", "security.reauth"}
"""Pages that are met only in passing; the last tests here pass by."""


def _held_by(role: Role) -> set[Permission]:
    return {permission for permission, roles in GRANTS.items() if role in roles}


def test_every_role_sees_no_other_pages_than_somebody_who_looks() -> None:
    seen = [_held_by(role) for role in LOOKERS]

    assert [role for role in Role if not any(_held_by(role) <= held for held in seen)] == []


def test_every_page_is_looked_at_by_somebody(town: Town) -> None:
    house = furnished(town)

    seen = {endpoint for role in (None, *LOOKERS) for endpoint in house.addresses(role)}

    assert {rule.endpoint for rule in pages(town.app)} - NO_PAGES - ON_THE_WAY - seen == set()


@pytest.mark.parametrize("role", LOOKERS)
def test_every_page_of_a_role_is_sound(role: Role, town: Town, as_user: Callable[..., Any]) -> None:
    house = furnished(town)
    addresses = [
        path for endpoint, paths in house.addresses(role).items() if endpoint not in NO_PAGES for path in paths
    ]
    person = as_user(Person, house.people[role])

    found = [f"{path}: {fault}" for path in addresses for fault in _faults(person, path)]

    assert addresses != []
    assert found == []


def test_every_page_of_a_visitor_is_sound(town: Town, seated: Callable[..., Any]) -> None:
    addresses = [path for paths in furnished(town).addresses(None).values() for path in paths]
    visitor = seated(Person, None)

    found = [f"{path}: {fault}" for path in [*addresses, "/finns-inte"] for fault in _faults(visitor, path)]

    assert "/" in addresses
    assert found == []


def _faults(person: Person, path: str) -> list[str]:
    person.opens(path)
    expect(person.page.locator("main")).to_be_visible()
    return sound.faults(person.page, PERSONAL)
