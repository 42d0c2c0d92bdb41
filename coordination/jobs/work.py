"""The jobs themselves: each may run twice, or be killed anywhere, and leaves the same result. Functions of no arguments,
because the job store keeps only their names.
"""

import logging
from collections.abc import Callable
from uuid import UUID

from flask import Flask

from coordination.cases import copies
from coordination.core.db import Tenant, transaction
from coordination.identity import lockout, sessions
from coordination.oversight import integrity, queries

log = logging.getLogger(__name__)

_app: list[Flask] = []
_BATCH = 500


def bind(app: Flask) -> None:
    """Let the jobs of this process work in ``app``."""
    _app[:] = [app]


def close_expired_copies() -> None:
    """Close copies whose date has passed and take their search words away, one municipality per transaction."""
    with _app[0].app_context():
        for municipality_id in _municipalities():
            closed = _BATCH
            while closed == _BATCH:
                with transaction(Tenant(municipality_id)):
                    closed = copies.close_expired(_BATCH)


def sign_and_verify_logs() -> None:
    """Verify every agency's log and sign it as it stands. A log that is not whole is told in one line, and not signed."""
    with _app[0].app_context():
        with transaction():
            agencies = queries.agencies()
        for agency in agencies:
            result = integrity.verify(agency)
            if not result.ok:
                log.critical("access log of agency %s is not whole: %s", agency.id, result.fault)
                continue
            with transaction(Tenant(agency.municipality_id)):
                integrity.make_checkpoint(agency)


def purge_sign_in() -> None:
    """Delete sessions that have ended and failed attempts that no longer count."""
    with _app[0].app_context(), transaction():
        sessions.purge()
        lockout.purge()


def _municipalities() -> list[UUID]:
    with transaction():
        return queries.municipalities()


JOBS: dict[str, Callable[[], None]] = {
    "close-expired-copies": close_expired_copies,
    "sign-and-verify-logs": sign_and_verify_logs,
    "purge-sign-in": purge_sign_in,
}
