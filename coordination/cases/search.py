"""Search: by name, number or reference only, exact or by whole name words (2001:637, 15 §), with a reason outside one's own work.

It starts from ``visible_to`` and answers no hit and hidden hit alike. Every search is logged, also one without a hit; the words are not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies, reading
from coordination.cases.lists import PAGE, CasePage, rows_for
from coordination.cases.models import Case, CasePerson
from coordination.cases.queries import UNPROTECTED, WIDE_ROLES, authorize, named_for, visible_to
from coordination.cases.queries import assigned as is_assigned
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Invalid
from coordination.keys import blind_index
from coordination.keys import service as keys
from coordination.keys.blind_index import Term, TermKind
from policies.access import NO_CASE, Actor
from policies.permissions import Permission

SHORTEST_REASON = 10
_LOGGED_AS = {TermKind.IDENTITY: "number", TermKind.REFERENCE: "reference", TermKind.NAME: "name"}


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked: the words, whether outside one's own assignments, why, and from where to go on."""

    text: str
    wide: bool
    reason: str
    after: UUID | None = None


def run(actor: Actor, search: Search) -> CasePage:
    """Return the visible cases that match, newest first. Raises Invalid for words that cannot be searched or a missing reason."""
    authorize(actor, Permission.CASE_SEARCH, NO_CASE)
    wide = search.wide and bool(actor.roles & WIDE_ROLES)
    reason = search.reason.strip()
    if wide and len(reason) < SHORTEST_REASON:
        raise Invalid("reason_too_short", reason="reason_too_short")
    readings = [reading for reading in _readings(search.text) if reading[0].kind in _LOGGED_AS]
    if not readings:
        raise Invalid("search_text_unusable", text="search_text_unusable")
    page = _find(actor, readings, search.after, wide=wide)
    _log(actor, readings[0], len(page.rows), reason if wide else "")
    return page


def _readings(text: str) -> Sequence[Sequence[Term]]:
    try:
        return blind_index.readings(text)
    except Invalid as problem:
        raise Invalid(problem.code, text=problem.code) from problem


def _find(actor: Actor, readings: Sequence[Sequence[Term]], after: UUID | None, *, wide: bool) -> CasePage:
    wanted = visible_to(actor)
    if not wide:
        wanted = wanted.where(is_assigned(actor.user_id, actor.agency_id, clock.now()))
    matching: Mapping[UUID, set[UUID]] = {}
    if readings[0][0].kind is TermKind.REFERENCE:
        wanted = wanted.where(Case.reference == readings[0][0].value.decode())
    else:
        matching = _matching(actor, readings)
        wanted = wanted.where(Case.id.in_(matching))
    if after is not None:
        wanted = wanted.where(Case.id < after)
    cases = db.session.scalars(wanted.order_by(Case.id.desc()).limit(PAGE + 1)).all()
    shown = cases[:PAGE]
    copies.note_found(actor, {version for case in shown for version in matching.get(case.id, ())})
    return CasePage(rows_for(actor, shown), shown[-1].id if len(cases) > PAGE else None)


def _matching(actor: Actor, readings: Sequence[Sequence[Term]]) -> dict[UUID, set[UUID]]:
    """Return the cases in which one person matches every term of a reading, by what the agency can read today, each with the
    part versions that told.

    Nobody matches whose identity is kept from the actor: a hit on a protected name would tell that the person is in the case.
    """
    found = [[keys.hits(actor.agency_id, term) for term in terms] for terms in readings]
    every = {hit for terms in found for hits in terms for hit in hits}
    readable = reading.readable_versions(actor.agency_id, {hit.part_version_id for hit in every}, clock.today())
    people = _not_kept_from(actor, {hit.person_id for hit in every})
    counted = {hit for hit in every if hit.part_version_id in readable and hit.person_id in people}
    matches = (
        set.intersection(*({(hit.case_id, hit.person_id) for hit in hits & counted} for hits in terms))
        for terms in found
        if terms
    )
    hit = {pair for match in matches for pair in match}
    telling: dict[UUID, set[UUID]] = {case_id: set() for case_id, _ in hit}
    for one in counted:
        if (one.case_id, one.person_id) in hit:
            telling[one.case_id].add(one.part_version_id)
    return telling


def _not_kept_from(actor: Actor, person_ids: set[UUID]) -> set[UUID]:
    """Return those of the people whose identity is not protected, or for whom the actor is named."""
    known = or_(CasePerson.protection == UNPROTECTED, named_for(actor.user_id))
    return set(db.session.scalars(select(CasePerson.id).where(CasePerson.id.in_(person_ids), known)))


def _log(actor: Actor, terms: Sequence[Term], hits: int, reason: str) -> None:
    joined = Term(terms[0].kind, b"\x00".join(term.value for term in terms))
    audit.record(
        actor,
        Event.SEARCHED,
        kind=_LOGGED_AS[terms[0].kind],
        hits=hits,
        query_digest=keys.digest_for_log(actor.agency_id, joined),
        reason_code=None,
        reason_ref=keys.seal_note(actor.agency_id, actor.municipality_id, reason) if reason else None,
    )
