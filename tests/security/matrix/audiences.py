"""Who is expected to get through: each a sentence about a person and a thing, in the town's words and not the service's."""

from collections.abc import Callable, Mapping

from policies.permissions import Role
from tests.security.matrix.people import FOREIGN, HIDDEN, MAIN, OTHER, PARTIES, PLACES, Person, Relation
from tests.security.matrix.things import NOTHING, Thing

Audience = Callable[[Person, Thing], bool]
List = Callable[[Person], frozenset[str]]
"""The cases that a list of a person's holds."""

LOST = frozenset({"outreach", "region", "school_health", "leisure"})
"""The agencies whose copies can no longer be read."""

SOCIAL_ROLES = frozenset({Role.SIG_COORDINATOR, Role.CASE_WORKER})


def nobody(person: Person, thing: Thing) -> bool:
    """Nobody at all."""
    return False


def anyone(person: Person, thing: Thing) -> bool:
    """Visitors too."""
    return True


def signed_in(person: Person, thing: Thing) -> bool:
    """Everybody who has signed in."""
    return person.actor is not None


def in_the_work(person: Person, thing: Thing) -> bool:
    """Those who work in cases, managers and registrars: each gets a page of their own."""
    return person.handles or person.role in {Role.UNIT_MANAGER, Role.REGISTRAR}


def social_worker(person: Person, thing: Thing) -> bool:
    """Those who work in cases in the social services."""
    return person.role in SOCIAL_ROLES


def administrator(person: Person, thing: Thing) -> bool:
    """Administrators, about what belongs to their own municipality."""
    home = "away" if person.relation is Relation.AWAY else "here"
    return person.role is Role.ADMINISTRATOR and thing.owner in {"", home}


def works_in_it(person: Person, thing: Thing) -> bool:
    """Those who work in the case."""
    return person.works_in(thing.case)


def leads_it(person: Person, thing: Thing) -> bool:
    """Those in the social services who work in the case."""
    return person.works_in(thing.case) and person.role in SOCIAL_ROLES


def knows_of_it(person: Person, thing: Thing) -> bool:
    """Those who may know of the case: handlers who work in it, managers and registrars who find it."""
    return person.role is not None and in_the_work(person, thing) and person.knows_of(thing.case)


def manages_in_it(person: Person, thing: Thing) -> bool:
    """Managers of an agency in the case."""
    return person.role is Role.UNIT_MANAGER and person.knows_of(thing.case)


def manages_the_owner(person: Person, thing: Thing) -> bool:
    """Managers of the agency whose it is."""
    return person.role is Role.UNIT_MANAGER and person.agency == thing.owner


def keeps_the_conflict(person: Person, thing: Thing) -> bool:
    """Managers of the agency of whoever has the conflict of interest, who have none themselves."""
    return manages_in_it(person, thing) and person.agency == thing.owner


def assigns_in_it(person: Person, thing: Thing) -> bool:
    """Managers of an agency in the case, and the coordinator who works in it."""
    if person.role is Role.UNIT_MANAGER:
        return person.knows_of(thing.case)
    return person.role is Role.SIG_COORDINATOR and person.works_in(thing.case)


def assigns_the_colleague(person: Person, thing: Thing) -> bool:
    """Those who may assign, about a colleague."""
    return assigns_in_it(person, thing) and person.agency == thing.owner


def manages_the_agency(person: Person, thing: Thing) -> bool:
    """Those who lead the case, about an agency that takes part in it."""
    return leads_it(person, thing) and "inside" in thing.traits


def owns_it(person: Person, thing: Thing) -> bool:
    """Those who work in the case for the agency that owns it."""
    return person.works_in(thing.case) and person.agency == thing.owner and "internal" not in thing.traits


def reads_it(person: Person, thing: Thing) -> bool:
    """Those who work in the case for the owner, or for an agency that holds a readable copy."""
    return owns_it(person, thing) or (
        person.works_in(thing.case) and person.agency in thing.readers and "internal" not in thing.traits
    )


def knows_the_person(person: Person, thing: Thing) -> bool:
    """Those who may know who a person is whose identity is not protected."""
    return reads_it(person, thing) and "veiled" not in thing.traits


def added_the_guardian(person: Person, thing: Thing) -> bool:
    """Those who lead the case, about a guardian that their agency added."""
    return leads_it(person, thing) and person.agency == thing.owner and thing.name.endswith("guardian")


def named_for_the_person(person: Person, thing: Thing) -> bool:
    """Those named for a protected person: whoever added them, and whom the manager named."""
    if thing.name == "protected sibling":
        return (person.relation, person.role) == (Relation.ASSIGNED, Role.SIG_COORDINATOR)
    return thing.case == HIDDEN and "veiled" in thing.traits and person.works_in(HIDDEN)


def took_it(person: Person, thing: Thing) -> bool:
    """Those in the social services who work in the case for the agency that recorded the consent."""
    return leads_it(person, thing) and person.agency == thing.owner


def wrote_it(person: Person, thing: Thing) -> bool:
    """Whoever typed it and still works in the case."""
    return str(person) == thing.name and person.works_in(thing.case)


def was_given_it(person: Person, thing: Thing) -> bool:
    """Those who work in the case for the agency a disclosure went to."""
    return person.works_in(thing.case) and person.agency in thing.readers


def takes_it_in(person: Person, thing: Thing) -> bool:
    """Those who work in the case for the agency a disclosure went to, while they can read it or decide about it for a consent
    that was taken back.
    """
    return was_given_it(person, thing) and person.agency not in LOST - {"school_health"}


def registrar_of_the_closed_copy(person: Person, thing: Thing) -> bool:
    """Registrars of the agency a disclosure went to, once nobody there can read the copy."""
    return keeps_the_closed_copy(person, thing) and person.role is Role.REGISTRAR


def registrar_of_the_closed_file(person: Person, thing: Thing) -> bool:
    """Registrars of the agency to which a disclosure went that carried a file, about that file."""
    return registrar_of_the_closed_copy(person, thing) and "file" in thing.traits


def manager_or_registrar(person: Person, thing: Thing) -> bool:
    """Managers and registrars: each gets the list of their own agency."""
    return person.role in {Role.UNIT_MANAGER, Role.REGISTRAR}


def keeps_the_closed_copy(person: Person, thing: Thing) -> bool:
    """Managers and registrars of the agency a disclosure went to, once nobody there can read the copy: in the case or not."""
    return manager_or_registrar(person, thing) and person.agency in thing.readers & LOST


def handles(person: Person, thing: Thing) -> bool:
    """Those who work in cases, wherever."""
    return person.handles


def handles_or_manages(person: Person, thing: Thing) -> bool:
    """Those who work in cases, and managers: each gets a list of their own."""
    return person.handles or person.role is Role.UNIT_MANAGER


def broke_the_glass(person: Person, thing: Thing) -> bool:
    """The one who has broken the glass of the case, as long as it lasts."""
    return thing.case == MAIN and (person.relation, person.role) == (Relation.ASSIGNED, Role.SIG_COORDINATOR)


def is_told(person: Person, thing: Thing) -> bool:
    """The one whom the notice tells."""
    return (person.relation, person.role) == (Relation.ASSIGNED, Role.SIG_COORDINATOR)


def sent_it(person: Person, thing: Thing) -> bool:
    """The one who sent the urgent request: it belongs to no case."""
    return (person.relation, person.role) == (Relation.ASSIGNED, Role.SIG_COORDINATOR)


def is_on_call(person: Person, thing: Thing) -> bool:
    """The one who is on call in the agency that the urgent request was sent to."""
    return (person.relation, person.role) == (Relation.NONE, Role.AGENCY_CONTACT)


def reviews_it(person: Person, thing: Thing) -> bool:
    """The regional coordinator of an assignment that is in force."""
    return (thing.name, person.relation, person.role) == ("in force", Relation.NONE, Role.REGIONAL_COORDINATOR)


def keeps_the_list(person: Person, thing: Thing) -> bool:
    """Managers of the agency whose on-call list it is."""
    return person.role is Role.UNIT_MANAGER and person.agency == thing.owner


def gave_the_review(person: Person, thing: Thing) -> bool:
    """Managers of the agency whose log it is."""
    return person.role is Role.UNIT_MANAGER and person.agency == thing.owner


def manager(person: Person, thing: Thing) -> bool:
    """Managers."""
    return person.role is Role.UNIT_MANAGER


def reviews_or_manages(person: Person, thing: Thing) -> bool:
    """Managers, who give logs to review, and regional coordinators, who review them."""
    return person.role in {Role.UNIT_MANAGER, Role.REGIONAL_COORDINATOR}


def no_cases(person: Person) -> frozenset[str]:
    """None: the page is no list."""
    return frozenset()


def own_list(person: Person) -> frozenset[str]:
    """The cases somebody is assigned in and may know of; an assignment left from another role opens nothing by itself."""
    place = PLACES[person.relation] if person.relation else None
    return frozenset(case for case in place.cases if person.knows_of(case)) if place else frozenset()


def in_the_list(person: Person) -> frozenset[str]:
    """Own cases; for managers and registrars all that the agency takes part in, as far as they may know of them."""
    return own_list(person) if person.handles else frozenset(case for case in PARTIES if person.knows_of(case))


def in_the_endings(person: Person) -> frozenset[str]:
    """Own cases whose consent, recorded by the own agency, ends soon."""
    return own_list(person) & ({HIDDEN} if person.agency == "social_services" else set())


def on_the_day(person: Person) -> frozenset[str]:
    """Own cases, and those in which the agency has been given something that nobody there has opened."""
    unopened = {("social_services", MAIN), ("police", MAIN), ("police", HIDDEN)}
    return own_list(person) | {case for agency, case in unopened if agency == person.agency and person.knows_of(case)}


def in_the_ledger(person: Person) -> frozenset[str]:
    """The cases in which the agency has ever been given something, as far as the person may know of them."""
    given = {MAIN: PARTIES[MAIN] - {"school"}, HIDDEN: {"police"}}
    return frozenset(case for case, agencies in given.items() if person.agency in agencies and person.knows_of(case))


def _in_side(given: Mapping[str, frozenset[str]]) -> List:
    return lambda person: frozenset(case for case in given.get(person.agency, ()) if person.knows_of(case))


LEDGER_SIDES: Mapping[str, List] = {
    "lamnat": _in_side({"social_services": frozenset({MAIN, HIDDEN}), "school": frozenset({MAIN})}),
    "nekat": _in_side({"social_services": frozenset({MAIN})}),
    "fragor": _in_side({"social_services": frozenset({MAIN}), "rescue": frozenset({OTHER})}),
}
"""The cases on the ledger's other sides, by what the address asks for: what was given, what was refused, what was asked."""


def in_questions(person: Person) -> frozenset[str]:
    """The case that a question met, for those who work in it at the agency asked."""
    return frozenset({OTHER}) if person.agency == "rescue" and person.works_in(OTHER) else frozenset()


def in_own_drafts(person: Person) -> frozenset[str]:
    """The case in which somebody has a draft."""
    authors = {"sig_coordinator " + Relation.ASSIGNED: MAIN, "police_liaison " + Relation.GIVEN: MAIN}
    authors["sig_coordinator " + Relation.NAMED] = HIDDEN
    return frozenset({authors[str(person)]}) if str(person) in authors else frozenset()


def in_closed_copies(person: Person) -> frozenset[str]:
    """The case in which the agency's copies were closed, also for the agency that is no longer in it."""
    return frozenset({MAIN}) if person.agency in LOST and manager_or_registrar(person, NOTHING) else frozenset()


def names_in_own_list(person: Person) -> frozenset[str]:
    """Of own cases those whose young person the agency can name: not by what it was given and nobody there has opened. Only who
    works in cases meets a name.
    """
    named = {MAIN: {"social_services"}, FOREIGN: {"foreign social_services"}}
    return frozenset(case for case in own_list(person) if person.handles and person.agency in named.get(case, set()))
