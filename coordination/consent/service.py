"""Consents as facts: taking one back, whole or in part, and which covers what. What follows for disclosures is the next area's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, or_, select
from sqlalchemy.dialects.postgresql import array

from coordination.cases.queries import authorize, find_case
from coordination.consent.models import Consent, ConsentNarrowing, ConsentSignature
from coordination.consent.recording import ConsentDraft as ConsentDraft
from coordination.consent.recording import record as record
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.core.prepared import Prepared, asked
from policies.access import Actor
from policies.consent import ConsentTerms, Coverage, Scope, Use, covers
from policies.consent_rules import consent_rules
from policies.permissions import Permission
from policies.vocabulary import GivenBy

WITHDRAWERS = ("youth", "guardian")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A part of a consent that is taken back: these agencies, kinds of records and purposes."""

    agency_ids: frozenset[UUID]
    kinds: frozenset[str]
    purposes: frozenset[str]

    def leaves(self, consent: Consent, scope: Scope) -> bool:
        """Tell whether anything is left of a consent's scope without it: somebody else, something, for some purpose."""
        others = scope.agencies - self.agency_ids - {consent.owner_agency_id}
        return bool(others and scope.kinds - self.kinds and scope.purposes - self.purposes)


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent as an agency that it concerns may see it: facts, never the words. Its scope is what is left of it.

    ``withdrawn_on``: the day it was taken back, or taken back for this agency. ``narrowed_on``: the day a part of it was.
    """

    id: UUID
    owner_agency_id: UUID
    agency_ids: tuple[UUID, ...]
    kinds: tuple[str, ...]
    purposes: tuple[str, ...]
    form: str
    valid_from: date
    valid_to: date
    withdrawn_on: date | None
    narrowed_on: date | None
    language: str
    interpreter: bool
    information: str | None
    custody_ground: str | None
    signatures: tuple[tuple[UUID, str, date], ...]

    def active(self, on: date) -> bool:
        """Tell whether new disclosures may stand on it that day, as far as time goes."""
        return self.withdrawn_on is None and self.valid_from <= on <= self.valid_to


def withdraw(actor: Actor, consent_id: UUID, by: str) -> Consent:
    """Record that a consent was taken back; nothing new may stand on it from this moment. Raises Conflict if it already was."""
    consent = withdrawable(actor, consent_id)
    if by not in WITHDRAWERS:
        raise Invalid("withdrawer_unknown", withdrawn_by="withdrawer_unknown")
    if consent.withdrawn_at is not None:
        raise Conflict("consent_already_withdrawn")
    consent.withdrawn_at, consent.withdrawn_by = clock.now(), by
    consent.withdrawal_recorded_by = actor.user_id
    db.session.flush()
    return consent


def narrow(actor: Actor, consent_id: UUID, part: TakenBack, by: str) -> Consent:
    """Record that a part of a consent was taken back (OSL 12:2): from this moment nothing new may stand on that part.

    Raises Invalid for nothing, or for so much that nothing is left: that is to take it all back.
    """
    consent = withdrawable(actor, consent_id)
    if consent.withdrawn_at is not None:
        raise Conflict("consent_already_withdrawn")
    scope = scope_of(consent, narrowings_of([consent.id]).get(consent.id, []))
    known = TakenBack(part.agency_ids & scope.agencies, part.kinds & scope.kinds, part.purposes & scope.purposes)
    if by not in WITHDRAWERS:
        raise Invalid("withdrawer_unknown", withdrawn_by="withdrawer_unknown")
    if not (known.agency_ids or known.kinds or known.purposes):
        raise Invalid("nothing_taken_back", agency_ids="nothing_taken_back")
    if not known.leaves(consent, scope):
        raise Invalid("nothing_left_of_consent", agency_ids="nothing_left_of_consent")
    db.session.add(
        ConsentNarrowing(
            id=new_id(),
            municipality_id=consent.municipality_id,
            consent_id=consent.id,
            agency_ids=sorted(known.agency_ids),
            kinds=sorted(known.kinds),
            purposes=sorted(known.purposes),
            withdrawn_by=by,
            withdrawn_at=clock.now(),
            recorded_by=actor.user_id,
        )
    )
    db.session.flush()
    return consent


def withdrawable(actor: Actor, consent_id: UUID) -> Consent:
    """Return a consent whose withdrawal the actor may record, and hold its row. Raises NotFound, Forbidden."""
    consent = db.session.scalars(select(Consent).where(Consent.id == consent_id).with_for_update()).one_or_none()
    door = find_case(actor, consent.case_id if consent else None)
    if consent is None:
        raise NotFound
    authorize(actor, Permission.CASE_CONSENT_WITHDRAW, door.facts, owns=consent.owner_agency_id == actor.agency_id)
    return consent


def seen(actor: Actor, consent: Consent) -> ConsentView:
    """Return a consent that the actor may take back as the actor's agency sees it: what is left of it."""
    signatures, narrowed = signatures_of([consent.id]), narrowings_of([consent.id])
    return view_of(consent, signatures.get(consent.id, []), narrowed.get(consent.id, []), actor.agency_id)


_CONCERNING = Prepared(
    lambda: (
        select(Consent.__table__)
        .where(
            Consent.case_id == asked("case", Uuid()),
            or_(
                Consent.owner_agency_id == asked("agency", Uuid()),
                Consent.agency_ids.contains(array([asked("agency", Uuid())])),
            ),
        )
        .order_by(Consent.recorded_at.desc())
    )
)


def in_case(agency_id: UUID, case_id: UUID) -> list[ConsentView]:
    """Return the consents of a case that concern this agency, the newest first: its own, and those that name it."""
    rows = _CONCERNING.rows(case=case_id, agency=agency_id)
    found = [row.id for row in rows]
    signatures, narrowed = (signatures_of(found), narrowings_of(found)) if rows else ({}, {})
    return [view_of(row, signatures.get(row.id, []), narrowed.get(row.id, []), agency_id) for row in rows]


def covering(case_id: UUID, use: Use) -> tuple[Consent | None, Coverage | None, GivenBy | None]:
    """Return the consent that covers a use, longest first, with who gave it; or why the nearest one does not cover it."""
    rows = db.session.scalars(
        select(Consent).where(Consent.case_id == case_id).order_by(Consent.valid_to.desc(), Consent.recorded_at.desc())
    ).all()
    found = [row.id for row in rows]
    signatures, narrowed = signatures_of(found), narrowings_of(found)
    refused: tuple[None, Coverage | None, GivenBy | None] = (None, None, None)
    for row in rows:
        terms = terms_of(row, signatures.get(row.id, []), narrowed.get(row.id, []))
        coverage = covers(terms, use)
        if coverage.covered:
            return row, coverage, terms.given_by
        if refused[1] is None:
            refused = (None, coverage, terms.given_by)
    return refused


def terms_of(
    consent: Consent, signatures: Sequence[ConsentSignature], narrowed: Sequence[ConsentNarrowing] = ()
) -> ConsentTerms:
    """Return a consent as the plain values that the rule reads."""
    rules = {rule.id: rule for rule in consent_rules().ages}
    return ConsentTerms(
        scope=scope_of(consent, narrowed),
        valid_from=consent.valid_from,
        valid_to=consent.valid_to,
        withdrawn_at=consent.withdrawn_at,
        given_by=given_by({signature.capacity for signature in signatures}),
        signed_age=consent.signed_age,
        reason_without_guardian=consent.without_guardian,
        rule=rules.get(consent.rule_id),
    )


def scope_of(consent: Consent, narrowed: Sequence[ConsentNarrowing]) -> Scope:
    """Return what is left of a consent's scope."""
    return Scope(
        agencies=frozenset(consent.agency_ids).difference(*(part.agency_ids for part in narrowed)),
        kinds=frozenset(consent.kinds).difference(*(part.kinds for part in narrowed)),
        purposes=frozenset(consent.purposes).difference(*(part.purposes for part in narrowed)),
    )


def given_by(capacities: set[str]) -> GivenBy:
    """Return who gave a consent, of those who signed it."""
    if {"youth", "guardian"} <= capacities:
        return GivenBy.BOTH
    return GivenBy.YOUTH if "youth" in capacities else GivenBy.GUARDIAN


_SIGNATURES = Prepared(
    lambda: select(ConsentSignature.__table__).where(
        ConsentSignature.consent_id == any_(asked("consents", ARRAY(Uuid())))
    )
)


def signatures_of(consent_ids: Sequence[UUID]) -> dict[UUID, list[ConsentSignature]]:
    """Return who signed each of these consents."""
    found: dict[UUID, list[ConsentSignature]] = {}
    for row in _SIGNATURES.rows(consents=list(consent_ids)):
        found.setdefault(row.consent_id, []).append(row)
    return found


_NARROWED = Prepared(
    lambda: (
        select(ConsentNarrowing.__table__)
        .where(ConsentNarrowing.consent_id == any_(asked("consents", ARRAY(Uuid()))))
        .order_by(ConsentNarrowing.withdrawn_at)
    )
)


def narrowings_of(consent_ids: Sequence[UUID]) -> dict[UUID, list[ConsentNarrowing]]:
    """Return what was taken back of each of these consents, the first first."""
    found: dict[UUID, list[ConsentNarrowing]] = {}
    for row in _NARROWED.rows(consents=list(consent_ids)):
        found.setdefault(row.consent_id, []).append(row)
    return found


def view_of(
    consent: Consent,
    signatures: Sequence[ConsentSignature],
    narrowed: Sequence[ConsentNarrowing],
    agency_id: UUID,
) -> ConsentView:
    """Return a consent as an agency that it concerns may see it."""
    scope = scope_of(consent, narrowed)
    taken_from = next((part.withdrawn_at for part in narrowed if agency_id in part.agency_ids), None)
    return ConsentView(
        id=consent.id,
        owner_agency_id=consent.owner_agency_id,
        agency_ids=tuple(one for one in consent.agency_ids if one in scope.agencies),
        kinds=tuple(one for one in consent.kinds if one in scope.kinds),
        purposes=tuple(one for one in consent.purposes if one in scope.purposes),
        form=consent.form,
        valid_from=consent.valid_from,
        valid_to=consent.valid_to,
        withdrawn_on=_day(consent.withdrawn_at or taken_from),
        narrowed_on=_day(narrowed[-1].withdrawn_at) if narrowed else None,
        language=consent.language,
        interpreter=consent.interpreter,
        information=consent.information,
        custody_ground=consent.custody_ground if agency_id == consent.owner_agency_id else None,
        signatures=tuple((row.person_id, row.capacity, row.signed_on) for row in signatures),
    )


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.STOCKHOLM).date() if moment else None
