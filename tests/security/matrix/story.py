"""What has happened in the town: every way to own, be given and lose, once."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from coordination.cases import break_glass, drafts, records
from coordination.cases import service as cases
from coordination.cases.break_glass import BreakGlassDraft
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import Assignment, Record
from coordination.cases.reading import OpenPart
from coordination.consent.models import Consent
from coordination.core import clock
from coordination.core.db import db
from coordination.core.ids import new_id
from coordination.disclosure import on_call, refusals, urgent
from coordination.disclosure import service as disclosures
from coordination.disclosure.models import MatchHit, MatchRequest, UrgentRequest
from coordination.disclosure.on_call import ShiftDraft
from coordination.disclosure.refusals import RefusalDraft
from coordination.disclosure.urgent import UrgentDraft, Words
from coordination.keys import service as keys
from coordination.oversight.models import ReviewAssignment
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.security.matrix import endings
from tests.security.matrix.building import Builder
from tests.security.matrix.people import AWAY, FOREIGN, HIDDEN, MAIN, OTHER, PLACES, Relation
from tests.security.matrix.planning import planned
from tests.security.matrix.seeds import Kind
from tests.security.matrix.things import What

SOCIAL, POLICE, SCHOOL, RESCUE = "social_services", "police", "school", "rescue"
AWAY_SOCIAL, AWAY_POLICE, AWAY_SCHOOL = f"{AWAY}{SOCIAL}", f"{AWAY}{POLICE}", f"{AWAY}{SCHOOL}"
LOST = {"revoked": "outreach", "expired": "region", "withdrawn": "school_health", "ended": "leisure"}
"""Who was given a copy that can no longer be read, by how it was lost."""


def begin(made: Builder) -> None:
    """Let the cases begin, some weeks ago."""
    lead = made.actors[Relation.ASSIGNED, Role.SIG_COORDINATOR]
    made.open_case(lead, MAIN, SOCIAL)
    subject = made.person(lead, MAIN, "subject", "subject", next(made.numbers), readers=[POLICE])
    guardian = made.person(lead, MAIN, "guardian", "guardian", next(made.numbers))
    made.person(lead, MAIN, "protected sibling", "sibling", next(made.numbers), protection="marked")
    for agency in (POLICE, SCHOOL, *LOST.values()):
        made.act(lead, cases.invite_agency, made.cases[MAIN], made.agency_id(agency))
    made.staff(MAIN)
    _leisure_works(made)
    _over(made)
    made.consent(lead, MAIN, "first consent", [POLICE, SCHOOL, "outreach", "region", "leisure"], guardian)
    _by_school(made)
    made.consent(lead, MAIN, "second consent", ["school_health"], guardian)
    _shared(made, lead, subject)
    _private(made, lead)
    for agency in (POLICE, *LOST.values()):
        _own_note(made, agency)
    _other_case(made)
    _hidden_case(made)
    _foreign_case(made)


def go_on(made: Builder) -> None:
    """Let copies be lost and a text be changed, some days ago."""
    lead = made.actors[Relation.ASSIGNED, Role.SIG_COORDINATOR]
    found = {(thing.what, thing.name): thing.arguments for thing in made.things}
    revoked = found[What.DISCLOSURE, "to outreach"]["disclosure_id"]
    made.act(lead, disclosures.revoke, revoked, "revoked_mistake")
    withdrawn = found[What.CONSENT, "second consent"]["consent_id"]
    made.act(lead, disclosures.withdraw_consent, withdrawn, "youth")
    made.act(lead, cases.end_participation, made.cases[MAIN], made.agency_id("leisure"))
    for (relation, _), actor in made.actors.items():
        if relation is Relation.ENDED:
            made.left_over(actor, MAIN)
    _edit(made, lead, found[What.RECORD, "shared"]["record_id"])
    _internal_records(made, lead)
    _refused(made, lead)
    _question(made, lead)
    _urgent(made, lead)
    _glass_broken(made, lead)
    endings.conflicts_of_interest(made)
    endings.a_case_long_closed(made)
    _drafts(made)
    _reviews(made)


def _leisure_works(made: Builder) -> None:
    """Let the agency that will leave work in the case first."""
    manager = made.manager("leisure")
    handler = made.actors[Relation.ENDED, Role.AGENCY_CONTACT]
    made.act(manager, cases.assign, made.cases[MAIN], handler.user_id)


def _over(made: Builder) -> None:
    manager, case = made.manager(SOCIAL), made.cases[MAIN]
    for role in (Role.SIG_COORDINATOR, Role.CASE_WORKER):
        gone = made.actors[Relation.OVER, role].user_id
        made.act(manager, cases.assign, case, gone)
        made.act(manager, cases.end_assignment, case, gone)


def _sow(made: Builder, thing: str, case: str, owner: str, *readers: str) -> Callable[[Kind], str]:
    return lambda kind: made.seeds.sow(kind, thing, case, owner, readers=readers)


def _shared(made: Builder, lead: Actor, subject: UUID) -> None:
    """A record of which one text and a file are given to many; another text is kept back."""
    given, kept = _sow(made, "shared", MAIN, SOCIAL, POLICE), _sow(made, "shared", MAIN, SOCIAL)
    title, text, secret = given(Kind.TITLE), given(Kind.EARLIER), kept(Kind.TEXT)
    record = made.record(lead, MAIN, "shared", text, secret, title=title)
    name, content = given(Kind.FILE_NAME), given(Kind.FILE)
    file = made.attach(lead, record, name, content)
    parts = made.parts_of(lead, record)
    made.add(What.RECORD, "shared", MAIN, SOCIAL, readers=[POLICE], record_id=record)
    made.add(What.ATTACHMENT, "shared", MAIN, SOCIAL, readers=[POLICE], part_id=file)
    _note_text(made, lead, "shared", record)
    chosen = [parts[title], parts[text], file, *made.identity_parts(lead, MAIN, subject), *planned(made, lead)]
    made.disclose(lead, MAIN, "to police", POLICE, chosen, carries="shared")
    for agency in LOST.values():
        days = 5 if agency == LOST["expired"] else 60
        made.disclose(lead, MAIN, f"to {agency}", agency, chosen, carries="shared", days=days)


def _note_text(made: Builder, author: Actor, name: str, record: UUID) -> None:
    """Note the last text of a record as a thing of its own: a part, but no file."""
    texts = [part for part in made.act(author, records.open_record, record).parts if part.kind is PartKind.TEXT]
    thing = next(thing for thing in made.things if (thing.what, thing.name) == (What.RECORD, name))
    made.add(What.PART, name, thing.case, thing.owner, part_id=texts[-1].id)


def _private(made: Builder, lead: Actor) -> None:
    word = _sow(made, "private", MAIN, SOCIAL)
    record = made.record(lead, MAIN, "private", word(Kind.TEXT), title=word(Kind.TITLE))
    file = made.attach(lead, record, word(Kind.FILE_NAME), word(Kind.FILE))
    made.add(What.RECORD, "private", MAIN, SOCIAL, record_id=record)
    _note_text(made, lead, "private", record)
    made.add(What.ATTACHMENT, "private", MAIN, SOCIAL, part_id=file)


def _by_school(made: Builder) -> None:
    """A record the other way: the school's, of which the social services are given one text."""
    teacher = made.actors[Relation.NOT_GIVEN, Role.SCHOOL_CONTACT]
    given, kept = _sow(made, "by school", MAIN, SCHOOL, SOCIAL), _sow(made, "by school", MAIN, SCHOOL)
    title, text, secret = given(Kind.TITLE), given(Kind.TEXT), kept(Kind.TEXT)
    record = made.record(teacher, MAIN, "by school", text, secret, title=title)
    parts = made.parts_of(teacher, record)
    made.add(What.RECORD, "by school", MAIN, SCHOOL, readers=[SOCIAL], record_id=record)
    _note_text(made, teacher, "by school", record)
    made.disclose(teacher, MAIN, "from school", SOCIAL, [parts[title], parts[text]], carries="by school")


def _own_note(made: Builder, agency: str) -> None:
    author = next(
        actor
        for (relation, role), actor in made.actors.items()
        if PLACES[relation].agency == agency
        and (MAIN in PLACES[relation].cases or relation is Relation.ENDED)
        and role
        in {Role.POLICE_LIAISON, Role.OUTREACH_WORKER, Role.HEALTH_CONTACT, Role.SCHOOL_CONTACT, Role.AGENCY_CONTACT}
    )
    word = _sow(made, f"by {agency}", MAIN, agency)
    record = made.record(author, MAIN, f"by {agency}", word(Kind.TEXT), title=word(Kind.TITLE))
    made.add(What.RECORD, f"by {agency}", MAIN, agency, record_id=record)
    _note_text(made, author, f"by {agency}", record)


def _other_case(made: Builder) -> None:
    """A case that somebody else in the social services leads, with the rescue service."""
    lead = made.moves_in(AgencyKind.SOCIAL_SERVICES, Role.SIG_COORDINATOR, "leads the other case", case=OTHER)
    made.open_case(lead, OTHER, SOCIAL)
    made.person(lead, OTHER, "other subject", "subject", next(made.numbers))
    made.act(lead, cases.invite_agency, made.cases[OTHER], made.agency_id(RESCUE))
    made.staff(OTHER)
    worker = made.actors[Relation.NONE, Role.AGENCY_CONTACT]
    word = _sow(made, "by rescue", OTHER, RESCUE)
    record = made.record(worker, OTHER, "by rescue", word(Kind.TEXT), title=word(Kind.TITLE))
    made.add(What.RECORD, "by rescue", OTHER, RESCUE, record_id=record)
    _note_text(made, worker, "by rescue", record)


def _hidden_case(made: Builder) -> None:
    """A case whose young person has a protected identity; the police have been given a text, and nobody there is named."""
    lead = made.actors[Relation.NAMED, Role.SIG_COORDINATOR]
    made.open_case(lead, HIDDEN, SOCIAL)
    made.person(lead, HIDDEN, "hidden subject", "subject", next(made.numbers), protection="protected_registration")
    guardian = made.person(lead, HIDDEN, "hidden guardian", "guardian", next(made.numbers))
    made.act(lead, cases.invite_agency, made.cases[HIDDEN], made.agency_id(POLICE))
    made.staff(HIDDEN)
    made.consent(lead, HIDDEN, "hidden consent", [POLICE], guardian, days=50)
    word = _sow(made, "hidden", HIDDEN, SOCIAL, POLICE)
    title, text = word(Kind.TITLE), word(Kind.TEXT)
    record = made.record(lead, HIDDEN, "hidden", text, title=title)
    made.add(What.RECORD, "hidden", HIDDEN, SOCIAL, readers=[POLICE], record_id=record)
    _note_text(made, lead, "hidden", record)
    file = made.attach(
        lead, record, *(made.seeds.sow(kind, "hidden", HIDDEN, SOCIAL) for kind in (Kind.FILE_NAME, Kind.FILE))
    )
    made.add(What.ATTACHMENT, "hidden", HIDDEN, SOCIAL, part_id=file)
    parts = made.parts_of(lead, record)
    made.disclose(lead, HIDDEN, "hidden to police", POLICE, [parts[title], parts[text]], carries="hidden", days=45)


def _foreign_case(made: Builder) -> None:
    """A whole case in the other municipality."""
    lead = made.actors[Relation.AWAY, Role.SIG_COORDINATOR]
    made.open_case(lead, FOREIGN, AWAY_SOCIAL)
    made.person(lead, FOREIGN, "foreign subject", "subject", next(made.numbers))
    guardian = made.person(lead, FOREIGN, "foreign guardian", "guardian", next(made.numbers))
    made.act(lead, cases.invite_agency, made.cases[FOREIGN], made.agency_id(AWAY_POLICE))
    made.consent(lead, FOREIGN, "foreign consent", [AWAY_POLICE], guardian)
    word = _sow(made, "foreign", FOREIGN, AWAY_SOCIAL)
    record = made.record(lead, FOREIGN, "foreign", word(Kind.TEXT), title=word(Kind.TITLE))
    file = made.attach(lead, record, word(Kind.FILE_NAME), word(Kind.FILE))
    made.add(What.RECORD, "foreign", FOREIGN, AWAY_SOCIAL, record_id=record)
    _note_text(made, lead, "foreign", record)
    made.add(What.ATTACHMENT, "foreign", FOREIGN, AWAY_SOCIAL, part_id=file)
    made.staff(FOREIGN)


def _edit(made: Builder, lead: Actor, record_id: object) -> None:
    """Change the text that was given away: what was given stays what it was."""
    opened = made.act(lead, records.open_record, record_id)
    said = made.seeds.sow(Kind.TEXT, "shared", MAIN, SOCIAL)
    texts = [part for part in opened.parts if part.kind is PartKind.TEXT]
    title = next(part for part in opened.parts if part.kind is PartKind.TITLE)
    typed = [
        records.PartDraft(part.kind, Nature.FACT, "", said if number == 0 else _body(part), part.id)
        for number, part in enumerate(texts)
    ]
    draft = records.RecordDraft(opened.kind, opened.occurred_on, None, _body(title), typed)
    made.act(lead, records.edit, record_id, opened.version, draft)


def _body(part: OpenPart) -> str:
    assert isinstance(part.content, Text)
    return part.content.body


def _internal_records(made: Builder, lead: Actor) -> None:
    """Note the records that no address shows: identities, decisions and what was said about a consent."""
    with made.worlds[False].acting(lead):
        rows = db.session.execute(
            select(Record.id, Record.kind).where(
                Record.case_id == made.cases[MAIN], Record.kind.in_(["identity", "disclosure_decision", "consent_note"])
            )
        ).all()
        assert db.session.scalars(select(Consent.record_id)).first()
    for kind in sorted({row.kind for row in rows}):
        record = next(row.id for row in rows if row.kind == kind)
        made.add(What.RECORD, f"internal {kind}", MAIN, SOCIAL, traits={"internal"}, record_id=record)


def _refused(made: Builder, lead: Actor) -> None:
    """A decision not to give the police something they asked for."""
    what, why = (made.seeds.sow(Kind.REFUSED, "to police refused", MAIN, SOCIAL) for _ in range(2))
    draft = RefusalDraft(
        made.agency_id(POLICE), clock.today(), "support", what, None, "no_basis", f"{why}: inget stöd passar."
    )
    refused = made.act(lead, refusals.refuse, made.cases[MAIN], draft)
    made.add(What.REFUSAL, "to police refused", MAIN, SOCIAL, refusal_id=refused.id)


def _question(made: Builder, lead: Actor) -> None:
    """A question to the rescue service that met a case of theirs: two rows by hand, for no two people share a number here."""
    words = [
        made.seeds.sow(Kind.ASKED, name, case, owner)
        for name, case, owner in (("question to rescue", MAIN, SOCIAL), ("question at rescue", OTHER, RESCUE))
    ]
    with made.worlds[False].acting(lead):
        refs = [
            keys.seal_note(made.agency_id(agency), lead.municipality_id, word)
            for agency, word in zip((SOCIAL, RESCUE), words, strict=True)
        ]
        request, hit = _met(made, lead, *refs)
        db.session.add(request)
        db.session.flush()
        db.session.add(hit)
        request_id, hit_id = request.id, hit.id
    made.add(What.QUESTION, "question to rescue", MAIN, SOCIAL, request_id=request_id)
    made.add(What.HIT, "question at rescue", OTHER, RESCUE, hit_id=hit_id)


def _met(made: Builder, lead: Actor, reason_ref: UUID, question_ref: UUID) -> tuple[MatchRequest, MatchHit]:
    now = clock.now()
    people = {thing.name: thing.arguments["person_id"] for thing in made.things if thing.what is What.PERSON}
    request = MatchRequest(
        id=new_id(),
        case_id=made.cases[MAIN],
        person_id=people["subject"],
        from_agency_id=made.agency_id(SOCIAL),
        to_agency_id=made.agency_id(RESCUE),
        purpose="prevent_crime",
        digest=bytes(32),
        reason_ref=reason_ref,
        asked_by=lead.user_id,
        asked_at=now,
        closes_at=now + timedelta(days=14),
        basis_id="OSL_10_15A",
        basis_in_force_from=now.date(),
        municipality_id=lead.municipality_id,
    )
    hit = MatchHit(
        id=new_id(),
        request_id=request.id,
        agency_id=request.to_agency_id,
        case_id=made.cases[OTHER],
        person_id=people["other subject"],
        question_ref=question_ref,
        found_at=now,
        municipality_id=lead.municipality_id,
    )
    return request, hit


def _urgent(made: Builder, lead: Actor) -> None:
    """An urgent request to the rescue service, where somebody is on call."""
    manager, officer = made.manager(RESCUE), made.actors[Relation.NONE, Role.AGENCY_CONTACT]
    now = clock.now()
    listed = ShiftDraft(officer.user_id, now, now + timedelta(days=20), "010-565 00 00")
    made.add(What.SHIFT, "at rescue", "", RESCUE, shift_id=made.act(manager, on_call.add, listed))
    said = made.seeds.sow(Kind.URGENT, "urgent to rescue", "", SOCIAL, readers=[RESCUE])
    words = Words(f"{said} är på väg att skada sig själv", "Var är hen?", "En pojke i nian", 15, "010-565 00 00")
    sent = made.act(lead, urgent.send, UrgentDraft(made.agency_id(RESCUE), None, words, "OSL_10_2_NODV"))
    with made.worlds[False].acting(lead):  # it was sent days ago, and is to be open today
        db.session.get_one(UrgentRequest, sent).closes_at = now + timedelta(days=20)
    made.add(What.URGENT, "urgent to rescue", "", SOCIAL, readers=[RESCUE], urgent_id=sent)


def _glass_broken(made: Builder, lead: Actor) -> None:
    """Somebody broke the glass and the lead was told; the lead did so themself before being named, and it still lasts."""
    reference = next(seed.word for seed in made.seeds.sown if seed.kind is Kind.REFERENCE and seed.case == MAIN)
    colleague = made.actors[Relation.OVER, Role.CASE_WORKER]
    draft = BreakGlassDraft(reference, "Ingen annan svarade i natt", thought_of_112=True)
    made.act(colleague, break_glass.open_case, draft)
    [notice] = made.act(lead, break_glass.notices)
    made.add(What.NOTICE, "told to the lead", MAIN, SOCIAL, notice_id=notice.id)
    made.act(colleague, break_glass.end, made.cases[MAIN])
    now = clock.now()
    with made.worlds[False].acting(lead):
        row = Assignment(
            case_id=made.cases[MAIN],
            agency_id=lead.agency_id,
            user_id=lead.user_id,
            assigned_by=lead.user_id,
            starts_at=now,
            ends_at=now + timedelta(days=30),
            emergency_reason=new_id(),
        )
        row.municipality_id = lead.municipality_id
        db.session.add(row)


def _drafts(made: Builder) -> None:
    """What was typed and not saved: by two in the social services, by the police, by one who no longer works in the case."""
    gone = Relation.OVER, Role.CASE_WORKER
    made.act(made.manager(SOCIAL), cases.assign, made.cases[MAIN], made.actors[gone].user_id)
    authors = (
        (MAIN, Relation.ASSIGNED, Role.SIG_COORDINATOR),
        (MAIN, Relation.GIVEN, Role.POLICE_LIAISON),
        (HIDDEN, Relation.NAMED, Role.SIG_COORDINATOR),
        (MAIN, *gone),
    )
    for case, relation, role in authors:
        actor, owner, name = made.actors[relation, role], PLACES[relation].agency, f"{role} {relation}"
        typed = [("title", made.seeds.sow(Kind.DRAFT, name, case, owner))]
        subject = drafts.Subject(drafts.RECORD_NEW, made.cases[case])
        kept = made.act(actor, drafts.keep, subject, new_id(), typed)
        made.add(What.DRAFT, name, case, owner, draft_id=kept.id)
    made.act(made.manager(SOCIAL), cases.end_assignment, made.cases[MAIN], made.actors[gone].user_id)


def _reviews(made: Builder) -> None:
    """Log reviews: one in force, one that was taken back, one that has run out."""
    manager, today, month = made.manager(SOCIAL), clock.today(), timedelta(days=30)
    given = (
        ("in force", Relation.NONE, month),
        ("ended", Relation.GIVEN, month),
        ("run out", Relation.NOT_GIVEN, month / 10),
    )
    for name, relation, left in given:
        row = ReviewAssignment(
            id=new_id(),
            municipality_id=manager.municipality_id,
            agency_id=manager.agency_id,
            reviewer_id=made.actors[relation, Role.REGIONAL_COORDINATOR].user_id,
            period_from=today - 2 * month,
            period_to=today + month,
            valid_until=today + left,
            given_by=manager.user_id,
            given_at=clock.now(),
            ended_at=clock.now() if name == "ended" else None,
        )
        with made.worlds[False].acting(manager):
            db.session.add(row)
        made.add(What.REVIEW, name, "", SOCIAL, readers=[PLACES[relation].agency], assignment_id=row.id)
