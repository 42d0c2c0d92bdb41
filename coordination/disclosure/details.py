"""One disclosure opened: for the sender the decision with its harm test and a receipt, for the recipient what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies, reading
from coordination.cases.content import Text
from coordination.cases.models import Copy
from coordination.cases.queries import authorize, find_case
from coordination.core.db import db
from coordination.disclosure import ledger, taking
from coordination.disclosure.ledger import LedgerRow
from coordination.disclosure.models import Disclosure, DisclosureItem
from coordination.disclosure.taking import TakenRecord
from policies.access import Actor
from policies.permissions import Permission


@dataclass(frozen=True, slots=True)
class OpenDisclosure:
    """A disclosure as one of its two agencies may see it. ``harm_test`` and ``decision`` (everything the same
    decision gave, this one included) are the sender's alone, ``held`` the recipient's.
    """

    row: LedgerRow
    purpose: str
    own_initiative: bool
    consent_id: UUID | None
    harm_test: str | None
    records: Sequence[reading.OpenRecord]
    decision: Sequence[LedgerRow]
    held: Sequence[Copy]
    opener: UUID | None
    """Who at the recipient opened it first: for the recipient alone. The sender is told when, and by which agency."""
    taken: Sequence[TakenRecord]
    """What the recipient has taken into its own file: the recipient's alone to know."""
    takeable: bool
    gone: copies.Gone | None
    """That the recipient's own schedule disposed of it as it closed: the recipient's alone to know."""


def open_disclosure(actor: Actor, disclosure_id: UUID) -> OpenDisclosure:
    """Open a disclosure that the actor's agency gave or was given, and log it. Raises NotFound, Forbidden."""
    row = ledger.one(actor, disclosure_id)
    authorize(actor, Permission.CASE_READ, find_case(actor, row.case_id).facts)
    disclosure = db.session.get_one(Disclosure, disclosure_id)
    audit.record(actor, Event.LEDGER_VIEWED, count=1)
    given = row.from_agency_id == actor.agency_id
    held = [] if given else _held(actor, disclosure_id)
    records = _as_given(actor, row) if given else _as_received(actor, row)
    return OpenDisclosure(
        row=row,
        purpose=disclosure.purpose,
        own_initiative=disclosure.own_initiative,
        consent_id=disclosure.consent_id,
        harm_test=_harm_test(actor, disclosure) if given else None,
        records=records,
        decision=ledger.of_decision(actor, row.decision_id) if given else [],
        held=held,
        opener=None if given else _opener(actor, disclosure_id),
        taken=[] if given else taking.taken_from(actor, disclosure_id),
        takeable=not given and taking.something_left(actor, row.case_id, disclosure_id),
        gone=copies.gone_by_schedule(actor, disclosure_id) if not given and not held else None,
    )


def _as_given(actor: Actor, row: LedgerRow) -> list[reading.OpenRecord]:
    """Open the versions that were given, as they were then."""
    items = select(DisclosureItem.part_version_id).where(DisclosureItem.disclosure_id == row.id)
    records = reading.as_given(actor.agency_id, db.session.scalars(items).all())
    audit.record(actor, Event.CASE_VIEWED, case_id=row.case_id, parts=sum(len(record.parts) for record in records))
    return records


def _as_received(actor: Actor, row: LedgerRow) -> list[reading.OpenRecord]:
    """Open the copies that can still be read."""
    records = reading.as_received(actor.agency_id, row.id)
    parts = [part for record in records for part in record.parts]
    copies.note_opened(actor, [part.copy_id for part in parts if part.copy_id])
    audit.record(actor, Event.CASE_VIEWED, case_id=row.case_id, parts=len(parts))
    return records


def _harm_test(actor: Actor, disclosure: Disclosure) -> str | None:
    record = reading.one_record(actor.agency_id, disclosure.decision_record_id)
    content = record.parts[0].content if record else None
    return content.body if isinstance(content, Text) else None


def _opener(actor: Actor, disclosure_id: UUID) -> UUID | None:
    opened = select(Copy.first_opened_by).where(
        Copy.disclosure_id == disclosure_id, Copy.agency_id == actor.agency_id, Copy.first_opened_at.is_not(None)
    )
    return db.session.scalar(opened.order_by(Copy.first_opened_at).limit(1))


def _held(actor: Actor, disclosure_id: UUID) -> list[Copy]:
    held = select(Copy).where(
        Copy.disclosure_id == disclosure_id, Copy.agency_id == actor.agency_id, Copy.disposed_at.is_(None)
    )
    return list(db.session.scalars(held.order_by(Copy.created_at, Copy.id)))
