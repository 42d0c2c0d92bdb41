"""What every way of signing in needs: who knocks, how long an answer takes, challenges for passkeys, where to go next."""

import base64
import secrets as random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from coordination.core import clock
from coordination.core.db import transaction
from coordination.identity import service
from coordination.identity.lockout import Caller
from coordination.identity.passkeys import RelyingParty
from coordination.settings import Settings
from coordination.web import sessions

SAME_TIME = 0.5
"""Seconds that a step takes at least, so that its length does not tell how it went."""

CHALLENGE = "challenge"
CHALLENGE_SECONDS = 300

_DEVICE_SECONDS = 365 * 24 * 3600
_ACCOUNTS_OF_A_DEVICE = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """What a browser's signed mark says: a random id, and the accounts signed in to from there, as keyed digests."""

    id: str
    accounts: tuple[str, ...]


def settings() -> Settings:
    """Return the settings of this process."""
    found: Settings = current_app.extensions["settings"]
    return found


def knock(email: str) -> service.Knock:
    """Count an attempt on an account, committed before anything is tried."""
    with transaction():
        return service.knock(sessions.secrets(), caller(email))


def caller(email: str) -> Caller:
    """Return who knocks for this account, from where, and on which device if it is known there."""
    return Caller(email, request.remote_addr or "", _device(email))


@contextmanager
def even_time() -> Iterator[None]:
    """Let what is inside take the same time however it ends."""
    floor: float = current_app.config.get("SIGN_IN_SECONDS", SAME_TIME)
    started = time.perf_counter()
    yield
    time.sleep(max(0.0, floor - (time.perf_counter() - started)))


def party() -> RelyingParty:
    """Return who we are to a passkey."""
    return RelyingParty(settings().host, settings().public_url)


def new_challenge() -> bytes:
    """Make a challenge for a passkey and keep it in the session; the one before no longer counts."""
    challenge = random.token_bytes(32)
    sessions.current()[CHALLENGE] = base64.b64encode(challenge).decode()
    sessions.current()["challenge_at"] = clock.now().timestamp()
    return challenge


def spend_challenge() -> bytes | None:
    """Return the session's challenge, which does not count a second time; None if there is none, or it is too old."""
    too_old = sessions.current().seconds_since("challenge_at") > CHALLENGE_SECONDS
    challenge = sessions.current().pop(CHALLENGE, None)
    return None if challenge is None or too_old else base64.b64decode(challenge)


def local_address(address: str | None) -> str:
    """Return the address to go on to if it is within this site, otherwise the start page."""
    if not address or not address.startswith("/") or "\\" in address or any(ord(sign) < 32 for sign in address):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc or address.startswith("//") else address


def remember_device(response: Response, email: str) -> Response:
    """Give the browser a signed mark that it has signed in to this account, so that failures elsewhere do not hold it up."""
    mark = _mark()
    accounts = [*(one for one in mark.accounts if one != _account(email)), _account(email)]
    signed = _signer().dumps({"id": mark.id, "accounts": accounts[-_ACCOUNTS_OF_A_DEVICE:]})
    response.set_cookie(
        _cookie(), signed, max_age=_DEVICE_SECONDS, httponly=True, samesite="Lax", secure=settings().secure_cookies
    )
    return response


def _device(email: str) -> str | None:
    mark = _mark()
    return mark.id if _account(email) in mark.accounts else None


def _mark() -> Mark:
    try:
        found = _signer().loads(request.cookies.get(_cookie(), ""), max_age=_DEVICE_SECONDS)
    except BadSignature:
        return Mark(random.token_hex(16), ())
    return Mark(found["id"], tuple(found["accounts"]))


def _account(email: str) -> str:
    """Return the account as a keyed digest: the cookie of a shared computer must not tell who uses it."""
    return sessions.secrets().digest("device", email.strip().casefold().encode()).hex()[:32]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(sessions.secrets().key("device cookie"))


def _cookie() -> str:
    return "__Host-device" if settings().secure_cookies else "device"
