"""Disclosing parts to another agency: a recorded decision with a legal basis and an end date, which carries the keys.

One function decides for one recipient; several recipients, a meeting's agenda and the whole gate call the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies, people, reading, writing
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import Case, Part, PartVersion, Record
from coordination.cases.queries import authorize, case_for, find_case, has_handler, participating_agencies
from coordination.consent import service as consents
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.disclosure import basis
from coordination.disclosure.models import Disclosure, DisclosureItem
from coordination.keys import service as keys
from policies.access import Actor
from policies.bases import LegalBasis, basis_table
from policies.disclosure import Terms, validate_terms
from policies.permissions import Permission

REVOKE_REASONS = ("revoked_no_longer_needed", "revoked_mistake", "revoked_other")


@dataclass(frozen=True, slots=True)
class DisclosureDraft:
    """A disclosure as typed in; ``duty_id`` names the statutory duty where the basis carries duties."""

    part_ids: Sequence[UUID]
    recipient_id: UUID
    basis_id: str
    duty_id: str | None
    purpose: str
    own_initiative: bool
    harm_test: str
    until: date


@dataclass(frozen=True, slots=True)
class Chosen:
    """A part chosen for disclosure: the newest version of an own part, with the record it stands in."""

    record: Record
    part: Part
    version: PartVersion

    @property
    def place(self) -> keys.Place:
        """Where it lies sealed."""
        return keys.Place(self.part.municipality_id, self.part.id, self.version.id)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A disclosure that holds in every respect; ``named`` is the basis the ledger names, a duty where it is one."""

    case: Case
    chosen: Sequence[Chosen]
    named: LegalBasis
    consent_id: UUID | None

    def fingerprint(self, draft: DisclosureDraft) -> str:
        """Return a digest of exactly what would be given, to whom and how, so that nothing is given but what was shown."""
        versions = sorted(str(item.version.id) for item in self.chosen)
        terms = [draft.recipient_id, self.named.id, draft.purpose, draft.own_initiative, draft.until, *versions]
        return sha256("|".join(map(str, terms)).encode()).hexdigest()


def disclose(actor: Actor, case_id: UUID, draft: DisclosureDraft) -> Disclosure:
    """Give the chosen parts to one agency, on a basis that fits all of them, until a date.

    Raises NotFound for a part that is not the actor's agency's own, Invalid for everything that can be mended in the form.
    """
    ready = prepare(actor, case_id, draft)
    disclosure = _decide(actor, draft, ready)
    for item in ready.chosen:
        _give(actor, ready.case, disclosure, item)
    _log(actor, disclosure, draft, ready.chosen)
    return disclosure


def prepare(actor: Actor, case_id: UUID, draft: DisclosureDraft) -> Prepared:
    """Return what would be given if ``draft`` were decided now; nothing is given. Raises as ``disclose`` does."""
    case = case_for(actor, case_id, Permission.CASE_DISCLOSE, owns=True)
    chosen = chosen_parts(actor, case.id, draft.part_ids)
    _check_recipient(actor, case, draft.recipient_id)
    use = basis.fit(actor, case.id, chosen_records(chosen), draft)
    _check_terms(use.basis, draft, use.consent.valid_to if use.consent else None)
    duty = basis_table().on(draft.duty_id, clock.today()) if draft.duty_id else None
    return Prepared(case, chosen, duty or use.basis, use.consent.id if use.consent else None)


def revoke(actor: Actor, disclosure_id: UUID, why: str) -> Disclosure:
    """End a disclosure of the actor's agency: the copies it carried close at the recipient. Raises Conflict if it has ended."""
    disclosure = revocable(actor, disclosure_id)
    if why not in REVOKE_REASONS:
        raise Invalid("reason_unknown", why="reason_unknown")
    if disclosure.revoked_at is not None:
        raise Conflict("disclosure_already_ended")
    _end(actor, disclosure, why, decide=False)
    return disclosure


def revocable(actor: Actor, disclosure_id: UUID) -> Disclosure:
    """Return a disclosure of the actor's agency that the actor may end, and hold its row. Raises NotFound, Forbidden."""
    disclosure = db.session.scalars(
        select(Disclosure)
        .where(Disclosure.id == disclosure_id, Disclosure.from_agency_id == actor.agency_id)
        .with_for_update()
    ).one_or_none()
    door = find_case(actor, disclosure.case_id if disclosure else None)
    if disclosure is None:
        raise NotFound
    authorize(actor, Permission.CASE_REVOKE, door.facts, owns=True)
    return disclosure


def withdraw_consent(actor: Actor, consent_id: UUID, by: str) -> int:
    """Record that a consent was taken back and end every disclosure that stands on it, whoever made it.

    Each recipient gets the task to decide: take into the own file on another basis, or dispose. Return how many
    disclosures ended.
    """
    consent = consents.withdraw(actor, consent_id, by)
    standing = db.session.scalars(
        select(Disclosure).where(Disclosure.consent_id == consent.id, Disclosure.revoked_at.is_(None)).with_for_update()
    ).all()
    closed = sum(_end(actor, disclosure, "consent_withdrawn", decide=True) for disclosure in standing)
    audit.record(actor, Event.CONSENT_WITHDRAWN, case_id=consent.case_id, consent_id=consent.id, copies=closed)
    return len(standing)


def chosen_parts(actor: Actor, case_id: UUID, part_ids: Sequence[UUID]) -> list[Chosen]:
    """Return the newest versions of the chosen own parts. Raises NotFound if any is another agency's, gone or not there."""
    if not part_ids:
        raise Invalid("parts_missing", parts="parts_missing")
    rows = db.session.execute(
        select(Record, Part, PartVersion)
        .join(Part, Part.record_id == Record.id)
        .join(PartVersion, PartVersion.id == Part.latest_version_id)
        .where(
            Part.id.in_(set(part_ids)),
            Record.case_id == case_id,
            Record.owner_agency_id == actor.agency_id,
            Record.kind.not_in({reading.DECISION, reading.CONSENT_NOTE}),
            Part.removed_at.is_(None),
            PartVersion.sealed.is_not(None),
        )
        .order_by(Record.occurred_on, Record.id, Part.ordinal)
    ).all()
    if len(rows) != len(set(part_ids)):
        raise NotFound
    return [Chosen(row.Record, row.Part, row.PartVersion) for row in rows]


def chosen_records(chosen: Sequence[Chosen]) -> list[Record]:
    """Return the records the chosen parts stand in, each once."""
    return list({item.record.id: item.record for item in chosen}.values())


def _check_recipient(actor: Actor, case: Case, recipient_id: UUID) -> None:
    if recipient_id == actor.agency_id or recipient_id not in participating_agencies(case.id):
        raise Invalid("recipient_not_in_case", recipient="recipient_not_in_case")
    if not has_handler(case.id, recipient_id):
        raise Invalid("recipient_has_no_handler", recipient="recipient_has_no_handler")


def _check_terms(chosen: LegalBasis, draft: DisclosureDraft, consent_until: date | None) -> None:
    terms = Terms(
        text=draft.harm_test,
        on=clock.today(),
        until=draft.until,
        consent_until=consent_until,
        duty_id=draft.duty_id,
    )
    problems = validate_terms(chosen, terms)
    if problems:
        fields = {basis.FIELD_OF[problem]: problem.value for problem in problems}
        raise Invalid(problems[0].value, **fields)
    if draft.duty_id:
        duty = basis_table().on(draft.duty_id, clock.today())
        if duty is None or duty.carried_by != chosen.id:
            raise Invalid("duty_missing", duty="duty_missing")


def _decide(actor: Actor, draft: DisclosureDraft, ready: Prepared) -> Disclosure:
    case, named = ready.case, ready.named
    decision = writing.new_record(actor, case.id, reading.DECISION, clock.today(), None)
    writing.add_part(actor, decision, 0, PartKind.TEXT, Nature.ASSESSMENT, Text("", draft.harm_test.strip()))
    disclosure = Disclosure(
        id=new_id(),
        municipality_id=case.municipality_id,
        case_id=case.id,
        from_agency_id=actor.agency_id,
        to_agency_id=draft.recipient_id,
        basis_id=named.id,
        basis_in_force_from=named.in_force_from,
        consent_id=ready.consent_id,
        purpose=draft.purpose,
        own_initiative=draft.own_initiative,
        until=draft.until,
        decision_record_id=decision.id,
        decided_by=actor.user_id,
        decided_at=clock.now(),
        revoked_at=None,
        revoked_by=None,
        revoked_why=None,
    )
    db.session.add(disclosure)
    db.session.flush()
    return disclosure


def _give(actor: Actor, case: Case, disclosure: Disclosure, item: Chosen) -> None:
    db.session.add(
        DisclosureItem(
            municipality_id=case.municipality_id,
            disclosure_id=disclosure.id,
            part_version_id=item.version.id,
            part_id=item.part.id,
        )
    )
    copies.give(actor, disclosure.to_agency_id, case.id, disclosure.id, item.place, disclosure.until)
    person_id = item.record.about_person_id
    if item.record.kind == reading.IDENTITY and person_id is not None:
        people.index_for(actor, disclosure.to_agency_id, item.place, case.id, person_id, PartKind(item.part.kind))
    db.session.flush()


def _log(actor: Actor, disclosure: Disclosure, draft: DisclosureDraft, chosen: Sequence[Chosen]) -> None:
    given: dict[str, object] = {
        "case_id": disclosure.case_id,
        "disclosure_id": disclosure.id,
        "parts": [item.part.id for item in chosen],
        "legal_basis": disclosure.basis_id,
        "consent_id": disclosure.consent_id,
        "until": disclosure.until,
    }
    audit.record(
        actor,
        Event.DISCLOSED,
        agency_id=None,
        **given,
        to_agency=draft.recipient_id,
        reason_ref=disclosure.decision_record_id,
    )
    audit.record(actor, Event.RECEIVED, agency_id=draft.recipient_id, **given, from_agency=actor.agency_id)


def _end(actor: Actor, disclosure: Disclosure, why: str, *, decide: bool) -> int:
    disclosure.revoked_at, disclosure.revoked_by, disclosure.revoked_why = clock.now(), actor.user_id, why
    db.session.flush()
    closed = copies.close_for_disclosures(actor, [disclosure.id], why, decide=decide)
    audit.record(
        actor,
        Event.DISCLOSURE_REVOKED,
        agency_id=disclosure.from_agency_id,
        case_id=disclosure.case_id,
        disclosure_id=disclosure.id,
        why=why,
        copies=closed,
    )
    return closed
