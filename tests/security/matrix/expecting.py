"""What a page should hold, word for word: worked out from who owns what and who was given what, and from nothing of the service."""

import re
from collections.abc import Set as AbstractSet

from policies.permissions import Role
from tests.security.matrix.people import AWAY, PARTIES, PLACES, Person
from tests.security.matrix.row import Row, Shows
from tests.security.matrix.seeds import Kind, Seed
from tests.security.matrix.things import Thing
from tests.security.matrix.town import Town

REVIEWED = "social_services"
"""The agency whose log is reviewed."""

SUBJECTS = frozenset({"subject", "hidden subject", "other subject", "foreign subject"})
SHELL = frozenset({Kind.USER, Kind.EMAIL, Kind.AGENCY, Kind.REFERENCE})
IDENTITY = frozenset({Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.NUMBER, Kind.CONTACT, Kind.WHY})


def faults(town: Town, person: Person, row: Row, thing: Thing, page: str) -> list[str]:
    """Say which words a page holds that it should not, and which it lacks."""
    found = {seed for seed in town.seeds.found_in(page) if seed.kind not in {Kind.USER, Kind.EMAIL, Kind.AGENCY}}
    wanted = {seed for seed in town.seeds.sown if _wanted(person, row.shows, thing, seed)}
    allowed = wanted | {seed for seed in town.seeds.sown if _perhaps(person, row.shows, thing, seed)}
    strangers = {seed for seed in town.seeds.found_in(page) if _of_a_stranger(person, row.shows, thing, seed)}
    return [
        *(f"shows {seed.kind} of {seed.thing}" for seed in (found - allowed) | strangers),
        *(f"lacks {seed.kind} of {seed.thing}" for seed in wanted - found),
        *(f"says {seed.kind} of {seed.thing} in its title" for seed in _said(town, page)),
    ]


def _said(town: Town, page: str) -> list[Seed]:
    return [seed for seed in town.seeds.found_in(_title(page)) if seed.kind not in {Kind.REFERENCE, Kind.AGENCY}]


def _title(page: str) -> str:
    """Return what a page is called: it ends up in histories, tabs and mails, and so holds nobody's name or number."""
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    return found.group(1) if found else ""


def _wanted(person: Person, shows: Shows, thing: Thing, seed: Seed) -> bool:
    if seed.kind is Kind.REFERENCE:
        return (shows.reference and seed.case == thing.case) or seed.case in shows.lists(person)
    if seed.kind is Kind.GIVEN_NAME and seed.thing in SUBJECTS and seed.case in shows.names(person):
        return True
    if seed.kind in SHELL or seed.veiled or not seed.readable_by(person.agency) or seed.case != thing.case:
        return False
    return seed.kind in _kinds(person, shows, thing, seed) and not _replaced(person, shows, thing, seed)


def _kinds(person: Person, shows: Shows, thing: Thing, seed: Seed) -> frozenset[Kind]:
    """Return the kinds of words that a page shows of what the seed stands in."""
    kinds: frozenset[Kind] = frozenset()
    if seed.kind in IDENTITY:
        kinds |= shows.subject if seed.thing in SUBJECTS else shows.others
    else:
        kinds |= shows.case | (shows.owned if seed.owner == person.agency else frozenset())
    if seed.thing == thing.name:
        kinds |= shows.itself if seed.owner == person.agency else shows.given
    if seed.thing == thing.carries and seed.readers:
        kinds |= shows.carried
    return kinds


def _replaced(person: Person, shows: Shows, thing: Thing, seed: Seed) -> bool:
    """Tell whether the owner meets the newer text instead: everywhere but where the past is the matter."""
    past = Kind.EARLIER in shows.itself or (Kind.EARLIER in shows.carried and seed.thing == thing.carries)
    return seed.kind is Kind.EARLIER and seed.owner == person.agency and not past


def _perhaps(person: Person, shows: Shows, thing: Thing, seed: Seed) -> bool:
    if shows.log and seed.kind is Kind.REFERENCE:
        return REVIEWED in PARTIES[seed.case]
    if seed.veiled or seed.case != thing.case or not seed.readable_by(person.agency):
        return False
    return seed.kind in shows.perhaps and not (seed.kind is Kind.EARLIER and seed.owner == person.agency)


def _of_a_stranger(person: Person, shows: Shows, thing: Thing, seed: Seed) -> bool:
    """Tell whether a word names somebody the reader has nothing to do with: neither of their agency nor in the case."""
    if seed.thing == thing.name or ((shows.reviewers or shows.log) and _of_a_review(shows, seed)):
        return False
    at_home = (seed.owner or "").startswith(AWAY) == person.agency.startswith(AWAY)
    if seed.kind is Kind.AGENCY:
        return (seed.owner == "away") != person.agency.startswith(AWAY)
    if shows.directory and at_home:
        return False
    if seed.kind is Kind.EMAIL:
        return seed.thing != str(person)
    known = seed.owner == person.agency or _in_one_of(seed, {thing.case} | shows.lists(person))
    return seed.kind is Kind.USER and not known


def _of_a_review(shows: Shows, seed: Seed) -> bool:
    """Tell whether a word names who may review, who let them, or (in the log itself) who acted in the agency reviewed."""
    if seed.kind is Kind.AGENCY:
        return shows.reviewers
    roles = ("",) if shows.log else (Role.UNIT_MANAGER, Role.REGIONAL_COORDINATOR)
    reviewed = seed.owner == REVIEWED or seed.thing.startswith(Role.REGIONAL_COORDINATOR)
    return seed.kind is Kind.USER and reviewed and seed.thing.startswith(tuple(roles))


def _in_one_of(user: Seed, cases: AbstractSet[str]) -> bool:
    """Tell whether somebody works in one of these cases."""
    return user.case in cases or any(
        user.owner == place.agency and user.thing.endswith(str(relation)) and not cases.isdisjoint(place.cases)
        for relation, place in PLACES.items()
    )
