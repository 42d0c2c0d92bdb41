"""What each agency can read always equals a small model of its own, and the raw database never holds what was sealed.

The model knows nothing of keys, grants or SQL: it is a list of who was told what, until when.
"""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, text

from coordination.cases import copies, records
from coordination.cases import service as cases
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.reading import OpenRecord
from coordination.consent import service as consents
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import DomainError
from coordination.disclosure import deciding, overview, undoing
from coordination.disclosure import service as disclosures
from coordination.keys import rotation
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.factories.world import SharedCase, World, consent, note, shared_case
from tests.security.disclosure_model import Consented, Model, OwnPart, Told
from tests.security.plaintext import MARKER, tables_with_plaintext
from tests.security.request_rules import Requests

T = TypeVar("T")
KINDS = (AgencyKind.SOCIAL_SERVICES, AgencyKind.POLICE, AgencyKind.SCHOOL)
HARM_TEST = f"{MARKER} behövs för stödet, och den unge vet om det."
EXAMPLES = 14
START = datetime.fromisoformat("2026-11-22T10:00:00+01:00")


class Machine(Requests, RuleBasedStateMachine):
    """Three agencies in one case, doing everything to each other that the service lets them."""

    app: Flask
    engine: Engine

    @initialize()
    def open_a_case(self) -> None:
        self.traveller = time_machine.travel(START, tick=False)
        self.time = self.traveller.start()
        world = World(self.app)
        self.shared: SharedCase = shared_case(world, *KINDS[1:])
        self.actors: list[Actor] = [self.shared.handlers[world.agency(kind)] for kind in KINDS]
        self.managers = [None, *(self.shared.managers[world.agency(kind)] for kind in KINDS[1:])]
        self.model = Model(assigned_until={agency: _in_days(90) for agency in range(3)})
        self.ended: set[UUID] = set()
        for agency in range(3):
            self.write(agency, 1)
        self.consent(to_police=True, to_school=True, days=60)
        self.prepare_requests()

    def teardown(self) -> None:
        if hasattr(self, "traveller"):
            self.traveller.stop()

    def act(self, agency: int, use_case: Callable[..., T], *arguments: object) -> T:
        return self.shared.world.act(self.actors[agency], use_case, *arguments)

    def works(self, agency: int) -> bool:
        return agency in self.model.participating and self.model.assigned_until[agency] > clock.now()

    @rule(agency=st.integers(0, 2), pieces=st.integers(1, 3))
    def write(self, agency: int, pieces: int) -> None:
        words = [f"{MARKER} {uuid4()}" for _ in range(pieces)]
        draft = note(_kind(agency), f"{MARKER} rubrik", *words)
        if not self.works(agency):
            self.refused(agency, records.write, self.shared.id, draft)
            return
        record = self.act(agency, records.write, self.shared.id, draft)
        for part in self.act(agency, records.open_record, record.id).parts:
            assert isinstance(part.content, Text)
            self.model.parts.append(OwnPart(agency, record.id, part.id, 1, part.content.body))

    @precondition(lambda self: self.model.parts)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        part = data.draw(st.sampled_from(self.model.parts))
        siblings = [one for one in self.model.parts if one.record == part.record]
        if not self.works(part.owner):
            return
        opened = self.act(part.owner, records.open_record, part.record)
        words = f"{MARKER} {uuid4()}"
        self.act(part.owner, records.edit, part.record, opened.version, _rewritten(opened, part.part, words))
        changed = next(one for one in siblings if one.part == part.part)
        changed.words, changed.version = words, changed.version + 1

    @rule(to_police=st.booleans(), to_school=st.booleans(), days=st.integers(1, 60))
    def consent(self, to_police: bool, to_school: bool, days: int) -> None:
        agencies = {number for number, wanted in ((1, to_police), (2, to_school)) if wanted} & self.model.participating
        if not agencies or not self.works(0):
            return
        draft = consent(self.shared, *(self.actors[number].agency_id for number in sorted(agencies)), days=days)
        made = self.act(0, consents.record, self.shared.id, draft)
        self.model.consents.append(Consented(made.id, {0, *agencies}, draft.valid_to))

    @precondition(lambda self: self.model.consents)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.model.consents) - 1))
        given = self.model.consents[number]
        if given.withdrawn or not self.works(0):
            self.refused(0, disclosures.withdraw_consent, given.id, "youth")
            return
        self.act(0, disclosures.withdraw_consent, given.id, "youth")
        given.withdrawn = True
        for told in self.model.told:
            told.closed = told.closed or told.consent == number

    @precondition(lambda self: self.model.parts)
    @rule(data=st.data(), to=st.integers(0, 2), days=st.integers(0, 40), weighed=st.booleans())
    def disclose(self, data: st.DataObject, to: int, days: int, weighed: bool) -> None:
        sender = data.draw(st.integers(0, 2))
        own = [part for part in self.model.parts if part.owner == sender]
        if not own:
            return
        chosen = data.draw(st.lists(st.sampled_from(own), min_size=1, max_size=3, unique_by=lambda part: part.part))
        until = clock.today() + timedelta(days=days)
        draft = self.draft([part.part for part in chosen], to, until, weighed)
        carrier = None if weighed else self.carrier(to)
        if sender == to or not self.works(sender) or not self.works(to) or not self.carries(weighed, carrier, until):
            self.refused(sender, disclosures.disclose, self.shared.id, draft)
            return
        made = self.act(sender, disclosures.disclose, self.shared.id, draft)
        for part in chosen:
            told = Told(to, part.part, part.version, part.words, until, made.id, carrier)
            self.model.told.append(told)

    def draft(self, parts: list[UUID], to: int, until: date, weighed: bool) -> disclosures.DisclosureDraft:
        return disclosures.DisclosureDraft(
            part_ids=parts,
            recipient_id=self.actors[to].agency_id,
            basis_id="OSL_10_15A" if weighed else "OSL_12_2_SAMTYCKE",
            duty_id=None,
            purpose="prevent_crime" if weighed else "support",
            own_initiative=True,
            harm_test=HARM_TEST,
            until=until,
        )

    def carrier(self, to: int) -> int | None:
        """Which consent a disclosure stands on: of those that cover it today, the one that runs longest, then the latest."""
        today = clock.today()
        fitting = [
            (given.until, number)
            for number, given in enumerate(self.model.consents)
            if to in given.agencies and not given.withdrawn and given.until >= today
        ]
        return max(fitting)[1] if fitting else None

    def carries(self, weighed: bool, carrier: int | None, until: date) -> bool:
        if weighed:
            return True
        return carrier is not None and until <= self.model.consents[carrier].until

    @precondition(lambda self: self.model.parts)
    @rule(data=st.data(), days=st.integers(0, 40), weighed=st.booleans())
    def disclose_to_both(self, data: st.DataObject, days: int, weighed: bool) -> None:
        """One decision about both the others: whole, or not at all."""
        sender = data.draw(st.integers(0, 2))
        own = [part for part in self.model.parts if part.owner == sender]
        if not own:
            return
        chosen = data.draw(st.lists(st.sampled_from(own), min_size=1, max_size=2, unique_by=lambda part: part.part))
        until, others = clock.today() + timedelta(days=days), [agency for agency in range(3) if agency != sender]
        one = self.draft([part.part for part in chosen], others[0], until, weighed).alone()
        draft = dataclasses.replace(one, recipient_ids=[self.actors[agency].agency_id for agency in others])
        carriers = {agency: None if weighed else self.carrier(agency) for agency in others}
        receives = all(self.works(to) and self.carries(weighed, carriers[to], until) for to in others)
        if not self.works(sender) or not receives:
            self.refused(sender, deciding.decide, self.shared.id, draft)
            return
        made = self.act(sender, deciding.decide, self.shared.id, draft)
        assert len({disclosure.decision_record_id for disclosure in made}) == 1
        for to, disclosure in zip(others, made, strict=True):
            for part in chosen:
                told = Told(to, part.part, part.version, part.words, until, disclosure.id, carriers[to])
                self.model.told.append(told)

    @precondition(lambda self: self.model.told)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Undo what nobody has opened: every agency looks after every step, so only those that could not look are left."""
        told = data.draw(st.sampled_from(self.model.told))
        sender = next(part.owner for part in self.model.parts if part.part == told.part)
        same = [one for one in self.model.told if one.disclosure == told.disclosure]
        if any(one.perhaps and not one.opened for one in same):
            return
        if not self.works(sender) or self.is_ended(told.disclosure) or any(one.opened for one in same):
            self.refused(sender, undoing.undo, told.disclosure)
            return
        self.act(sender, undoing.undo, told.disclosure)
        self.ended.add(told.disclosure)
        for one in same:
            one.closed = one.disposed = True

    @precondition(lambda self: self.model.told)
    @rule(data=st.data())
    def disclose_and_undo(self, data: st.DataObject) -> None:
        """Give something once more and take it back before anybody looks: as if nothing had been."""
        told = data.draw(st.sampled_from(self.model.told))
        part = next(part for part in self.model.parts if part.part == told.part)
        draft = self.draft([part.part], told.agency, clock.today(), weighed=True)
        if not self.works(part.owner) or not self.works(told.agency):
            return
        made = self.act(part.owner, disclosures.disclose, self.shared.id, draft)
        self.act(part.owner, undoing.undo, made.id)

    @precondition(lambda self: self.model.told)
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        told = data.draw(st.sampled_from(self.model.told))
        sender = next(part.owner for part in self.model.parts if part.part == told.part)
        same = [one for one in self.model.told if one.disclosure == told.disclosure]
        if not self.works(sender):
            self.refused(sender, disclosures.revoke, told.disclosure, "revoked_mistake")
            return
        ended = self.is_ended(told.disclosure)
        if ended:
            self.refused(sender, disclosures.revoke, told.disclosure, "revoked_mistake")
            return
        self.act(sender, disclosures.revoke, told.disclosure, "revoked_mistake")
        self.ended.add(told.disclosure)
        for one in same:
            one.closed = True

    def is_ended(self, disclosure: UUID) -> bool:
        carriers = {told.consent for told in self.model.told if told.disclosure == disclosure}
        withdrawn = any(number is not None and self.model.consents[number].withdrawn for number in carriers)
        return disclosure in self.ended or withdrawn

    @rule(days=st.integers(1, 25))
    def time_passes(self, days: int) -> None:
        self.time.shift(timedelta(days=days))
        with self.shared.world.acting(self.actors[0]):
            copies.close_expired()
        for told in self.model.told:
            told.closed = told.closed or told.until < clock.today()

    @precondition(lambda self: self.model.told)
    @rule(data=st.data())
    def dispose(self, data: st.DataObject) -> None:
        agency = data.draw(st.integers(0, 2))
        if not self.works(agency):
            return
        with self.shared.world.acting(self.actors[agency]):
            held = [copy.id for copy in copies.closed_copies(self.actors[agency], self.shared.id)]
        for copy_id in held:
            self.act(agency, copies.dispose, copy_id)
        for told in self.model.told:
            if told.agency == agency and (told.closed or told.until < clock.today()):
                told.disposed = True

    @rule(agency=st.integers(0, 2))
    def rotate(self, agency: int) -> None:
        with self.app.app_context():
            steps = list(rotation.rotate_agency(self.actors[agency].agency_id, self.actors[agency].municipality_id))
        assert steps[-1].done == steps[-1].total

    @rule(agency=st.integers(1, 2), back=st.booleans())
    def reassign(self, agency: int, back: bool) -> None:
        manager = self.managers[agency]
        assert manager is not None
        if agency not in self.model.participating:
            self.refused_as(manager, cases.assign, self.shared.id, self.actors[agency].user_id)
            return
        if back:
            self.shared.world.act(manager, cases.assign, self.shared.id, self.actors[agency].user_id)
            self.model.assigned_until[agency] = _in_days(90)
        elif self.works(agency):
            self.shared.world.act(manager, cases.end_assignment, self.shared.id, self.actors[agency].user_id)
            self.model.assigned_until[agency] = clock.now()

    @rule(agency=st.integers(1, 2))
    def leave_or_join(self, agency: int) -> None:
        if not self.works(0):
            return
        agency_id = self.actors[agency].agency_id
        if agency in self.model.participating:
            self.act(0, cases.end_participation, self.shared.id, agency_id)
            self.model.participating.discard(agency)
            if agency in self.model.broken_until:
                self.model.broken_until[agency] = clock.now()
            self.model.assigned_until[agency] = min(self.model.assigned_until[agency], clock.now())
            for told in self.model.told:
                told.closed = told.closed or told.agency == agency
        else:
            self.act(0, cases.invite_agency, self.shared.id, agency_id)
            self.model.participating.add(agency)

    def refused(self, agency: int, use_case: Callable[..., object], *arguments: object) -> None:
        self.refused_as(self.actors[agency], use_case, *arguments)

    def refused_as(self, actor: Actor, use_case: Callable[..., object], *arguments: object) -> None:
        with pytest.raises(DomainError):
            self.shared.world.act(actor, use_case, *arguments)

    @invariant()
    def every_agency_reads_what_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        for agency in range(3):
            if not self.works(agency):
                self.refused(agency, overview.open_case, self.shared.id)
                continue
            seen = self.act(agency, overview.open_case, self.shared.id)
            self.model.note_opened(agency, clock.today())
            assert _words(seen.records) == self.model.reads(agency, clock.today()), f"agency {agency}"

    @invariant()
    def the_raw_database_holds_no_plaintext(self) -> None:
        if not hasattr(self, "model"):
            return
        assert tables_with_plaintext(self.engine) == []


def _kind(agency: int) -> str:
    return "journal_note" if agency == 0 else "contact_note"


def _in_days(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def _words(seen: Sequence[OpenRecord]) -> dict[UUID, str]:
    return {part.id: part.content.body for record in seen for part in record.parts if isinstance(part.content, Text)}


def _rewritten(opened: OpenRecord, part_id: UUID, words: str) -> records.RecordDraft:
    """The record as its owner would send it back, with one part (perhaps the title) rewritten."""
    bodies = {part.id: part.content.body for part in opened.parts if isinstance(part.content, Text)}
    bodies[part_id] = words
    title = next(part for part in opened.parts if part.kind is PartKind.TITLE)
    parts = [
        records.PartDraft(part.kind, Nature(part.nature), "", bodies[part.id], part.id)
        for part in opened.parts
        if part.kind is not PartKind.TITLE
    ]
    return records.RecordDraft(opened.kind, opened.occurred_on, opened.about_person_id, bodies[title.id], parts)


def test_what_agencies_read_equals_the_model_and_the_database_holds_no_plaintext(
    app: Flask, owner_engine: Engine
) -> None:
    Machine.app, Machine.engine = app, owner_engine
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_plaintext_scan_finds_what_is_not_sealed(app: Flask, owner_engine: Engine) -> None:
    world = World(app)
    actor = world.actor(AgencyKind.SOCIAL_SERVICES)
    with world.acting(actor):
        db.session.execute(
            text("UPDATE app_user SET title = :leak WHERE id = :user"), {"leak": MARKER, "user": actor.user_id}
        )

    found = tables_with_plaintext(owner_engine)

    assert found == ["public.app_user"]
