"""The manual's own commands take a backup and restore it: the order of the two halves is the one that works."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from coordination.app import create_app
from coordination.cases import reading
from coordination.core import embedded_postgres, migrate
from coordination.core.db import db
from coordination.core.embedded_postgres import APP, Server
from coordination.settings import Settings
from policies.permissions import AgencyKind
from tests.conftest import TEMPLATE
from tests.factories.cases import written
from tests.factories.commands import ROOT
from tests.factories.world import SharedCase, World, shared_case

MANUAL = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
COMMANDS = [block for block in re.findall(r"```sh\n(.*?)```", MANUAL, re.DOTALL) if "PGUSER" in block]


@pytest.fixture
def lost(postgres: Server, database: str) -> Iterator[str]:
    """The name of a database of this test's own, to take a backup of."""
    name = f"{database}_lost"
    embedded_postgres.ensure_database(postgres, name, template=TEMPLATE)
    yield name
    embedded_postgres.drop_database(postgres, name)


@pytest.fixture
def empty(postgres: Server, database: str) -> Iterator[str]:
    """The name of an empty one to restore into."""
    name = f"{database}_restored"
    embedded_postgres.ensure_database(postgres, name)
    yield name
    embedded_postgres.drop_database(postgres, name)


def _run(postgres: Server, database: str, commands: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    programs = embedded_postgres._program("pg_dump").parent
    where = {"PGHOST": str(postgres.socket_dir), "PGDATABASE": database, "PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", "-e", "-c", commands], cwd=folder, env=os.environ | where, capture_output=True, text=True, check=False
    )


def _shared(settings: Settings, url: str) -> tuple[SharedCase, UUID]:
    app = create_app(settings.model_copy(update={"database_url": url}))
    shared = shared_case(World(app), AgencyKind.POLICE)
    record_id = written(shared, shared.social, "Rubrik", "Texten som ska finnas kvar", kind="journal_note")
    with app.app_context():
        db.engine.dispose()
    return shared, record_id


def test_a_backup_by_the_manual_can_be_restored_by_the_manual(
    postgres: Server, lost: str, empty: str, settings: Settings, tmp_path: Path
) -> None:
    shared, record_id = _shared(settings, postgres.url(APP, lost))
    take, restore = COMMANDS

    taken = _run(postgres, lost, take, tmp_path)
    restored = _run(postgres, empty, restore, tmp_path)

    assert (taken.returncode, taken.stdout.strip(), taken.stderr) == (0, "whole", "")
    assert (restored.returncode, restored.stderr) == (0, "")
    migrate.check_current(postgres.url(APP, empty))
    shared.world.app = create_app(settings.model_copy(update={"database_url": postgres.url(APP, empty)}))
    with shared.world.acting(shared.social):
        record = reading.one_record(shared.social.agency_id, record_id)
        assert record is not None
        assert "Texten som ska finnas kvar" in str(record.parts)
    with shared.world.app.app_context():
        db.engine.dispose()


def test_the_keys_cannot_come_first(postgres: Server, lost: str, empty: str, tmp_path: Path) -> None:
    take, restore = COMMANDS
    lines = restore.strip().splitlines()
    _run(postgres, lost, take, tmp_path)

    refused = _run(postgres, empty, "\n".join([lines[0], lines[2], lines[1]]), tmp_path)

    assert refused.returncode != 0
    assert "public.agency" in refused.stderr
