"""Puts the town together in a database of its own, and gives everybody a browser in which they are signed in."""

from datetime import timedelta
from uuid import UUID

import time_machine
from sqlalchemy import create_engine, select

from coordination.app import create_app
from coordination.cases import service as cases
from coordination.core import clock, embedded_postgres
from coordination.core.db import Tenant, db, transaction
from coordination.core.embedded_postgres import APP, OWNER, Server
from coordination.core.ids import new_id
from coordination.identity import invitations
from coordination.identity.invitations import Purpose
from coordination.identity.models import Passkey, User, UserSession
from coordination.settings import Settings
from policies.access import Actor
from policies.permissions import HANDLERS, AgencyKind, Role
from tests.browser import Browser
from tests.factories.identity import Account, signed_in
from tests.factories.world import World
from tests.security.matrix import story
from tests.security.matrix.building import Builder
from tests.security.matrix.people import MAIN, PARTIES, PLACES, Person, Relation
from tests.security.matrix.seeds import Kind
from tests.security.matrix.things import Thing, What
from tests.security.matrix.town import NOW, Town

BEGINNING, TURN = timedelta(days=30), timedelta(days=10)


def assemble(server: Server, settings: Settings, database: str, template: str) -> Town:
    """Build the town in a new database, a copy of ``template``."""
    embedded_postgres.drop_database(server, database)
    embedded_postgres.ensure_database(server, database, template=template)
    app = create_app(settings.model_copy(update={"database_url": server.url(APP, database)}))
    app.config["SIGN_IN_SECONDS"] = 0.0
    with time_machine.travel(NOW - BEGINNING):
        made = Builder(World(app, "1783"), World(app, "1780"))
        _number_references(made)
        made.populate()
        story.begin(made)
    with time_machine.travel(NOW - TURN):
        story.go_on(made)
    town = Town(app, server, database, create_engine(server.url(OWNER, database)), things=made.things, seeds=made.seeds)
    with town.standing_still():
        _name_parties(made)
        _name_the_rest(made)
        town.people = [*_everybody(town, made), _visitor(town)]
        _their_own(town)
    town.keep()
    return town


def _number_references(made: Builder) -> None:
    """Let the two municipalities count from different numbers, so that a reference is in one of them only."""
    for away, last in ((False, 4100), (True, 7700)):
        world = made.worlds[away]
        with world.app.app_context(), transaction(Tenant(world.municipality_id)):
            cases.continue_references(world.municipality_id, "sig", clock.today().year, last)


def _everybody(town: Town, made: Builder) -> list[Person]:
    return [_person(town, relation, role, actor) for (relation, role), actor in made.actors.items()]


def _person(town: Town, relation: Relation, role: Role, actor: Actor) -> Person:
    account = Account(actor.user_id, actor.agency_id, actor.municipality_id, "", "", None, ())
    browser = signed_in(Browser(town.app), account)
    return Person(relation, role, actor, browser, browser.token(), browser.cookie("session") or "")


def _visitor(town: Town) -> Person:
    browser = Browser(town.app)
    return Person(None, None, None, browser, browser.token(), browser.cookie("session") or "")


def _name_parties(made: Builder) -> None:
    """Note every agency in and outside each case, and who works for which."""
    for case, inside in PARTIES.items():
        outside = {"rescue", "leisure", story.POLICE, story.AWAY_SCHOOL}
        for agency in sorted(outside | inside if case == MAIN else outside | {story.SOCIAL, story.AWAY_POLICE}):
            traits = {"inside"} if agency in inside else set()
            name, agency_id = f"{agency} in {case}", made.agency_id(agency)
            made.add(What.PARTY, name, case, agency, traits=traits, case_id=made.cases[case], agency_id=agency_id)
        for (relation, role), actor in made.actors.items():
            if case in PLACES[relation].cases and role in HANDLERS:
                name, agency = f"{role} {relation} in {case}", PLACES[relation].agency
                made.add(What.HANDLER, name, case, agency, case_id=made.cases[case], user_id=actor.user_id)


def _name_the_rest(made: Builder) -> None:
    """Note agencies and users as an administrator meets them, one that has left included."""
    for kind in (AgencyKind.SOCIAL_SERVICES, AgencyKind.RESCUE):
        made.add(What.AGENCY, kind.value, "", "here", agency_id=made.worlds[False].agency(kind))
    away = made.worlds[True]
    made.add(What.AGENCY, "away", "", "away", agency_id=away.agency(AgencyKind.SOCIAL_SERVICES))
    for code, owner in (("1783", "here"), ("1780", "away")):
        made.seeds.sow(Kind.AGENCY, owner, "", owner, word=f"social_services {code}")
    for relation, owner in ((Relation.ASSIGNED, "here"), (Relation.AWAY, "away")):
        made.add(What.USER, owner, "", owner, user_id=made.actors[relation, Role.CASE_WORKER].user_id)
    gone = made.moves_in(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER, "has left")
    invited = made.moves_in(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER, "is invited")
    admin = made.actors[Relation.ASSIGNED, Role.ADMINISTRATOR]
    with made.worlds[False].acting(admin):
        db.session.get_one(User, gone.user_id).left_at = clock.now()
        token = invitations.send(admin, db.session.get_one(User, invited.user_id), Purpose.PASSWORD)
    made.add(What.USER, "has left", "", "gone", user_id=gone.user_id)
    made.add(What.LINK, "is invited", "", "", token=token)


def _their_own(town: Town) -> None:
    """Give everybody a second session and a passkey, and note both."""
    with town.app.app_context(), transaction():
        for person in town.signed_in:
            assert person.actor is not None
            own = db.session.scalars(select(UserSession.id).where(UserSession.user_id == person.actor.user_id)).one()
            town.things.append(_owned(What.SESSION, person, session_id=own))
            passkey = Passkey(
                id=new_id(),
                user_id=person.actor.user_id,
                name="Jobbmobil",
                credential_id=person.actor.user_id.bytes,
                public_key=b"",
                sign_count=0,
                transports=[],
                created_at=clock.now(),
                used_at=None,
            )
            db.session.add(passkey)
            town.things.append(_owned(What.PASSKEY, person, passkey_id=passkey.id))


def _owned(what: What, person: Person, **arguments: UUID) -> Thing:
    return Thing(what, str(person), arguments=arguments)
