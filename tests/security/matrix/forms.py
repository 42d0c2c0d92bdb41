"""What a well-formed request sends, for each route that takes one: so that a refusal is never the form's doing."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

from coordination.core.clock import STOCKHOLM
from policies.permissions import Role
from tests.security.matrix.people import PLACES, Person, Relation
from tests.security.matrix.things import Thing, What
from tests.security.matrix.town import NOW, Town

Form = Callable[[Town, Person, Thing], Mapping[str, Any]]

TODAY = NOW.date().isoformat()
PERSON = {
    "given_name": "Nya",
    "family_name": "Nysson",
    "number": "",
    "birth_date": "2012-04-04",
    "contact": "",
    "protection": "none",
}


OPENED = "00000000-0000-7000-8000-000000000000"
"""Which opened page a form that keeps drafts is sent from: one and the same, so that answers can be held against each other."""


def button(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """Nothing but the button."""
    return {}


def fields(**values: Any) -> Form:
    """These fields, whoever sends them about whatever."""
    return lambda town, person, thing: values


def record(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A record of one text."""
    return {
        "kind": "contact_note",
        "occurred_on": TODAY,
        "about": "",
        "title": "En rubrik",
        "parts-0-body": "En text",
        "parts-0-nature": "fact",
        "version": "2" if thing.name == "shared" else "1",
        "draft": OPENED,
    }


def draft(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """What somebody has typed of a new record, or of a change of one."""
    return {**record(town, person, thing), "draft_of": "record_new"}


def file(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A text file."""
    return {"file": (BytesIO(b"En text"), "fil.txt")}


OUTSIDE = {"main": "leisure", "hidden": "rescue", "other": "police", "foreign": "foreign school"}
"""An agency that does not take part, by case."""

RECEIVER = {"main": "police", "hidden": "police", "other": "social_services", "foreign": "foreign police"}
"""An agency that takes part and does not lead, by case."""

GUARDIANS = {"main": "guardian", "hidden": "hidden guardian", "other": "guardian", "foreign": "foreign guardian"}


def _agency(town: Town, agency: str, case: str) -> str:
    return str(town.one(What.PARTY, f"{agency} in {case}").arguments["agency_id"])


def party(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """An agency that does not take part yet."""
    return {"agency": _agency(town, OUTSIDE[thing.case], thing.case)}


NOW_TYPED = NOW.astimezone(STOCKHOLM).strftime("%Y-%m-%dT%H:%M")
"""This moment as a form sends it."""


def tied(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A conflict of interest of a colleague's."""
    return {**colleague(town, person, thing), "reason": "Nära släkt med någon"}


def colleague(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A colleague who works in cases."""
    place = PLACES[person.relation] if person.relation else PLACES[Relation.ASSIGNED]
    found = next(one for one in town.signed_in if one.handles and one.agency == place.agency)
    assert found.actor is not None
    return {"user": str(found.actor.user_id)}


def consent(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A consent to an agency in the case."""
    guardian = town.one(What.PERSON, GUARDIANS[thing.case]).arguments["person_id"]
    return {
        "agency_ids": [_agency(town, RECEIVER[thing.case], thing.case)],
        "kinds": ["contact_note"],
        "purposes": ["support"],
        "form": "oral",
        "youth_signed": "y",
        "maturity": "Förstår",
        "guardian_ids": [str(guardian)],
        "signed_on": TODAY,
        "valid_to": TODAY,
        "draft": OPENED,
    }


def disclosure(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """The question which bases fit, about a text of one's own; who owns none asks about another's."""
    texts = [part for part in town.of(What.PART) if part.case == thing.case]
    part = next((one for one in texts if one.owner == person.agency), texts[0]).arguments["part_id"]
    receiver = RECEIVER[thing.case] if person.agency != RECEIVER[thing.case] else "social_services"
    recipient = _agency(town, receiver, thing.case)
    asked = {"action": "ask", "purpose": "support", "initiative": "own", "draft": OPENED}
    return {**asked, "parts": [str(part)], "recipients": [recipient]}


def refusal(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A decision not to give something to an agency in the case."""
    receiver = RECEIVER[thing.case] if person.agency != RECEIVER[thing.case] else "social_services"
    return {
        "agency": _agency(town, receiver, thing.case),
        "initiative": "own",
        "purpose": "support",
        "what": "Frånvaro",
        "basis": "",
        "reason_code": "no_basis",
        "reason": "Inget stöd passar, och det behövs inte.",
    }


def question(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A question to an agency in the case about its young person."""
    subject = {"main": "subject", "other": "other subject", "hidden": "hidden subject", "foreign": "foreign subject"}
    return {
        "person": str(town.one(What.PERSON, subject[thing.case]).arguments["person_id"]),
        "agencies": [_agency(town, OUTSIDE[thing.case], thing.case)],
        "purpose": "prevent_crime",
        "basis": "OSL_10_15A",
        "reason": "Vi behöver veta vem mer som arbetar med den unge.",
    }


def urgent(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """An urgent request, to the police; from the police to the school; from the other municipality to its own police."""
    agency = "school" if person.agency == "police" else "police"
    to = (
        _agency(town, "foreign police", "foreign")
        if person.relation is Relation.AWAY
        else _agency(town, agency, "main")
    )
    return {
        "agency": to,
        "danger": "Någon är på väg att skada sig själv i kväll.",
        "needed": "Vi behöver veta var.",
        "about": "En pojke i nian",
        "age": "15",
        "basis": "OSL_10_2_NODV",
        "call_back": "010-565 00 00",
        "case": "",
    }


def shift(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A shift of a colleague's."""
    day = NOW.date() + timedelta(days=1)
    hours = {"starts_at": f"{day}T08:00", "ends_at": f"{day}T17:00"}
    return {**colleague(town, person, thing), **hours, "telephone": "010-565 00 00"}


def answer(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A yes, with the one who answers as the contact."""
    return {
        "contact": str(person.actor.user_id) if person.actor else "",
        "words": "",
        "basis": "OSL_10_15A",
        "harm_test": "De behöver veta vem de ska tala med. Mindre räcker inte.",
    }


def mapping(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A mapping of one factor."""
    rated = {"ratings-0-factor": "absence", "ratings-0-value": "3", "ratings-0-why": ""}
    empty = {"statements-0-area": "school", "statements-0-nature": "fact", "statements-0-body": ""}
    return {"on": TODAY, **empty, **rated, "version": "1", "draft": OPENED}


def action(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """An action that one's own agency answers for; who belongs to none lets the social services."""
    agency = person.agency if person.agency in {"social_services", "police"} else "social_services"
    terms = {"responsible": _agency(town, agency, thing.case), "starts_on": TODAY, "due_on": TODAY}
    return {"text": "Ringa hem", **terms, "status": "planned", "version": "1"}


def opening(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A ground and a reason to open what has closed, or to choose of what can be read."""
    return {"action": "open", "ground": "DOK_ANNAN_LAG", "reason": "Lagen kräver att vi dokumenterar det."}


def user(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """A new user's details."""
    return {"name": "Ny Person", "title": "Handläggare", "email": "ny@example.se", "roles": ["registrar"]}


def agency(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """An agency's details, of the kind it has."""
    kind = "rescue" if thing.name == "rescue" else "social_services"
    return {
        "name": "Ny part",
        "mark": "NY",
        "kind": kind,
        "employer": "",
        "controller": "Nämnden",
        "branch": "Verksamheten",
    }


def review(town: Town, person: Person, thing: Thing) -> Mapping[str, Any]:
    """An assignment to review a log, to a regional coordinator of another agency."""
    others = (one for one in town.signed_in if one.role is Role.REGIONAL_COORDINATOR and one.agency != person.agency)
    reviewer = next(others).actor
    assert reviewer is not None
    return {"reviewer": str(reviewer.user_id), "period_from": TODAY, "period_to": TODAY, "valid_until": TODAY}
