"""The page "Dela uppgifter": what there is to choose from, whom, and with which support in the law."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from coordination.cases.content import PartKind, Text
from coordination.cases.people import PersonView
from coordination.cases.reading import IDENTITY, OpenPart, OpenRecord
from coordination.disclosure.choosing import Fit, Option, Options, protection_of
from coordination.disclosure.overview import Overview, Sights
from coordination.web.forms.sharing import MONTH, DiscloseForm
from coordination.web.presenting import phrases, visibility
from coordination.web.presenting.people import called
from coordination.web.presenting.previewing import own, part_label, said
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written, within
from coordination.web.words import AgencyView
from policies.bases import LegalBasis, basis_table
from policies.case_roles import CASE_ROLES, CaseRole
from policies.protection import Level
from policies.vocabulary import BasisKind, Status


@dataclass(frozen=True, slots=True)
class PartChoice:
    """A part that can be chosen."""

    id: UUID
    label: str
    text: str
    chosen: bool
    warning: str


@dataclass(frozen=True, slots=True)
class RecordChoice:
    """A record of one's own; ``locked`` says why nothing of it can be given in this case."""

    id: UUID
    title: str
    meta: str
    locked: str
    parts: Sequence[PartChoice]


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of what stands in the way: a button of the form (``action``), or a link."""

    label: str
    action: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A party that may be given something: who can receive there, what protects it there, and what stands in the way."""

    id: UUID
    agency: AgencyView
    who: str
    problem: str
    ways: Sequence[Way]
    fits: str
    protection: str
    protection_tone: str
    source: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FitView:
    """What one basis answers for one recipient: the last day where it fits, why not where it does not."""

    agency: AgencyView
    applicable: bool
    why: str
    latest: date


@dataclass(frozen=True, slots=True)
class BasisChoice:
    """A legal basis: what it asks, or why it does not fit. ``fits`` has its answer for each recipient."""

    id: str
    name: str
    provision: str
    test: str
    requires: Sequence[str]
    must_write: Sequence[str]
    support: str
    support_urls: Sequence[str]
    blocked: str
    folded: bool
    """Does not fit and is nothing anybody waits for: shown on demand, so that the list can be read."""
    unconfirmed: bool
    chosen: bool
    fits: Sequence[FitView]
    duties: Sequence["DutyChoice"]

    @property
    def misses(self) -> list[FitView]:
        """The recipients it does not fit, where it fits somebody."""
        return [] if self.blocked else [one for one in self.fits if not one.applicable]


@dataclass(frozen=True, slots=True)
class DutyChoice:
    """A statute that says that something shall be given."""

    id: str
    name: str
    provision: str
    test: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class End:
    """A last day to choose."""

    id: str
    label: str
    date: date | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Everything there is to choose from."""

    url: str
    refuse_url: str
    reference: str
    name: str
    has_name: bool
    agency: AgencyView
    records: Sequence[RecordChoice]
    recipients: Sequence[Recipient]
    bases: Sequence[BasisChoice]
    asked: bool
    notices: Sequence[str]
    questions: Sequence[str]
    must_write: Sequence[str]
    ends: Sequence[End]
    done: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What the page draws from besides the form and the case: who works where, which bases fit, what has just been done."""

    working: Mapping[UUID, Sequence[UUID]]
    options: Options | None
    may_consent: bool
    done: str


def page(form: DiscloseForm, overview: Overview, reader: Reader, offers: Offers) -> Page:
    """Return what there is to choose from; bases only once it is known what is given to whom and why."""
    subject, options = overview.subject(), offers.options
    bases = [_basis(option, options, form, reader) for option in options.bases] if options else []
    return Page(
        url=url_for("cases.show", case_id=overview.case.id),
        refuse_url=url_for("refusals.new", case_id=overview.case.id),
        reference=overview.case.reference,
        name=Written(subject.short_name or "") if subject else "",
        has_name=subject is not None and subject.short_name is not None,
        agency=reader.own,
        records=_records(overview, reader, set(form.parts.data or [])),
        recipients=[
            _recipient(one, form, overview, reader, offers) for one in overview.agency_ids if one != reader.agency_id
        ],
        bases=sorted(bases, key=lambda basis: (bool(basis.blocked), basis.folded)),
        asked=options is not None,
        notices=[phrases.said(notice) for notice in options.notices] if options else [],
        questions=[
            _("Kan någon skadas eller känna sig utlämnad?"),
            _("Räcker det med mindre?"),
            _("Vet den unge om att ni delar?"),
        ],
        must_write=next((one.must_write for one in bases if one.chosen and not one.blocked), []),
        ends=_ends(form, reader, options),
        done=offers.done,
    )


def _records(overview: Overview, reader: Reader, chosen: set[str]) -> list[RecordChoice]:
    people = {person.id: person for person in overview.people}
    return [_record(record, people, overview.sights, chosen, reader) for record in own(overview, reader)]


def _record(
    record: OpenRecord, people: Mapping[UUID, PersonView], sights: Sights, chosen: set[str], reader: Reader
) -> RecordChoice:
    person = people.get(record.about_person_id) if record.about_person_id else None
    closed = person is not None and CASE_ROLES[CaseRole(person.role)].disclosed_as is None
    protected = person is not None and person.protected and record.kind == IDENTITY
    name = visibility.title_of(record)
    if record.kind == IDENTITY and person:
        name = within("%(kind)s: %(name)s", kind=phrases.kind(IDENTITY), name=called(person))
    seen = visibility.alike(record.parts[0], sights, reader) if record.parts else frozenset()
    state = _("Delad") if seen else _("Inte delad")
    when = phrases.day(record.occurred_on, reader.today)
    return RecordChoice(
        id=record.id,
        title=name,
        meta=state if record.kind == IDENTITY else f"{when} · {phrases.kind(record.kind)} · {state}",
        locked=_("Gäller en annan person. Kan inte delas i det här ärendet.") if closed else "",
        parts=[
            _part(part, record, str(part.id) in chosen, protected=protected)
            for part in record.parts
            if not isinstance(part.content, Text) or part.content.heading or part.content.body
        ],
    )


def _part(part: OpenPart, record: OpenRecord, is_chosen: bool, *, protected: bool) -> PartChoice:  # noqa: FBT001 - one fact
    label = part_label(part, record)
    text = "" if protected or part.kind is PartKind.TITLE else said(part)
    return PartChoice(
        id=part.id,
        label=within("%(label)s: %(title)s", label=label, title=visibility.title_of(record))
        if part.kind is PartKind.TITLE
        else label,
        text="" if text == label else text,
        chosen=is_chosen,
        warning=_("Skyddade personuppgifter. Dela bara om mottagaren inte klarar sig utan.")
        if protected and part.kind is PartKind.NAME
        else "",
    )


def _recipient(agency_id: UUID, form: DiscloseForm, overview: Overview, reader: Reader, offers: Offers) -> Recipient:
    agency = reader.agencies[agency_id]
    who = [reader.signed(user_id) for user_id in offers.working.get(agency_id, ())]
    chosen = str(agency_id) in (form.recipients.data or [])
    fit = _fit_of(agency_id, form, offers.options) if chosen else None
    problem, ways = _problem(agency_id, agency, fit, can_receive=bool(who))
    asking = fit is not None and not fit[1].applicable and fit[0].basis.kind is BasisKind.CONSENT and offers.may_consent
    if asking:
        consent_url = url_for("consents.new", case_id=overview.case.id)
        ways.insert(0, Way(_("Fråga om nytt samtycke"), url=consent_url))
    if chosen and problem:
        ways.append(Way(_("Ta bort %(agency)s", agency=agency.name), action=f"drop:{agency_id}"))
    protection = protection_of(agency_id)
    return Recipient(
        id=agency_id,
        agency=agency,
        who=Written("; ".join(who)),
        problem=problem,
        ways=ways,
        fits=_("Stödet passar") if fit is not None and fit[1].applicable and not problem else "",
        protection=phrases.in_language(protection.text_sv, protection.text_en),
        protection_tone="" if protection.level is Level.STRONG else "warn",
        source=phrases.provision(protection.source),
        chosen=chosen,
    )


def _problem(
    agency_id: UUID, agency: AgencyView, fit: tuple[Option, Fit] | None, *, can_receive: bool
) -> tuple[str, list[Way]]:
    """Return what stands in the way of giving to an agency, and the ways out of it that begin there."""
    if not can_receive:
        ask = Way(_("Be %(agency)s utse någon", agency=agency.name), action=f"name_handler:{agency_id}")
        return _(
            "%(agency)s har ingen handläggare som kan ta emot. Be deras chef att utse någon.", agency=agency.name
        ), [ask]
    if fit is not None and not fit[1].applicable:
        return phrases.said(fit[1].why), [Way(_("Välj annat stöd"), url="#why")]
    return "", []


def _fit_of(agency_id: UUID, form: DiscloseForm, options: Options | None) -> tuple[Option, Fit] | None:
    """Return what the chosen basis answers for an agency, if both are known."""
    chosen = (one for one in options.bases if one.basis.id == form.basis.data) if options else ()
    found = ((option, fit) for option in chosen for fit in option.fits if fit.recipient_id == agency_id)
    return next(found, None)


def _basis(option: Option, options: Options, form: DiscloseForm, reader: Reader) -> BasisChoice:
    row, table = option.basis, basis_table()
    until = phrases.day(option.latest, reader.today)
    consents = option.consent_ids
    return BasisChoice(
        id=row.id,
        name=phrases.said(row.title),
        provision=phrases.provision(row.source),
        test=phrases.said(row.test),
        requires=[phrases.said(table.facts[fact]) for fact in option.requires],
        must_write=[phrases.said(table.writings[item]) for item in row.must_write],
        support=_("Samtycket räcker till %(day)s.", day=until) if consents else "",
        support_urls=[url_for("consents.show", consent_id=one) for one in consents],
        blocked="" if option.applicable else phrases.said(option.fits[0].why),
        folded=not option.applicable and not _waited_for(row, form),
        unconfirmed=row.status is not Status.READ or not row.confirmed_by_lawyer,
        chosen=form.basis.data == row.id,
        fits=[
            FitView(reader.agencies[one.recipient_id], one.applicable, phrases.said(one.why), one.latest)
            for one in option.fits
        ],
        duties=[_duty(duty, form) for duty in options.duties if duty.carried_by == row.id] if option.applicable else [],
    )


def _waited_for(row: LegalBasis, form: DiscloseForm) -> bool:
    """Tell whether somebody wonders why a basis does not fit: consent, the first thing one thinks of, and what was chosen."""
    return form.basis.data == row.id or (row.kind is BasisKind.CONSENT and row.senders is None)


def _duty(row: LegalBasis, form: DiscloseForm) -> DutyChoice:
    return DutyChoice(
        row.id, phrases.said(row.title), phrases.provision(row.source), phrases.said(row.test), form.duty.data == row.id
    )


def _ends(form: DiscloseForm, reader: Reader, options: Options | None) -> list[End]:
    consent_ends = options.consent_ends if options else None
    found = [End("month", _("30 dagar"), reader.today + MONTH, form.until.data == "month")]
    if consent_ends is not None:
        label = _("Så länge samtycket gäller")
        found.append(End("consent", label, consent_ends, form.until.data == "consent"))
    return [*found, End("date", _("Annat datum"), None, form.until.data == "date")]
