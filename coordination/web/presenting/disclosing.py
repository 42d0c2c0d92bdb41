"""The page "Dela uppgifter": what there is to choose from, and the preview, drawn by the same code as the recipient's own page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from coordination.cases.content import PartKind, Text
from coordination.cases.people import PersonView
from coordination.cases.reading import IDENTITY, OpenPart, OpenRecord
from coordination.disclosure.choosing import Option, Options, protection_of
from coordination.disclosure.overview import Overview, Sight, Sights
from coordination.disclosure.service import DisclosureDraft, Prepared
from coordination.web.forms.sharing import MONTH, DiscloseForm
from coordination.web.presenting import phrases, records, visibility
from coordination.web.presenting.people import called
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.records import NOTHING, PartView, RecordView, Section
from coordination.web.words import AgencyView
from policies.bases import LegalBasis, basis_table
from policies.case_roles import CASE_ROLES, CaseRole
from policies.protection import Level
from policies.vocabulary import Status


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
class Recipient:
    """A party that may be given something: who can receive there, and what protects it there."""

    id: UUID
    agency: AgencyView
    who: str
    problem: str
    protection: str
    protection_tone: str
    source: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class BasisChoice:
    """A legal basis: what it asks, or why it does not fit."""

    id: str
    name: str
    provision: str
    test: str
    requires: Sequence[str]
    must_write: Sequence[str]
    support: str
    support_url: str | None
    blocked: str
    unconfirmed: bool
    chosen: bool
    duties: Sequence["DutyChoice"]


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
    ends: Sequence[End]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the recipient gets, exactly, and in one sentence what is about to be decided."""

    recipient: AgencyView
    records: Sequence[RecordView]
    not_seen: Sequence[str]
    parts: int
    until: date
    basis: str
    provision: str


def page(
    form: DiscloseForm,
    overview: Overview,
    reader: Reader,
    working: Mapping[UUID, Sequence[UUID]],
    options: Options | None,
) -> Page:
    """Return what there is to choose from; bases only once it is known what is given to whom and why."""
    subject = overview.subject()
    bases = [_basis(option, options, form, reader) for option in options.bases] if options else []
    return Page(
        url=url_for("cases.show", case_id=overview.case.id),
        reference=overview.case.reference,
        name=subject.short_name or "" if subject else "",
        has_name=subject is not None and subject.short_name is not None,
        agency=reader.own,
        records=_records(overview, reader, set(form.parts.data or [])),
        recipients=[_recipient(one, form, reader, working) for one in overview.agency_ids if one != reader.agency_id],
        bases=sorted(bases, key=lambda basis: bool(basis.blocked)),
        asked=options is not None,
        notices=[phrases.said(notice) for notice in options.notices] if options else [],
        questions=[
            _("Kan någon skadas eller känna sig utlämnad?"),
            _("Räcker det med mindre?"),
            _("Vet den unge om att ni delar?"),
        ],
        ends=_ends(form, reader, options),
    )


def preview(
    overview: Overview, reader: Reader, draft: DisclosureDraft | None, ready: Prepared | None
) -> Preview | None:
    """Return the records as the recipient will see them; nothing before everything holds."""
    if draft is None or ready is None:
        return None
    there = reader.seen_from(draft.recipient_id)
    wanted = set(draft.part_ids)
    chosen = [_only(record, wanted) for record in _own(overview, reader)]
    given = [record for record in chosen if record.parts]
    sights = {
        part.id: _sights(part, overview.sights, draft, ready, reader) for record in given for part in record.parts
    }
    return Preview(
        recipient=there.own,
        records=given_records(given, sights, there, {person.id: person for person in overview.people}),
        not_seen=_not_seen(_own(overview, reader), wanted),
        parts=len(wanted),
        until=draft.until,
        basis=phrases.lower_first(phrases.said(ready.named.title)),
        provision=phrases.provision(ready.named.source),
    )


def given_records(
    given: Iterable[OpenRecord], sights: Sights, reader: Reader, people: Mapping[UUID, PersonView] | None = None
) -> list[RecordView]:
    """Return records as they are drawn in a disclosure: notes as in the timeline, an identity without a protected name."""
    return [
        _identity(record, sights, reader, people)
        if record.kind == IDENTITY
        else records.record_view(record, sights, reader, NOTHING)
        for record in given
    ]


def _own(overview: Overview, reader: Reader) -> list[OpenRecord]:
    found = [*overview.records, *sorted(overview.identities, key=lambda record: record.created_at)]
    return [record for record in found if record.owner_agency_id == reader.agency_id]


def _only(record: OpenRecord, wanted: set[UUID]) -> OpenRecord:
    return replace(record, parts=tuple(part for part in record.parts if part.id in wanted))


def _sights(part: OpenPart, sights: Sights, draft: DisclosureDraft, ready: Prepared, reader: Reader) -> list[Sight]:
    """Return who will see a part: those who see it now, and the recipient."""
    others = [
        sight
        for sight in sights.get(part.id, ())
        if sight.active(reader.today) and sight.agency_id != draft.recipient_id
    ]
    named = ready.named
    new = Sight(part.id, draft.recipient_id, part.version_id, named.id, named.in_force_from, draft.until, None, None)
    return [*others, new]


def _identity(
    record: OpenRecord, sights: Sights, reader: Reader, people: Mapping[UUID, PersonView] | None
) -> RecordView:
    """Draw an identity. A protected one is drawn without what it says: that has a door of its own."""
    person = people.get(record.about_person_id) if people and record.about_person_id else None
    open_name = person is not None and not person.protected
    view = visibility.view(record.owner_agency_id, sights.get(record.parts[0].id, ()), reader)
    parts = [
        PartView(heading=str(phrases.PARTS_OF_IDENTITY[part.kind]), text=_said(part) if open_name else "")
        for part in record.parts
    ]
    drawn = records.record_view(record, sights, reader, NOTHING)
    name = phrases.role(person.role) if person else phrases.kind(record.kind)
    return replace(drawn, title=name, sections=[Section(view, parts)])


def _said(part: OpenPart) -> str:
    if not isinstance(part.content, Text):
        return part.content.name
    if part.kind is PartKind.NAME:
        return f"{part.content.heading} {part.content.body}"
    return part.content.heading if part.kind is PartKind.NUMBER else part.content.body


def _not_seen(own: Sequence[OpenRecord], wanted: set[UUID]) -> list[str]:
    """Return what the recipient does not get, of the records something was chosen from; and what is never given."""
    touched = [record for record in own if any(part.id in wanted for part in record.parts)]
    left = [
        _("%(part)s i ”%(title)s”", part=_part_label(part, record), title=_title(record))
        for record in touched
        for part in record.parts
        if part.id not in wanted
    ]
    return [*left, _("Er menprövning"), _("Allt annat som ni har skrivit i ärendet")]


def _records(overview: Overview, reader: Reader, chosen: set[str]) -> list[RecordChoice]:
    people = {person.id: person for person in overview.people}
    return [_record(record, people, overview.sights, chosen, reader) for record in _own(overview, reader)]


def _record(
    record: OpenRecord, people: Mapping[UUID, PersonView], sights: Sights, chosen: set[str], reader: Reader
) -> RecordChoice:
    person = people.get(record.about_person_id) if record.about_person_id else None
    closed = person is not None and CASE_ROLES[CaseRole(person.role)].disclosed_as is None
    protected = person is not None and person.protected and record.kind == IDENTITY
    name = f"{phrases.kind(IDENTITY)}: {called(person)}" if record.kind == IDENTITY and person else _title(record)
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
    label = _part_label(part, record)
    text = "" if protected or part.kind is PartKind.TITLE else _said(part)
    return PartChoice(
        id=part.id,
        label=f"{label}: {_title(record)}" if part.kind is PartKind.TITLE else label,
        text="" if text == label else text,
        chosen=is_chosen,
        warning=_("Skyddade personuppgifter. Dela bara om mottagaren inte klarar sig utan.")
        if protected and part.kind is PartKind.NAME
        else "",
    )


def _part_label(part: OpenPart, record: OpenRecord) -> str:
    return str(phrases.PARTS_OF_IDENTITY[part.kind]) if record.kind == IDENTITY else visibility.part_label(part)


def _title(record: OpenRecord) -> str:
    return visibility.title_of(record)


def _recipient(
    agency_id: UUID, form: DiscloseForm, reader: Reader, working: Mapping[UUID, Sequence[UUID]]
) -> Recipient:
    agency, who = reader.agencies[agency_id], [reader.signed(user_id) for user_id in working.get(agency_id, ())]
    missing = _("%(agency)s har ingen handläggare som kan ta emot. Be deras chef att utse någon.", agency=agency.name)
    protection = protection_of(agency_id)
    return Recipient(
        id=agency_id,
        agency=agency,
        who="; ".join(who),
        problem="" if who else missing,
        protection=phrases.in_language(protection.text_sv, protection.text_en),
        protection_tone="" if protection.level is Level.STRONG else "warn",
        source=phrases.provision(protection.source),
        chosen=form.recipient.data == str(agency_id),
    )


def _basis(option: Option, options: Options, form: DiscloseForm, reader: Reader) -> BasisChoice:
    row, table = option.basis, basis_table()
    on_consent = option.applicable and option.consent_id is not None
    until = phrases.day(option.latest, reader.today)
    return BasisChoice(
        id=row.id,
        name=phrases.said(row.title),
        provision=phrases.provision(row.source),
        test=phrases.said(row.test),
        requires=[phrases.said(table.facts[fact]) for fact in option.requires],
        must_write=[phrases.said(table.writings[item]) for item in row.must_write],
        support=_("Samtycket räcker till %(day)s.", day=until) if on_consent else "",
        support_url=url_for("consents.show", consent_id=option.consent_id) if on_consent else None,
        blocked="" if option.applicable else phrases.said(option.why),
        unconfirmed=row.status is not Status.READ or not row.confirmed_by_lawyer,
        chosen=form.basis.data == row.id,
        duties=[_duty(duty, form) for duty in options.duties if duty.carried_by == row.id] if option.applicable else [],
    )


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
