"""What the worker does. Every piece is one transaction of one municipality and can be done again without harm.

A piece that fails is told by the name of the error only, for the text of an error may hold personal data, and the next
piece is tried all the same.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Event
from uuid import UUID

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from coordination.cases import closing, copies, drafts
from coordination.core.clock import STOCKHOLM
from coordination.core.db import Tenant, transaction
from coordination.disclosure import matched
from coordination.identity import lockout, sessions
from coordination.oversight import integrity, queries
from coordination.oversight.queries import AgencyRef

log = logging.getLogger(__name__)

COPIES_AT_ONCE = 500
DRAFTS_AT_ONCE = 500
CONSULTATIONS_AT_ONCE = 100

Piece = tuple[str, Callable[[], None]]
"""What a failure is told by (an id, never a name), and what to do."""


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work: its pieces, found anew each time, and when it is due."""

    pieces: Callable[[], Iterator[Piece]]
    due: BaseTrigger


class LogBroken(Exception):
    """A log is not whole; the verification is stored and shown on the log page."""


def perform(app: Flask, name: str, stopping: Event) -> None:
    """Do all pieces of one kind of work, until the process is told to stop."""
    with app.app_context():
        for told_by, piece in WORK[name].pieces():
            if stopping.is_set():
                return
            try:
                piece()
            except Exception as error:  # noqa: BLE001 - one piece must not stop the others
                log.error("%s failed for %s: %s", name, told_by, type(error).__name__)  # noqa: TRY400 - its text may hold personal data


def _copies() -> Iterator[Piece]:
    for municipality_id in _municipalities():
        yield str(municipality_id), partial(_close_copies, municipality_id)


def _close_copies(municipality_id: UUID) -> None:
    closed = COPIES_AT_ONCE
    while closed == COPIES_AT_ONCE:
        with transaction(Tenant(municipality_id)):
            closed = copies.close_expired(COPIES_AT_ONCE)


def _drafts() -> Iterator[Piece]:
    for municipality_id in _municipalities():
        yield str(municipality_id), partial(_dispose_of_drafts, municipality_id)


def _dispose_of_drafts(municipality_id: UUID) -> None:
    gone = DRAFTS_AT_ONCE
    while gone == DRAFTS_AT_ONCE:
        with transaction(Tenant(municipality_id)):
            gone = drafts.purge(DRAFTS_AT_ONCE)


def _consultations() -> Iterator[Piece]:
    for municipality_id in _municipalities():
        yield str(municipality_id), partial(_dispose_of_consultations, municipality_id)


def _dispose_of_consultations(municipality_id: UUID) -> None:
    gone = CONSULTATIONS_AT_ONCE
    while gone == CONSULTATIONS_AT_ONCE:
        with transaction(Tenant(municipality_id)):
            gone = closing.dispose_of_consultations(CONSULTATIONS_AT_ONCE)


def _questions() -> Iterator[Piece]:
    with transaction():
        agencies = queries.agencies()
    for agency in agencies:
        yield str(agency.id), partial(_deliver, agency)


def _deliver(agency: AgencyRef) -> None:
    with transaction(Tenant(agency.municipality_id)):
        matched.deliver(agency.municipality_id, agency.id)


def _logs() -> Iterator[Piece]:
    with transaction():
        agencies = queries.agencies()
    for agency in agencies:
        yield str(agency.id), partial(_prove, agency)


def _prove(agency: AgencyRef) -> None:
    """Verify a log and sign it. One that is not whole is not signed: the signature would cover what was changed."""
    result = integrity.verify(agency)
    if not result.ok:
        raise LogBroken
    with transaction(Tenant(agency.municipality_id)):
        integrity.make_checkpoint(agency)


def _leftovers() -> Iterator[Piece]:
    yield "sessions", partial(_purge, sessions.purge)
    yield "sign-in attempts", partial(_purge, lockout.purge)


def _purge(purge: Callable[[], int]) -> None:
    with transaction():
        purge()


def _municipalities() -> list[UUID]:
    with transaction():
        return queries.municipalities()


WORK: Mapping[str, Work] = {
    "close_expired_copies": Work(_copies, IntervalTrigger(minutes=5, timezone=STOCKHOLM)),
    "deliver_questions": Work(_questions, IntervalTrigger(minutes=5, timezone=STOCKHOLM)),
    "dispose_of_consultations": Work(_consultations, CronTrigger(hour=4, timezone=STOCKHOLM)),
    "dispose_of_drafts": Work(_drafts, IntervalTrigger(minutes=15, timezone=STOCKHOLM)),
    "prove_logs": Work(_logs, CronTrigger(hour=6, timezone=STOCKHOLM)),
    "purge_leftovers": Work(_leftovers, IntervalTrigger(minutes=15, timezone=STOCKHOLM)),
}
"""By name, which is also the key in the database."""
