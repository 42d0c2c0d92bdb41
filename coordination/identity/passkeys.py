"""Passkeys (W3C WebAuthn, level 2): registering one, and signing in with it.

Every passkey is discoverable and must verify its user (finger, face, code), so it is two factors in one: something one
has and something one is or knows. The ``webauthn`` library checks what the browser sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json, parse_registration_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Invalid
from coordination.core.ids import new_id
from coordination.identity.models import Passkey, User
from coordination.identity.queries import active_user

LONGEST_NAME = 64
MOST_FOR_ONE_USER = 10


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who we are to a passkey: the host of the public address, and the address as the browser says it."""

    host: str
    origin: str


def registration_options(party: RelyingParty, user: User, challenge: bytes) -> str:
    """Return what the browser needs to make a passkey for this user, as JSON."""
    return options_to_json(
        generate_registration_options(
            rp_id=party.host,
            rp_name="Samverkan",
            user_id=user.passkey_handle,
            user_name=user.email,
            user_display_name=user.name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(user.passkeys),
        )
    )


def register(party: RelyingParty, user: User, challenge: bytes, answer: str, name: str) -> Passkey:
    """Add the passkey the browser has made. Raises Invalid when the answer is not to this challenge, or is not good."""
    if len(user.passkeys) >= MOST_FOR_ONE_USER:
        raise Invalid("passkeys_too_many", name="passkeys_too_many")
    try:
        credential = parse_registration_credential_json(answer)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise Invalid("passkey_refused", answer="passkey_refused") from error
    if _by_credential(verified.credential_id) is not None:
        raise Invalid("passkey_refused", answer="passkey_refused")
    passkey = Passkey(
        id=new_id(),
        name=name.strip()[:LONGEST_NAME],
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=[transport.value for transport in credential.response.transports or []],
        created_at=clock.now(),
        used_at=None,
    )
    user.passkeys.append(passkey)
    return passkey


def authentication_options(party: RelyingParty, challenge: bytes, user: User | None = None) -> str:
    """Return what the browser needs to sign in, as JSON; for any user unless one is named."""
    return options_to_json(
        generate_authentication_options(
            rp_id=party.host,
            challenge=challenge,
            allow_credentials=_descriptors(user.passkeys) if user else None,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def use(party: RelyingParty, challenge: bytes, answer: str) -> User | None:
    """Return the user whose passkey has answered this challenge and verified its user, or None."""
    try:
        credential = parse_authentication_credential_json(answer)
        passkey = _by_credential(credential.raw_id)
        if passkey is None:
            return None
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    passkey.sign_count, passkey.used_at = verified.new_sign_count, clock.now()
    return active_user(passkey.user_id)


def owner_of(answer: str) -> User | None:
    """Return whose passkey an answer claims to be, unproved: for counting failures on the right account."""
    try:
        passkey = _by_credential(parse_authentication_credential_json(answer).raw_id)
    except (WebAuthnException, ValueError):
        return None
    return active_user(passkey.user_id) if passkey else None


def _by_credential(credential_id: bytes) -> Passkey | None:
    return db.session.scalars(
        select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    ).one_or_none()


def _descriptors(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in passkeys]
