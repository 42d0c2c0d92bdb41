"""Reading who takes part. Rights are derived here from the rows as they are now, at every request, and never stored."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from coordination.core.db import db
from coordination.core.errors import Forbidden, NotFound
from coordination.identity.models import Agency as Agency
from coordination.identity.models import Municipality as Municipality
from coordination.identity.models import User as User
from policies.access import NO_CASE, Actor, decide
from policies.permissions import AgencyKind, Permission, Role


@dataclass(frozen=True, slots=True)
class Person:
    """What others may know of a user: who, with which title, in which agency, with which roles."""

    user_id: UUID
    name: str
    title: str
    agency_id: UUID
    roles: frozenset[Role]


def actor_of(user: User, session_id: UUID | None, *, fresh: bool) -> Actor:
    """Return the actor that this user is now. A session names its user only once both factors have been shown."""
    return Actor(
        user_id=user.id,
        agency_id=user.agency_id,
        municipality_id=user.agency.municipality_id,
        agency_kind=AgencyKind(user.agency.kind),
        roles=user.roles,
        session_id=session_id,
        fresh=fresh,
        second_factor=True,
    )


def active_user(user_id: UUID) -> User | None:
    """Return the user, unless they have left or their agency is closed."""
    user = db.session.get(User, user_id, populate_existing=True)
    return user if user is not None and user.is_active else None


def active_user_by_email(email: str) -> User | None:
    """Return the user who signs in with this address, unless they have left or their agency is closed."""
    user = db.session.scalars(
        select(User).where(func.lower(User.email) == email.strip().lower(), User.left_at.is_(None))
    ).one_or_none()
    return user if user is not None and user.is_active else None


def locked(user: User) -> User:
    """Return the user's row read anew and held for the transaction, so that a code or a key is used once."""
    return db.session.scalars(
        select(User).where(User.id == user.id).with_for_update(of=User).execution_options(populate_existing=True)
    ).one()


def authorize(actor: Actor, permission: Permission) -> None:
    """Let an administrator act within the own municipality. Raises Forbidden with the reason."""
    decision = decide(actor, permission, replace(NO_CASE, same_municipality=True))
    if not decision.allowed:
        raise Forbidden(decision.reason)


def municipality_with_code(code: str) -> Municipality | None:
    """Return the municipality that has this code."""
    return db.session.scalars(select(Municipality).where(Municipality.code == code)).one_or_none()


def municipality_of(actor: Actor) -> Municipality:
    """Return the actor's own municipality."""
    return db.session.get_one(Municipality, actor.municipality_id)


def agencies_of(municipality_id: UUID, *, closed: bool = False) -> list[Agency]:
    """Return the agencies of a municipality by name; those that are closed only if asked for."""
    rows = select(Agency).where(Agency.municipality_id == municipality_id).order_by(Agency.name)
    return list(db.session.scalars(rows if closed else rows.where(Agency.closed_at.is_(None))))


def agencies_named(ids: Collection[UUID]) -> dict[UUID, Agency]:
    """Return these agencies by id, open or closed: what an old row refers to must still have a name."""
    return {agency.id: agency for agency in db.session.scalars(select(Agency).where(Agency.id.in_(ids)))}


def keeps_no_copies(ids: Collection[UUID]) -> set[UUID]:
    """Return those of the agencies whose disposal schedule says that what they are given is of temporary significance."""
    return set(db.session.scalars(select(Agency.id).where(Agency.id.in_(ids), Agency.copies_temporary)))


def open_agency(municipality_id: UUID, agency_id: UUID) -> Agency | None:
    """Return the agency if it is open and in this municipality."""
    agency = db.session.get(Agency, agency_id)
    if agency is None or agency.municipality_id != municipality_id or agency.closed_at is not None:
        return None
    return agency


def agency_for(actor: Actor, agency_id: UUID) -> Agency:
    """Return an agency of the actor's own municipality. Raises NotFound."""
    agency = db.session.get(Agency, agency_id)
    if agency is None or agency.municipality_id != actor.municipality_id:
        raise NotFound
    return agency


def user_for(actor: Actor, user_id: UUID) -> User:
    """Return a user of the actor's own municipality who has not left. Raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None or user.agency.municipality_id != actor.municipality_id or user.left_at is not None:
        raise NotFound
    return user


def users_for(actor: Actor, agency_id: UUID | None = None) -> list[User]:
    """Return the users of the actor's own municipality who have not left, in one agency if it is named."""
    users = (
        select(User)
        .join(User.agency)
        .where(Agency.municipality_id == actor.municipality_id, User.left_at.is_(None))
        .order_by(User.name, User.id)
    )
    return list(db.session.scalars(users if agency_id is None else users.where(User.agency_id == agency_id)))


def digest_readers(municipality_id: UUID) -> list[UUID]:
    """Return who in a municipality may want the daily digest: has not left, and has not turned it off."""
    rows = (
        select(User.id).join(User.agency).where(Agency.municipality_id == municipality_id, Agency.closed_at.is_(None))
    )
    return list(db.session.scalars(rows.where(User.left_at.is_(None), User.digest).order_by(User.id)))


def colleague(agency_id: UUID, user_id: UUID) -> Person | None:
    """Return the user if they work in this agency now."""
    found = _people((User.id == user_id) & (User.agency_id == agency_id) & User.left_at.is_(None))
    return found[0] if found else None


def colleagues(agency_id: UUID) -> list[Person]:
    """Return those who work in this agency now, by name."""
    return _people((User.agency_id == agency_id) & User.left_at.is_(None))


def people(ids: Collection[UUID]) -> dict[UUID, Person]:
    """Return these users by id, also those who have left: what they did keeps their name."""
    return {person.user_id: person for person in _people(User.id.in_(ids))}


def _people(condition: ColumnElement[bool]) -> list[Person]:
    users = db.session.scalars(select(User).where(condition).order_by(User.name, User.id))
    return [Person(user.id, user.name, user.title, user.agency_id, user.roles) for user in users]
