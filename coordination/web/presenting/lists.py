"""Lists of cases and disclosures: references, names, dates and neutral states only (2001:454, 7 a §)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from coordination.cases.lists import CaseRow
from coordination.consent.service import ConsentView
from coordination.core.clock import STOCKHOLM
from coordination.disclosure.closed import ClosedCopies
from coordination.disclosure.ledger import LedgerRow
from coordination.disclosure.overview import SOON_DAYS
from coordination.disclosure.refusals import RefusalRow
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.visibility import Share, Visibility
from coordination.web.presenting.written import Written, within
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
    handler_wanted: bool


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
    outcomes: Sequence["Outcome"] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision for one of its recipients. ``shape`` is how the agency is drawn."""

    id: UUID
    url: str
    agency: AgencyView
    shape: str
    state: str


class Closing(NamedTuple):
    """When a disclosure closed at the recipient, and why."""

    on: date
    why: str


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """A refusal in a list: to whom, for what, on which basis, why, by whom."""

    url: str
    case_url: str
    reference: str
    agency: AgencyView
    asked_on: date | None
    purpose: str
    basis: str
    provision: str
    reason: str
    when: date
    by: str


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """What one's agency holds closed of a disclosure. ``open_url`` is there for whom it can be opened by."""

    url: str
    open_url: str
    reference: str
    parts: int
    received: date
    sender: AgencyView
    basis: str
    provision: str
    since: date
    why: str
    due: date | None


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
            name=Written(names.get(row.case_id, "")),
            when=row.decided_at.astimezone(STOCKHOLM).date(),
            by=reader.signed(row.decided_by),
            parts=row.parts,
            receipt=_receipt(row, reader),
        )
        for row in rows
    ]


def decision_lines(rows: Sequence[LedgerRow], reader: Reader) -> list[DisclosureLine]:
    """Return what one's own agency gave, a line for each decision, with an outcome for each recipient where there are several."""
    decisions: dict[UUID, list[LedgerRow]] = {}
    for row in rows:
        decisions.setdefault(row.decision_id, []).append(row)
    return [_decision_line(list(reversed(group)), reader) for group in decisions.values()]


def outcomes(rows: Sequence[LedgerRow], reader: Reader) -> list[Outcome]:
    """Return what came of a decision for each of its recipients."""
    return [_outcome(row, reader) for row in rows]


def refusal_lines(rows: Sequence[RefusalRow], reader: Reader) -> list[RefusalLine]:
    """Return refusals as a list shows them."""
    return [_refusal_line(row, reader) for row in rows]


def closed_lines(rows: Sequence[ClosedCopies], reader: Reader, *, opens: bool = False) -> list[ClosedLine]:
    """Return closed copies as a table shows them: nothing of the case but its reference. ``opens``: the reader may open them."""
    return [_closed_line(row, reader, opens=opens) for row in rows]


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
        found.append(Ending(Written(row.name or ""), url, row.reference, left, total, note))
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


def closing(row: LedgerRow, reader: Reader) -> Closing | None:
    """Return when and why a disclosure closed at the recipient; nothing while it runs."""
    if row.ended_on is None and row.until >= reader.today:
        return None
    why = str(phrases.ENDED.get(row.ended_why or "expired", ""))
    return Closing(row.ended_on or row.until + timedelta(days=1), why)


def name_of(row: CaseRow) -> str:
    """Return what a list calls the young person."""
    if row.protected:
        return str(_("Skyddade personuppgifter"))
    if row.name is None:
        return phrases.youth(row.age_years)
    name = Written(row.name)
    return name if row.age_years is None else within(_("%(name)s, %(age)s år"), name=name, age=row.age_years)


def _decision_line(group: Sequence[LedgerRow], reader: Reader) -> DisclosureLine:
    [line] = ledger_lines(group[:1], {}, reader)
    if len(group) == 1:
        return line
    shares = [share for row in group for share in sight_of(row, reader).shares]
    return replace(line, view=Visibility(line.view.owner, shares), receipt="", outcomes=outcomes(group, reader))


def _outcome(row: LedgerRow, reader: Reader) -> Outcome:
    ended = row.ended_on is not None or row.until < reader.today
    state = str(phrases.ENDED.get(row.ended_why or "expired", "")) if ended else _receipt(row, reader)
    url = url_for("disclosures.show", disclosure_id=row.id)
    return Outcome(row.id, url, reader.agencies[row.to_agency_id], "ended" if ended else "sees", state)


def _refusal_line(row: RefusalRow, reader: Reader) -> RefusalLine:
    considered = row.basis_id is not None and row.basis_in_force_from is not None
    basis, provision = (
        phrases.basis_words(str(row.basis_id), row.basis_in_force_from or date.min) if considered else ("", "")
    )
    return RefusalLine(
        url=url_for("refusals.show", refusal_id=row.id),
        case_url=url_for("cases.show", case_id=row.case_id),
        reference=row.reference,
        agency=reader.agencies[row.to_agency_id],
        asked_on=row.asked_on,
        purpose=str(phrases.PURPOSES.get(row.purpose, "")),
        basis=basis,
        provision=provision,
        reason=str(phrases.REFUSED.get(row.reason_code, "")),
        when=row.decided_at.astimezone(STOCKHOLM).date(),
        by=reader.signed(row.decided_by),
    )


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
        handler_wanted=row.handler_wanted,
    )


def _closed_line(row: ClosedCopies, reader: Reader, *, opens: bool) -> ClosedLine:
    basis, provision = phrases.basis_words(row.basis_id, row.basis_in_force_from)
    left = row.why == "participation_ended"
    return ClosedLine(
        url=url_for("copies.dispose", disclosure_id=row.disclosure_id),
        open_url=url_for("copies.open_closed", disclosure_id=row.disclosure_id) if opens else "",
        reference=row.reference,
        parts=row.parts,
        received=row.received_on,
        sender=reader.agencies[row.from_agency_id],
        basis=basis,
        provision=provision,
        since=row.closed_on,
        why=_("Ni är inte längre med i ärendet") if left else str(phrases.ENDED.get(row.why, "")),
        due=row.due,
    )


def _consent(consent: ConsentView | None, reader: Reader, *, soon: bool) -> str:
    if consent is None:
        return str(_("inget"))
    until = phrases.day(consent.valid_to, reader.today)
    return str(_("går ut %(day)s", day=until) if soon else _("till %(day)s", day=until))


def _receipt(row: LedgerRow, reader: Reader) -> str:
    """Return whether and when it was first opened, and when and why it closed: all that a sender is told of a copy."""
    closed = closing(row, reader)
    never = _("öppnades aldrig") if closed else _("ingen har öppnat den än")
    opened = _("först öppnad %(day)s", day=phrases.day(row.opened_on, reader.today)) if row.opened_on else never
    if closed is None:
        return str(opened)
    ended = _("stängd %(day)s: %(why)s", day=phrases.day(closed.on, reader.today), why=phrases.lower_first(closed.why))
    return f"{opened}, {ended}"
