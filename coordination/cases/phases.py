"""Where a case is in its method: what it takes to go on, what of it is missing, and the moves themselves.

The method's table says it all; here are the facts. What areas below know (a consent, later a plan) they answer themselves: whoever
moves a case hands over their answers, and what nobody answers holds the case back. There is no way around a condition.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, exists, func, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.models import Case, CaseCheck, CasePerson, CasePhase, Participation, Record
from coordination.cases.queries import SUBJECT, Shell, authorize, case_for, find_shell
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.prepared import Prepared, asked
from coordination.keys import service as keys
from policies.access import Actor
from policies.methods import Choice, Filter, Phase, may_move, method, onward, phases
from policies.methods.conditions import Condition, Missing
from policies.permissions import Permission

Answer = Callable[[UUID], AbstractSet[Condition]]
"""What an area below answers about a case: those of its own conditions that hold now."""

CHECKED = (Condition.OWN_SCREENING, Condition.TARGET_GROUP_CHECKED)
"""The conditions that hold once the leading agency has written down how it considered them."""
FEWEST_WORDS = 3
"""Fewer words than these tell nobody how something was considered (the house's rule)."""


class NotReady(Conflict):
    """A case cannot come to a phase yet; ``missing`` is what holds it back."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        """Say what is missing."""
        super().__init__("phase_conditions_missing")
        self.missing = tuple(missing)


@dataclass(frozen=True, slots=True)
class Step:
    """A phase that a case could go to, and what is missing for it."""

    phase: Phase
    missing: Sequence[Missing]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case is: its phase, since when and until when at the latest, what comes next and what is missing for it."""

    phase: Phase
    since: date
    due: date | None
    onward: Step | None
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Check:
    """How the leading agency considered something: by whom, when, in what words."""

    condition: Condition
    done_by: UUID
    done_at: datetime
    words: str


def enter(actor: Actor, case: Case) -> None:
    """Write down that a case came to the phase it is in."""
    db.session.add(
        CasePhase(
            municipality_id=case.municipality_id,
            case_id=case.id,
            phase=case.phase,
            entered_on=case.phase_since,
            entered_by=actor.user_id,
        )
    )


def move(actor: Actor, case_id: UUID, phase: str, answers: Sequence[Answer] = ()) -> None:
    """Move a case to a phase that the method allows next and whose conditions hold.

    Raises Conflict for any other move, and NotReady, a Conflict too, with everything that is missing.
    """
    case = _locked(actor, case_id, Permission.CASE_PHASE_MOVE)
    if not may_move(case.phase, phase, case.method):
        raise Conflict("phase_move_not_allowed")
    after = phases(case.method)[phase]
    lacking = after.missing(*_facts(case.id, case.lead_agency_id, answers))
    if lacking:
        raise NotReady(lacking)
    case.phase, case.phase_since = phase, clock.today()
    if not after.open:
        case.closed_at = clock.now()
    enter(actor, case)
    audit.record(actor, Event.PHASE_MOVED, case_id=case.id, phase=phase)


def standing(actor: Actor, case: Case | Shell, answers: Sequence[Answer] = ()) -> Standing:
    """Return where a case that came through the doorway is. What is missing is the leading agency's to see: others are told
    nothing of what it has written.
    """
    now = phases(case.method)[case.phase]
    steps: list[Step] = []
    if actor.agency_id == case.lead_agency_id:
        facts = _facts(case.id, case.lead_agency_id, answers)
        steps = [Step(one, one.missing(*facts)) for one in (phases(case.method)[step] for step in now.next)]
    after = onward(now, case.method)
    known = next((step for step in steps if step.phase == after), None)
    ahead = known or (Step(after, ()) if after else None)
    return Standing(now, case.phase_since, now.due(case.phase_since) if now.open else None, ahead, steps)


def standing_of(actor: Actor, case_id: UUID, answers: Sequence[Answer] = ()) -> Standing:
    """Return where a case is, for whoever may move it. Raises NotFound, Forbidden."""
    door = find_shell(actor, case_id)
    authorize(actor, Permission.CASE_PHASE_MOVE, door.facts)
    return standing(actor, door.case, answers)


def check(actor: Actor, case_id: UUID, condition: Condition, considered: AbstractSet[str], words: str) -> None:
    """Write down, sealed, how the leading agency considered everything that the method asks about a condition.

    Raises Invalid when a question is left out or the words tell nothing, Conflict when it is done, NotFound for what no check
    answers or another agency leads.
    """
    case = _led(actor, case_id, Permission.CASE_PHASE_MOVE)
    left_out = {question.id for question in questions(case.method, condition)} - considered
    if left_out:
        raise Invalid("check_question_left_out", considered="check_question_left_out")
    if len(words.split()) < FEWEST_WORDS:
        raise Invalid("check_words_missing", words="check_words_missing")
    if _check(case.id, condition) is not None:
        raise Conflict("check_done")
    db.session.add(
        CaseCheck(
            municipality_id=case.municipality_id,
            case_id=case.id,
            agency_id=actor.agency_id,
            condition=condition.value,
            note_ref=keys.seal_note(actor.agency_id, actor.municipality_id, words.strip()),
            done_by=actor.user_id,
            done_at=clock.now(),
        )
    )
    db.session.flush()
    audit.record(actor, Event.CASE_CHECKED, case_id=case.id, condition=condition.value)


def open_check(actor: Actor, case_id: UUID, condition: Condition) -> Check | None:
    """Open how the leading agency considered something, and log it; None where it has not. Raises NotFound, Forbidden."""
    case = _led(actor, case_id, Permission.CASE_PHASE_MOVE)
    questions(case.method, condition)
    row = _check(case.id, condition)
    if row is None:
        return None
    audit.record(actor, Event.CHECK_VIEWED, case_id=case.id, condition=condition.value)
    words = keys.open_notes(actor.agency_id, [row.note_ref]).get(row.note_ref, "")
    return Check(condition, row.done_by, row.done_at, words)


def questions(name: str, condition: Condition) -> Sequence[Choice]:
    """Return what a method asks to be considered. Raises NotFound for a condition that no check answers."""
    asks = {
        Condition.OWN_SCREENING: method(name).screening,
        Condition.TARGET_GROUP_CHECKED: method(name).target_group,
    }
    if condition not in asks:
        raise NotFound
    return asks[condition]


def will_act(actor: Actor, case_id: UUID) -> None:
    """Say for the actor's agency that it will do something in the case. Raises Conflict when that is said already."""
    case = case_for(actor, case_id, Permission.CASE_ACT)
    row = _participation(case.id, actor.agency_id)
    if row.acts_since is not None:
        raise Conflict("agency_acts_already")
    row.acts_since, row.acts_by = clock.now(), actor.user_id
    audit.record(actor, Event.AGENCY_ACTS, case_id=case.id, agency=actor.agency_id)


def acted(actor: Actor, case_id: UUID, at: datetime) -> None:
    """Write down when the agencies first did something together. Raises Invalid for a moment before the matter was raised or
    ahead in time, Conflict when it is written down already or nobody has been named yet.
    """
    case = _led(actor, case_id, Permission.CASE_PHASE_MOVE)
    if phases(case.method)[case.phase].filter is Filter.ANONYMOUS:
        raise Conflict("action_in_consultation")
    if case.first_action_at is not None:
        raise Conflict("first_action_noted")
    if at < case.raised_at:
        raise Invalid("action_before_raised", at="action_before_raised")
    if at > clock.now():
        raise Invalid("action_in_future", at="action_in_future")
    case.first_action_at = at
    audit.record(actor, Event.FIRST_ACTION_NOTED, case_id=case.id)


def answers_of(case_id: UUID) -> dict[UUID, datetime | None]:
    """Return when each agency in the case said that it will do something; None for one that has not."""
    rows = db.session.execute(
        select(Participation.agency_id, Participation.acts_since).where(
            Participation.case_id == case_id, Participation.ended_at.is_(None)
        )
    )
    return {row.agency_id: row.acts_since for row in rows}


def anonymous(case: Case | Shell) -> bool:
    """Tell whether nobody may be named in the case: it is still in the consultation."""
    return phases(case.method)[case.phase].filter is Filter.ANONYMOUS


def screened(case: Case) -> bool:
    """Tell whether the leading agency has considered what it can do alone."""
    return _check(case.id, Condition.OWN_SCREENING) is not None


_UNANSWERED = exists().where(
    Participation.case_id == asked("case", Uuid()),
    Participation.agency_id != asked("lead", Uuid()),
    Participation.ended_at.is_(None),
    Participation.acts_since.is_(None),
)
_SUBJECT = exists().where(CasePerson.case_id == asked("case", Uuid()), CasePerson.role == SUBJECT)
_FACTS = Prepared(
    lambda: select(
        func.array(
            select(CaseCheck.condition).where(CaseCheck.case_id == asked("case", Uuid())).scalar_subquery()
        ).label("checked"),
        func.array(
            select(Record.kind)
            .where(Record.case_id == asked("case", Uuid()), Record.owner_agency_id == asked("lead", Uuid()))
            .distinct()
            .scalar_subquery()
        ).label("written"),
        select(Case.exit_code).where(Case.id == asked("case", Uuid())).scalar_subquery().label("exit_code"),
        _SUBJECT.label("subject"),
        _UNANSWERED.label("unanswered"),
    )
)
"""What a case's own tables know, in one question: it stands on every page of a case for the agency that leads it."""


def _facts(case_id: UUID, lead_id: UUID, answers: Sequence[Answer]) -> tuple[frozenset[Condition], frozenset[str]]:
    [row] = _FACTS.rows(case=case_id, lead=lead_id)
    own = {
        **{condition: condition.value in row.checked for condition in CHECKED},
        Condition.SUBJECT_KNOWN: row.subject,
        Condition.AGENCIES_ANSWERED: not row.unanswered,
        Condition.EXIT_CODE_GIVEN: row.exit_code is not None,
    }
    answered = {condition for answer in answers for condition in answer(case_id)} - own.keys()
    return frozenset({condition for condition, holds in own.items() if holds} | answered), frozenset(row.written)


def _locked(actor: Actor, case_id: UUID, permission: Permission) -> Case:
    """Return a case that nobody else changes meanwhile."""
    case = case_for(actor, case_id, permission)
    db.session.refresh(case, with_for_update=True)
    return case


def _led(actor: Actor, case_id: UUID, permission: Permission) -> Case:
    """Return a case that the actor's agency leads. Raises NotFound for one that another leads."""
    case = _locked(actor, case_id, permission)
    if case.lead_agency_id != actor.agency_id:
        raise NotFound
    return case


def _check(case_id: UUID, condition: Condition) -> CaseCheck | None:
    found = select(CaseCheck).where(CaseCheck.case_id == case_id, CaseCheck.condition == condition.value)
    return db.session.scalars(found).one_or_none()


def _participation(case_id: UUID, agency_id: UUID) -> Participation:
    found = select(Participation).where(
        Participation.case_id == case_id, Participation.agency_id == agency_id, Participation.ended_at.is_(None)
    )
    return db.session.scalars(found).one()
