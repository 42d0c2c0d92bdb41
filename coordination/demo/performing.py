"""Each action of the demo as the use case it is: the same service functions that the pages call."""

from collections.abc import Sequence
from datetime import timedelta
from functools import singledispatch
from io import BytesIO
from uuid import UUID

from coordination.audit import service as audit
from coordination.audit.events import Event as LogEvent
from coordination.cases import attachments, closing, copies, lists, people, phases, records, search
from coordination.cases import service as cases
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.reading import OpenPart
from coordination.consent import queries as consent_queries
from coordination.consent import service as consents
from coordination.core import clock
from coordination.core.db import savepoint
from coordination.core.errors import DomainError
from coordination.demo import actions, files
from coordination.demo.cast import workers
from coordination.demo.stage import CaseIds, Stage
from coordination.disclosure import overview
from coordination.disclosure import service as disclosures
from coordination.oversight import integrity, queries
from coordination.oversight import service as oversight
from coordination.planning import mapping, plan
from coordination.planning.mapping import MappingDraft, Rating, Statement
from policies.access import Actor
from policies.methods.conditions import Condition
from policies.permissions import Permission

_NATURES = {"fact": Nature.FACT, "assessment": Nature.ASSESSMENT}
_KINDS = {"own_view": PartKind.OWN_VIEW, "disagreement": PartKind.DISAGREEMENT}


def perform(stage: Stage, event: actions.Event) -> None:
    """Carry out one event at its moment, with its line in the log."""
    with clock.at(event.at):
        stage.name_tenant(event)
        if event.who is None:
            _night(stage, event)
        else:
            _do(event.action, stage, event, stage.actor(event))
        stage.write_log()


@singledispatch
def _do(action: object, stage: Stage, event: actions.Event, actor: Actor) -> None:  # noqa: ARG001 - one signature for all
    raise TypeError(f"nobody knows how to do {type(action).__name__}")


@_do.register
def _open_case(action: actions.OpenCase, stage: Stage, event: actions.Event, actor: Actor) -> None:
    cases.continue_references(actor.municipality_id, "sig", clock.today().year, action.number - 1)
    stage.cases[event.case] = CaseIds(cases.open_case(actor, "sig").id)


@_do.register
def _add_person(action: actions.AddPerson, stage: Stage, event: actions.Event, actor: Actor) -> None:
    draft = people.PersonDraft(
        role=action.role,
        given_name=action.given,
        family_name=action.family,
        number=action.number,
        birth_date=action.born,
        contact=action.contact,
        protection=action.protection,
        reason=action.reason,
    )
    case = stage.of(event)
    case.people[action.key] = people.add_person(actor, case.id, draft).id


@_do.register
def _invite(action: actions.Invite, stage: Stage, event: actions.Event, actor: Actor) -> None:
    cases.invite_agency(actor, stage.of(event).id, stage.agencies[action.agency])


@_do.register
def _end_participation(action: actions.EndParticipation, stage: Stage, event: actions.Event, actor: Actor) -> None:
    cases.end_participation(actor, stage.of(event).id, stage.agencies[action.agency])


@_do.register
def _assign(action: actions.Assign, stage: Stage, event: actions.Event, actor: Actor) -> None:
    user_id = stage.users[action.worker].id
    cases.assign(actor, stage.of(event).id, user_id, named_for_protected=action.named_for_protected)


@_do.register
def _end_assignment(action: actions.EndAssignment, stage: Stage, event: actions.Event, actor: Actor) -> None:
    cases.end_assignment(actor, stage.of(event).id, stage.users[action.worker].id)


@_do.register
def _move_phase(action: actions.MovePhase, stage: Stage, event: actions.Event, actor: Actor) -> None:
    phases.move(actor, stage.of(event).id, action.phase, (consent_queries.conditions,))


@_do.register
def _check(action: actions.Check, stage: Stage, event: actions.Event, actor: Actor) -> None:
    case_id, condition = stage.of(event).id, Condition(action.condition)
    every = frozenset(question.id for question in phases.questions("sig", condition))
    phases.check(actor, case_id, condition, every, action.words)


@_do.register
def _act(action: actions.Act, stage: Stage, event: actions.Event, actor: Actor) -> None:  # noqa: ARG001 - as every action
    phases.will_act(actor, stage.of(event).id)


@_do.register
def _note_first_action(
    action: actions.NoteFirstAction,  # noqa: ARG001 - as every action
    stage: Stage,
    event: actions.Event,
    actor: Actor,
) -> None:
    phases.acted(actor, stage.of(event).id, clock.now())


@_do.register
def _give_exit(action: actions.GiveExit, stage: Stage, event: actions.Event, actor: Actor) -> None:
    closing.give_exit(actor, stage.of(event).id, action.code)


@_do.register
def _write(action: actions.Write, stage: Stage, event: actions.Event, actor: Actor) -> None:
    case = stage.of(event)
    draft = records.RecordDraft(
        kind=action.kind,
        occurred_on=clock.today() - timedelta(days=action.days_before),
        about_person_id=case.people.get(action.about) if action.about else None,
        title=action.title,
        parts=[_part(piece) for piece in action.pieces],
    )
    case.records[action.key] = records.write(actor, case.id, draft).id


@_do.register
def _map_out(action: actions.MapOut, stage: Stage, event: actions.Event, actor: Actor) -> None:
    case = stage.of(event)
    said = [Statement(area, source, words, Nature.FACT) for area, source, words in action.said]
    draft = MappingDraft(clock.today(), said, [Rating(factor, value, "") for factor, value in action.ratings])
    case.records[action.key] = mapping.write(actor, case.id, draft).id


@_do.register
def _set_goal(action: actions.SetGoal, stage: Stage, event: actions.Event, actor: Actor) -> None:
    case = stage.of(event)
    look_again = clock.today() + timedelta(days=90)
    goal = plan.add_goal(actor, case.id, plan.GoalDraft(action.text, action.own_words, look_again))
    case.goals[action.key], case.records[action.key] = goal.id, goal.record_id


@_do.register
def _follow_up(action: actions.FollowUp, stage: Stage, event: actions.Event, actor: Actor) -> None:
    look_again = clock.today() + timedelta(days=60)
    plan.follow_up(actor, stage.of(event).goals[action.goal], action.status, look_again)


@_do.register
def _plan_action(action: actions.PlanAction, stage: Stage, event: actions.Event, actor: Actor) -> None:
    case, today = stage.of(event), clock.today()
    who = plan.Responsible(stage.agencies[workers()[action.worker].agency], stage.users[action.worker].id)
    terms = plan.Terms(who, today, today + timedelta(days=action.days), action.status)
    case.records[action.key] = plan.add_action(actor, case.goals[action.goal], action.text, terms).record_id


@_do.register
def _edit(action: actions.Edit, stage: Stage, event: actions.Event, actor: Actor) -> None:
    opened = records.open_record(actor, stage.of(event).records[action.record])
    written = [(part, part.content) for part in opened.parts if isinstance(part.content, Text)]
    drafts = [
        records.PartDraft(part.kind, part.nature, text.heading, _added(text.body, action, place), part.id)
        for place, (part, text) in enumerate(written)
        if part.kind is not PartKind.TITLE
    ]
    title = next(text.body for part, text in written if part.kind is PartKind.TITLE)
    draft = records.RecordDraft(opened.kind, opened.occurred_on, opened.about_person_id, title, drafts)
    records.edit(actor, opened.id, opened.version, draft)


@_do.register
def _attach(action: actions.Attach, stage: Stage, event: actions.Event, actor: Actor) -> None:
    content = files.content(action.name, action.title, action.lines)
    attachments.attach(actor, stage.of(event).records[action.record], action.name, BytesIO(content))


@_do.register
def _record_consent(action: actions.RecordConsent, stage: Stage, event: actions.Event, actor: Actor) -> None:
    case = stage.of(event)
    draft = consents.ConsentDraft(
        agency_ids=[stage.agencies[agency] for agency in action.agencies],
        kinds=action.kinds,
        purposes=action.purposes,
        form=action.form,
        youth_signed=True,
        guardian_ids=[case.people[guardian] for guardian in action.guardians],
        signed_on=clock.today(),
        valid_to=action.valid_to,
        reason_without_guardian=action.reason_without_guardian,
        note=action.note,
        youth_heard=True,
        maturity=action.maturity,
    )
    case.consents[action.key] = consents.record(actor, case.id, draft).id


@_do.register
def _withdraw_consent(action: actions.WithdrawConsent, stage: Stage, event: actions.Event, actor: Actor) -> None:
    disclosures.withdraw_consent(actor, stage.of(event).consents[action.consent], action.by)


@_do.register
def _disclose(action: actions.Disclose, stage: Stage, event: actions.Event, actor: Actor) -> None:
    case = stage.of(event)
    draft = disclosures.DisclosureDraft(
        part_ids=_chosen(action, case, actor),
        recipient_id=stage.agencies[action.to],
        basis_id=action.basis,
        duty_id=action.duty,
        purpose=action.purpose,
        own_initiative=action.own_initiative,
        harm_test=action.harm_test,
        until=action.until,
    )
    case.disclosures[action.key] = disclosures.disclose(actor, case.id, draft).id


@_do.register
def _revoke(action: actions.Revoke, stage: Stage, event: actions.Event, actor: Actor) -> None:
    disclosures.revoke(actor, stage.of(event).disclosures[action.disclosure], action.why)


@_do.register
def _dispose(action: actions.DisposeCopies, stage: Stage, event: actions.Event, actor: Actor) -> None:
    for copy in copies.held_from(actor, stage.of(event).disclosures[action.disclosure]):
        copies.dispose(actor, copy.id)


@_do.register
def _view(_: actions.View, stage: Stage, event: actions.Event, actor: Actor) -> None:
    overview.open_case(actor, stage.of(event).id)


@_do.register
def _try_to_view(_: actions.TryToView, stage: Stage, event: actions.Event, actor: Actor) -> None:
    try:
        with savepoint():
            overview.open_case(actor, stage.of(event).id)
    except DomainError as refusal:
        audit.record(actor, LogEvent.DENIED, permission=Permission.CASE_READ, reason_code=refusal.code)


@_do.register
def _open_files(action: actions.OpenFiles, stage: Stage, event: actions.Event, actor: Actor) -> None:
    opened = records.open_record(actor, stage.of(event).records[action.record])
    for part in opened.parts:
        if part.kind is PartKind.FILE:
            attachments.open_attachment(actor, part.id)


@_do.register
def _open_protected(action: actions.OpenProtected, stage: Stage, event: actions.Event, actor: Actor) -> None:
    people.open_protected(actor, stage.of(event).people[action.person], action.reason)


@_do.register
def _list_mine(_: actions.ListMine, stage: Stage, event: actions.Event, actor: Actor) -> None:  # noqa: ARG001 - one signature for all
    lists.mine(actor)


@_do.register
def _search_for(action: actions.SearchFor, stage: Stage, event: actions.Event, actor: Actor) -> None:  # noqa: ARG001 - one signature for all
    search.run(actor, search.Search(action.text, bool(action.reason), action.reason))


@_do.register
def _give_review(action: actions.GiveReview, stage: Stage, event: actions.Event, actor: Actor) -> None:  # noqa: ARG001 - one signature for all
    reviewer = stage.users[action.reviewer].id
    stage.reviews[action.key] = oversight.give(
        actor, reviewer, action.period_from, action.period_to, action.valid_until
    )


@_do.register
def _review_log(action: actions.ReviewLog, stage: Stage, event: actions.Event, actor: Actor) -> None:  # noqa: ARG001 - one signature for all
    oversight.open_log(actor, stage.reviews[action.review])


def _night(stage: Stage, event: actions.Event) -> None:
    """Close what has expired; on the last nights also sign every log of the municipality."""
    while copies.close_expired():
        pass
    if isinstance(event.action, actions.Night) and event.action.checkpoint:
        for agency in queries.agencies():
            if agency.municipality_id == stage.towns[event.town]:
                integrity.make_checkpoint(agency)


def _part(piece: actions.Piece) -> records.PartDraft:
    kind = _KINDS.get(piece.nature, PartKind.TEXT)
    return records.PartDraft(kind, _NATURES.get(piece.nature, Nature.NONE), piece.heading, piece.body)


def _added(body: str, action: actions.Edit, place: int) -> str:
    return f"{body}\n\n{action.addition}" if place == action.part else body


def _chosen(action: actions.Disclose, case: CaseIds, actor: Actor) -> list[UUID]:
    """Return the parts that the disclosure names: of a record by place, of an identity by kind."""
    source = str(action.record or action.person)
    if source not in case.parts:
        case.parts[source] = _opened(action, case, actor)
    parts = case.parts[source]
    if action.record is not None:
        return [parts[place].id for place in action.parts]
    return [part.id for part in parts if part.kind in action.identity]


def _opened(action: actions.Disclose, case: CaseIds, actor: Actor) -> Sequence[OpenPart]:
    """Read what is to be disclosed, as whoever discloses it does first."""
    if action.record is not None:
        return records.open_record(actor, case.records[action.record]).parts
    identities = overview.open_shell(actor, case.id).identities
    wanted = case.people[str(action.person)]
    return next(record for record in identities if record.about_person_id == wanted).parts
