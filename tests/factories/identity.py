"""People who can sign in, and signing them in."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from flask import Flask

from coordination.core import clock
from coordination.core.db import Tenant, db, transaction
from coordination.core.ids import new_id
from coordination.identity import agencies, passwords, second_factor, sessions
from coordination.identity.agencies import AgencyForm
from coordination.identity.models import Agency, Municipality, User, UserRole
from coordination.identity.secrets import Secrets
from coordination.keys import agency_keys
from policies.permissions import AgencyKind, EmployerType, Role
from tests.browser import Browser

PASSWORD = "korrekt häst batteri klammer"


@dataclass(frozen=True)
class Account:
    """A user as a test knows them."""

    id: UUID
    agency_id: UUID
    municipality_id: UUID
    email: str
    password: str
    app_secret: str | None
    recovery_codes: tuple[str, ...]


@cache
def _password_hash(secret_key: str) -> str:
    """Hash the tests' password once for each worker: argon2 is slow by design, and one hash is as real as many."""
    return passwords.hash_password(Secrets.of(secret_key), PASSWORD)


def given_municipality(app: Flask, code: str = "1783", name: str = "Karlskoga") -> UUID:
    """Return the municipality of this code, made the first time."""
    with app.app_context(), transaction():
        found = db.session.query(Municipality).filter_by(code=code).one_or_none()
        return (found or agencies.add_municipality(code, name)).id


def given_agency(app: Flask, kind: AgencyKind = AgencyKind.SOCIAL_SERVICES, *, code: str = "1783") -> UUID:
    """Return the agency of this kind in the municipality of this code, made with its keys the first time."""
    municipality_id = given_municipality(app, code)
    with app.app_context(), transaction(Tenant(municipality_id)):
        found = db.session.query(Agency).filter_by(municipality_id=municipality_id, kind=kind).first()
        if found is None:
            employer = EmployerType.SOCIAL if kind is AgencyKind.OUTREACH else None
            found = agencies.add(
                municipality_id,
                AgencyForm(kind, employer, f"{kind.value} {code}", "Nämnden", "Verksamheten", kind.value[:2]),
            )
            agency_keys.create(found.id, municipality_id)
        return found.id


def given_user(
    app: Flask,
    role: Role = Role.CASE_WORKER,
    agency_kind: AgencyKind = AgencyKind.SOCIAL_SERVICES,
    *,
    code: str = "1783",
    second: bool = True,
    joined: bool = True,
) -> Account:
    """Make a user with password, app and recovery codes; without them where a test says so."""
    agency_id, user_id = given_agency(app, agency_kind, code=code), new_id()
    secret_key: str = app.extensions["settings"].secret_key
    sealed = second_factor.new_totp_secret(Secrets.of(secret_key)) if second else None
    with app.app_context(), transaction():
        user = User(
            id=user_id,
            agency_id=agency_id,
            email=f"{user_id}@example.se",
            name="Alva Berg",
            title="Handläggare",
            language="sv",
            created_at=clock.now(),
            left_at=None,
            password_hash=_password_hash(secret_key) if joined else None,
            totp_secret=sealed,
            recovery_digests=[],
        )
        user.role_rows = [UserRole(user_id=user_id, role=role.value)]
        db.session.add(user)
        db.session.flush()
        codes = second_factor.new_recovery_codes(Secrets.of(secret_key), user) if second else []
        municipality_id = db.session.get_one(Agency, agency_id).municipality_id
    return Account(user_id, agency_id, municipality_id, f"{user_id}@example.se", PASSWORD, sealed, tuple(codes))


def code_now(app: Flask, account: Account) -> str:
    """Return what the user's app shows now."""
    assert account.app_secret is not None
    secrets = Secrets.of(app.extensions["settings"].secret_key)
    return second_factor._totp(secrets).generate_totp_password(account.app_secret)


def sign_in(browser: Browser, account: Account) -> Browser:
    """Sign in as a person does: address and password, then the code from the app. One code works once in 30 seconds."""
    first = browser.post("/logga-in", {"email": account.email, "password": account.password}, token_from="/logga-in")
    assert first.status_code == 302, first.text
    second = browser.post("/logga-in/andra-faktorn", {"code": code_now(browser.app, account)})
    assert second.status_code == 302, second.text
    return browser


def signed_in(browser: Browser, account: Account) -> Browser:
    """Give the browser a session of the user without the two steps: quick, and as often as one likes."""
    token = sessions.new_token()
    with browser.app.app_context(), transaction():
        now = clock.now().timestamp()
        sessions.create(new_id(), token, account.id, {"confirmed_at": now}, "Firefox, Linux")
    browser.client.set_cookie("session", token, domain="localhost")
    return browser
