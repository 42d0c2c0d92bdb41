"""The decision table, held against a model written from prose, in every combination of role and facts."""

import dataclasses
from collections.abc import Mapping
from itertools import combinations, product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.access import (
    GRANTED,
    NO_CASE,
    REQUIRES,
    Actor,
    Condition,
    CopyState,
    Decision,
    Facts,
    decide,
)
from policies.permissions import AgencyKind, Permission, Role

FLAGS = [field.name for field in dataclasses.fields(Facts) if field.name != "copy"]
HINDERS = {"emergency", "protected", "conflict_of_interest", "reviewed_self"}
BEST = Facts(
    same_municipality=True,
    participates=True,
    assigned=True,
    emergency=False,
    owns=True,
    copy=CopyState.READABLE,
    protected=False,
    named_for_protected=True,
    conflict_of_interest=False,
    review=True,
    reviewed_self=False,
    phase_open=True,
)
SIGN_INS = list(product([False, True], repeat=2))
COPIES = list(CopyState)


def _facts(number: int) -> Facts:
    """Answer one combination of facts: a bit for each flag, the copy's state above them."""
    copy, bits = divmod(number, 2 ** len(FLAGS))
    flags = {flag: bool(bits >> place & 1) for place, flag in enumerate(FLAGS)}
    return Facts(copy=COPIES[copy], **flags)


ALL_FACTS = [_facts(number) for number in range(len(COPIES) * 2 ** len(FLAGS))]

Answers = Mapping[tuple[Role, bool, bool], list[frozenset[Permission]]]
"""By role, second factor and freshness: the permissions allowed, in the order of ``ALL_FACTS``."""


def _actor(*roles: Role, second_factor: bool = True, fresh: bool = True) -> Actor:
    return Actor(
        user_id=UUID(int=1),
        agency_id=UUID(int=2),
        municipality_id=UUID(int=3),
        agency_kind=AgencyKind.SOCIAL_SERVICES,
        roles=frozenset(roles),
        session_id=None,
        fresh=fresh,
        second_factor=second_factor,
    )


def _allowed(actor: Actor, facts: Facts) -> frozenset[Permission]:
    return frozenset(permission for permission in Permission if decide(actor, permission, facts).allowed)


def _told_in_prose(role: str, facts: Facts, *, second_factor: bool, fresh: bool) -> set[str]:
    """Say what a person may do, as one would explain it to a new colleague; written without looking at the table."""
    # Everybody looks after their own account, may read the help pages and ask what the law lets them share.
    can = {"account:own:manage", "account:own:read", "help:advice:read", "help:page:read"}
    if not second_factor:
        return can
    if role == "administrator":
        # Administrators run their own municipality's agencies and users, see how the service runs, never come near a case or a log.
        return can | (_ADMINISTRATION if facts.same_municipality else set())
    if role == "regional_coordinator":
        # Reviewers read the log they have been given to review, unless it is their own agency's.
        can.add("audit:reviews_list:read")
        return can | ({"audit:review:read"} if facts.review and not facts.reviewed_self else set())
    # Everybody else finds cases in neutral lists, searches, and reads their agency's ledger; a registrar no more.
    can |= {"case:list:read", "case:search:read", "disclosure:ledger:read"}
    # A list that leaves the service as a file is asked for by somebody who has just shown who they are.
    can |= {"disclosure:ledger:export"} if fresh else set()
    can |= {"case:conflict:declare"} if facts.same_municipality else set()  # also for a case they have not seen
    if role in {"unit_manager", "registrar"}:
        can |= _keeps_closed_copies(role, facts, fresh=fresh)
    if role == "unit_manager":
        can |= _manager(facts) | _urgent(facts, fresh=fresh)
    elif role != "registrar":
        can |= _handler(role, facts, fresh=fresh) | _urgent(facts, fresh=fresh)
    return can


_LOOKED_AFTER = ("admin:agency:manage", "admin:agency:read", "admin:user:manage", "admin:user:read")
_ADMINISTRATION = {*_LOOKED_AFTER, "operations:job:read", "operations:job:run"}


def _keeps_closed_copies(role: str, facts: Facts, *, fresh: bool) -> set[str]:
    # Somebody must be able to clear up when the agency has left the case: the registrar, and the manager in a protected one.
    kept_out = facts.protected and not facts.named_for_protected and role != "unit_manager"
    if kept_out or facts.conflict_of_interest or not facts.same_municipality:
        return set()
    can = {"disclosure:closed_copy:decide"} if facts.copy.value in {"readable", "closed"} else set()
    # What a closed copy says is for the registrar, who answers when the law asks, and has just shown who they are.
    return can | (
        {"disclosure:closed_copy:open"} if facts.copy.value == "closed" and role == "registrar" and fresh else set()
    )


def _manager(facts: Facts) -> set[str]:
    # A manager gives out reviews of the own agency's log, and names handlers where the agency takes part: also in a
    # protected case, for somebody must be able to name the one who is to open it. Not for somebody close to them.
    can = {"audit:reviews_list:read"}
    if facts.same_municipality and facts.owns:
        can |= {"audit:review:assign", "disclosure:on_call:manage"}
    if facts.same_municipality and facts.participates and not facts.conflict_of_interest:
        can |= {"case:conflict:manage"}
        can |= set() if facts.emergency else {"case:assignment:manage", "case:outcome:record"}
    return can | {"disclosure:match:read"}  # so that somebody can be named where a question waits and nobody works


def _handler(role: str, facts: Facts, *, fresh: bool) -> set[str]:
    social = role in {"sig_coordinator", "case_worker"}
    can = {"disclosure:match:read"}
    if not facts.same_municipality:
        return can
    if social:
        can.add("case:case:open")
    # Whoever works in cases can send an urgent request; it needs no case.
    can |= {"disclosure:urgent:send"} if fresh else set()
    can |= _emergency(facts, fresh=fresh)
    kept_out = facts.conflict_of_interest or (facts.protected and not facts.named_for_protected)
    if kept_out or not facts.assigned:
        return can
    # What only stops or clears up works also when the participation or the case is over.
    if facts.owns:
        can |= {"case:part:revoke"} | ({"case:consent:withdraw"} if social and not facts.emergency else set())
    if facts.copy.value in {"readable", "closed"} and not facts.emergency:
        can.add("disclosure:copy:decide")
    if not facts.participates:
        return can
    return can | _working(role, facts, social=social, fresh=fresh)


def _urgent(facts: Facts, *, fresh: bool) -> set[str]:
    # Who handles cases, or manages those who do, sees that an urgent request waits; whoever is the one to take it, and has just
    # shown who they are, reads and answers it.
    takes = facts.same_municipality and facts.assigned and fresh
    return {"disclosure:urgent:read"} | ({"disclosure:urgent:answer"} if takes else set())


def _emergency(facts: Facts, *, fresh: bool) -> set[str]:
    # Anybody who works in cases can break the glass of one that their agency takes part in, whoever is protected in it, unless
    # they are close to somebody there; and end it again, as whoever works in it confirms to have seen it.
    opens = facts.participates and not facts.conflict_of_interest and fresh
    return ({"case:emergency:open"} if opens else set()) | ({"case:emergency:close"} if facts.assigned else set())


def _working(role: str, facts: Facts, *, social: bool, fresh: bool) -> set[str]:
    # Whoever reads a case reads what their agency can of its mapping and plan, and can put the plan on paper.
    can = {"case:case:read", "audit:case:read", "planning:mapping:read", "planning:plan:read", "planning:plan:print"}
    if not facts.emergency:
        can |= _appointed(role, facts, social=social, fresh=fresh)
    if facts.owns or facts.copy.value == "readable":
        can.add("case:part:read")
    if facts.named_for_protected and fresh:
        can.add("case:protected:read")
    # That something is not given can be written down as long as the agency takes part, also when the case is over.
    if facts.owns:
        can.add("case:part:refuse")
    if not facts.phase_open:
        return can
    # What is typed and not saved can be kept for as long as it could be saved.
    can |= {"case:draft:keep", *(("case:part:disclose",) if facts.owns and fresh else ())}
    if facts.owns:
        can |= {"case:record:write", "planning:mapping:write", "planning:plan:write"}
    return can


def _appointed(role: str, facts: Facts, *, social: bool, fresh: bool) -> set[str]:
    # Who is in a case by break-glass reads, writes and decides what to tell whom, but leads nothing and takes nothing over.
    can = {"case:assignment:manage"} if role == "sig_coordinator" else set()
    # What was received can be taken into the own file, also when the case is over: a duty to document does not end with it.
    can |= {"disclosure:copy:take"} if facts.copy.value in {"readable", "closed"} else set()
    can |= {"case:outcome:record"} if social else set()  # asked for when the case is long over
    if not facts.phase_open:
        return can
    leads = {"case:consent:record", "case:participants:manage", "case:people:manage", "case:phase:move"}
    can |= {"case:participation:answer"} | (leads | {"case:case:close"} if social else set())
    return can | ({"case:match:ask", "case:match:answer"} if fresh else set())


@pytest.fixture(scope="module")
def every_answer() -> Answers:
    return {
        (role, second_factor, fresh): [
            _allowed(_actor(role, second_factor=second_factor, fresh=fresh), facts) for facts in ALL_FACTS
        ]
        for role, (second_factor, fresh) in product(Role, SIGN_INS)
    }


def test_every_answer_is_the_one_told_in_prose(every_answer: Answers) -> None:
    wrong = [
        (role, second_factor, fresh, facts, answer)
        for (role, second_factor, fresh), answers in every_answer.items()
        for facts, answer in zip(ALL_FACTS, answers, strict=True)
        if answer != _told_in_prose(role.value, facts, second_factor=second_factor, fresh=fresh)
    ]

    assert len(ALL_FACTS) == len(set(ALL_FACTS)) == 4 * 2**11
    assert wrong[:3] == []


@pytest.mark.parametrize("place", range(len(FLAGS)), ids=FLAGS)
def test_losing_anything_never_grants_more(every_answer: Answers, place: int) -> None:
    bit = 1 << place
    better = [number for number in range(len(ALL_FACTS)) if bool(number & bit) != (FLAGS[place] in HINDERS)]
    grew = [
        (role, ALL_FACTS[number])
        for (role, _, _), answers in every_answer.items()
        for number in better
        if not answers[number ^ bit] <= answers[number]
    ]

    assert len(better) == len(ALL_FACTS) // 2
    assert grew[:3] == []


def test_an_older_or_weaker_sign_in_never_grants_more(every_answer: Answers) -> None:
    grew = [
        (role, second_factor, fresh)
        for role, (second_factor, fresh) in product(Role, SIGN_INS)
        for best, weaker, older in zip(
            every_answer[role, second_factor, fresh],
            every_answer[role, False, fresh],
            every_answer[role, second_factor, False],
            strict=True,
        )
        if not weaker <= best or not older <= best
    ]

    assert grew[:3] == []


@pytest.mark.parametrize("after", [CopyState.CLOSED, CopyState.DISPOSED, CopyState.NONE])
def test_a_copy_that_is_over_never_grants_more(every_answer: Answers, after: CopyState) -> None:
    """But for the registrar, who opens what has closed and nothing else."""
    closed_only = {Permission.DISCLOSURE_CLOSED_OPEN} if after is CopyState.CLOSED else set()
    size = 2 ** len(FLAGS)
    readable, over = COPIES.index(CopyState.READABLE) * size, COPIES.index(after) * size
    grew = [
        (role, ALL_FACTS[readable + number])
        for (role, _, _), answers in every_answer.items()
        for number in range(size)
        if not answers[over + number] - closed_only <= answers[readable + number]
    ]

    assert grew[:3] == []


def _of_a_case(permission: Permission) -> bool:
    return permission.startswith(("case:", "disclosure:", "audit:"))


def test_an_administrator_never_gets_content_whatever_other_roles_they_hold() -> None:
    others = [role for role in Role if role is not Role.ADMINISTRATOR]
    sets = [chosen for size in range(len(others) + 1) for chosen in combinations(others, size)]

    given_content = [
        (roles, permission)
        for roles in sets
        for permission in _allowed(_actor(Role.ADMINISTRATOR, *roles), BEST)
        if _of_a_case(permission)
    ]

    assert len(sets) == 2**10
    assert given_content == []


def test_an_administrator_never_gets_content_whatever_the_facts() -> None:
    everyone = _actor(*Role)

    assert [facts for facts in ALL_FACTS if any(map(_of_a_case, _allowed(everyone, facts)))] == []


@settings(deadline=None)
@given(
    roles=st.sets(st.sampled_from([role for role in Role if role is not Role.ADMINISTRATOR])),
    facts=st.sampled_from(ALL_FACTS),
    sign_in=st.sampled_from(SIGN_INS),
)
def test_several_roles_give_what_each_gives_and_no_more(
    roles: set[Role], facts: Facts, sign_in: tuple[bool, bool]
) -> None:
    second_factor, fresh = sign_in

    together = _allowed(_actor(*roles, second_factor=second_factor, fresh=fresh), facts)
    apart = [_allowed(_actor(role, second_factor=second_factor, fresh=fresh), facts) for role in roles]

    assert together == frozenset().union(*apart)


def test_nobody_without_a_role_may_do_anything() -> None:
    assert [facts for facts in ALL_FACTS if _allowed(_actor(), facts)] == []


def test_a_fact_that_was_not_gathered_refuses_every_case() -> None:
    needs_no_facts = {permission for permission, conditions in REQUIRES.items() if set(conditions) <= _OF_THE_ACTOR}

    assert {permission for role in Role for permission in _allowed(_actor(role), NO_CASE)} == needs_no_facts
    assert not any(permission.startswith("case:case") for permission in needs_no_facts)


_OF_THE_ACTOR = {Condition.NOT_ADMINISTRATOR, Condition.SECOND_FACTOR, Condition.FRESH}


@pytest.mark.parametrize(
    ("permission", "change", "reason"),
    [
        (Permission.ADMIN_USER_READ, {}, "role_lacks_permission"),
        (Permission.CASE_READ, {"same_municipality": False, "assigned": False}, "other_municipality"),
        (Permission.CASE_READ, {"participates": False, "assigned": False}, "agency_not_in_case"),
        (Permission.CASE_READ, {"assigned": False, "conflict_of_interest": True}, "not_assigned"),
        (Permission.CASE_READ, {"conflict_of_interest": True}, "conflict_of_interest"),
        (Permission.CASE_READ, {"protected": True, "named_for_protected": False}, "protected_and_not_named"),
        (Permission.CASE_DISCLOSE, {"owns": False, "phase_open": False}, "not_owner"),
        (Permission.CASE_DISCLOSE, {"phase_open": False}, "case_closed"),
        (Permission.CASE_PART_READ, {"owns": False, "copy": CopyState.CLOSED}, "neither_owner_nor_readable_copy"),
        (Permission.CASE_PROTECTED_READ, {"named_for_protected": False}, "not_named_for_protected"),
        (Permission.CASE_ASSIGN, {"assigned": False}, "neither_assigned_nor_manager"),
        (
            Permission.CASE_ASSIGN,
            {"protected": True, "named_for_protected": False},
            "protected_and_neither_named_nor_manager",
        ),
        (Permission.DISCLOSURE_COPY_DECIDE, {"copy": CopyState.DISPOSED}, "no_copy_to_decide_on"),
        (Permission.CASE_READ, {}, GRANTED),
    ],
)
def test_the_first_condition_that_fails_is_the_reason(
    permission: Permission, change: dict[str, object], reason: str
) -> None:
    facts = dataclasses.replace(BEST, **change)  # type: ignore[arg-type]  # the fields are named in the rows above

    decision = decide(_actor(Role.SIG_COORDINATOR), permission, facts)

    assert decision == Decision(reason == GRANTED, reason)


def test_an_old_sign_in_is_asked_about_last() -> None:
    stale = _actor(Role.CASE_WORKER, fresh=False)

    assert decide(stale, Permission.CASE_DISCLOSE, BEST).reason == "reauthentication_needed"
    assert decide(stale, Permission.CASE_DISCLOSE, dataclasses.replace(BEST, owns=False)).reason == "not_owner"


def test_a_weak_sign_in_and_an_administrator_are_told_apart() -> None:
    weak = _actor(Role.CASE_WORKER, second_factor=False)
    administrator = _actor(Role.CASE_WORKER, Role.ADMINISTRATOR, second_factor=False)

    assert decide(weak, Permission.CASE_READ, BEST).reason == "second_factor_missing"
    assert decide(administrator, Permission.CASE_READ, BEST).reason == "administrator_sees_no_content"


def test_a_reviewer_is_told_why_a_log_stays_shut() -> None:
    reviewer = _actor(Role.REGIONAL_COORDINATOR)
    unassigned = dataclasses.replace(NO_CASE, review=False, reviewed_self=False)
    own = dataclasses.replace(NO_CASE, review=True, reviewed_self=True)

    assert decide(reviewer, Permission.AUDIT_REVIEW_READ, unassigned).reason == "no_review_assignment"
    assert decide(reviewer, Permission.AUDIT_REVIEW_READ, own).reason == "reviewer_belongs_to_agency"
