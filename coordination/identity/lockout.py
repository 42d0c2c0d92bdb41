"""Slows guessing: by account, by address, and for a device that has signed in before by nothing but its own failures.

So whoever fails on purpose from elsewhere does not lock out a colleague at the usual desk, and an unknown device waits
at most 15 minutes. An attempt is counted before it is tried, under a lock, so that parallel guesses are counted too.
Accounts and addresses are kept as keyed digests only.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from coordination.core import clock
from coordination.core.db import db
from coordination.core.ids import new_id
from coordination.identity.models import SignInAttempt
from coordination.identity.secrets import Secrets

LONGEST_WAIT = timedelta(minutes=15)
MEMORY = timedelta(hours=1)
"""How long a failure counts."""
FIRST_WAIT = timedelta(minutes=1)
FREE_FOR_ACCOUNT = 5
FREE_FOR_ADDRESS = 30
"""Failures before the first wait. An address may be a whole town hall behind one router; hence the larger number."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who knocks: the account named, the address, and the id of the device if it has signed in to that account before."""

    email: str
    address: str
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Buckets:
    """Where a caller's failures are counted. A known device has a bucket of its own and is not held by the address's."""

    account: bytes
    address: bytes
    known_device: bool

    @classmethod
    def of(cls, secrets: Secrets, caller: Caller) -> "Buckets":
        """Return the buckets of this caller."""
        account = caller.email.strip().casefold()
        if caller.device is not None:
            account = f"{account}\n{caller.device}"
        return cls(
            account=secrets.digest("account", account.encode()),
            address=secrets.digest("address", _network(caller.address).encode()),
            known_device=caller.device is not None,
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted, or refused untried while a wait lasts. ``starts`` is the wait that a failure begins."""

    id: UUID
    allowed: bool
    starts: "Wait | None" = None


@dataclass(frozen=True, slots=True)
class Wait:
    """How long nobody is let in, and whether it is the account or the address that waits."""

    scope: str
    until: datetime

    def minutes_from(self, now: datetime) -> int:
        """Return the whole minutes left, upwards."""
        return -((now - self.until) // timedelta(minutes=1))


def count(buckets: Buckets) -> Attempt:
    """Count an attempt as failed until ``forgive`` takes it back; while a wait lasts nothing is counted, so it ends."""
    for key in sorted((buckets.account, buckets.address)):
        db.session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(key[:8], signed=True))))
    attempt_id = new_id()
    if _wait(buckets) is not None:
        return Attempt(attempt_id, allowed=False)
    db.session.add(
        SignInAttempt(id=attempt_id, account_digest=buckets.account, address_digest=buckets.address, at=clock.now())
    )
    db.session.flush()
    return Attempt(attempt_id, allowed=True, starts=_wait(buckets))


def forgive(attempt: Attempt) -> None:
    """Take back one counted attempt: what was tried was right."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt.id))


def forgive_all(buckets: Buckets) -> None:
    """Forget the failures of this account from this address, once its user has signed in whole."""
    db.session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.account_digest == buckets.account, SignInAttempt.address_digest == buckets.address
        )
    )


def purge() -> int:
    """Delete the failures that no longer count; return how many."""
    gone = db.session.execute(
        delete(SignInAttempt).where(SignInAttempt.at < clock.now() - MEMORY).returning(SignInAttempt.id)
    )
    return len(gone.all())


def wait_after(failures: int, free: int) -> timedelta:
    """Return how long to wait after so many failures: a minute after the last free one, then doubling to the longest."""
    if failures < free:
        return timedelta()
    return min(FIRST_WAIT * (1 << min(failures - free, 10)), LONGEST_WAIT)


def _wait(buckets: Buckets) -> Wait | None:
    waits = [Wait("account", _until(SignInAttempt.account_digest == buckets.account, FREE_FOR_ACCOUNT))]
    if not buckets.known_device:
        waits.append(Wait("address", _until(SignInAttempt.address_digest == buckets.address, FREE_FOR_ADDRESS)))
    longest = max(waits, key=lambda wait: wait.until)
    return longest if longest.until > clock.now() else None


def _until(bucket: ColumnElement[bool], free: int) -> datetime:
    now = clock.now()
    failures = db.session.scalars(
        select(SignInAttempt.at).where(bucket, SignInAttempt.at > now - MEMORY).order_by(SignInAttempt.at)
    ).all()
    return failures[-1] + wait_after(len(failures), free) if failures else now


def _network(address: str) -> str:
    """Return the address, or for IPv6 its /64: one subscriber has all addresses of it (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network(f"{parsed}/64", strict=False))
