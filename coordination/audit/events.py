"""What the access log may say: every event with its exact fields, each of a kind that cannot hold a name or a text.

An allow-list, because a log outlives the case: what somebody wrote (a reason, a harm test) is kept sealed elsewhere and
the event only points at it. A missing, extra or mistyped field is a defect in the caller and raises TypeError.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from coordination.audit.kinds import (
    Kind,
    address,
    basis,
    basis_if_any,
    code,
    code_if_any,
    day,
    digest,
    digest_if_any,
    number,
    one_of,
    permission,
    roles,
    uuid,
    uuid_if_any,
    uuids,
)
from policies.permissions import Permission, Role


@dataclass(frozen=True, slots=True)
class Who:
    """Who acted and from where; nobody (a command, a job, an unknown visitor) has no ids and no roles."""

    user_id: UUID | None = None
    agency_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    session_id: UUID | None = None
    address: str | None = None


_CASE: Mapping[str, Kind] = {"case_id": uuid}
_RECORD: Mapping[str, Kind] = {**_CASE, "record_id": uuid}
_PART: Mapping[str, Kind] = {**_RECORD, "part_id": uuid, "version": number}
_PERSON: Mapping[str, Kind] = {**_CASE, "person_id": uuid}
_COPY: Mapping[str, Kind] = {**_CASE, "copy_id": uuid}
_STATED: Mapping[str, Kind] = {"reason_code": code_if_any, "reason_ref": uuid_if_any}
"""A reason in words may say who somebody is: the words lie sealed under ``reason_ref``."""
_OPENED: Mapping[str, Kind] = {**_CASE, "disclosure_id": uuid, "parts": uuids, **_STATED}
_GIVEN: Mapping[str, Kind] = {
    **_CASE,
    "disclosure_id": uuid,
    "parts": uuids,
    "legal_basis": basis,
    "consent_id": uuid_if_any,
    "until": day,
}
_TREE: Mapping[str, Kind] = {"size": number, "root": digest}
_ADMIN = Permission.ADMIN_USER_MANAGE
_NO_FIELDS: Mapping[str, Kind] = {}


class Event(Enum):
    """Everything the log can say: a tag ``<area>.<what happened>``, the exact fields, the permission used, the outcome."""

    SIGN_IN = ("session.signed_in", {"method": code})
    SIGN_IN_FAILED = (
        "session.sign_in_failed",
        {"stage": one_of("password", "second_factor", "passkey"), "account_digest": digest_if_any},
        None,
        "failed",
    )
    SIGN_OUT = ("session.signed_out", _NO_FIELDS, Permission.ACCOUNT_OWN_MANAGE)
    LOCKED_OUT = (
        "session.locked_out",
        {"scope": one_of("account", "address"), "minutes": number, "account_digest": digest_if_any},
        None,
        "denied",
    )
    REAUTHENTICATED = ("session.reauthenticated", {"method": code}, Permission.ACCOUNT_OWN_MANAGE)
    SESSION_ENDED = ("session.ended", {"user": uuid, "ended_session": uuid_if_any, "why": code})
    PASSWORD_CHANGED = ("account.password_changed", {"user": uuid}, Permission.ACCOUNT_OWN_MANAGE)
    SECOND_FACTOR_CHANGED = (
        "account.second_factor_changed",
        {"user": uuid, "method": code, "change": code},
        Permission.ACCOUNT_OWN_MANAGE,
    )
    INVITATION_SENT = ("user.invitation_sent", {"user": uuid, "invitation_id": uuid}, _ADMIN)
    INVITATION_USED = ("user.invitation_used", {"user": uuid, "invitation_id": uuid})
    USER_CHANGED = ("user.changed", {"user": uuid, "change": code}, _ADMIN)
    USER_LEFT = ("user.left", {"user": uuid, "assignments": number}, _ADMIN)
    AGENCY_CHANGED = ("agency.changed", {"agency": uuid, "change": code}, Permission.ADMIN_AGENCY_MANAGE)
    MUNICIPALITY_CHANGED = (
        "municipality.changed",
        {"municipality": uuid, "change": code},
        Permission.ADMIN_AGENCY_MANAGE,
    )

    CASE_OPENED = ("case.opened", _CASE, Permission.CASE_OPEN)
    CASE_VIEWED = ("case.viewed", {**_CASE, "parts": number}, Permission.CASE_READ)
    CASE_LISTED = ("case.listed", {"count": number}, Permission.CASE_LIST_READ)
    SEARCHED = (
        "case.searched",
        {
            "kind": one_of("name", "number", "reference"),
            "hits": number,
            "query_digest": digest_if_any,
            **_STATED,
        },
        Permission.CASE_SEARCH,
    )
    PERSON_ADDED = ("case.person_added", _PERSON, Permission.CASE_PEOPLE_MANAGE)
    PERSON_CHANGED = ("case.person_changed", {**_PERSON, "change": code}, Permission.CASE_PEOPLE_MANAGE)
    IDENTITY_VIEWED = ("case.identity_viewed", _PERSON, Permission.CASE_READ)
    PROTECTED_IDENTITY_OPENED = (
        "case.protected_identity_opened",
        {**_PERSON, **_STATED},
        Permission.CASE_PROTECTED_READ,
    )
    PARTICIPATION_CHANGED = (
        "case.participation_changed",
        {**_CASE, "agency": uuid, "change": code},
        Permission.CASE_PARTICIPANTS_MANAGE,
    )
    ASSIGNMENT_CHANGED = (
        "case.assignment_changed",
        {**_CASE, "user": uuid, "change": code},
        Permission.CASE_ASSIGN,
    )
    EMERGENCY_SEARCHED = (
        "case.emergency_searched",
        {"kind": one_of("name", "number", "reference"), "hits": number, "query_digest": digest_if_any, **_STATED},
        Permission.CASE_EMERGENCY_OPEN,
    )
    EMERGENCY_OPENED = (
        "case.emergency_opened",
        {**_CASE, "assignment_id": uuid, **_STATED},
        Permission.CASE_EMERGENCY_OPEN,
    )
    EMERGENCY_ENDED = ("case.emergency_ended", {**_CASE, "assignment_id": uuid}, Permission.CASE_EMERGENCY_CLOSE)
    EMERGENCY_SEEN = ("case.emergency_seen", {**_CASE, "assignment_id": uuid}, Permission.CASE_EMERGENCY_CLOSE)
    CONFLICT_CHANGED = (
        "case.conflict_changed",
        {"case_id": uuid_if_any, "user": uuid, "change": one_of("declared", "set", "ended"), **_STATED},
    )
    CONFLICTS_VIEWED = ("case.conflicts_viewed", {**_CASE, "count": number}, Permission.CASE_CONFLICT_MANAGE)
    HANDLER_ASKED = ("case.handler_asked", {**_CASE, "agency": uuid}, Permission.CASE_DISCLOSE)
    PHASE_MOVED = ("case.phase_moved", {**_CASE, "phase": code}, Permission.CASE_PHASE_MOVE)
    CASE_CHECKED = ("case.checked", {**_CASE, "condition": code}, Permission.CASE_PHASE_MOVE)
    CHECK_VIEWED = ("case.check_viewed", {**_CASE, "condition": code}, Permission.CASE_PHASE_MOVE)
    AGENCY_ACTS = ("case.agency_acts", {**_CASE, "agency": uuid}, Permission.CASE_ACT)
    FIRST_ACTION_NOTED = ("case.first_action_noted", _CASE, Permission.CASE_PHASE_MOVE)
    EXIT_GIVEN = ("case.exit_given", _CASE, Permission.CASE_CLOSE)
    CONSULTATION_ENDED = ("case.consultation_ended", _CASE, Permission.CASE_CLOSE)
    CONSULTATION_DISPOSED = ("case.consultation_disposed", _CASE)
    FOLLOWED_UP = ("case.followed_up", {**_CASE, "months": number}, Permission.CASE_FOLLOW_UP)
    RECORD_WRITTEN = ("case.record_written", {**_RECORD, "parts": uuids}, Permission.CASE_RECORD_WRITE)
    RECORD_EDITED = ("case.record_edited", {**_RECORD, "parts": uuids, "version": number}, Permission.CASE_RECORD_WRITE)
    RECORD_VIEWED = ("case.record_viewed", {**_RECORD, "parts": number}, Permission.CASE_READ)
    PART_OPENED = ("case.part_opened", _PART, Permission.CASE_READ)
    ATTACHMENT_ADDED = ("case.attachment_added", {**_PART, "bytes": number}, Permission.CASE_RECORD_WRITE)
    ATTACHMENT_OPENED = ("case.attachment_opened", _PART, Permission.CASE_READ)
    PRINTED = ("case.printed", {**_CASE, "parts": uuids, **_STATED}, Permission.CASE_READ)
    EXPORTED = ("case.exported", {**_CASE, "parts": uuids, "format": code, **_STATED}, Permission.CASE_READ)
    DRAFT_OPENED = ("case.draft_opened", {**_CASE, "form": code}, Permission.CASE_DRAFT_KEEP)
    DRAFT_RESCUED = ("case.draft_rescued", {**_CASE, "form": code}, Permission.CASE_DRAFT_KEEP)
    DENIED = ("access.denied", {"permission": permission, "reason_code": code}, None, "denied")

    CONSENT_RECORDED = ("consent.recorded", {**_PERSON, "consent_id": uuid}, Permission.CASE_CONSENT_RECORD)
    CONSENT_WITHDRAWN = (
        "consent.withdrawn",
        {**_CASE, "consent_id": uuid, "copies": number},
        Permission.CASE_CONSENT_WITHDRAW,
    )
    CONSENT_NARROWED = (
        "consent.narrowed",
        {**_CASE, "consent_id": uuid, "copies": number},
        Permission.CASE_CONSENT_WITHDRAW,
    )
    CONSENT_PRINTED = ("consent.printed", {**_CASE, "form": code}, Permission.CASE_CONSENT_RECORD)
    DISCLOSED = (
        "disclosure.made",
        {**_GIVEN, "to_agency": uuid, "reason_ref": uuid_if_any},
        Permission.CASE_DISCLOSE,
    )
    RECEIVED = ("disclosure.received", {**_GIVEN, "from_agency": uuid}, Permission.CASE_DISCLOSE)
    DISCLOSURE_REVOKED = (
        "disclosure.revoked",
        {**_CASE, "disclosure_id": uuid, "why": code, "copies": number},
        Permission.CASE_REVOKE,
    )
    DISCLOSURE_UNDONE = (
        "disclosure.undone",
        {**_CASE, "disclosure_id": uuid, "copies": number},
        Permission.CASE_REVOKE,
    )
    REFUSED = (
        "disclosure.refused",
        {
            **_CASE,
            "refusal_id": uuid,
            "to_agency": uuid,
            "legal_basis": basis_if_any,
            "reason_code": code,
            "reason_ref": uuid,
        },
        Permission.CASE_REFUSE,
    )
    REFUSAL_VIEWED = ("disclosure.refusal_viewed", {**_CASE, "refusal_id": uuid}, Permission.CASE_READ)
    LEDGER_EXPORTED = (
        "disclosure.ledger_exported",
        {"count": number, "format": one_of("csv", "pdf"), "kind": one_of("given", "received", "refused", "exchanged")},
        Permission.DISCLOSURE_LEDGER_EXPORT,
    )
    LEDGER_COUNTED = ("disclosure.ledger_counted", {"from_day": day, "to_day": day}, Permission.DISCLOSURE_LEDGER_READ)
    LEDGER_VIEWED = ("disclosure.ledger_viewed", {"count": number}, Permission.DISCLOSURE_LEDGER_READ)
    MATCH_ASKED = (
        "match.asked",
        {**_PERSON, "request_id": uuid, "to_agency": uuid, "legal_basis": basis, **_STATED},
        Permission.CASE_MATCH_ASK,
    )
    MATCH_VIEWED = ("match.viewed", {**_CASE, "request_id": uuid}, Permission.CASE_READ)
    MATCHES_LISTED = ("match.listed", {"count": number})
    MATCH_RECEIVED = ("match.received", {**_CASE, "hit_id": uuid, "from_agency": uuid, "legal_basis": basis})
    MATCH_OPENED = ("match.opened", {**_CASE, "hit_id": uuid}, Permission.CASE_MATCH_ANSWER)
    MATCH_ANSWERED = (
        "match.answered",
        {**_CASE, "hit_id": uuid, "to_agency": uuid, "legal_basis": basis, **_STATED},
        Permission.CASE_MATCH_ANSWER,
    )
    MATCH_ANSWER_RECEIVED = (
        "match.answer_received",
        {**_CASE, "request_id": uuid, "from_agency": uuid, "legal_basis": basis},
        Permission.CASE_MATCH_ANSWER,
    )
    MATCH_DECLINED = (
        "match.declined",
        {**_CASE, "hit_id": uuid, "to_agency": uuid, **_STATED},
        Permission.CASE_MATCH_ANSWER,
    )
    ON_CALL_CHANGED = (
        "oncall.changed",
        {"on_call_id": uuid, "user": uuid, "change": one_of("added", "ended")},
        Permission.DISCLOSURE_ON_CALL_MANAGE,
    )
    ON_CALL_VIEWED = ("oncall.viewed", {"count": number}, Permission.DISCLOSURE_ON_CALL_MANAGE)
    URGENT_LISTED = ("urgent.listed", {"count": number}, Permission.DISCLOSURE_URGENT_READ)
    URGENT_SENT = (
        "urgent.sent",
        {"case_id": uuid_if_any, "urgent_id": uuid, "to_agency": uuid, "legal_basis": basis},
        Permission.DISCLOSURE_URGENT_SEND,
    )
    URGENT_VIEWED = (
        "urgent.viewed",
        {"case_id": uuid_if_any, "urgent_id": uuid},
        Permission.DISCLOSURE_URGENT_READ,
    )
    URGENT_RECEIVED = ("urgent.received", {"urgent_id": uuid, "from_agency": uuid, "legal_basis": basis})
    URGENT_OPENED = ("urgent.opened", {"urgent_id": uuid, "from_agency": uuid}, Permission.DISCLOSURE_URGENT_ANSWER)
    URGENT_ANSWERED = (
        "urgent.answered",
        {"urgent_id": uuid, "to_agency": uuid, "legal_basis": basis, **_STATED},
        Permission.DISCLOSURE_URGENT_ANSWER,
    )
    URGENT_ANSWER_RECEIVED = (
        "urgent.answer_received",
        {"case_id": uuid_if_any, "urgent_id": uuid, "from_agency": uuid, "legal_basis": basis},
    )
    URGENT_REFUSED = (
        "urgent.refused",
        {"urgent_id": uuid, "to_agency": uuid, **_STATED},
        Permission.DISCLOSURE_URGENT_ANSWER,
    )
    URGENT_REFUSAL_RECEIVED = (
        "urgent.refusal_received",
        {"case_id": uuid_if_any, "urgent_id": uuid, "from_agency": uuid},
    )
    GOAL_ADDED = ("plan.goal_added", {**_RECORD, "goal_id": uuid}, Permission.PLANNING_PLAN_WRITE)
    GOAL_FOLLOWED_UP = (
        "plan.goal_followed_up",
        {**_CASE, "goal_id": uuid, "status": code},
        Permission.PLANNING_PLAN_WRITE,
    )
    ACTION_ADDED = (
        "plan.action_added",
        {**_RECORD, "goal_id": uuid, "action_id": uuid},
        Permission.PLANNING_PLAN_WRITE,
    )
    ACTION_CHANGED = (
        "plan.action_changed",
        {**_CASE, "action_id": uuid, "status": code},
        Permission.PLANNING_PLAN_WRITE,
    )
    PLAN_PRINTED = (
        "plan.printed",
        {**_CASE, "parts": uuids, "format": one_of("page", "pdf")},
        Permission.PLANNING_PLAN_PRINT,
    )
    COPY_CLOSED = ("copy.closed", {**_COPY, "why": code})
    COPY_OPENED_TO_TAKE = (
        "copy.opened_to_take",
        {**_OPENED, "legal_basis": basis},
        Permission.DISCLOSURE_COPY_TAKE,
    )
    COPY_TAKEN = (
        "copy.taken",
        {**_COPY, "record_id": uuid, "legal_basis": basis, **_STATED},
        Permission.DISCLOSURE_COPY_TAKE,
    )
    COPY_DISPOSED = ("copy.disposed", _COPY, Permission.DISCLOSURE_COPY_DECIDE)
    COPY_DISPOSED_BY_SCHEDULE = ("copy.disposed_by_schedule", _COPY)
    CLOSED_COPIES_VIEWED = ("disclosure.closed_viewed", {"count": number}, Permission.DISCLOSURE_CLOSED_DECIDE)
    CLOSED_COPY_OPENED = ("copy.closed_opened", _OPENED, Permission.DISCLOSURE_CLOSED_OPEN)
    CLOSED_COPY_DISPOSED = ("copy.closed_disposed", _COPY, Permission.DISCLOSURE_CLOSED_DECIDE)

    DIGEST_WRITTEN = ("reminder.digest_written", {"user": uuid, "count": number})
    OPERATIONS_VIEWED = ("operations.viewed", {"count": number}, Permission.OPERATIONS_JOB_READ)
    JOB_ASKED = ("operations.job_asked", {"job": code}, Permission.OPERATIONS_JOB_RUN)

    LOG_REVIEW_ASSIGNED = (
        "log.review_assigned",
        {"review_id": uuid, "reviewer": uuid, "from_day": day, "to_day": day},
        Permission.AUDIT_REVIEW_ASSIGN,
    )
    LOG_REVIEW_ENDED = ("log.review_ended", {"review_id": uuid}, Permission.AUDIT_REVIEW_ASSIGN)
    LOG_VIEWED = (
        "log.viewed",
        {"review_id": uuid, "count": number, "from_day": day, "to_day": day},
        Permission.AUDIT_REVIEW_READ,
    )
    CASE_LOG_VIEWED = ("log.case_viewed", {**_CASE, "count": number}, Permission.AUDIT_CASE_READ)
    LOG_EXPORTED = ("log.exported", _TREE)
    LOG_VERIFIED = ("log.verified", {**_TREE, "result": one_of("whole", "broken")})
    CHECKPOINT_MADE = ("log.checkpoint_made", _TREE)
    KEYS_ROTATED = (
        "keys.rotated",
        {
            "scope": one_of("agency", "master"),
            "version": number,
            "grants": number,
            "stage": one_of("started", "finished"),
        },
    )

    tag: str
    fields: Mapping[str, Kind]
    permission: Permission | None
    outcome: str

    def __init__(
        self, tag: str, fields: Mapping[str, Kind], used: Permission | None = None, outcome: str = "ok"
    ) -> None:
        self.tag, self.fields, self.permission, self.outcome = tag, fields, used, outcome


ALWAYS_REVIEWED = frozenset(
    {
        Event.PROTECTED_IDENTITY_OPENED,
        Event.CLOSED_COPY_OPENED,
        Event.EMERGENCY_OPENED,
        Event.URGENT_SENT,
        Event.URGENT_RECEIVED,
        Event.URGENT_OPENED,
        Event.URGENT_ANSWERED,
        Event.URGENT_REFUSED,
    }
)
"""What whoever reviews a log looks at every time, never at a sample of."""


def fields_of(event: Event, who: Who, given: Mapping[str, object]) -> dict[str, str | int]:
    """Return all the fields of an entry: who and from where, the permission, the outcome, and what the event tells.

    Raises TypeError, naming the event and field but never the value, unless ``given`` is exactly the event's fields.
    """
    if given.keys() != event.fields.keys():
        raise TypeError(f"{event.tag} takes {sorted(event.fields)}, got {sorted(given)}")
    return {
        "by_user": uuid_if_any(who.user_id),
        "by_agency": uuid_if_any(who.agency_id),
        "by_roles": roles(who.roles),
        "by_session": uuid_if_any(who.session_id),
        "from_address": address(who.address),
        "permission": str(event.permission or "none"),
        "outcome": event.outcome,
        **{name: _taken(event, name, value) for name, value in given.items()},
    }


def _taken(event: Event, name: str, value: object) -> str | int:
    try:
        return event.fields[name](value)
    except TypeError as error:
        raise TypeError(f"{event.tag}, field {name}: {error}") from None
