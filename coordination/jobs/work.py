"""What the worker does. Every piece is one transaction of one municipality and can be done again without harm."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from coordination.cases import closing, copies, drafts
from coordination.core import outbox
from coordination.core.clock import STOCKHOLM
from coordination.core.db import Tenant, transaction
from coordination.core.job_runs import Job
from coordination.disclosure import matched
from coordination.identity import lockout, sessions
from coordination.identity import queries as identity
from coordination.jobs import mailing
from coordination.jobs.pieces import Piece
from coordination.oversight import integrity, queries
from coordination.oversight.queries import AgencyRef
from coordination.planning import reminders

COPIES_AT_ONCE = 500
DRAFTS_AT_ONCE = 500
CONSULTATIONS_AT_ONCE = 100
MAIL = "mail"
"""The queue of what is urgent: it waits for no long work."""


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work: its pieces, found anew each time, when it is due, and in which queue it waits for its turn."""

    pieces: Callable[[], Iterator[Piece]]
    due: BaseTrigger
    queue: str = "default"


class LogBroken(Exception):
    """A log is not whole; the verification is stored and shown on the log page."""


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
    for municipality_id in _municipalities():
        yield str(municipality_id), partial(_purge, outbox.purge, Tenant(municipality_id))


def _digests() -> Iterator[Piece]:
    for municipality_id in _municipalities():
        with transaction(Tenant(municipality_id)):
            readers = identity.digest_readers(municipality_id)
        for user_id in readers:
            yield str(user_id), partial(_write_digest, municipality_id, user_id)


def _write_digest(municipality_id: UUID, user_id: UUID) -> None:
    with transaction(Tenant(municipality_id, user_id)):
        reminders.write_digest(user_id)


def hurry() -> None:
    """Let all mail that waits anywhere be tried now."""
    for municipality_id in _municipalities():
        with transaction(Tenant(municipality_id)):
            outbox.hurry()


def _mail() -> Iterator[Piece]:
    return mailing.pieces(_municipalities())


def _purge(purge: Callable[[], int], tenant: Tenant | None = None) -> None:
    with transaction(tenant):
        purge()


def _municipalities() -> list[UUID]:
    with transaction():
        return queries.municipalities()


WORK: Mapping[Job, Work] = {
    Job.CLOSE_EXPIRED_COPIES: Work(_copies, IntervalTrigger(minutes=5, timezone=STOCKHOLM)),
    Job.DELIVER_QUESTIONS: Work(_questions, IntervalTrigger(minutes=5, timezone=STOCKHOLM)),
    Job.DISPOSE_OF_CONSULTATIONS: Work(_consultations, CronTrigger(hour=4, timezone=STOCKHOLM)),
    Job.DISPOSE_OF_DRAFTS: Work(_drafts, IntervalTrigger(minutes=15, timezone=STOCKHOLM)),
    Job.PROVE_LOGS: Work(_logs, CronTrigger(hour=6, timezone=STOCKHOLM)),
    Job.PURGE_LEFTOVERS: Work(_leftovers, IntervalTrigger(minutes=15, timezone=STOCKHOLM)),
    Job.SEND_MAIL: Work(_mail, IntervalTrigger(seconds=5, timezone=STOCKHOLM), MAIL),
    Job.WRITE_DIGESTS: Work(_digests, CronTrigger(hour=7, timezone=STOCKHOLM)),
}
"""By name, which is also the key in the database."""
