"""Deciding what is given to whom: one decision with one weighing, carried out for one recipient or several, whole or not at all.

The page "Dela uppgifter" calls it, and so does whatever else comes to decide about several parts at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies, people, phases, reading, writing
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import Case, Part, PartVersion, Record
from coordination.cases.queries import case_for, has_handler, participating_agencies
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


@dataclass(frozen=True, slots=True)
class DisclosureDraft:
    """A disclosure to one agency as typed in; ``duty_id`` names the statutory duty where the basis carries duties."""

    part_ids: Sequence[UUID]
    recipient_id: UUID
    basis_id: str
    duty_id: str | None
    purpose: str
    own_initiative: bool
    harm_test: str
    until: date

    def alone(self) -> "DecisionDraft":
        """Return the same as a decision about one recipient."""
        return DecisionDraft(
            self.part_ids,
            [self.recipient_id],
            self.basis_id,
            self.duty_id,
            self.purpose,
            self.own_initiative,
            self.harm_test,
            self.until,
        )


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """A decision about several parts and recipients as typed in: the same parts, basis, weighing and end for all of them."""

    part_ids: Sequence[UUID]
    recipient_ids: Sequence[UUID]
    basis_id: str
    duty_id: str | None
    purpose: str
    own_initiative: bool
    harm_test: str
    until: date

    def to(self, recipient_id: UUID) -> DisclosureDraft:
        """Return what is decided about one of the recipients."""
        return DisclosureDraft(
            self.part_ids,
            recipient_id,
            self.basis_id,
            self.duty_id,
            self.purpose,
            self.own_initiative,
            self.harm_test,
            self.until,
        )


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
class Carried:
    """What carries the disclosure to one recipient: the basis the ledger names (a duty where it is one), and the consent."""

    named: LegalBasis
    consent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision that holds in every respect, for every recipient."""

    case: Case
    chosen: Sequence[Chosen]
    carried: Mapping[UUID, Carried]

    def fingerprint(self, draft: DecisionDraft) -> str:
        """Return a digest of exactly what would be given, to whom and how, so that nothing is given but what was shown."""
        versions = sorted(str(item.version.id) for item in self.chosen)
        carried = sorted(f"{to}:{one.named.id}:{one.consent_id}" for to, one in self.carried.items())
        terms = [draft.purpose, draft.own_initiative, draft.until, *carried, *versions]
        return sha256("|".join(map(str, terms)).encode()).hexdigest()


def decide(actor: Actor, case_id: UUID, draft: DecisionDraft, *, seen: str | None = None) -> list[Disclosure]:
    """Give the chosen parts to each recipient, on a basis that fits all parts there, until a date; all or none.

    ``seen`` is the fingerprint of what was shown before the decision: Conflict unless it is what would be given now. Raises
    NotFound for a part that is not the actor's agency's own, Invalid for everything that can be mended in the form.
    """
    ready = prepare(actor, case_id, draft)
    if seen is not None and seen != ready.fingerprint(draft):
        raise Conflict("preview_changed")
    decision = writing.new_record(actor, ready.case.id, reading.DECISION, clock.today(), None)
    writing.add_part(actor, decision, 0, PartKind.TEXT, Nature.ASSESSMENT, Text("", draft.harm_test.strip()))
    return [_give_to(actor, draft.to(recipient), ready, decision.id) for recipient in ready.carried]


def prepare(actor: Actor, case_id: UUID, draft: DecisionDraft) -> Prepared:
    """Return what would be given if ``draft`` were decided now; nothing is given. Raises as ``decide`` does.

    In the anonymous consultation nobody is told who it is about, on whatever basis.
    """
    case = case_for(actor, case_id, Permission.CASE_DISCLOSE, owns=True)
    chosen = chosen_parts(actor, case.id, draft.part_ids)
    if phases.anonymous(case) and any(item.record.kind == reading.IDENTITY for item in chosen):
        raise Invalid("identity_in_consultation", parts="identity_in_consultation")
    recipients = list(dict.fromkeys(draft.recipient_ids))
    if not recipients:
        raise Invalid("recipients_missing", recipients="recipients_missing")
    refused: dict[UUID, Invalid] = {}
    carried: dict[UUID, Carried] = {}
    for recipient in recipients:
        try:
            carried[recipient] = _carried(actor, case, chosen, draft.to(recipient))
        except Invalid as error:
            refused[recipient] = error
    if refused:
        raise _common(list(refused.values()), recipients)
    return Prepared(case, chosen, carried)


def obstacles(actor: Actor, case_id: UUID, recipient_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return for each of these agencies why nothing can be given to it, whatever the basis: nothing for those that can receive."""
    case = case_for(actor, case_id, Permission.CASE_DISCLOSE, owns=True)
    found = {}
    for recipient in recipient_ids:
        try:
            _check_recipient(actor, case, recipient)
        except Invalid as error:
            found[recipient] = error.code
    return found


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


def _common(errors: Sequence[Invalid], recipients: Sequence[UUID]) -> Invalid:
    """Return what stops the decision: at its own field where it stops every recipient alike, else at the recipients."""
    first = errors[0]
    alike = len(errors) == len(recipients) and all(error.fields == first.fields for error in errors)
    return first if alike else Invalid("some_recipients_blocked", recipients="some_recipients_blocked")


def _carried(actor: Actor, case: Case, chosen: Sequence[Chosen], draft: DisclosureDraft) -> Carried:
    _check_recipient(actor, case, draft.recipient_id)
    use = basis.fit(actor, case.id, chosen_records(chosen), draft)
    _check_terms(use.basis, draft, use.consent.valid_to if use.consent else None)
    duty = basis_table().on(draft.duty_id, clock.today()) if draft.duty_id else None
    return Carried(duty or use.basis, use.consent.id if use.consent else None)


def _check_recipient(actor: Actor, case: Case, recipient_id: UUID) -> None:
    if recipient_id == actor.agency_id or recipient_id not in participating_agencies(case.id):
        raise Invalid("recipient_not_in_case", recipients="recipient_not_in_case")
    if not has_handler(case.id, recipient_id):
        raise Invalid("recipient_has_no_handler", recipients="recipient_has_no_handler")


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


def _give_to(actor: Actor, draft: DisclosureDraft, ready: Prepared, decision_id: UUID) -> Disclosure:
    disclosure = _entered(actor, draft, ready, decision_id)
    for item in ready.chosen:
        _give(actor, ready.case, disclosure, item)
    _log(actor, disclosure, ready.chosen)
    return disclosure


def _entered(actor: Actor, draft: DisclosureDraft, ready: Prepared, decision_id: UUID) -> Disclosure:
    carried = ready.carried[draft.recipient_id]
    disclosure = Disclosure(
        id=new_id(),
        municipality_id=ready.case.municipality_id,
        case_id=ready.case.id,
        from_agency_id=actor.agency_id,
        to_agency_id=draft.recipient_id,
        basis_id=carried.named.id,
        basis_in_force_from=carried.named.in_force_from,
        consent_id=carried.consent_id,
        purpose=draft.purpose,
        own_initiative=draft.own_initiative,
        until=draft.until,
        decision_record_id=decision_id,
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


def _log(actor: Actor, disclosure: Disclosure, chosen: Sequence[Chosen]) -> None:
    given: dict[str, object] = {
        "case_id": disclosure.case_id,
        "disclosure_id": disclosure.id,
        "parts": [item.part.id for item in chosen],
        "legal_basis": disclosure.basis_id,
        "consent_id": disclosure.consent_id,
        "until": disclosure.until,
    }
    recipient = disclosure.to_agency_id
    audit.record(
        actor, Event.DISCLOSED, agency_id=None, **given, to_agency=recipient, reason_ref=disclosure.decision_record_id
    )
    audit.record(actor, Event.RECEIVED, agency_id=recipient, **given, from_agency=actor.agency_id)
