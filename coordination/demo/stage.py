"""Where the plan is carried out: the demo's keys and the ids they got, who is signed in, and what time it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from coordination.audit import service as audit
from coordination.cases.reading import OpenPart
from coordination.core import clock
from coordination.core.db import Tenant, db, use_tenant
from coordination.core.ids import new_id
from coordination.demo import accounts
from coordination.demo.actions import Event
from coordination.demo.cast import TOWNS, AgencyPart, Town, Worker, agencies, workers
from coordination.identity import agencies as agency_service
from coordination.identity import passwords, second_factor
from coordination.identity import service as identity
from coordination.identity import users as user_service
from coordination.identity.agencies import AgencyForm
from coordination.identity.lockout import Caller
from coordination.identity.queries import Agency, User
from coordination.identity.secrets import Secrets
from coordination.identity.service import Method
from coordination.identity.users import UserForm
from coordination.keys import agency_keys
from policies.access import Actor

SET_UP_BEFORE = timedelta(days=400)
"""How long before the loading the agencies and their people were laid up."""


@dataclass(slots=True)
class CaseIds:
    """The ids behind the keys of one case."""

    id: UUID
    people: dict[str, UUID] = field(default_factory=dict)
    records: dict[str, UUID] = field(default_factory=dict)
    parts: dict[str, Sequence[OpenPart]] = field(default_factory=dict)
    """What a record or an identity consists of, once it has been opened to be disclosed."""
    goals: dict[str, UUID] = field(default_factory=dict)
    consents: dict[str, UUID] = field(default_factory=dict)
    disclosures: dict[str, UUID] = field(default_factory=dict)


class Stage:
    """Carries out events inside the running transaction; each is logged at its own moment."""

    def __init__(self, secrets: Secrets) -> None:
        """Begin with nothing there."""
        self.secrets = secrets
        self.towns: dict[str, UUID] = {}
        self.agencies: dict[str, UUID] = {}
        self.users: dict[str, User] = {}
        self.cases: dict[str, CaseIds] = {}
        self.reviews: dict[str, UUID] = {}
        self._signed_in: dict[str, tuple[date, Actor]] = {}

    def set_up(self, anchor: datetime) -> None:
        """Lay up the municipalities, their agencies with keys, and the people in them with means to sign in."""
        with clock.at(anchor - SET_UP_BEFORE):
            rows = {}
            for town in TOWNS:
                self.towns[town.code] = agency_service.add_municipality(town.code, town.name).id
                for agency in agencies().values():
                    if agency.town == town:
                        rows[agency.key] = self._add_agency(town, agency)
            # Hashing is slow on purpose, and everybody here has the same password: one hash will do.
            hashed = passwords.hash_password(self.secrets, accounts.PASSWORD)
            for worker in workers().values():
                self.users[worker.key] = self._add_user(rows[worker.agency], worker, hashed)

    def actor(self, event: Event) -> Actor:
        """Return who acts, signed in that day."""
        who = str(event.who)
        day = clock.today()
        if who not in self._signed_in or self._signed_in[who][0] != day:
            user = self.users[who]
            caller = Caller(user.email, agencies()[workers()[who].agency].address)
            actor = identity.signed_in(self.secrets, caller, user, Method.TOTP, new_id())
            self._signed_in[who] = (day, actor)
            self.write_log()
        return self._signed_in[who][1]

    def name_tenant(self, event: Event) -> None:
        """Name the municipality and user of what happens next, and the address it comes from."""
        municipality = self.towns[event.town]
        if event.who is None:
            use_tenant(Tenant(municipality))
            audit.acting_from(None)
            return
        home = agencies()[workers()[event.who].agency]
        use_tenant(Tenant(self.towns[home.town.code], self.users[event.who].id))
        audit.acting_from(home.address)

    def write_log(self) -> None:
        """Append what has been queued to the logs, at the moment that the clock is held at."""
        db.session.flush()
        audit.append_queued(db.session())

    def of(self, event: Event) -> CaseIds:
        """Return the ids of the event's case."""
        return self.cases[event.case]

    def _add_agency(self, town: Town, part: AgencyPart) -> Agency:
        municipality = self.towns[town.code]
        use_tenant(Tenant(municipality))
        form = AgencyForm(part.kind, part.employer, part.name, part.controller, part.branch, part.mark)
        agency = agency_service.add(municipality, form)
        agency_keys.create(agency.id, municipality)
        self.agencies[part.key] = agency.id
        return agency

    def _add_user(self, agency: Agency, worker: Worker, hashed: str) -> User:
        user = user_service.add(agency, UserForm(worker.name, worker.title, worker.email, worker.roles))
        user.password_hash = hashed
        user.totp_secret = second_factor.seal_totp_key(self.secrets, accounts.totp_key(worker))
        db.session.flush()
        return user
