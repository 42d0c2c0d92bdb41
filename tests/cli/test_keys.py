"""``coordination keys``: whatever stops a rotation, everything opens before, during and after, and at the end the old key is gone."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core.db import Tenant, transaction
from coordination.keys import agency_keys, provider
from coordination.keys import service as keys
from coordination.keys.provider import FileProvider
from coordination.settings import Settings
from policies.permissions import AgencyKind
from tests.factories.commands import environment, run, started
from tests.factories.log import GivenLog
from tests.factories.world import World

NOTES = 1100
"""More than two batches."""
WORDS = "Behöver nå mamma före mötet"
BLOCKED = (
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
)


@pytest.fixture
def key_file(tmp_path: Path, app: Flask) -> Iterator[Path]:
    """A master key file that this process and the commands use."""
    path = tmp_path / "master.key"
    provider.create(path)
    before = agency_keys.provider()
    agency_keys.bind(FileProvider(path))
    yield path
    agency_keys.bind(before)


@pytest.fixture
def env(settings: Settings, key_file: Path) -> dict[str, str]:
    """The variables of an installation with a master key file."""
    return environment(settings, MASTER_KEY="", MASTER_KEY_FILE=str(key_file))


@pytest.fixture
def world(app: Flask, key_file: Path) -> World:
    """A municipality."""
    return World(app)


def test_a_new_agency_key_opens_everything_and_the_old_one_is_gone(
    world: World, env: dict[str, str], owner_engine: Engine
) -> None:
    agency_id, notes = _sealed(world, 3)

    answer = run(env, "keys", "rotate", "--agency", str(agency_id))

    assert answer.exit_code == 0, answer.output
    assert _opened(world, agency_id, notes) == {WORDS}
    assert _rows(owner_engine, "SELECT version FROM keys.agency_key") == [(2,)]
    assert _rows(owner_engine, "SELECT DISTINCT key_version FROM keys.sealed_note") == [(2,)]


def test_a_rotation_killed_in_the_middle_goes_on_where_it_was(
    world: World, env: dict[str, str], owner_engine: Engine
) -> None:
    agency_id, notes = _sealed(world, NOTES)
    held = "SELECT id FROM keys.sealed_note ORDER BY id DESC LIMIT 1 FOR UPDATE"

    with _stopped_at(owner_engine, held, env, "keys", "rotate", "--agency", str(agency_id)):
        during = _opened(world, agency_id, notes)
    after_the_kill = _opened(world, agency_id, notes)
    versions = _rows(owner_engine, "SELECT key_version, count(*) FROM keys.sealed_note GROUP BY 1 ORDER BY 1")
    answer = run(env, "keys", "rotate", "--agency", str(agency_id))

    assert during == after_the_kill == {WORDS}
    assert [version for version, _ in versions] == [1, 2]
    assert answer.exit_code == 0, answer.output
    assert _opened(world, agency_id, notes) == {WORDS}
    assert _rows(owner_engine, "SELECT version FROM keys.agency_key") == [(2,)]
    assert _rows(owner_engine, "SELECT done = total, finished_at IS NOT NULL FROM keys.rotation") == [(True, True)]


def test_a_rotation_is_in_the_log_of_the_agency(world: World, env: dict[str, str], owner_engine: Engine) -> None:
    agency_id, _ = _sealed(world, 1)

    run(env, "keys", "rotate", "--agency", str(agency_id))

    stages = (
        "SELECT canonical\\:\\:json -> 'fields' ->> 'stage' FROM audit.entry WHERE action = 'keys.rotated' ORDER BY seq"
    )
    assert _rows(owner_engine, stages) == [("started",), ("finished",)]


def test_a_new_master_key_wraps_all_keys_and_the_old_one_is_named_for_removal(
    world: World, env: dict[str, str], key_file: Path, owner_engine: Engine
) -> None:
    agency_id, notes = _sealed(world, 2)
    old = agency_keys.provider().current().version_id

    answer = run(env, "keys", "rotate", "--master")

    new = FileProvider(key_file).version_ids()
    assert answer.exit_code == 0, answer.output
    assert new[:-1] == (old,)
    assert f"Master key {old} is no longer in use" in answer.output
    assert set(_masters(owner_engine)) == {new[-1]}
    _remove(key_file, old)
    assert _opened(world, agency_id, notes) == {WORDS}


def test_a_new_signing_key_signs_from_now_on_and_what_the_old_one_signed_still_verifies(
    world: World, env: dict[str, str], owner_engine: Engine
) -> None:
    log = GivenLog(world.app, owner_engine, world, world.actor(AgencyKind.POLICE))
    log.grows(2)
    signed = log.is_signed()
    log.grows(1)

    answer = run(env, "keys", "rotate", "--signing")

    assert answer.exit_code == 0, answer.output
    assert log.is_signed() != signed
    assert log.verified().ok
    keys_held = "SELECT retired_at IS NOT NULL, length(wrapped) = 0 FROM keys.signing_key ORDER BY created_at"
    assert _rows(owner_engine, keys_held) == [(True, True), (False, False)]
    assert run(env, "keys", "rotate", "--master").exit_code == 0


def test_a_master_rotation_killed_in_the_middle_goes_on_without_yet_another_key(
    world: World, env: dict[str, str], key_file: Path, owner_engine: Engine
) -> None:
    worlds = [world, World(world.app, "1784"), World(world.app, "1785")]
    sealed = [(each, *_sealed(each, 1)) for each in worlds]
    last = max(each.municipality_id for each in worlds)
    held = f"SELECT id FROM keys.agency_key WHERE municipality_id = '{last}' FOR UPDATE"

    with _stopped_at(owner_engine, held, env, "keys", "rotate", "--master"):
        during = [_opened(*each) for each in sealed]
    after_the_kill = [_opened(*each) for each in sealed]
    half = len(set(_masters(owner_engine)))
    answer = run(env, "keys", "rotate", "--master")

    assert during == after_the_kill == [{WORDS}] * 3
    assert half == 2
    assert answer.exit_code == 0, answer.output
    assert len(FileProvider(key_file).version_ids()) == 2
    assert set(_masters(owner_engine)) == {FileProvider(key_file).version_ids()[-1]}
    assert [_opened(*each) for each in sealed] == [{WORDS}] * 3


def test_a_master_key_in_the_environment_is_added_by_the_operator_first(
    world: World, env: dict[str, str], key_file: Path, owner_engine: Engine
) -> None:
    agency_id, notes = _sealed(world, 1)
    old, new = FileProvider(key_file).current(), provider.MasterKey.new()

    alone = run(env | {"MASTER_KEY": old.as_text(), "MASTER_KEY_FILE": ""}, "keys", "rotate", "--master")
    both = run(
        env | {"MASTER_KEY": f"{old.as_text()},{new.as_text()}", "MASTER_KEY_FILE": ""}, "keys", "rotate", "--master"
    )

    assert (alone.exit_code, len(alone.output.splitlines())) == (1, 1)
    assert "put a new version last in MASTER_KEY" in alone.output
    assert both.exit_code == 0, both.output
    assert set(_masters(owner_engine)) == {new.version_id}
    agency_keys.bind(provider.from_environment(new.as_text()))
    assert _opened(world, agency_id, notes) == {WORDS}


def test_the_status_says_where_every_agency_stands(world: World, env: dict[str, str]) -> None:
    agency_id, _ = _sealed(world, 1)
    newest = agency_keys.provider().current().version_id

    as_json = json.loads(run(env, "keys", "status", "--json").output)
    as_table = run(env, "keys", "status")

    assert as_json["master"] == {"versions": [newest], "newest": newest}
    assert [(row["id"], row["newest"], row["held"], row["behind"]) for row in as_json["agencies"]] == [
        (str(agency_id), 1, 1, 0)
    ]
    assert as_table.exit_code == 0
    assert newest in as_table.output


@pytest.mark.parametrize("arguments", [(), ("--master", "--agency", "01999999-0000-7000-8000-000000000000")])
def test_one_kind_of_key_is_rotated_at_a_time(app: Flask, env: dict[str, str], arguments: tuple[str, ...]) -> None:
    assert run(env, "keys", "rotate", *arguments).exit_code == 2


def test_a_key_file_that_others_can_read_is_told_in_one_line(app: Flask, env: dict[str, str], key_file: Path) -> None:
    key_file.chmod(0o644)

    answer = run(env, "keys", "status")

    assert (answer.exit_code, len(answer.output.splitlines())) == (1, 1)
    assert "chmod 600" in answer.output


def _sealed(world: World, count: int) -> tuple[UUID, list[UUID]]:
    """Seal notes for an agency of the world; return the agency and the notes."""
    agency_id = world.agency(AgencyKind.POLICE)
    with world.app.app_context(), transaction(Tenant(world.municipality_id)):
        notes = [keys.seal_note(agency_id, world.municipality_id, WORDS) for _ in range(count)]
    return agency_id, notes


def _opened(world: World, agency_id: UUID, notes: list[UUID]) -> set[str]:
    with world.app.app_context(), transaction(Tenant(world.municipality_id)):
        found = keys.open_notes(agency_id, notes)
    assert found.keys() == set(notes)
    return set(found.values())


@contextmanager
def _stopped_at(engine: Engine, held: str, env: dict[str, str], *arguments: str) -> Iterator[None]:
    """Start a command, hold a row it needs until it waits for it, and kill it at the end, before the row is let go."""
    with engine.begin() as connection:
        connection.execute(text(held))
        with started(env, *arguments) as process:
            try:
                _wait_until_blocked(engine, process)
                yield
            finally:
                process.send_signal(signal.SIGKILL)


def _wait_until_blocked(engine: Engine, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while _rows(engine, BLOCKED) == [(0,)]:
        assert process.poll() is None, "the command ended before it could be stopped"
        assert time.monotonic() < deadline, "the command never met the row"
        time.sleep(0.05)


def _rows(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def _masters(engine: Engine) -> list[object]:
    tables = ("agency_key", "index_key", "signing_key")
    return [row[0] for table in tables for row in _rows(engine, f"SELECT master_id FROM keys.{table}")]


def _remove(key_file: Path, version: str) -> None:
    lines = key_file.read_text(encoding="utf-8").splitlines(keepends=True)
    key_file.write_text("".join(line for line in lines if not line.startswith(version)), encoding="utf-8")
