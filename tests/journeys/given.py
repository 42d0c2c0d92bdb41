"""What is so before a story begins: a town whose agencies and people have names, all of whom can really sign in."""

from dataclasses import dataclass, field
from uuid import UUID

from coordination.core.db import db
from coordination.identity import second_factor
from coordination.identity.models import Agency, User
from coordination.identity.secrets import Secrets
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.factories.identity import PASSWORD, Account, _password_hash
from tests.factories.world import World

AGENCIES = {
    AgencyKind.SOCIAL_SERVICES: ("Socialtjänsten", "SO"),
    AgencyKind.POLICE: ("Polisen", "PO"),
    AgencyKind.SCHOOL: ("Skolan", "SK"),
    AgencyKind.REGION: ("Regionen", "RE"),
}
PEOPLE = {
    Role.SIG_COORDINATOR: ("Karin Ek", "SIG-samordnare"),
    Role.CASE_WORKER: ("Tove Nyman", "Socialsekreterare"),
    Role.POLICE_LIAISON: ("Amir Haddad", "Kommunpolis"),
    Role.SCHOOL_CONTACT: ("Sofia Lund", "Kurator"),
    Role.UNIT_MANAGER: ("Pia Sand", "Enhetschef"),
    Role.REGISTRAR: ("Rolf Björk", "Registrator"),
    Role.ADMINISTRATOR: ("Anna Dahl", "Systemförvaltare"),
    Role.REGIONAL_COORDINATOR: ("Maria Holm", "Regional samordnare"),
}

SLEEP, HOME = "Hon sover dåligt.", "Hemma är det trångt."
"""What the social services have written in the case that stories share."""


@dataclass
class Town(World):
    """A municipality in which everybody has a name, a password and an app that shows codes."""

    accounts: dict[UUID, Account] = field(default_factory=dict)

    def actor(self, kind: AgencyKind, role: Role | None = None) -> Actor:
        """Return a new person who can sign in."""
        actor = super().actor(kind, role)
        secret_key: str = self.app.extensions["settings"].secret_key
        sealed = second_factor.new_totp_secret(Secrets.of(secret_key))
        email = f"{role or kind}-{len(self.accounts)}@example.se"
        with self.acting(actor):
            user = db.session.get_one(User, actor.user_id)
            held = next(iter(user.roles))
            user.name, user.title = PEOPLE.get(held, ("Nils Ask", "Kontakt"))
            user.email, user.password_hash, user.totp_secret = email, _password_hash(secret_key), sealed
        self.accounts[actor.user_id] = Account(
            actor.user_id, actor.agency_id, actor.municipality_id, email, PASSWORD, sealed, ()
        )
        return actor

    def name_of(self, agency_id: UUID) -> str:
        """Return what an agency is called."""
        with self.app.app_context():
            return db.session.get_one(Agency, agency_id).name

    def _new_agency(self, kind: AgencyKind) -> UUID:
        agency_id = super()._new_agency(kind)
        if kind in AGENCIES:
            agency = db.session.get_one(Agency, agency_id)
            agency.name, agency.mark = AGENCIES[kind]
        return agency_id
