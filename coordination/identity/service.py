"""Signing in, step by step: password, then second factor; or a passkey, which is both.

Every step answers yes or no, and no more: a wrong account, a wrong password and a wait after failures are told apart by nobody.
The steps do not raise on failure, because the failure itself must be committed. Each is counted first (``knock``), in a
transaction of its own.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import clock
from coordination.core.db import Tenant, use_tenant
from coordination.core.errors import Conflict, Invalid
from coordination.identity import invitations, lockout, passkeys, passwords, queries, second_factor, sessions
from coordination.identity.lockout import Attempt, Buckets, Caller
from coordination.identity.models import Invitation, User
from coordination.identity.passkeys import RelyingParty
from coordination.identity.secrets import Secrets
from policies.access import Actor


class Method(StrEnum):
    """What a user has shown."""

    PASSWORD = "password"  # noqa: S105  # the name of a method, not a password
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class Knock:
    """Who tries, from where, and whether they may just now."""

    secrets: Secrets
    caller: Caller
    attempt: Attempt


def knock(secrets: Secrets, caller: Caller) -> Knock:
    """Count an attempt before it is tried. Commit it before going on."""
    return Knock(secrets, caller, lockout.count(Buckets.of(secrets, caller)))


def password_step(door: Knock, password: str) -> User | None:
    """Return the user whose address and password these are; None for everything else, after the same work."""
    user = queries.active_user_by_email(door.caller.email)
    right = passwords.matches(door.secrets, user.password_hash if user else None, password)
    if user is None or not _settled(door, user, "password", right=right):
        return None
    if user.password_hash and passwords.outdated(user.password_hash):
        user.password_hash = passwords.hash_password(door.secrets, password)
    return user


def code_step(door: Knock, user: User, method: Method, code: str) -> bool:
    """Spend a code from the user's app, or a recovery code; tell whether it was right."""
    spend = second_factor.use_totp if method is Method.TOTP else second_factor.use_recovery_code
    right = door.attempt.allowed and spend(door.secrets, user, code)
    return _settled(door, user, "second_factor", right=right)


def passkey_step(door: Knock, party: RelyingParty, challenge: bytes, answer: str) -> User | None:
    """Return the user whose passkey has answered the challenge and verified its user."""
    claimed = passkeys.owner_of(answer)
    user = passkeys.use(party, challenge, answer) if door.attempt.allowed else None
    if claimed is None or not _settled(door, claimed, "passkey", right=user is not None):
        return None
    return user


def signed_in(secrets: Secrets, caller: Caller, user: User, method: Method, session_id: UUID) -> Actor:
    """Log that a user has signed in with both factors, and forget the failures from here; return the actor."""
    lockout.forgive_all(Buckets.of(secrets, caller))
    actor = queries.actor_of(user, session_id, fresh=True)
    _act_for(user)
    audit.record(actor, Event.SIGN_IN, method=method)
    return actor


def signed_out(actor: Actor) -> None:
    """Log that a user has signed out."""
    audit.record(actor, Event.SIGN_OUT)


def confirmed(actor: Actor, method: Method) -> None:
    """Log that a signed-in user has shown again that it is them."""
    audit.record(actor, Event.REAUTHENTICATED, method=method)


def must_set_up(user: User) -> bool:
    """Tell whether the user has no second factor and may set one up now, on the password alone."""
    return not user.has_second_factor and not invitations.second_factor_hangs_on_link(user.id)


def check_new_password(user: User, password: str) -> None:
    """Raise Invalid, naming what is wrong, unless the user may have this password."""
    fault = passwords.fault(password, user.name, user.email)
    if fault is not None:
        raise Invalid(fault, password=fault)


def change_password(secrets: Secrets, actor: Actor, user: User, password: str) -> None:
    """Give the user a new password and end all their other sessions. Raises Invalid."""
    check_new_password(user, password)
    user.password_hash = passwords.hash_password(secrets, password)
    sessions.end_all(user.id, but=actor.session_id)
    audit.record(actor, Event.PASSWORD_CHANGED, user=user.id)


def join(secrets: Secrets, invitation: Invitation, user: User, password: str, session_id: UUID) -> str | None:
    """Choose the password of a link. Who has a second factor must show it first: then the hash to store is returned.

    Otherwise the password counts at once and the link is spent. Raises Invalid for a bad password.
    """
    check_new_password(user, password)
    hashed = passwords.hash_password(secrets, password)
    if user.has_second_factor:
        return hashed
    take_password(user, hashed, invitation.id, session_id)
    return None


def take_password(user: User, hashed: str, invitation_id: UUID, session_id: UUID) -> None:
    """Spend a link for a password: it counts from now, and every session the user had ends. Raises Conflict if it is spent."""
    actor = queries.actor_of(user, session_id, fresh=True)
    _act_for(user)
    if not invitations.use(actor, invitation_id):
        raise Conflict("link_spent")
    user.password_hash = hashed
    sessions.end_all(user.id)
    audit.record(actor, Event.PASSWORD_CHANGED, user=user.id)


def take_second_factor_link(user: User, invitation_id: UUID, session_id: UUID) -> None:
    """Spend a link for a new second factor: who knew the password may set one up. Raises Conflict if it is spent."""
    _act_for(user)
    if not invitations.use(queries.actor_of(user, session_id, fresh=True), invitation_id):
        raise Conflict("link_spent")


def set_up_totp(secrets: Secrets, actor: Actor, user: User, sealed: str, code: str) -> bool:
    """Make an authenticator app the user's, once a code shows that it works; other sessions end. False for a wrong code."""
    _act_for(user)
    if not second_factor.set_totp(secrets, user, sealed, code):
        return False
    _second_factor_changed(actor, user, Method.TOTP, "added")
    return True


def add_passkey(actor: Actor, user: User, party: RelyingParty, challenge: bytes, answer: str, name: str) -> None:
    """Make a passkey the user's; other sessions end. Raises Invalid."""
    _act_for(user)
    passkeys.register(party, user, challenge, answer, name)
    _second_factor_changed(actor, user, Method.PASSKEY, "added")


def remove_passkey(actor: Actor, user: User, passkey_id: UUID) -> None:
    """Take away a passkey; other sessions end. Raises Conflict for the last means there is."""
    found = next((passkey for passkey in user.passkeys if passkey.id == passkey_id), None)
    if found is None:
        raise Conflict("passkey_gone")
    if user.totp_secret is None and len(user.passkeys) == 1:
        raise Conflict("last_second_factor")
    user.passkeys.remove(found)
    _second_factor_changed(actor, user, Method.PASSKEY, "removed")


def renew_recovery_codes(secrets: Secrets, actor: Actor, user: User) -> list[str]:
    """Give the user ten new recovery codes and return them, this once."""
    _act_for(user)
    codes = second_factor.new_recovery_codes(secrets, user)
    audit.record(actor, Event.SECOND_FACTOR_CHANGED, user=user.id, method=Method.RECOVERY_CODE, change="renewed")
    return codes


def end_session(actor: Actor, session_id: UUID) -> None:
    """End one of the actor's own sessions; one that has ended already is no fault."""
    if sessions.end_own(actor.user_id, session_id):
        audit.record(actor, Event.SESSION_ENDED, user=actor.user_id, ended_session=session_id, why="by_user")


def end_other_sessions(actor: Actor) -> None:
    """End all the actor's sessions but this one."""
    if sessions.end_all(actor.user_id, but=actor.session_id):
        audit.record(actor, Event.SESSION_ENDED, user=actor.user_id, ended_session=None, why="all_others_by_user")


def _settled(door: Knock, user: User, stage: str, *, right: bool) -> bool:
    """Take back the count of a right attempt, log a wrong one; tell whether it was right and allowed."""
    if door.attempt.allowed and right:
        lockout.forgive(door.attempt)
        return True
    if door.attempt.allowed:
        _act_for(user)
        log = (user.agency.municipality_id, user.agency_id)
        account = door.secrets.digest("account", user.email.casefold().encode())
        audit.record_unattended(*log, Event.SIGN_IN_FAILED, stage=stage, account_digest=account)
        if wait := door.attempt.starts:
            minutes = wait.minutes_from(clock.now())
            audit.record_unattended(*log, Event.LOCKED_OUT, scope=wait.scope, minutes=minutes, account_digest=account)
    return False


def _second_factor_changed(actor: Actor, user: User, method: Method, change: str) -> None:
    sessions.end_all(user.id, but=actor.session_id)
    audit.record(actor, Event.SECOND_FACTOR_CHANGED, user=user.id, method=method, change=change)


def _act_for(user: User) -> None:
    use_tenant(Tenant(user.agency.municipality_id, user.id))
