"""May this actor do this, here and now? A pure answer with a reason, read from one table.

``REQUIRES`` names the conditions of every permission, strictest question last; the first that fails is the reason and
goes to the access log. Nothing is allowed that no row allows, and the page "Behörigheter" is drawn from the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from policies.permissions import GRANTS, SENTENCES, AgencyKind, Permission, Role
from policies.texts import N_


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person at work in one agency: what identity knows, as plain values."""

    user_id: UUID
    agency_id: UUID
    municipality_id: UUID
    agency_kind: AgencyKind
    roles: frozenset[Role]
    session_id: UUID | None
    fresh: bool
    second_factor: bool


class CopyState(StrEnum):
    """The life of a copy at the agency that received it."""

    NONE = "none"
    READABLE = "readable"
    CLOSED = "closed"
    DISPOSED = "disposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a decision needs to know about a case, and about the part or log in question. No field has a default:
    whoever gathers facts answers every question.
    """

    same_municipality: bool
    """The thing belongs to the municipality of the actor's agency."""
    participates: bool
    """The actor's agency takes part in the case now."""
    assigned: bool
    """The actor has an assignment in the case that has begun and not ended; of an urgent request: is who takes it now."""
    emergency: bool
    """The actor is in the case by break-glass only."""
    owns: bool
    """The record, part, consent or log belongs to the actor's agency."""
    copy: CopyState
    """The copy that the actor's agency holds of the part."""
    protected: bool
    """A person with protected identity is involved."""
    named_for_protected: bool
    """The actor is named as one of those who may open it."""
    conflict_of_interest: bool
    """The actor is close to a person in the case (jäv)."""
    review: bool
    """The actor has an assignment, in force now, to review this agency's log."""
    reviewed_self: bool
    """The actor belongs to the agency whose log is reviewed."""
    phase_open: bool
    """The case is not closed."""


NO_CASE = Facts(
    same_municipality=False,
    participates=False,
    assigned=False,
    emergency=True,
    owns=False,
    copy=CopyState.NONE,
    protected=True,
    named_for_protected=False,
    conflict_of_interest=True,
    review=False,
    reviewed_self=True,
    phase_open=False,
)
"""Every fact at its strictest. ``dataclasses.replace`` it for what stands outside cases (administration, log review,
one's own account); a fact that is forgotten then refuses."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and why; the reason is a stable code for the log, never for guessing at what exists."""

    allowed: bool
    reason: str


class Condition(StrEnum):
    """What may be asked before an action; the value is the reason code when it fails."""

    ROLE = "role_lacks_permission"
    NOT_ADMINISTRATOR = "administrator_sees_no_content"
    SECOND_FACTOR = "second_factor_missing"
    MUNICIPALITY = "other_municipality"
    PARTICIPATES = "agency_not_in_case"
    ASSIGNED = "not_assigned"
    ON_CALL = "not_on_call"
    APPOINTED = "opened_in_emergency"
    ASSIGNED_OR_MANAGER = "neither_assigned_nor_manager"
    NO_CONFLICT = "conflict_of_interest"
    NAMED_IF_PROTECTED = "protected_and_not_named"
    NAMED_OR_MANAGER = "protected_and_neither_named_nor_manager"
    NAMED = "not_named_for_protected"
    OWNS = "not_owner"
    OWNS_OR_COPY = "neither_owner_nor_readable_copy"
    HOLDS_COPY = "no_copy_to_decide_on"
    HOLDS_CLOSED = "no_closed_copy"
    PHASE_OPEN = "case_closed"
    REVIEW = "no_review_assignment"
    REVIEWS_OTHERS = "reviewer_belongs_to_agency"
    FRESH = "reauthentication_needed"


Check = Callable[[Actor, Facts], bool]

_CHECKS: Mapping[Condition, Check] = {
    Condition.NOT_ADMINISTRATOR: lambda actor, _: Role.ADMINISTRATOR not in actor.roles,
    Condition.SECOND_FACTOR: lambda actor, _: actor.second_factor,
    Condition.MUNICIPALITY: lambda _, facts: facts.same_municipality,
    Condition.PARTICIPATES: lambda _, facts: facts.participates,
    Condition.ASSIGNED: lambda _, facts: facts.assigned,
    Condition.ON_CALL: lambda _, facts: facts.assigned,
    Condition.APPOINTED: lambda _, facts: not facts.emergency,
    Condition.ASSIGNED_OR_MANAGER: lambda actor, facts: facts.assigned or Role.UNIT_MANAGER in actor.roles,
    Condition.NO_CONFLICT: lambda _, facts: not facts.conflict_of_interest,
    Condition.NAMED_IF_PROTECTED: lambda _, facts: not facts.protected or facts.named_for_protected,
    Condition.NAMED_OR_MANAGER: lambda actor, facts: (
        not facts.protected or facts.named_for_protected or Role.UNIT_MANAGER in actor.roles
    ),
    Condition.NAMED: lambda _, facts: facts.named_for_protected,
    Condition.OWNS: lambda _, facts: facts.owns,
    Condition.OWNS_OR_COPY: lambda _, facts: facts.owns or facts.copy is CopyState.READABLE,
    Condition.HOLDS_COPY: lambda _, facts: facts.copy in (CopyState.READABLE, CopyState.CLOSED),
    Condition.HOLDS_CLOSED: lambda _, facts: facts.copy is CopyState.CLOSED,
    Condition.PHASE_OPEN: lambda _, facts: facts.phase_open,
    Condition.REVIEW: lambda _, facts: facts.review,
    Condition.REVIEWS_OTHERS: lambda _, facts: not facts.reviewed_self,
    Condition.FRESH: lambda actor, _: actor.fresh,
}

CONDITION_SENTENCES: Mapping[Condition, str] = {
    Condition.ROLE: N_("Du har en av rollerna."),
    Condition.NOT_ADMINISTRATOR: N_("Du är inte administratör."),
    Condition.SECOND_FACTOR: N_("Du har loggat in med två faktorer."),
    Condition.MUNICIPALITY: N_("Det hör till din kommun."),
    Condition.PARTICIPATES: N_("Din part är med i ärendet nu."),
    Condition.ASSIGNED: N_("Du är handläggare i ärendet nu."),
    Condition.ON_CALL: N_(
        "Du har jouren nu, eller hade den när begäran kom och den väntar på svar, eller är chef när ingen har jouren."
    ),
    Condition.APPOINTED: N_("Du är inte i ärendet bara genom nödöppning."),
    Condition.ASSIGNED_OR_MANAGER: N_("Du är handläggare i ärendet nu, eller chef i din part."),
    Condition.NO_CONFLICT: N_("Du är inte jävig."),
    Condition.NAMED_IF_PROTECTED: N_("Har någon skyddade personuppgifter är du en av dem som är utsedda att se dem."),
    Condition.NAMED_OR_MANAGER: N_(
        "Har någon skyddade personuppgifter är du utsedd att se dem, eller chef i din part."
    ),
    Condition.NAMED: N_("Du är en av dem som är utsedda att se de skyddade uppgifterna."),
    Condition.OWNS: N_("Din part äger det."),
    Condition.OWNS_OR_COPY: N_("Din part äger stycket, eller har fått det och delningen är inte avslutad."),
    Condition.HOLDS_COPY: N_("Din part har en kopia som inte är gallrad."),
    Condition.HOLDS_CLOSED: N_("Din part har en kopia som är stängd och inte gallrad."),
    Condition.PHASE_OPEN: N_("Ärendet är inte avslutat."),
    Condition.REVIEW: N_("Du har ett uppdrag, som gäller nu, att granska partens logg."),
    Condition.REVIEWS_OTHERS: N_("Du arbetar inte i den part som granskas."),
    Condition.FRESH: N_("Du har bekräftat din inloggning på nytt alldeles nyss."),
}

_C = Condition
_WORK = (_C.NOT_ADMINISTRATOR, _C.SECOND_FACTOR)
_ADMIN = (_C.SECOND_FACTOR, _C.MUNICIPALITY)
_OWN_CASE = (*_WORK, _C.MUNICIPALITY, _C.ASSIGNED, _C.NO_CONFLICT, _C.NAMED_IF_PROTECTED)
_CASE = (*_WORK, _C.MUNICIPALITY, _C.PARTICIPATES, _C.ASSIGNED, _C.NO_CONFLICT, _C.NAMED_IF_PROTECTED)
_OPEN_CASE = (*_CASE, _C.PHASE_OPEN)
_LED_CASE = (*_OPEN_CASE, _C.APPOINTED)

REQUIRES: Mapping[Permission, tuple[Condition, ...]] = {
    Permission.ACCOUNT_OWN_MANAGE: (),
    Permission.ACCOUNT_OWN_READ: (),
    Permission.ADMIN_AGENCY_MANAGE: _ADMIN,
    Permission.ADMIN_AGENCY_READ: _ADMIN,
    Permission.ADMIN_USER_MANAGE: _ADMIN,
    Permission.ADMIN_USER_READ: _ADMIN,
    Permission.AUDIT_CASE_READ: _CASE,
    Permission.AUDIT_REVIEW_ASSIGN: (*_WORK, _C.MUNICIPALITY, _C.OWNS),
    Permission.AUDIT_REVIEW_READ: (*_WORK, _C.REVIEW, _C.REVIEWS_OTHERS),
    Permission.AUDIT_REVIEWS_LIST_READ: _WORK,
    Permission.CASE_ACT: _LED_CASE,
    Permission.CASE_ASSIGN: (
        *_WORK,
        _C.MUNICIPALITY,
        _C.PARTICIPATES,
        _C.ASSIGNED_OR_MANAGER,
        _C.APPOINTED,
        _C.NO_CONFLICT,
        _C.NAMED_OR_MANAGER,
    ),
    Permission.CASE_CLOSE: _LED_CASE,
    Permission.CASE_CONFLICT_DECLARE: (*_WORK, _C.MUNICIPALITY),
    Permission.CASE_CONFLICT_MANAGE: (*_WORK, _C.MUNICIPALITY, _C.PARTICIPATES, _C.NO_CONFLICT, _C.NAMED_OR_MANAGER),
    Permission.CASE_CONSENT_RECORD: _LED_CASE,
    Permission.CASE_CONSENT_WITHDRAW: (*_OWN_CASE, _C.OWNS, _C.APPOINTED),
    Permission.CASE_DISCLOSE: (*_CASE, _C.OWNS, _C.PHASE_OPEN, _C.FRESH),
    Permission.CASE_DRAFT_KEEP: _OPEN_CASE,
    Permission.CASE_EMERGENCY_CLOSE: (*_WORK, _C.MUNICIPALITY, _C.ASSIGNED),
    Permission.CASE_EMERGENCY_OPEN: (*_WORK, _C.MUNICIPALITY, _C.PARTICIPATES, _C.NO_CONFLICT, _C.FRESH),
    Permission.CASE_FOLLOW_UP: (
        *_WORK,
        _C.MUNICIPALITY,
        _C.PARTICIPATES,
        _C.ASSIGNED_OR_MANAGER,
        _C.APPOINTED,
        _C.NO_CONFLICT,
        _C.NAMED_OR_MANAGER,
    ),
    Permission.CASE_LIST_READ: _WORK,
    Permission.CASE_MATCH_ANSWER: (*_LED_CASE, _C.FRESH),
    Permission.CASE_MATCH_ASK: (*_LED_CASE, _C.FRESH),
    Permission.CASE_OPEN: (*_WORK, _C.MUNICIPALITY),
    Permission.CASE_PART_READ: (*_CASE, _C.OWNS_OR_COPY),
    Permission.CASE_PARTICIPANTS_MANAGE: _LED_CASE,
    Permission.CASE_PEOPLE_MANAGE: _LED_CASE,
    Permission.CASE_PHASE_MOVE: _LED_CASE,
    Permission.CASE_PROTECTED_READ: (*_CASE, _C.NAMED, _C.FRESH),
    Permission.CASE_READ: _CASE,
    Permission.CASE_RECORD_WRITE: (*_OPEN_CASE, _C.OWNS),
    Permission.CASE_REFUSE: (*_CASE, _C.OWNS),
    Permission.CASE_REVOKE: (*_OWN_CASE, _C.OWNS),
    Permission.CASE_SEARCH: _WORK,
    Permission.DISCLOSURE_CLOSED_DECIDE: (*_WORK, _C.MUNICIPALITY, _C.NO_CONFLICT, _C.NAMED_OR_MANAGER, _C.HOLDS_COPY),
    Permission.DISCLOSURE_CLOSED_OPEN: (
        *_WORK,
        _C.MUNICIPALITY,
        _C.NO_CONFLICT,
        _C.NAMED_IF_PROTECTED,
        _C.HOLDS_CLOSED,
        _C.FRESH,
    ),
    Permission.DISCLOSURE_COPY_DECIDE: (*_OWN_CASE, _C.HOLDS_COPY, _C.APPOINTED),
    Permission.DISCLOSURE_COPY_TAKE: (*_CASE, _C.HOLDS_COPY, _C.APPOINTED),
    Permission.DISCLOSURE_LEDGER_EXPORT: (*_WORK, _C.FRESH),
    Permission.DISCLOSURE_LEDGER_READ: _WORK,
    Permission.DISCLOSURE_MATCH_READ: _WORK,
    Permission.DISCLOSURE_ON_CALL_MANAGE: (*_WORK, _C.MUNICIPALITY, _C.OWNS),
    Permission.DISCLOSURE_URGENT_ANSWER: (*_WORK, _C.MUNICIPALITY, _C.ON_CALL, _C.FRESH),
    Permission.DISCLOSURE_URGENT_READ: _WORK,
    Permission.DISCLOSURE_URGENT_SEND: (*_WORK, _C.MUNICIPALITY, _C.FRESH),
    Permission.HELP_ADVICE_READ: (),
    Permission.HELP_READ: (),
    Permission.OPERATIONS_JOB_READ: _ADMIN,
    Permission.OPERATIONS_JOB_RUN: _ADMIN,
    Permission.PLANNING_MAPPING_READ: _CASE,
    Permission.PLANNING_MAPPING_WRITE: (*_OPEN_CASE, _C.OWNS),
    Permission.PLANNING_PLAN_PRINT: _CASE,
    Permission.PLANNING_PLAN_READ: _CASE,
    Permission.PLANNING_PLAN_WRITE: (*_OPEN_CASE, _C.OWNS),
}
"""The conditions of each permission besides the role. Stopping (``CASE_REVOKE``, ``CASE_CONSENT_WITHDRAW``) never needs
an open case or a participation that still runs: to stop must not be harder than to begin."""

GRANTED = "granted"

_YES = Decision(True, GRANTED)
_NO = {condition: Decision(False, condition.value) for condition in Condition}
_NO_ROLE = _NO[Condition.ROLE]

_ROWS: Mapping[Permission, tuple[frozenset[Role], tuple[tuple[Check, Decision], ...]]] = {
    permission: (GRANTS[permission], tuple((_CHECKS[condition], _NO[condition]) for condition in conditions))
    for permission, conditions in REQUIRES.items()
}


def decide(actor: Actor, permission: Permission, facts: Facts) -> Decision:
    """Deny unless the role holds the permission and every condition of its row holds; the first that fails is the
    reason (2001:454 10 §: access limited to what each needs). A permission without a row is refused.
    """
    roles, checks = _ROWS.get(permission, (frozenset(), ()))
    if roles.isdisjoint(actor.roles):
        return _NO_ROLE
    for holds, refusal in checks:
        if not holds(actor, facts):
            return refusal
    return _YES


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """One row of the page "Behörigheter"."""

    permission: Permission
    sentence: str
    roles: tuple[Role, ...]
    conditions: tuple[str, ...]


def permission_rows() -> list[PermissionRow]:
    """Answer every permission with its sentence, the roles that hold it and its conditions in plain Swedish."""
    return [
        PermissionRow(
            permission,
            SENTENCES[permission],
            tuple(role for role in Role if role in GRANTS[permission]),
            tuple(CONDITION_SENTENCES[condition] for condition in REQUIRES[permission]),
        )
        for permission in Permission
    ]
