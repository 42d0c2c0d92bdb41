"""A search, a key to a next page and an id inside a form answer alike whether what they name is hidden or not there."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from policies.permissions import HANDLERS, Role
from tests.security.matrix import forms
from tests.security.matrix.asking import Answer, ask, ask_at
from tests.security.matrix.audiences import named_for_the_person, own_list
from tests.security.matrix.people import HIDDEN, MAIN, Person, Relation
from tests.security.matrix.seeds import Kind, Seed
from tests.security.matrix.things import What
from tests.security.matrix.town import Town

SEARCHED = frozenset({Kind.FAMILY_NAME, Kind.NUMBER, Kind.REFERENCE})
NOBODYS = {Kind.NUMBER: "20130820-2397", Kind.REFERENCE: "SIG 2026-9999"}
NOBODYS_NAME = "Xqzyxwkvas"
SEARCHERS = HANDLERS | {Role.UNIT_MANAGER, Role.REGISTRAR}


def _search(town: Town, person: Person, words: str, *, wide: bool) -> Answer:
    fields = {"query": words, **({"wide": "y", "reason": "Begäran om utdrag"} if wide else {})}
    return ask_at(town, person, "/arenden/sok", "POST", fields, [words])


def _may_find(town: Town, person: Person, seed: Seed, *, wide: bool) -> bool:
    """Tell whether the agency can search by the word, in a case of the person's, about nobody whose identity is kept from them."""
    if not (person.knows_of(seed.case) if wide else seed.case in own_list(person)):
        return False
    named = not seed.veiled or named_for_the_person(person, town.one(What.PERSON, seed.thing))
    still_named = person.relation is Relation.NAMED and seed.case == HIDDEN  # from before another role
    return seed.readable_by(person.agency) and (named or still_named)


@pytest.mark.parametrize("wide", [False, True])
def test_a_hit_that_is_hidden_and_no_hit_are_the_same(town: Town, *, wide: bool) -> None:
    found = []
    for person in town.signed_in:
        if person.role not in SEARCHERS or wide is person.handles:
            continue
        nobody = {kind: _search(town, person, NOBODYS.get(kind, NOBODYS_NAME), wide=wide) for kind in SEARCHED}
        for seed in (seed for seed in town.seeds.sown if seed.kind in SEARCHED):
            difference = _search(town, person, seed.word, wide=wide).difference(nobody[seed.kind])
            if bool(difference) != _may_find(town, person, seed, wide=wide):
                found.append(f"{person}: {seed.kind} of {seed.thing}: {difference or 'not found'}")

    assert found == [], "\n".join(["", *found[:30]])


@pytest.mark.parametrize(
    "address", ["/arenden?efter={}", "/arenden?visa=part&efter={}", "/delningar?visa=lamnat&efter={}"]
)
@pytest.mark.parametrize("relation", [Relation.ASSIGNED, Relation.NONE, Relation.AWAY])
def test_a_key_to_the_next_page_tells_nothing_of_what_it_names(town: Town, address: str, relation: Relation) -> None:
    """The key of something hidden is answered as the key just beside it, which is nothing's."""
    hidden = town.one(What.CASE, HIDDEN).arguments["case_id"]
    assert isinstance(hidden, UUID)
    for person in (one for one in town.signed_in if one.relation is relation and not one.knows_of(HIDDEN)):
        there, beside = (
            ask_at(town, person, address.format(key), asked=[str(key)]) for key in (hidden, UUID(int=hidden.int + 1))
        )

        assert there.difference(beside) == "", str(person)


def test_a_list_cannot_be_narrowed_to_an_agency_of_another_municipality(town: Town) -> None:
    away = town.one(What.AGENCY, "away").arguments["agency_id"]
    for person in (
        one for one in town.signed_in if one.role is Role.ADMINISTRATOR and one.relation is not Relation.AWAY
    ):
        there, not_there = (
            ask_at(town, person, f"/administration/anvandare?part={key}", asked=[str(key)])
            for key in (away, town.absent_id("agency_id"))
        )

        assert there.difference(not_there) == ""


def test_a_case_cannot_be_narrowed_to_an_agency_that_has_shown_nothing(town: Town) -> None:
    case, teacher = town.one(What.CASE, MAIN), _person(town, Relation.NOT_GIVEN, Role.SCHOOL_CONTACT)
    address = f"/arenden/{case.arguments['case_id']}"
    nothing = ask_at(town, teacher, f"{address}?part={town.absent_id('part')}", asked=[town.absent_id("part")])
    for agency in ("social_services", "police", "outreach", "rescue"):
        key = str(town.one(What.PARTY, f"{agency} in main").arguments["agency_id"])

        # What is asked for stands in the page where it names an agency of the case, as it does on the page unasked.
        assert ask_at(town, teacher, f"{address}?part={key}").status == nothing.status
        assert town.seeds.found_in(ask_at(town, teacher, f"{address}?part={key}").everything) == town.seeds.found_in(
            nothing.everything
        )


def _person(town: Town, relation: Relation, role: Role) -> Person:
    return next(person for person in town.people if (person.relation, person.role) == (relation, role))


Fill = Callable[[Town, Person, str], Mapping[str, Any]]


def _record(field: str) -> Fill:
    return lambda town, person, key: {**forms.record(town, person, town.one(What.RECORD, "by school")), field: key}


def _consent(field: str) -> Fill:
    def fill(town: Town, person: Person, key: str) -> Mapping[str, Any]:
        known = forms.consent(town, person, town.one(What.CASE, MAIN))
        return {**known, field: [*known[field], key]}

    return fill


def _disclosure(field: str, action: str) -> Fill:
    def fill(town: Town, person: Person, key: str) -> Mapping[str, Any]:
        known = forms.disclosure(town, person, town.one(What.CASE, MAIN))
        return {**known, field: [key] if field == "parts" else key, "action": action}

    return fill


def _only(field: str, **others: str) -> Fill:
    return lambda town, person, key: {field: key, **others}


TEACHER, LEAD = (Relation.NOT_GIVEN, Role.SCHOOL_CONTACT), (Relation.ASSIGNED, Role.SIG_COORDINATOR)
MANAGER, REVIEWER = (Relation.ASSIGNED, Role.UNIT_MANAGER), (Relation.NONE, Role.REGIONAL_COORDINATOR)
PLACES = (
    (TEACHER, "records.new", What.CASE, MAIN, What.PERSON, "hidden subject", _record("about")),
    (
        TEACHER,
        "records.edit",
        What.RECORD,
        "by school",
        What.PART,
        "private",
        _record("parts-0-part_id"),
    ),
    (TEACHER, "records.edit", What.RECORD, "by school", What.PERSON, "foreign subject", _record("about")),
    (TEACHER, "disclosures.new", What.CASE, MAIN, What.PART, "private", _disclosure("parts", "ask")),
    (TEACHER, "disclosures.new", What.CASE, MAIN, What.ATTACHMENT, "shared", _disclosure("parts", "preview")),
    (TEACHER, "disclosures.new", What.CASE, MAIN, What.ATTACHMENT, "hidden", _disclosure("parts", "disclose")),
    (LEAD, "disclosures.new", What.CASE, MAIN, What.ATTACHMENT, "hidden", _disclosure("parts", "ask")),
    (LEAD, "disclosures.new", What.CASE, MAIN, What.AGENCY, "away", _disclosure("recipient", "ask")),
    (LEAD, "participants.index", What.CASE, MAIN, What.AGENCY, "away", _only("agency")),
    (LEAD, "participants.handlers", What.CASE, MAIN, What.USER, "away", _only("user")),
    (LEAD, "participants.handlers", What.CASE, MAIN, What.USER, "has left", _only("user")),
    (LEAD, "consents.new", What.CASE, MAIN, What.AGENCY, "away", _consent("agency_ids")),
    (LEAD, "consents.new", What.CASE, MAIN, What.PERSON, "hidden guardian", _consent("guardian_ids")),
    (LEAD, "consents.new", What.CASE, MAIN, What.PERSON, "protected sibling", _consent("guardian_ids")),
    (MANAGER, "participants.handlers", What.CASE, MAIN, What.USER, "away", _only("user")),
    (MANAGER, "log.give", What.NOTHING, "", What.USER, "away", _only("reviewer", period_from=forms.TODAY)),
    (REVIEWER, "log.review", What.REVIEW, "in force", What.USER, "away", _only("actor", event="")),
)
"""Who sends which form about what, and the thing whose id they put into one of its fields."""


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[1]} as {place[0][1]} with {place[4]} {place[5]}")
def test_an_id_in_a_form_that_is_hidden_is_an_id_of_nothing(town: Town, place: Any) -> None:
    who, endpoint, what, about, named, name, fill = place
    person = _person(town, *who)
    ask(town, person, "cases.show", town.one(What.CASE, MAIN).arguments)  # so that no copy is opened for the first time
    before = None if what is What.REVIEW else town.fingerprint()
    arguments = town.one(what, about).arguments if what is not What.NOTHING else {}
    key, nothing = str(next(iter(town.one(named, name).arguments.values()))), town.absent_id("in a form")

    answers = []
    for value in (key, nothing):
        if what is What.REVIEW:
            town.restore(log=True)  # the page of a log grows by each look at it
        answer = ask(town, person, endpoint, arguments, "POST", fill(town, person, value))
        answers.append(Answer(answer.status, answer.headers, answer.body.replace(value, "·")))

    assert answers[0].difference(answers[1]) == ""
    assert answers[0].status in {200, 404, 422}
    assert before in {None, town.fingerprint()}


@pytest.mark.parametrize("case", [HIDDEN, "foreign", "other"])
def test_a_reviewer_learns_no_reference_by_asking_for_one(town: Town, case: str) -> None:
    """The reviewed agency works in two of the town's cases; a reference of the other municipality is as one nobody has."""
    reviewer, review = _person(town, *REVIEWER), town.one(What.REVIEW, "in force")
    reference = next(seed.word for seed in town.seeds.sown if seed.kind is Kind.REFERENCE and seed.case == case)
    pages = []
    for words in (reference, NOBODYS[Kind.REFERENCE]):
        town.restore(log=True)
        fields = {"reference": words, "event": "", "actor": ""}
        pages.append(ask(town, reviewer, "log.review", review.arguments, "POST", fields).body.replace(words, "·"))

    assert (pages[0] == pages[1]) == (case == "foreign")
