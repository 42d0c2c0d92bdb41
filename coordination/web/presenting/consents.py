"""Consents in words: who said yes, to what, how much time is left."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from coordination.cases.people import PersonView
from coordination.consent.service import ConsentView
from coordination.disclosure.overview import SOON_DAYS
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView


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
    url: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The state of consent in a few words."""

    text: str
    tone: str
    icon: str
    note: str


def card(
    consent: ConsentView,
    people: Sequence[PersonView],
    agency_ids: Sequence[UUID],
    reader: Reader,
    *,
    may_withdraw: bool,
) -> ConsentCard:
    """Return a consent as it is drawn. Whom it leaves out among the parties is told to its owner only."""
    own = consent.owner_agency_id == reader.agency_id
    others = [agency_id for agency_id in consent.agency_ids if agency_id != consent.owner_agency_id]
    outside = [one for one in agency_ids if own and one not in consent.agency_ids and one != consent.owner_agency_id]
    running = consent.active(reader.today)
    withdraw = url_for("consents.withdraw", consent_id=consent.id)
    return ConsentCard(
        title=_("Samtycke från %(day)s", day=phrases.day(consent.valid_from, reader.today)),
        state=state(consent, reader.today),
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
        extend_url=None,
        withdraw_url=withdraw if own and running and may_withdraw else None,
        url=url_for("consents.show", consent_id=consent.id),
    )


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
