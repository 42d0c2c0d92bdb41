"""What the page "Dela uppgifter" asks before anything is decided: which bases fit all the chosen parts for which recipients, and why not the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coordination.cases.queries import case_for
from coordination.consent.models import Consent
from coordination.core import clock
from coordination.disclosure import basis
from coordination.disclosure.deciding import DecisionDraft, chosen_parts, chosen_records
from policies.access import Actor
from policies.bases import LegalBasis, Text, basis_table
from policies.disclosure import Answer, Assessment, last_day
from policies.permissions import Permission
from policies.protection import Protection, protection_at
from policies.vocabulary import BasisKind


@dataclass(frozen=True, slots=True)
class Fit:
    """One basis for everything chosen, to one recipient: applicable, with what must hold and until when; or blocked, and why."""

    recipient_id: UUID
    applicable: bool
    why: Text
    requires: tuple[str, ...]
    consent_id: UUID | None
    latest: date


@dataclass(frozen=True, slots=True)
class Option:
    """One basis, with its answer for every recipient."""

    basis: LegalBasis
    fits: Sequence[Fit]

    @property
    def fitting(self) -> list[Fit]:
        """The answers for the recipients it can be used for."""
        return [one for one in self.fits if one.applicable]

    @property
    def applicable(self) -> bool:
        """Whether it can be used for anybody."""
        return bool(self.fitting)

    @property
    def requires(self) -> list[str]:
        """What must hold in the single case, each thing once."""
        return list(dict.fromkeys(fact for one in self.fitting for fact in one.requires))

    @property
    def consent_ids(self) -> list[UUID]:
        """The consents it would stand on."""
        return list(dict.fromkeys(one.consent_id for one in self.fitting if one.consent_id is not None))

    @property
    def latest(self) -> date:
        """The last day a disclosure on it may run, to everybody it can be used for."""
        return min(one.latest for one in self.fitting or self.fits)


@dataclass(frozen=True, slots=True)
class Options:
    """Every basis there is to choose from, the duties that a basis may carry, and what is always to be said."""

    bases: Sequence[Option]
    duties: Sequence[LegalBasis]
    notices: Sequence[Text]

    @property
    def consent_ends(self) -> date | None:
        """The last day a disclosure may stand on the consent, if one covers everything chosen for somebody."""
        return min((one.latest for one in self.bases if one.applicable and one.consent_ids), default=None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one recipient's answers come from: an assessment for each record, and the consent that covers them all."""

    recipient_id: UUID
    assessments: Sequence[Assessment]
    consent: Consent | None


def options(actor: Actor, case_id: UUID, draft: DecisionDraft) -> Options:
    """Answer which bases fit every chosen part, for each recipient.

    Raises NotFound for a part that is not the own agency's, Invalid for none.
    """
    case = case_for(actor, case_id, Permission.CASE_DISCLOSE, owns=True)
    records = chosen_records(chosen_parts(actor, case.id, draft.part_ids))
    asked = []
    for recipient in dict.fromkeys(draft.recipient_ids):
        found = [basis.assess_record(actor, case.id, record, draft.to(recipient)) for record in records]
        consents = [consent for _, consent in found if consent is not None]
        consent = min(consents, key=lambda one: one.valid_to) if len(consents) == len(found) else None
        asked.append(_Asked(recipient, [assessment for assessment, _ in found], consent))
    rows = basis_table().versions_for(clock.today())
    found_options = [Option(row, [_fit(row, one) for one in asked]) for row in rows]
    notices = (notice for one in asked for assessment in one.assessments for notice in assessment.notices)
    return Options(
        bases=[option for option in found_options if option.basis.carried_by is None],
        duties=[option.basis for option in found_options if option.basis.carried_by and option.applicable],
        notices=list(dict.fromkeys(notices)),
    )


def protection_of(agency_id: UUID) -> Protection:
    """Return what protects a piece of information once it is with this agency (OSL 7:2)."""
    return protection_at(basis.party(agency_id))


def _fit(row: LegalBasis, asked: _Asked) -> Fit:
    answer, applies = _combined(row.id, asked.assessments)
    consent = asked.consent if row.kind is BasisKind.CONSENT else None
    return Fit(
        recipient_id=asked.recipient_id,
        applicable=applies,
        why=Text(answer.why_sv, answer.why_en),
        requires=answer.requires if applies else (),
        consent_id=consent.id if consent else None,
        latest=last_day(row, clock.today(), consent.valid_to if consent else None),
    )


def _combined(basis_id: str, assessments: Sequence[Assessment]) -> tuple[Answer, bool]:
    """Return the answer for all records together: it applies only if it does for each of them."""
    answers = []
    for assessment in assessments:
        answer = assessment.carrying(basis_id)
        if answer is None:
            return next(one for one in assessment.blocked if one.id == basis_id), False
        answers.append(answer)
    return max(answers, key=lambda answer: len(answer.requires)), True
