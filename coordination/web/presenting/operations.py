"""How the service runs, in words: each job with its last run, the mail that waits, and what somebody has to do something about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import LazyString, format_datetime, format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coordination.core import outbox
from coordination.core.clock import STOCKHOLM
from coordination.core.job_runs import Job, JobState, Standing
from coordination.core.retrying import SHOWN_AFTER
from coordination.oversight.operations import Overview

NAMES: Mapping[Job, LazyString] = {
    Job.CLOSE_EXPIRED_COPIES: _l("Stänga kopior vars tid har gått ut"),
    Job.DELIVER_QUESTIONS: _l("Lämna fram frågor mellan parter"),
    Job.DISPOSE_OF_CONSULTATIONS: _l("Gallra samråd som inte ledde vidare"),
    Job.DISPOSE_OF_DRAFTS: _l("Gallra gamla utkast"),
    Job.PROVE_LOGS: _l("Kontrollera och signera loggarna"),
    Job.PURGE_LEFTOVERS: _l("Städa bort avslutade inloggningar och gamla mejlrader"),
    Job.SEND_MAIL: _l("Skicka mejl"),
    Job.WRITE_DIGESTS: _l("Skriva dagens mejl"),
}
STANDINGS: Mapping[Standing, tuple[LazyString, str, str]] = {
    Standing.NEVER: (_l("Inte kört än"), "", ""),
    Standing.RUNNING: (_l("Pågår"), "calm", "clock"),
    Standing.ASKED: (_l("Väntar på att köras"), "calm", "hourglass"),
    Standing.DONE: (_l("Klart"), "good", "check"),
    Standing.RETRYING: (_l("Försöker igen"), "warn", "again"),
    Standing.FAILED: (_l("Misslyckas"), "danger", "warning"),
    Standing.BROKEN_OFF: (_l("Avbröts"), "warn", "warning"),
}
FAULTS: Mapping[str, LazyString] = {
    "unreachable": _l("e-postservern svarar inte"),
    "tls_failed": _l("förbindelsen med e-postservern kan inte skyddas"),
    "sign_in_refused": _l("e-postservern tar inte emot vår inloggning"),
    "sender_refused": _l("e-postservern tar inte emot vår avsändaradress"),
    "not_now": _l("e-postservern tar inte emot just nu"),
    "no_answer": _l("e-postservern sa aldrig om den tog emot"),
}


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as the table draws it."""

    job: str
    name: LazyString
    standing: LazyString
    tone: str
    icon: str
    started: datetime | None
    took: str
    result: str
    since: datetime | None
    due: datetime | None
    can_run: bool


def job_lines(states: Sequence[JobState]) -> list[JobLine]:
    """Return every job in words, by name."""
    return [_line(state) for state in states]


def mail_lines(state: outbox.State, *, has_server: bool) -> list[tuple[str, str]]:
    """Return how the mail stands, as label and value."""
    found = [(_("Väntar"), str(state.waiting)), (_("Skickade i dag"), str(state.sent_today))]
    if state.oldest is not None:
        found.append((_("Äldst i kön"), _moment(state.oldest)))
    if has_server and state.failing_since is not None:
        found.append((_("Går inte att skicka sedan"), _moment(state.failing_since)))
        found.append((_("Orsak"), _fault(state.fault)))
    found.append((_("Kom aldrig fram, 30 dagar"), str(state.lost)))
    return found


def trouble(found: Overview, *, has_server: bool) -> list[str]:
    """Return what somebody has to do something about, in sentences; nothing when all is well."""
    said = []
    if not found.workers.leader:
        said.append(_("Ingen arbetare är igång. Inga jobb körs och inga mejl skickas. Starta arbetaren."))
    failed = [state for state in found.jobs if state.standing is Standing.FAILED]
    if failed:
        said.append(_("Jobb som misslyckas: %(jobs)s.", jobs=", ".join(str(NAMES[state.job]) for state in failed)))
    if not has_server:
        said.append(_("Ingen e-postserver är angiven, så mejl väntar i kön. Ange SMTP_HOST."))
    elif found.mail.tries >= SHOWN_AFTER:
        said.append(
            _("Mejl går inte att skicka: %(fault)s. De skickas när det fungerar igen.", fault=_fault(found.mail.fault))
        )
    return said


def _line(state: JobState) -> JobLine:
    standing, tone, icon = STANDINGS[state.standing]
    return JobLine(
        job=state.job,
        name=NAMES[state.job],
        standing=standing,
        tone=tone,
        icon=icon,
        started=_here(state.started_at),
        took=_took(state.took),
        result=_result(state),
        since=_here(state.failing_since),
        due=_here(state.due_at),
        can_run=state.standing not in {Standing.RUNNING, Standing.ASKED},
    )


def _result(state: JobState) -> str:
    if state.started_at is None or state.took is None:
        return ""
    if not state.error:
        return str(ngettext("%(num)s del", "%(num)s delar", state.pieces))
    return str(_("%(failed)s av %(all)s delar: %(error)s", failed=state.failed, all=state.pieces, error=state.error))


def _took(took: timedelta | None) -> str:
    if took is None:
        return ""
    seconds = took.total_seconds()
    number = format_decimal(round(seconds, 1) if seconds < 10 else round(seconds))
    return str(_("%(number)s s", number=number))


def _fault(code: str) -> str:
    return str(FAULTS.get(code, code))


def _moment(moment: datetime) -> str:
    return str(format_datetime(moment.astimezone(STOCKHOLM), _("d MMMM y HH.mm"), rebase=False))


def _here(moment: datetime | None) -> datetime | None:
    return moment.astimezone(STOCKHOLM) if moment else None
