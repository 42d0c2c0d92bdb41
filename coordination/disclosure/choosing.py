"""What the page "Dela uppgifter" asks before anything is decided: which bases fit all the chosen parts, and why not the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coordination.cases.queries import case_for
from coordination.core import clock
from coordination.disclosure import basis
from coordination.disclosure.service import DisclosureDraft, chosen_parts, chosen_records
from policies.access import Actor
from policies.bases import LegalBasis, Text, basis_table
from policies.disclosure import Answer, Assessment, last_day
from policies.permissions import Permission
from policies.protection import Protection, protection_at
from policies.vocabulary import BasisKind


@dataclass(frozen=True, slots=True)
class Option:
    """One basis for everything chosen: applicable, with what must hold and until when at the longest; or blocked, and why."""

    basis: LegalBasis
    applicable: bool
    why: Text
    requires: tuple[str, ...]
    consent_id: UUID | None
    latest: date


@dataclass(frozen=True, slots=True)
class Options:
    """Every basis there is to choose from, the duties that a basis may carry, and what is always to be said."""

    bases: Sequence[Option]
    duties: Sequence[LegalBasis]
    notices: Sequence[Text]

    @property
    def consent_ends(self) -> date | None:
        """The last day a disclosure may stand on the consent, if one covers everything chosen."""
        return min((one.latest for one in self.bases if one.applicable and one.consent_id is not None), default=None)


def options(actor: Actor, case_id: UUID, draft: DisclosureDraft) -> Options:
    """Answer which bases fit every chosen part. Raises NotFound for a part that is not the own agency's, Invalid for none."""
    case = case_for(actor, case_id, Permission.CASE_DISCLOSE, owns=True)
    records = chosen_records(chosen_parts(actor, case.id, draft.part_ids))
    assessed = [basis.assess_record(actor, case.id, record, draft) for record in records]
    assessments = [assessment for assessment, _ in assessed]
    consents = [consent for _, consent in assessed if consent is not None]
    consent = min(consents, key=lambda found: found.valid_to) if len(consents) == len(assessed) else None
    answers = [_combined(answer.id, assessments) for answer in _all(assessments[0])]
    rows = {row.id: row for row in basis_table().versions_for(clock.today())}
    usable = {answer.id for answer, applies in answers if applies}
    return Options(
        bases=[
            _option(rows[answer.id], answer, applies, (consent.id, consent.valid_to) if consent else None)
            for answer, applies in answers
            if rows[answer.id].carried_by is None
        ],
        duties=[row for row in rows.values() if row.carried_by and row.id in usable],
        notices=list(dict.fromkeys(notice for assessment in assessments for notice in assessment.notices)),
    )


def protection_of(agency_id: UUID) -> Protection:
    """Return what protects a piece of information once it is with this agency (OSL 7:2)."""
    return protection_at(basis.party(agency_id))


def _all(assessment: Assessment) -> list[Answer]:
    order = {row.id: place for place, row in enumerate(basis_table().versions_for(clock.today()))}
    return sorted((*assessment.applicable, *assessment.blocked), key=lambda answer: order[answer.id])


def _combined(basis_id: str, assessments: Sequence[Assessment]) -> tuple[Answer, bool]:
    """Return the answer for all records together: it applies only if it does for each of them."""
    for assessment in assessments:
        blocked = next((answer for answer in assessment.blocked if answer.id == basis_id), None)
        if blocked is not None:
            return blocked, False
    answers = [answer for assessment in assessments for answer in assessment.applicable if answer.id == basis_id]
    return max(answers, key=lambda answer: len(answer.requires)), True


def _option(row: LegalBasis, answer: Answer, applies: bool, consent: tuple[UUID, date] | None) -> Option:  # noqa: FBT001 - a fact, said last
    stands_on = consent if row.kind is BasisKind.CONSENT else None
    return Option(
        basis=row,
        applicable=applies,
        why=Text(answer.why_sv, answer.why_en),
        requires=answer.requires,
        consent_id=stands_on[0] if stands_on else None,
        latest=last_day(row, clock.today(), stands_on[1] if stands_on else None),
    )
