"""Mail: written with what it tells of, sent once after the commit, lost by nothing, and neutral whatever it is about."""

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core import outbox
from coordination.core.db import db
from coordination.core.errors import Conflict
from coordination.core.outbox import HAND_OVERS, LASTS, Kind, Message
from coordination.identity.models import User
from coordination.jobs.letters import PATHS, Reader, letter
from coordination.jobs.mailing import AT_ONCE
from coordination.jobs.performing import perform
from coordination.settings import Settings
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.factories.commands import ROOT, environment
from tests.factories.mail import Mailbox, mail_server
from tests.factories.world import World

NOT_STOPPING = Event()


@pytest.fixture
def reader(world: World) -> Actor:
    """Somebody to write to."""
    return world.actor(AgencyKind.SOCIAL_SERVICES)


def _queued(world: World, *readers: Actor, kind: Kind = Kind.URGENT, about: str = "x", number: int = 0) -> None:
    with world.acting(readers[0]):
        outbox.queue(kind, [one.user_id for one in readers], world.municipality_id, about, number)


def _send(app: Flask) -> None:
    result = perform(app, "send_mail", NOT_STOPPING)
    assert result is not None
    assert result.error is None


def _rows(owner_engine: Engine, columns: str) -> list[tuple[object, ...]]:
    with owner_engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM outbox_message ORDER BY id"))]


def _state(world: World, actor: Actor) -> outbox.State:
    with world.acting(actor):
        return outbox.state()


def test_what_a_use_case_has_written_is_sent_once_after_its_commit(
    app: Flask, world: World, reader: Actor, taking: Mailbox, owner_engine: Engine
) -> None:
    _queued(world, reader)
    _queued(world, reader)  # the same occasion told again
    for _ in range(2):
        _send(app)

    [message] = taking.taken
    assert _rows(owner_engine, "outcome, message_id") == [("sent", message["Message-ID"])]
    assert (message["To"], message["From"]) == (f"{reader.user_id}@example.se", "Samverkan <s@example.se>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert _state(world, reader) == outbox.State(0, None, 0, None, 0, "", 1, 0)


def test_each_reads_their_own_language(
    app: Flask, world: World, reader: Actor, taking: Mailbox, owner_engine: Engine
) -> None:
    english = world.actor(AgencyKind.POLICE)
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE app_user SET language = 'en' WHERE id = :id"), {"id": english.user_id})
    _queued(world, reader, english, kind=Kind.DIGEST, number=1)
    _queued(world, reader, english)
    _send(app)

    said = {(str(one["To"]).startswith(str(english.user_id)), str(one["Subject"])) for one in taking.taken}
    assert said == {
        (False, "1 sak väntar på dig i Samverkan"),
        (False, "Något brådskande väntar på dig i Samverkan"),
        (True, "1 thing is waiting for you in Samverkan"),
        (True, "Something urgent is waiting for you in Samverkan"),
    }


def test_what_a_use_case_took_back_is_never_sent(app: Flask, world: World, reader: Actor, taking: Mailbox) -> None:
    def _takes_it_back(actor: Actor) -> None:
        outbox.queue(Kind.URGENT, [actor.user_id], world.municipality_id, "x")
        raise Conflict("changed_meanwhile")

    with pytest.raises(Conflict):
        world.act(reader, _takes_it_back)
    _send(app)

    assert taking.taken == []


def test_a_mail_server_that_is_away_loses_nothing_and_is_told_of(
    app: Flask, world: World, mailbox: Mailbox, owner_engine: Engine
) -> None:
    readers = [world.actor(AgencyKind.SOCIAL_SERVICES) for _ in range(3)]
    _queued(world, *readers)
    start = datetime.now(UTC)
    for minutes in (0, 1, 4):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=True):
            _send(app)
    away = _state(world, readers[0])
    with mail_server(mailbox), time_machine.travel(start + timedelta(minutes=5), tick=True):
        _queued(world, readers[0], about="later")
        _send(app)

    assert (away.waiting, away.failing, away.tries, away.fault) == (3, 3, 3, "unreachable")
    assert away.failing_since is not None
    assert sorted(mailbox.recipients) == sorted(f"{one.user_id}@example.se" for one in (*readers, readers[0]))
    assert {row[0] for row in _rows(owner_engine, "outcome")} == {"sent"}


def test_many_messages_go_in_one_run(
    app: Flask, world: World, reader: Actor, taking: Mailbox, owner_engine: Engine
) -> None:
    for number in range(AT_ONCE + 1):
        _queued(world, reader, about=str(number))

    result = perform(app, "send_mail", NOT_STOPPING)

    assert result is not None
    assert (result.pieces, result.failed) == (2, 0)
    assert len({message["Message-ID"] for message in taking.taken}) == len(taking.taken) == AT_ONCE + 1


def test_a_recipient_who_is_refused_keeps_nobody_elses_mail(
    app: Flask, world: World, reader: Actor, taking: Mailbox, owner_engine: Engine
) -> None:
    gone, barred = world.actor(AgencyKind.POLICE), world.actor(AgencyKind.POLICE)
    taking.refused[f"{gone.user_id}@example.se"] = "550 5.1.1 no such user"
    taking.refused[f"{barred.user_id}@example.se"] = "550 5.7.1 relaying denied"
    _queued(world, gone, barred, reader)

    _send(app)

    assert taking.recipients == [f"{reader.user_id}@example.se"]
    by_user = {row[0]: row[1:] for row in _rows(owner_engine, "user_id, outcome, fault")}
    assert by_user[gone.user_id] == ("refused", "recipient_refused")
    assert by_user[barred.user_id] == (None, "not_now")  # relaying is somebody's to put right: it is tried again
    assert _state(world, reader).lost == 1


@pytest.mark.parametrize("address", ["a,b@example.se", "å@example.se", "a@b@example.se", "<a>@example.se"])
def test_an_address_that_is_none_keeps_nobody_elses_mail(
    app: Flask, world: World, reader: Actor, taking: Mailbox, owner_engine: Engine, address: str
) -> None:
    wrong = world.actor(AgencyKind.POLICE)
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE app_user SET email = :to WHERE id = :id"), {"to": address, "id": wrong.user_id})
    _queued(world, wrong, reader)

    _send(app)

    assert taking.recipients == [f"{reader.user_id}@example.se"]
    assert ("refused", "recipient_refused") in _rows(owner_engine, "outcome, fault")


def test_an_answer_that_never_comes_means_the_same_message_again_and_not_for_ever(
    app: Flask, world: World, reader: Actor, taking: Mailbox, owner_engine: Engine
) -> None:
    _queued(world, reader)
    taking.hang_up_after_data = 10
    for minutes in range(0, 120, 20):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes), tick=True):
            _send(app)

    assert [message["Message-ID"] for message in taking.taken] == [taking.taken[0]["Message-ID"]] * HAND_OVERS
    assert _rows(owner_engine, "outcome, hand_overs") == [("uncertain", HAND_OVERS)]
    assert _state(world, reader).lost == 1


def test_a_worker_killed_between_the_commit_and_the_sending_costs_nothing(
    app: Flask, world: World, reader: Actor, taking: Mailbox, settings: Settings, owner_engine: Engine
) -> None:
    taking.slow = Event()
    _queued(world, reader)
    told: Settings = app.extensions["settings"]
    env = environment(
        settings, SMTP_HOST="127.0.0.1", SMTP_PORT=str(taking.port), SMTP_TLS="none", MAIL_FROM="s@example.se"
    )
    assert told.smtp_port == taking.port
    program = [sys.executable, "-m", "coordination.jobs", "send_mail"]
    with subprocess.Popen(program, cwd=ROOT, env=os.environ | env) as process:
        assert taking.reached.wait(60)
        others = _claimed(world, reader)
        process.send_signal(signal.SIGKILL)
    between = _rows(owner_engine, "outcome, tries")
    taking.slow.set()
    _send(app)

    assert others is None  # who sends holds it
    assert between == [(None, 0)]
    assert _rows(owner_engine, "outcome, tries") == [("sent", 1)]
    assert len({message["Message-ID"] for message in taking.taken}) == 1
    assert 1 <= len(taking.taken) <= 2  # the server had all of it when the worker died: it may have taken it


def test_two_that_send_at_once_never_hold_the_same(world: World, reader: Actor) -> None:
    other = world.actor(AgencyKind.POLICE)
    _queued(world, reader, other)
    found: list[Message | None] = []
    with world.acting(reader):
        first = outbox.claim()
        beside = Thread(target=lambda: found.append(_claimed(world, other)))
        beside.start()
        beside.join(20)

    assert first is not None
    assert found[0] is not None
    assert first.id != found[0].id


def test_who_has_left_and_what_comes_too_late_is_not_sent(
    app: Flask, world: World, reader: Actor, taking: Mailbox, owner_engine: Engine
) -> None:
    leaver = world.actor(AgencyKind.POLICE)
    _queued(world, leaver, reader)
    with world.acting(leaver):
        db.session.get_one(User, leaver.user_id).left_at = datetime.now(UTC)
    _queued(world, reader, kind=Kind.DIGEST, number=2)
    with time_machine.travel(datetime.now(UTC) + LASTS[Kind.DIGEST], tick=True):
        _send(app)

    assert taking.recipients == [f"{reader.user_id}@example.se"]
    outcomes = [row[0] for row in _rows(owner_engine, "outcome")]
    assert sorted(map(str, outcomes)) == ["nobody", "sent", "too_late"]


def test_without_a_mail_server_everything_waits(app: Flask, world: World, reader: Actor, owner_engine: Engine) -> None:
    _queued(world, reader)

    _send(app)

    assert _rows(owner_engine, "outcome, tries") == [(None, 0)]


def test_settled_mail_is_deleted_after_thirty_days(
    app: Flask, world: World, reader: Actor, taking: Mailbox, owner_engine: Engine
) -> None:
    _queued(world, reader)
    _send(app)
    _queued(world, reader, about="waits")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31), tick=True):
        perform(app, "purge_leftovers", NOT_STOPPING)

    assert _rows(owner_engine, "outcome") == [(None,)]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_letter_holds_a_number_and_our_own_address_and_nothing_else(app: Flask, kind: Kind, language: str) -> None:
    made = Message(UUID(int=1), UUID(int=2), kind, 3, "<1@localhost>", datetime(2026, 11, 23, 6, tzinfo=UTC))
    with app.app_context():
        one = letter(made, Reader("a@example.se", language), "s@example.se", "https://samverkan.example.se")
        again = letter(made, Reader("a@example.se", language), "s@example.se", "https://samverkan.example.se")
    said = f"{one['Subject']}\n{one.get_content()}"
    links = re.findall(r"https?://\S+", said)

    assert links == [f"https://samverkan.example.se{PATHS[kind]}"]
    assert bytes(one) == bytes(again)
    assert one["Content-Language"] == language
    assert ("3" in said) == (kind is Kind.DIGEST)
    assert re.search(r"polis|police|social|skol|school|ärende\b|case|\bSIG\b|@", said, re.IGNORECASE) is None
    assert ("väntar" in said) == (language == "sv")
    assert ("waiting" in said) == (language == "en")


def test_every_letter_leads_to_a_page_there_is(app: Flask) -> None:
    found = app.url_map.bind("localhost")

    assert {kind: found.match(PATHS[kind])[0] for kind in Kind} == {
        Kind.DIGEST: "day.show",
        Kind.URGENT: "urgent.index",
        Kind.EMERGENCY: "day.show",
    }


def _claimed(world: World, actor: Actor) -> Message | None:
    with world.acting(actor):
        return outbox.claim()
