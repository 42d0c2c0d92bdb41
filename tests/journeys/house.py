"""A town in which every page has something to show: one case with everything in it, and the ids of it that each person meets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from coordination.cases import attachments, break_glass, conflicts, drafts, lists, people
from coordination.cases import service as cases
from coordination.cases.break_glass import BreakGlassDraft
from coordination.cases.models import Case
from coordination.core import clock
from coordination.core.db import db
from coordination.core.ids import new_id
from coordination.disclosure import matched, on_call, refusals, urgent
from coordination.disclosure.service import withdraw_consent
from coordination.oversight import service as oversight
from coordination.web.guard import permission_of
from policies.access import Actor
from policies.permissions import GRANTS, AgencyKind, Permission, Role
from tests.browser import Browser
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given, named
from tests.factories.matching import asking, put
from tests.factories.planning import has_action, has_goal, has_mapped, terms
from tests.factories.refusals import refusal
from tests.factories.urgent import request, shift
from tests.factories.world import SharedCase, person, shared_case
from tests.journeys.given import Town

LOOKERS = (
    Role.SIG_COORDINATOR,
    Role.POLICE_LIAISON,
    Role.UNIT_MANAGER,
    Role.REGISTRAR,
    Role.ADMINISTRATOR,
    Role.REGIONAL_COORDINATOR,
)
"""The roles whose pages are looked at. Every other role holds no permission that one of these does not hold."""

QUERIES = {
    "disclosures.new": "?uppgift={record_id}",
    "records.new": "?utkast={draft_id}",
    "ledger.index": "?visa=nekat",
    "advice.show": "?fran=social_services&till=police&roll=subject&alder=17&uppgift=social&andamal=prevent_crime&initiativ=eget",
    "admin.user_list": "?part={agency_id}",
    "cases.index": "?visa=part",
    "paper.page": "?ta_med={goal_record}&sprak=en",
}
"""What an address is also opened with, where the page then looks otherwise."""

CLOSED_COPY = {"disclosures.copies_held", "copies.dispose", "copies.open_closed"}
"""Pages about a copy that nobody can read any more."""

PROTECTED = {"people.protected"}
"""Pages about a person with protected identity."""

GUARDIAN = {"people.change_custody"}
"""Pages about a guardian."""

FOLLOWED = {"closing.outcome"}
"""Pages about a case that closed half a year ago."""

BROKEN = {"break_glass.end"}
"""Pages about a case that is open by break-glass."""

PERSONAL = ("Alva", "Marcus", "Elin", "Lindqvist", "20110305", "2385")
"""What no title may hold."""


@dataclass
class House:
    """The town, the case, and everybody with the ids they meet, by the name they have in addresses."""

    town: Town
    case: SharedCase
    people: dict[Role, Actor] = field(default_factory=dict)
    ids: dict[Role, dict[str, UUID]] = field(default_factory=dict)
    closed: dict[Role, UUID] = field(default_factory=dict)
    mapping_id: UUID | None = None
    protected_id: UUID | None = None
    broken_id: UUID | None = None
    browsers: dict[Role | None, Browser] = field(default_factory=dict)
    followed_id: UUID | None = None

    def lives(self, role: Role, actor: Actor, **ids: UUID) -> None:
        """Note somebody and what they meet."""
        self.people[role], self.ids[role] = actor, ids

    def addresses(self, role: Role | None) -> Mapping[str, list[str]]:
        """Return the addresses of every page that the person of a role gets, by endpoint; None is a visitor's."""
        return {
            rule.endpoint: paths
            for rule in pages(self.town.app)
            if self._may(rule, role) and (paths := self._open(rule, role))
        }

    def _may(self, rule: Rule, role: Role | None) -> bool:
        permission = permission_of(self.town.app, rule.endpoint)
        return permission is None if role is None else permission is not None and role in GRANTS[permission]

    def _open(self, rule: Rule, role: Role | None) -> list[str]:
        ids = self._ids(rule.endpoint, role)
        if not rule.arguments <= ids.keys():
            return []
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(ids[found[1]]), rule.rule)
        if self._status(role, path) != 200:
            return []
        more = QUERIES.get(rule.endpoint, "")
        return [path, path + more.format(**ids)] if more and _known(more, ids) else [path]

    def _ids(self, endpoint: str, role: Role | None) -> dict[str, UUID]:
        ids = dict(self.ids[role]) if role is not None else {}
        if endpoint in CLOSED_COPY and role in self.closed:
            ids["disclosure_id"] = self.closed[role]
        others = (
            (PROTECTED, "person_id", self.protected_id),
            (GUARDIAN, "person_id", self.case.guardian_id),
            ({"mapping.edit"}, "record_id", self.mapping_id),
            (BROKEN, "case_id", self.broken_id),
            (FOLLOWED, "case_id", self.followed_id),
        )
        return ids | {name: other for endpoints, name, other in others if endpoint in endpoints and other is not None}

    def _status(self, role: Role | None, path: str) -> int:
        if role not in self.browsers:
            self.browsers[role] = Browser(self.town.app) if role is None else visit(self.town, self.people[role])
        return self.browsers[role].get(path).status_code


def pages(app: Flask) -> list[Rule]:
    """Return every address that answers GET, but files."""
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"]


def furnished(town: Town) -> House:
    """Furnish a house: what is owned, given, received, closed, protected and reviewed, once each."""
    case = shared_case(town, AgencyKind.POLICE, AgencyKind.SCHOOL)
    house = House(town, case)
    police, school = town.agency(AgencyKind.POLICE), town.agency(AgencyKind.SCHOOL)
    sibling = town.act(case.social, people.add_person, case.id, _sibling())
    house.protected_id = sibling.id

    withdrawn = consented(case, police)
    closed = given(case, case.social, _note(case, "Skolgången"), police)
    house.closed = dict.fromkeys((Role.POLICE_LIAISON, Role.UNIT_MANAGER, Role.REGISTRAR), closed)
    town.act(case.social, withdraw_consent, withdrawn, "youth")

    consent = consented(case, police, school, days=20)
    record = _note(case, "Hembesök")
    file = town.act(case.social, attachments.attach, record, "Kallelse.txt", BytesIO("Välkommen på möte.".encode()))
    disclosure = given(case, case.social, record, police, days=20)
    named(case, school, days=20)

    refused = town.act(case.social, refusals.refuse, case.id, refusal(police)).id

    _move_in(house, record, file, disclosure, consent)
    house.ids[Role.SIG_COORDINATOR]["refusal_id"] = refused
    _plan(house)
    _ask(house)
    subject = drafts.Subject(drafts.RECORD_NEW, case.id)
    house.ids[Role.SIG_COORDINATOR]["draft_id"] = town.act(
        case.social, drafts.keep, subject, new_id(), [("title", "Hembesök")]
    ).id
    return house


def _plan(house: House) -> None:
    """Let there be two mappings, a goal and an action that is late."""
    case = house.case
    has_mapped(case, case.social, {"absence": 4, "drugs": 3, "close_adult": 1}, days_ago=60)
    house.mapping_id = has_mapped(case, case.social, {"absence": 2, "drugs": 3, "close_adult": 3})
    goal_id, record_id = has_goal(case, case.social)
    action_id, _ = has_action(
        case, case.social, goal_id, terms(case.social.agency_id, case.social.user_id, days=(-9, -2))
    )
    house.ids[Role.SIG_COORDINATOR] |= {"goal_id": goal_id, "goal_record": record_id, "action_id": action_id}


def _ask(house: House) -> None:
    """Let a question go out, one come in and meet the case, and the glass of another case be broken."""
    town, case = house.town, house.case
    police, school = town.agency(AgencyKind.POLICE), town.agency(AgencyKind.SCHOOL)
    officer = house.people[Role.POLICE_LIAISON]
    named(case, police, days=20)
    house.ids[Role.SIG_COORDINATOR]["request_id"] = put(case, school)
    other = asking(town)
    put(other, police)
    [hit] = town.act(officer, matched.waiting)
    house.ids[Role.POLICE_LIAISON]["hit_id"] = hit.id
    row = town.act(other.social, lists.one, other.id, Permission.CASE_READ)
    draft = BreakGlassDraft(row.reference, "Ingen annan svarar nu", thought_of_112=True)
    house.broken_id = town.act(case.social, break_glass.open_case, draft)
    _urgent(house)
    _closed(house)


def _closed(house: House) -> None:
    """Let a case have closed half a year ago, and somebody at the police have a conflict of interest."""
    town, manager, lead = house.town, house.people[Role.UNIT_MANAGER], house.case.social
    case = town.act(lead, cases.open_case, "sig")
    house.followed_id = case.id
    with town.acting(lead):
        row = db.session.get_one(Case, case.id)
        row.phase, row.exit_code, row.closed_at = "evaluated", "moved", clock.now() - timedelta(days=200)
    colleague = town.actor(AgencyKind.POLICE)
    town.act(manager, conflicts.set_for, house.case.id, colleague.user_id, "Granne med familjen")
    [conflict] = town.act(manager, conflicts.running, house.case.id)
    house.ids[Role.UNIT_MANAGER]["conflict_id"] = conflict.id


def _urgent(house: House) -> None:
    """Let the police officer be on call, and an urgent request wait there; and one that another sent be the officer's agency's own."""
    town, officer, manager = house.town, house.people[Role.POLICE_LIAISON], house.people[Role.UNIT_MANAGER]
    came = town.act(house.case.social, urgent.send, request(officer.agency_id))
    house.ids[Role.SIG_COORDINATOR]["urgent_id"] = house.ids[Role.POLICE_LIAISON]["urgent_id"] = came
    house.ids[Role.UNIT_MANAGER]["shift_id"] = town.act(manager, on_call.add, shift(officer.user_id))


def _move_in(house: House, record: UUID, file: UUID, disclosure: UUID, consent: UUID) -> None:
    town, case = house.town, house.case
    police, school = town.agency(AgencyKind.POLICE), town.agency(AgencyKind.SCHOOL)
    common = {"case_id": case.id, "disclosure_id": disclosure, "consent_id": consent, "person_id": case.subject_id}
    colleague = town.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
    town.act(case.social, cases.assign, case.id, colleague.user_id)
    house.lives(
        Role.SIG_COORDINATOR,
        case.social,
        **common,
        record_id=record,
        part_id=file,
        agency_id=school,
        user_id=colleague.user_id,
    )
    officer, manager = case.handlers[police], case.managers[police]
    own = written(case, officer, "Torget", "De var fem stycken.")
    house.lives(Role.POLICE_LIAISON, officer, **common, record_id=own, part_id=file)
    reviewer = town.actor(AgencyKind.REGION, Role.REGIONAL_COORDINATOR)
    review = _reviewed(town, manager, reviewer)
    house.lives(Role.UNIT_MANAGER, manager, case_id=case.id, user_id=officer.user_id, assignment_id=review)
    house.lives(Role.REGIONAL_COORDINATOR, reviewer, assignment_id=review)
    house.lives(Role.REGISTRAR, town.actor(AgencyKind.POLICE, Role.REGISTRAR), case_id=case.id)
    administrator = town.actor(AgencyKind.SOCIAL_SERVICES, Role.ADMINISTRATOR)
    house.lives(Role.ADMINISTRATOR, administrator, agency_id=police, user_id=officer.user_id)


def _reviewed(town: Town, manager: Actor, reviewer: Actor) -> UUID:
    today = clock.today()
    period = (today - timedelta(days=30), today, today + timedelta(days=30))
    return town.act(manager, oversight.give, reviewer.user_id, *period)


def _note(case: SharedCase, title: str) -> UUID:
    return written(case, case.social, title, "Hon sover dåligt.", "Hemma är det trångt.", kind="journal_note")


def _sibling() -> people.PersonDraft:
    return replace(person("sibling", "Elin", "Lindqvist", "", "marked"), reason="Bor hemma.")


def _known(query: str, ids: Mapping[str, UUID]) -> bool:
    return "{" not in query or any("{" + name + "}" in query for name in ids)
