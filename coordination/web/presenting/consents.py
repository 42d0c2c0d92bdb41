"""Consents in words: who said yes, to what, how much time is left."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from coordination.cases.people import PersonView
from coordination.consent import recording
from coordination.consent.queries import Ending
from coordination.consent.service import ConsentView
from coordination.disclosure.overview import SOON_DAYS as SOON_DAYS
from coordination.web.presenting import phrases
from coordination.web.presenting.people import called
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written, within
from coordination.web.words import AgencyView
from policies.case_roles import CaseRole
from policies.consent_rules import consent_rules
from policies.vocabulary import Status


class InCase(NamedTuple):
    """What of a case bears on how its consents are drawn: which it is, and its parties."""

    id: UUID
    agency_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Answered:
    """One person's yes."""

    name: str
    part: str
    answer: str
    on: date


@dataclass(frozen=True, slots=True)
class ConsentCard:
    """A consent as it is drawn on a page."""

    title: str
    state: str
    from_: date
    until: date
    days_left: int
    days_total: int
    answers: Sequence[Answered]
    agencies: Sequence[AgencyView]
    not_agencies: Sequence[AgencyView]
    kinds: str
    purposes: str
    withdrawn_on: date | None
    extend_url: str | None
    withdraw_url: str | None
    narrow_url: str | None
    url: str | None
    narrowed_on: date | None


@dataclass(frozen=True, slots=True)
class May:
    """What the reader's roles let them do about consents."""

    record: bool
    withdraw: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What a consent given now has to hold, in words."""

    age: int
    who: str
    provision: str
    latest: date
    unconfirmed: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """The signed paper: where it is opened, where it is attached, and whether it is waited for."""

    url: str | None
    attach_url: str | None
    missing: bool


@dataclass(frozen=True, slots=True)
class EndingLine:
    """A case whose consent is to be asked for anew."""

    name: str
    reference: str
    url: str
    until: date
    state: str
    renew_url: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The state of consent in a few words."""

    text: str
    tone: str
    icon: str
    note: str


def card(consent: ConsentView, people: Sequence[PersonView], case: InCase, reader: Reader, may: May) -> ConsentCard:
    """Return a consent as it is drawn. Whom it leaves out among the parties is told to its owner only."""
    own = consent.owner_agency_id == reader.agency_id
    others = [agency_id for agency_id in consent.agency_ids if agency_id != consent.owner_agency_id]
    outside = [
        one for one in case.agency_ids if own and one not in consent.agency_ids and one != consent.owner_agency_id
    ]
    where, stands = state(consent, reader.today), own and consent.active(reader.today)
    urls = {name: url_for(f"consents.{name}", consent_id=consent.id) for name in ("show", "withdraw", "narrow")}
    return ConsentCard(
        title=_("Samtycke från %(day)s", day=phrases.day(consent.valid_from, reader.today)),
        state=where,
        from_=consent.valid_from,
        until=consent.valid_to,
        days_left=(consent.valid_to - reader.today).days,
        days_total=(consent.valid_to - consent.valid_from).days,
        answers=_answers(consent, {person.id: person for person in people}),
        agencies=reader.drawn(others),
        not_agencies=reader.drawn(outside),
        kinds=phrases.listed(phrases.kind(kind) for kind in consent.kinds),
        purposes=phrases.listed(phrases.PURPOSES[purpose] for purpose in consent.purposes),
        withdrawn_on=consent.withdrawn_on,
        extend_url=_renewal(case.id, consent) if own and may.record and where in {"soon", "ended"} else None,
        withdraw_url=urls["withdraw"] if stands and may.withdraw else None,
        narrow_url=urls["narrow"] if stands and may.withdraw else None,
        url=urls["show"],
        narrowed_on=consent.narrowed_on if own else None,
    )


def facts(consent: ConsentView) -> list[tuple[str, str]]:
    """Return how a consent was given: form, language, and why one guardian was enough where it was."""
    language = phrases.LANGUAGES.get(consent.language, consent.language)
    spoken = _("%(language)s, med tolk", language=language) if consent.interpreter else str(language)
    ground = consent_rules().grounds.get(consent.custody_ground or "")
    found = [(_("Hur det gavs"), str(phrases.CONSENT_FORMS[consent.form])), (_("Språk"), spoken)]
    if ground is not None:
        said, provision = phrases.said(ground.text), phrases.provision(ground.source)
        found.append((_("Varför en vårdnadshavare räckte"), f"{said} ({provision})"))
    if consent.information is not None:
        found.append((_("Informationens version"), consent.information))
    return found


def terms(found: recording.Terms) -> Terms:
    """Return in words what a consent has to hold."""
    return Terms(
        age=found.age,
        who=phrases.said(found.rule.text),
        provision=phrases.provision(found.rule.source),
        latest=found.latest,
        unconfirmed=found.rule.status is not Status.READ,
    )


def guardians(known: Sequence[PersonView]) -> list[tuple[UUID, str]]:
    """Return the guardians of a case with their part in custody, to choose from."""
    found = [person for person in known if person.role == CaseRole.GUARDIAN]
    return [(person.id, _with_custody(person)) for person in found]


def endings(found: Sequence[Ending], reader: Reader) -> list[EndingLine]:
    """Return the cases whose consent is to be asked for anew, as a list shows them."""
    return [
        EndingLine(
            Written(one.case.name or ""),
            one.case.reference,
            url_for("cases.consent", case_id=one.case.id),
            one.view.valid_to,
            state(one.view, reader.today),
            _renewal(one.case.id, one.view),
        )
        for one in found
    ]


def _renewal(case_id: UUID, consent: ConsentView) -> str:
    return url_for("consents.new", case_id=case_id, efter=consent.id)


def _with_custody(person: PersonView) -> str:
    part = phrases.lower_first(phrases.custody(person.custody))
    return within("%(name)s (%(part)s)", name=called(person), part=part) if part else called(person)


def told_apart(cards: Sequence[ConsentCard]) -> list[ConsentCard]:
    """Return the cards with a number after titles they would share, the first drawn without: a heading names one thing."""
    seen: Counter[str] = Counter()
    named = []
    for one in cards:
        seen[one.title] += 1
        number = seen[one.title]
        named.append(replace(one, title=f"{one.title} ({number})") if number > 1 else one)
    return named


def state(consent: ConsentView, today: date) -> str:
    """Return where a consent is in its life: withdrawn, ended, waiting, soon (30 days or fewer left) or valid."""
    if consent.withdrawn_on is not None:
        return "withdrawn"
    if consent.valid_to < today:
        return "ended"
    if consent.valid_from > today:
        return "waiting"
    return "soon" if (consent.valid_to - today).days <= SOON_DAYS else "valid"


def longest(consents: Sequence[ConsentView], today: date) -> ConsentView | None:
    """Return the consent that holds today and runs longest."""
    return max((one for one in consents if one.active(today)), key=lambda one: one.valid_to, default=None)


def summary(consent: ConsentView | None, reader: Reader) -> Summary:
    """Return the state of consent in a case in a few words."""
    if consent is None:
        return Summary(_("Inget samtycke"), "", "", "")
    left = (consent.valid_to - reader.today).days
    soon = left <= SOON_DAYS
    return Summary(
        text=_("Gäller till %(day)s", day=phrases.day(consent.valid_to, reader.today)),
        tone="warn" if soon else "good",
        icon="hourglass" if soon else "check",
        note=_("%(left)s dagar kvar.", left=left),
    )


def _answers(consent: ConsentView, people: Mapping[UUID, PersonView]) -> list[Answered]:
    return [
        Answered(
            name=_name(people.get(person_id)),
            part=_("vårdnadshavare") if capacity == "guardian" and _is_named(people.get(person_id)) else "",
            answer=_("ja"),
            on=signed_on,
        )
        for person_id, capacity, signed_on in consent.signatures
    ]


def _is_named(person: PersonView | None) -> bool:
    return person is not None and person.name is not None


def _name(person: PersonView | None) -> str:
    if person is None:
        return str(_("Namnet visas inte"))
    return Written(person.name or "") or phrases.role(person.role)
