"""Users: inviting them, changing their roles, renewing their means of signing in, and letting them leave."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.identity import invitations, second_factor, sessions
from coordination.identity.agencies import ALONE, ROLES
from coordination.identity.invitations import Purpose
from coordination.identity.models import Agency, User, UserRole
from coordination.identity.queries import authorize, locked, open_agency, user_for
from policies.access import Actor
from policies.permissions import AgencyKind, Permission, Role


@dataclass(frozen=True, slots=True)
class UserForm:
    """What is laid down about a user."""

    name: str
    title: str
    email: str
    roles: frozenset[Role]


def add(agency: Agency, form: UserForm) -> User:
    """Add a user who cannot sign in yet. Raises Invalid for a taken address or roles the agency's kind does not have."""
    _check(agency, form, None)
    user = User(id=new_id(), agency_id=agency.id, agency=agency, language="sv", created_at=clock.now(), left_at=None)
    user.recovery_digests = []
    _lay_down(user, form)
    db.session.add(user)
    db.session.flush()
    return user


def invite(actor: Actor, agency_id: UUID, form: UserForm) -> tuple[User, str]:
    """Add a user to an agency of the actor's municipality and return the token of the link to join by, this once."""
    authorize(actor, Permission.ADMIN_USER_MANAGE)
    agency = open_agency(actor.municipality_id, agency_id)
    if agency is None:
        raise NotFound
    user = add(agency, form)
    _record_change(actor, user, "created")
    return user, invitations.send(actor, user, Purpose.PASSWORD)


def change(actor: Actor, user_id: UUID, form: UserForm) -> None:
    """Change a user's name, title, address and roles; a role taken away is gone at the user's next request.

    Nobody changes their own roles: so there is always an administrator left, and none who grants themselves more.
    """
    authorize(actor, Permission.ADMIN_USER_MANAGE)
    user = locked(user_for(actor, user_id))
    if user.id == actor.user_id and form.roles != user.roles:
        raise Conflict("own_roles_are_changed_by_another")
    _check(user.agency, form, user.id)
    for role in form.roles - user.roles:
        _record_change(actor, user, f"role_given.{role}")
    for role in user.roles - form.roles:
        _record_change(actor, user, f"role_taken.{role}")
    _lay_down(user, form)
    _record_change(actor, user, "details")


def leave(actor: Actor, user_id: UUID, *, assignments: int) -> None:
    """Let a user leave: every session and link ends now, and no sign-in works again.

    ``assignments`` is how many the caller has ended in the same transaction. Nobody lets themselves leave.
    """
    authorize(actor, Permission.ADMIN_USER_MANAGE)
    user = _another(actor, user_id)
    user.left_at = clock.now()
    user.password_hash = None
    second_factor.remove_all(user)
    invitations.withdraw(user.id)
    sessions.end_all(user.id)
    for log in {actor.agency_id, user.agency_id}:
        audit.record(actor, Event.USER_LEFT, agency_id=log, user=user.id, assignments=assignments)


def renew_link(actor: Actor, user_id: UUID) -> str:
    """Return the token of a link to join by, or for who has joined, to choose a new password by.

    Raises Conflict while the second factor is reset too: who has lost both is let go and invited as a new user, without
    the old one's assignments.
    """
    authorize(actor, Permission.ADMIN_USER_MANAGE)
    user = locked(user_for(actor, user_id))
    if user.password_hash is not None and not user.has_second_factor:
        raise Conflict("password_and_second_factor_lost")
    return invitations.send(actor, user, Purpose.PASSWORD)


def reset_second_factor(actor: Actor, user_id: UUID) -> str:
    """Take away a user's second factor, end their sessions and return the token of a link to set up a new one by.

    Raises Conflict for one's own, and for a user who has not joined.
    """
    authorize(actor, Permission.ADMIN_USER_MANAGE)
    user = _another(actor, user_id)
    if user.password_hash is None:
        raise Conflict("user_has_not_joined")
    second_factor.remove_all(user)
    sessions.end_all(user.id)
    for log in {actor.agency_id, user.agency_id}:
        audit.record(actor, Event.SECOND_FACTOR_CHANGED, agency_id=log, user=user.id, method="all", change="reset")
    return invitations.send(actor, user, Purpose.SECOND_FACTOR)


def withdraw_link(actor: Actor, user_id: UUID) -> None:
    """Let the link the user has been given stop working."""
    authorize(actor, Permission.ADMIN_USER_MANAGE)
    user = user_for(actor, user_id)
    invitations.withdraw(user.id)
    _record_change(actor, user, "link_withdrawn")


def set_language(actor: Actor, language: str) -> None:
    """Remember the language the user reads."""
    if language not in ("sv", "en"):
        raise Invalid("language_unknown")
    db.session.get_one(User, actor.user_id).language = language


def set_digest(actor: Actor, *, wanted: bool) -> None:
    """Remember whether the user wants the daily digest."""
    db.session.get_one(User, actor.user_id).digest = wanted


def _another(actor: Actor, user_id: UUID) -> User:
    if user_id == actor.user_id:
        raise Conflict("own_account_is_handled_by_another")
    return locked(user_for(actor, user_id))


def _lay_down(user: User, form: UserForm) -> None:
    user.name, user.title, user.email = form.name.strip(), form.title.strip(), form.email.strip()
    kept = [row for row in user.role_rows if row.role in form.roles]
    user.role_rows = kept + [UserRole(role=role) for role in form.roles - user.roles]


def _check(agency: Agency, form: UserForm, user_id: UUID | None) -> None:
    if not form.roles:
        raise Invalid("role_missing", roles="role_missing")
    if not form.roles <= ROLES[AgencyKind(agency.kind)]:
        raise Invalid("role_not_in_this_kind_of_agency", roles="role_not_in_this_kind_of_agency")
    if form.roles & ALONE and len(form.roles) > 1:
        raise Invalid("role_is_held_alone", roles="role_is_held_alone")
    namesake = db.session.scalars(
        select(User.id).where(func.lower(User.email) == form.email.strip().lower(), User.left_at.is_(None))
    ).one_or_none()
    if namesake not in (None, user_id):
        raise Invalid("email_taken", email="email_taken")


def _record_change(actor: Actor, user: User, what: str) -> None:
    for log in {actor.agency_id, user.agency_id}:
        audit.record(actor, Event.USER_CHANGED, agency_id=log, user=user.id, change=what)
