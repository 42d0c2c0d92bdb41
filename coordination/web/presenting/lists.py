"""Lists of cases and disclosures: references, names, dates and neutral states only (2001:454, 7 a §)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from coordination.cases.lists import CaseRow
from coordination.consent.service import ConsentView
from coordination.core.clock import STOCKHOLM
from coordination.disclosure.ledger import LedgerRow
from coordination.disclosure.overview import SOON_DAYS
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.visibility import Share, Visibility
from coordination.web.words import AgencyView
from policies.methods import phases


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a table."""

    reference: str
    url: str
    name: str
    has_name: bool
    phase: int
    phase_name: str
    phases: int
    since: date
    consent: str
    consent_tone: str
    parties: Sequence[AgencyView]


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """A disclosure in a list."""

    view: Visibility
    url: str
    kind: str
    reference: str
    name: str
    when: date
    by: str
    parts: int
    receipt: str


@dataclass(frozen=True, slots=True)
class Ending:
    """A consent that ends soon."""

    name: str
    url: str
    reference: str
    days_left: int
    days_total: int
    note: str


def case_lines(
    rows: Sequence[CaseRow], consents: Mapping[UUID, ConsentView], reader: Reader, *, content: bool = True
) -> list[CaseLine]:
    """Return cases as a table shows them; without ``content`` they lead to the page where handlers are named."""
    return [_case_line(row, consents.get(row.id), reader, content=content) for row in rows]


def ledger_lines(rows: Sequence[LedgerRow], names: Mapping[UUID, str], reader: Reader) -> list[DisclosureLine]:
    """Return disclosures as a list shows them; ``names`` has a case's short name where the reader may see it."""
    return [
        DisclosureLine(
            view=sight_of(row, reader),
            url=url_for("disclosures.show", disclosure_id=row.id),
            kind=_("Delning"),
            reference=row.reference,
            name=names.get(row.case_id, ""),
            when=row.decided_at.astimezone(STOCKHOLM).date(),
            by=reader.signed(row.decided_by),
            parts=row.parts,
            receipt=_receipt(row, reader),
        )
        for row in rows
    ]


def endings(rows: Sequence[CaseRow], consents: Mapping[UUID, ConsentView], reader: Reader) -> list[Ending]:
    """Return the consents with 30 days or fewer left, the shortest first."""
    found = []
    for row in rows:
        consent = consents.get(row.id)
        left = (consent.valid_to - reader.today).days if consent else SOON_DAYS + 1
        if consent is None or left > SOON_DAYS:
            continue
        note = _("Till %(day)s.", day=phrases.day(consent.valid_to, reader.today))
        total = (consent.valid_to - consent.valid_from).days
        url = url_for("cases.consent", case_id=row.id)
        found.append(Ending(row.name or "", url, row.reference, left, total, note))
    return sorted(found, key=lambda ending: ending.days_left)


def sight_of(row: LedgerRow, reader: Reader) -> Visibility:
    """Return the four answers about one disclosure."""
    basis, provision = phrases.basis_words(row.basis_id, row.basis_in_force_from)
    ended = row.ended_on is not None or row.until < reader.today
    left = (row.until - reader.today).days
    share = Share(
        seen_by=[reader.agencies[row.to_agency_id]],
        basis=basis,
        provision=provision,
        until=min(row.ended_on or row.until, row.until),
        state="ended" if ended else ("soon" if left <= SOON_DAYS else "valid"),
        days_left=None if ended else left,
        note="",
    )
    return Visibility(reader.agencies[row.from_agency_id], [share])


def name_of(row: CaseRow) -> str:
    """Return what a list calls the young person."""
    if row.protected:
        return str(_("Skyddade personuppgifter"))
    if row.name is None:
        return phrases.youth(row.age_years)
    return _("%(name)s, %(age)s år", name=row.name, age=row.age_years) if row.age_years is not None else row.name


def _case_line(row: CaseRow, consent: ConsentView | None, reader: Reader, *, content: bool) -> CaseLine:
    steps = phases(row.method)
    endpoint = "cases.show" if content and row.assigned else "participants.handlers"
    soon = consent is not None and (consent.valid_to - reader.today).days <= SOON_DAYS
    return CaseLine(
        reference=row.reference,
        url=url_for(endpoint, case_id=row.id),
        name=name_of(row),
        has_name=row.name is not None and not row.protected,
        phase=list(steps).index(row.phase) + 1,
        phase_name=phrases.phase(steps[row.phase]),
        phases=len(steps),
        since=row.phase_since,
        consent=_consent(consent, reader, soon=soon) if row.assigned else "–",
        consent_tone="warn" if soon else ("good" if consent else ""),
        parties=reader.drawn(row.agency_ids),
    )


def _consent(consent: ConsentView | None, reader: Reader, *, soon: bool) -> str:
    if consent is None:
        return str(_("inget"))
    until = phrases.day(consent.valid_to, reader.today)
    return str(_("går ut %(day)s", day=until) if soon else _("till %(day)s", day=until))


def _receipt(row: LedgerRow, reader: Reader) -> str:
    if row.opened_on is None:
        return str(_("ingen har öppnat den än"))
    return str(_("först öppnad %(day)s", day=phrases.day(row.opened_on, reader.today)))
