"""The head of every page of a case: who it is about, phase, parties, consent, tabs and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from coordination.cases.people import PersonView
from coordination.cases.phases import Standing
from coordination.disclosure.overview import Overview
from coordination.keys.blind_index import masked
from coordination.web.presenting import consents, people, phrases
from coordination.web.presenting import phases as phase_views
from coordination.web.presenting.consents import Summary
from coordination.web.presenting.emergencies import RunningLine
from coordination.web.presenting.phases import Now
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written, within
from coordination.web.words import AgencyView
from policies.methods import phases


@dataclass(frozen=True, slots=True)
class Step:
    """A phase in the stepper."""

    name: str
    when: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the case, and whether it is the one shown."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Action:
    """A button that leads on."""

    label: str
    url: str
    variant: str = "secondary"
    icon: str = ""
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step on the way here."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The case as every one of its pages begins."""

    url: str
    title: str
    has_name: bool
    short: str
    number: str
    test_person: bool
    reference: str
    municipality: str
    method: str
    responsible: str
    responsible_agency: AgencyView
    protected: bool
    steps: Sequence[Step]
    phase: int
    now: Now
    parties: Sequence[AgencyView]
    consent_summary: Summary
    tabs: Sequence[Tab]
    actions: Sequence[Action]
    crumbs: Sequence[Crumb]
    emergency: Sequence[RunningLine] = ()
    meeting: None = None
    disposal: None = None


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do in the case, so that only that is offered."""

    act: bool = False
    write: bool = False
    disclose: bool = False
    move_phase: bool = False
    people: bool = False
    participants: bool = False
    assign: bool = False
    record_consent: bool = False
    withdraw_consent: bool = False
    revoke: bool = False


TABS = (
    "cases.show",
    "mapping.show",
    "plans.show",
    "cases.visibility_tab",
    "cases.consent",
    "cases.people_tab",
    "cases.access",
)


def head(
    overview: Overview,
    reader: Reader,
    current: str,
    may: May,
    standing: Standing,
    emergency: Sequence[RunningLine] = (),
) -> Head:
    """Return the head of a case page; ``current`` is the endpoint of the tab shown, ``standing`` where the case is in its method,
    ``emergency`` what the reader has broken the glass for.
    """
    case, subject = overview.case, overview.subject()
    order = list(phases(case.method))
    return Head(
        url=url_for("cases.show", case_id=case.id),
        title=title(subject, reader.today),
        has_name=subject is not None and subject.name is not None,
        short=subject.short_name or "" if subject else "",
        number=_number(subject),
        test_person=False,
        reference=case.reference,
        municipality=reader.municipality,
        method=str(phrases.METHODS[case.method]),
        responsible=_responsible(overview, reader),
        responsible_agency=reader.agencies[case.lead_agency_id],
        protected=subject is not None and subject.protected,
        steps=_steps(overview, standing, reader.today),
        phase=order.index(case.phase) + 1,
        now=phase_views.now(case, standing, reader.today),
        parties=_parties(overview, reader),
        consent_summary=consents.summary(consents.longest(overview.consents, reader.today), reader),
        tabs=_tabs(overview, current),
        actions=_actions(overview, may),
        crumbs=[Crumb(_("Ärenden"), url_for("cases.index")), Crumb(case.reference)],
        emergency=emergency,
    )


def title(subject: PersonView | None, today: date) -> str:
    """Return what heads the case: name and age, or "Ungdom, 15 år" where the name may not be shown."""
    if subject is None:
        return str(_("Ärende utan person"))
    age = people.age(subject, today)
    if subject.name is None or age is None:
        return Written(subject.name or "") or phrases.youth(age)
    return within(_("%(name)s, %(age)s år"), name=Written(subject.name), age=age)


def _responsible(overview: Overview, reader: Reader) -> str:
    """Return who works with the case at the agency that leads it, where that is the reader's own."""
    if overview.case.lead_agency_id != reader.agency_id:
        return ""
    return Written(", ".join(reader.name(user_id) for user_id in overview.handler_ids[:2]))


def _number(subject: PersonView | None) -> str:
    return masked(subject.number.replace("-", "")) if subject and subject.number else ""


def _steps(overview: Overview, standing: Standing, today: date) -> list[Step]:
    current = overview.case.phase
    steps = []
    for row in phases(overview.case.method).values():
        entered = overview.entered.get(row.id)
        when = phrases.day(entered, today) if entered else ""
        since = _("sedan %(day)s", day=when) if row.id == current and when else when
        if row.id == current and standing.due is not None and overview.case.closed_at is None:
            since = _("%(since)s, senast %(day)s", since=since, day=phrases.day(standing.due, today))
        steps.append(Step(phrases.phase(row), since))
    return steps


def _parties(overview: Overview, reader: Reader) -> list[AgencyView]:
    lead = overview.case.lead_agency_id
    return reader.drawn(sorted(overview.agency_ids, key=lambda agency_id: agency_id != lead))


def _tabs(overview: Overview, current: str) -> list[Tab]:
    labels = (
        _("Tidslinje"),
        _("Kartläggning"),
        _("Plan"),
        _("Insyn"),
        _("Samtycke"),
        _("Personer"),
        _("Åtkomst"),
    )
    return [
        Tab(label, url_for(endpoint, case_id=overview.case.id), endpoint == current)
        for endpoint, label in zip(TABS, labels, strict=True)
    ]


def _actions(overview: Overview, may: May) -> list[Action]:
    case_id = overview.case.id
    leads = overview.facts.participates and may.move_phase
    note = "closing_note" if leads else "closing_view"
    view_url = url_for("records.new", case_id=case_id, slag=note)
    offered = [
        (
            may.write and overview.case.phase == "closing",
            Action(_("Avslutsanteckning") if leads else _("Vår syn på ärendet"), view_url, "tertiary", "pen"),
        ),
        (may.move_phase, Action(_("Byt fas"), url_for("phases.move", case_id=case_id), "tertiary")),
        (may.write, Action(_("Ny anteckning"), url_for("records.new", case_id=case_id), "secondary", "pen", "n")),
        (may.disclose, Action(_("Dela uppgifter"), url_for("disclosures.new", case_id=case_id), "", "share", "d")),
    ]
    return [action for offer, action in offered if offer]
