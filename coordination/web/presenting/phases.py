"""Where a case is in its method, in words: since when, until when, what comes next, and where each missing thing is mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import url_for
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coordination.cases.closing import kept_until
from coordination.cases.content import Text
from coordination.cases.phases import Standing, anonymous
from coordination.cases.queries import Shell
from coordination.core import clock
from coordination.disclosure.overview import Overview
from coordination.web.presenting import phrases
from policies.methods import Choice, Filter, Limit, Unit, method
from policies.methods.conditions import SENTENCES, Condition, Missing
from policies.singling_out import SENTENCES as TRAITS
from policies.singling_out import Warned, looked_at

STATUS: Mapping[str, LazyString] = {
    "sig": _l("SIG är ett sätt att samarbeta. Det är inget beslut, ingen insats (bistånd) och ingen påföljd."),
    "sspf": _l("SSPF är ett sätt att samarbeta. Det är inget beslut, ingen insats (bistånd) och ingen påföljd."),
}
"""What a method is not. Stands on the page of every case, for its status has been misunderstood."""

FILTERS: Mapping[Filter, LazyString] = {
    Filter.ANONYMOUS: _l("Ingen nämns vid namn. Bara den part som har tagit upp frågan vet vem det gäller."),
    Filter.LIMITED: _l("Parterna får veta vem det gäller, med stöd i lagen, för att kunna svara om de ska göra något."),
    Filter.ACTING: _l("Bara de parter som ska göra något är med."),
}

_MENDED_AT: Mapping[Condition, tuple[str, LazyString]] = {
    Condition.OWN_SCREENING: ("phases.own_screening", _l("Pröva vad ni kan göra själva")),
    Condition.TARGET_GROUP_CHECKED: ("phases.target_group", _l("Pröva målgruppen")),
    Condition.SUBJECT_KNOWN: ("people.new", _l("Lägg till den unge")),
    Condition.AGENCIES_ANSWERED: ("cases.people_tab", _l("Se vilka parter som inte har svarat")),
    Condition.CONSENT_ACTIVE: ("consents.new", _l("Dokumentera samtycket")),
    Condition.EXIT_CODE_GIVEN: ("closing.exit_code", _l("Ange skälet")),
}


@dataclass(frozen=True, slots=True)
class MissingLine:
    """One missing thing: what it is, and where and how it is mended."""

    text: str
    url: str
    link: str


@dataclass(frozen=True, slots=True)
class NextLine:
    """A phase that the case could go to: what is missing, what it means for the person, how long it should take and who says so."""

    id: str
    name: str
    missing: Sequence[MissingLine]
    meaning: str
    limit: str
    source: str


@dataclass(frozen=True, slots=True)
class Now:
    """Where the case is. ``late`` is said in words: nobody has to see a colour."""

    name: str
    due: str
    late: str
    next_name: str
    missing: Sequence[MissingLine]
    status: str
    clock: str
    clock_late: bool
    clock_url: str
    """Where the first joint action is written down, by the agency that leads; nothing where it is, or nobody is named yet."""
    ended: str
    """That a consultation has ended, and until when it is kept."""


def now(case: Shell, standing: Standing, today: date) -> Now:
    """Return what the head of a case page says about its phase."""
    due = standing.due if case.closed_at is None else None
    late = (today - due).days if due is not None else 0
    onward = standing.onward if case.closed_at is None else None
    clocked = bool(standing.steps) and standing.phase.identified and case.first_action_at is None and onward is not None
    said, over = first_action(case.method, case.raised_at, case.first_action_at)
    return Now(
        name=phrases.phase(standing.phase),
        due=str(_("senast %(day)s", day=phrases.day(due, today))) if due is not None else "",
        late=str(ngettext("försenad %(num)s dag", "försenad %(num)s dagar", late)) if late > 0 else "",
        next_name=phrases.phase(onward.phase) if onward else "",
        missing=missing_lines(onward.missing if onward else (), case.id),
        status=str(STATUS[case.method]),
        clock=said if case.closed_at is None else "",
        clock_late=over,
        clock_url=url_for("phases.first_action", case_id=case.id) if clocked else "",
        ended=_ended(case, today),
    )


def _ended(case: Shell, today: date) -> str:
    if case.closed_at is None or not anonymous(case):
        return ""
    last = kept_until(case.method, case.closed_at)
    return str(_("Samrådet är avslutat. Det som står i det gallras efter %(day)s.", day=phrases.day(last, today)))


def next_lines(standing: Standing, case_id: UUID) -> list[NextLine]:
    """Return every phase that the case could go to."""
    return [
        NextLine(
            step.phase.id,
            phrases.phase(step.phase),
            missing_lines(step.missing, case_id),
            str(FILTERS[step.phase.filter]),
            _limit(step.phase.days),
            phrases.provision(step.phase.source),
        )
        for step in standing.steps
    ]


def missing_lines(found: Sequence[Missing], case_id: UUID) -> list[MissingLine]:
    """Return each missing thing with a link to where it is mended."""
    return [_missing(one, case_id) for one in found]


def traits(warned: Warned | None) -> list[str]:
    """Return what a text tells that narrows down who it is about; nothing where nobody is to be warned."""
    return [str(_(TRAITS[trait])) for trait in warned.traits] if warned is not None and warned.singles_out else []


def given_traits(overview: Overview, part_ids: Sequence[UUID]) -> list[str]:
    """Return the same of what is about to be given away in the consultation."""
    if not anonymous(overview.case):
        return []
    chosen = [part.content for record in overview.records for part in record.parts if part.id in set(part_ids)]
    return traits(looked_at(*(f"{text.heading}\n{text.body}" for text in chosen if isinstance(text, Text))))


def choice(row: Choice) -> str:
    """Return the words of a method's code."""
    return phrases.in_language(row.label_sv, row.label_en)


_IN_HOURS = 72


def first_action(name: str, raised_at: datetime, at: datetime | None) -> tuple[str, bool]:
    """Say how long it took from that the matter was raised to the first joint action, or how long it has taken; and whether that is
    longer than the method's limit.
    """
    limit = method(name).limits["first_joint_action"]
    hours = hours_between(raised_at, at or clock.now())
    over = hours > _hours(limit)
    words = (
        _(
            "Första gemensamma åtgärden kom efter %(time)s (mål: %(goal)s timmar).",
            time=_took(hours),
            goal=_hours(limit),
        )
        if at is not None
        else _("Ingen gemensam åtgärd än efter %(time)s (mål: %(goal)s timmar).", time=_took(hours), goal=_hours(limit))
    )
    return str(words), over


def _took(hours: int) -> str:
    """Return a time as one says it: hours for the first three days, then whole days."""
    if hours <= _IN_HOURS:
        return str(ngettext("%(num)s timme", "%(num)s timmar", hours))
    return str(ngettext("%(num)s dygn", "%(num)s dygn", hours // 24))


def hours_between(raised_at: datetime, at: datetime) -> int:
    """Return the hours between two moments, begun hours counted whole."""
    return max(0, -int(-(at - raised_at).total_seconds() // 3600))


def _hours(limit: Limit) -> int:
    return limit.number * {Unit.HOURS: 1, Unit.DAYS: 24, Unit.MONTHS: 24 * 30}[limit.unit]


def _missing(one: Missing, case_id: UUID) -> MissingLine:
    if one.condition is None:
        kind = phrases.kind(one.document or "")
        url = url_for("records.new", case_id=case_id, slag=one.document)
        return MissingLine(str(_("%(kind)s är skriven", kind=kind)), url, str(_("Skriv: %(kind)s", kind=kind)))
    endpoint, link = _MENDED_AT[one.condition]
    return MissingLine(str(_(SENTENCES[one.condition])), url_for(endpoint, case_id=case_id), str(link))


def _limit(days: int | None) -> str:
    if days is None:
        return ""
    return str(_("Bör ta högst %(days)s.", days=ngettext("%(num)s dag", "%(num)s dagar", days)))
