"""Every page that somebody can open, looked at by axe in light and dark, wide and narrow. The pages come from the URL map."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from coordination.identity.sessions import FRESH
from policies.permissions import GRANTS, Permission, Role
from tests.journeys import sound
from tests.journeys.given import Town
from tests.journeys.house import LOOKERS, PERSONAL, furnished, pages
from tests.journeys.police import PoliceLiaison
from tests.journeys.screen import Person

NO_PAGES = {
    "joining.qr",
    "records.download",
    "account.stay",
    "log.export",
    "ledger.csv",
    "ledger.pdf",
    "paper.pdf",
    "consent_papers.blank",
}
"""What answers with a file or with nothing."""

ON_THE_WAY = {"joining.invitation", "joining.second_factor", "security.second_factor", "security.reauth"}
"""Pages that are met only in passing: the last test here and ``test_administration.py`` pass by."""


def _held_by(role: Role) -> set[Permission]:
    return {permission for permission, roles in GRANTS.items() if role in roles}


def test_every_role_sees_no_other_pages_than_somebody_who_looks() -> None:
    seen = [_held_by(role) for role in LOOKERS]

    assert [role for role in Role if not any(_held_by(role) <= held for held in seen)] == []


def test_every_page_of_everybody_is_sound(town: Town, seated: Callable[..., Any], as_user: Callable[..., Any]) -> None:
    house = furnished(town)
    found, seen = [], set[str]()

    for role in (None, *LOOKERS):
        addresses = house.addresses(role)
        seen |= addresses.keys()
        person = seated(Person, None) if role is None else as_user(Person, house.people[role])
        paths = [path for endpoint in sorted(addresses.keys() - NO_PAGES) for path in addresses[endpoint]]
        found += [f"{role}, {path}: {fault}" for path in [*paths, "/finns-inte"] for fault in _faults(person, path)]

    assert {rule.endpoint for rule in pages(town.app)} - NO_PAGES - ON_THE_WAY - seen == set(), "looked at by nobody"
    assert found == []


def test_the_pages_met_while_signing_in_and_searching_are_sound(town: Town, seated: Callable[..., Any]) -> None:
    house = furnished(town)
    officer = seated(PoliceLiaison, house.people[Role.POLICE_LIAISON])
    found = []

    officer.shows_password()
    officer.sees("Bekräfta inloggningen")
    found += sound.faults(officer.page)
    officer.is_signed_in(confirmed=FRESH + timedelta(minutes=1))
    officer.opens("/bekrafta?next=/konto")
    officer.sees("Bekräfta att det är du")
    found += sound.faults(officer.page)
    for words, answer in (("Ingen Alls", "Ingen träff"), ("SIG 2026-0001", "SIG 2026-0001")):
        officer.searches(words)
        officer.sees(answer)
        found += sound.faults(officer.page, PERSONAL)

    assert found == []


def _faults(person: Person, path: str) -> list[str]:
    person.opens(path)
    expect(person.page.locator("main")).to_be_visible()
    return sound.faults(person.page, PERSONAL)
