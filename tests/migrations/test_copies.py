"""The migration of copies keeps what is stored, and begins with what an agency has not decided: that copies are kept."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from coordination.core import embedded_postgres, migrate
from coordination.core.embedded_postgres import OWNER, Server
from coordination.core.ids import new_id

ROWS = (
    "INSERT INTO municipality (id, code, name) VALUES (:municipality, '1780', 'Karlstad')",
    (
        "INSERT INTO agency (id, municipality_id, kind, name, controller, branch, mark, created_at)"
        " VALUES (:agency, :municipality, 'police', 'Polisen', 'Polismyndigheten', 'Lokalpolis', 'PO', now())"
    ),
    (
        "INSERT INTO app_user (id, agency_id, email, name, title, language, created_at, recovery_digests, passkey_handle)"
        " VALUES (:user, :agency, 'a@example.se', 'A', 'T', 'sv', now(), '{}', decode('00', 'hex'))"
    ),
    (
        'INSERT INTO "case" (id, municipality_id, reference, method, phase, phase_since, lead_agency_id, opened_by, opened_at)'
        " VALUES (:case, :municipality, 'SIG 2026-0001', 'sig', 'referral', current_date, :agency, :user, now())"
    ),
    (
        "INSERT INTO record (id, municipality_id, case_id, owner_agency_id, kind, occurred_on, version, created_by, created_at)"
        " VALUES (:record, :municipality, :case, :agency, 'contact_note', current_date, 1, :user, now())"
    ),
    (
        "INSERT INTO part (id, municipality_id, record_id, ordinal, kind, nature)"
        " VALUES (:part, :municipality, :record, 0, 'text', 'fact')"
    ),
    (
        "INSERT INTO part_version (id, municipality_id, part_id, version, created_by, created_at)"
        " VALUES (:version, :municipality, :part, 1, :user, now())"
    ),
    (
        "INSERT INTO copy (id, municipality_id, case_id, agency_id, part_version_id, disclosure_id, readable_until, created_at)"
        " VALUES (:copy, :municipality, :case, :agency, :version, :copy, current_date, now())"
    ),
)


@pytest.fixture
def url(postgres: Server, database: str) -> Iterator[str]:
    name = f"{database}_copies"
    embedded_postgres.drop_database(postgres, name)
    embedded_postgres.ensure_database(postgres, name)
    yield postgres.url(OWNER, name)
    embedded_postgres.drop_database(postgres, name)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


def test_copies_and_records_survive_up_down_and_up_again(url: str, engine: Engine) -> None:
    names = ("municipality", "agency", "user", "case", "record", "part", "version", "copy")
    ids = {name: new_id() for name in names}
    migrate.upgrade(url, "0005")
    with engine.begin() as connection:
        for row in ROWS:
            connection.execute(text(row), ids)

    migrate.upgrade(url, "0006")
    with engine.begin() as connection:
        before = connection.execute(text("SELECT copies_temporary, copies_decision FROM agency")).all()
        connection.execute(text("UPDATE agency SET copies_temporary = true, copies_decision = 'Nämnden § 41'"))
        connection.execute(text("UPDATE copy SET taken_record_id = :record, disposed_why = 'schedule'"), ids)
        connection.execute(text("UPDATE record SET source_on = current_date"))
    migrate.downgrade(url, "0005")
    with engine.connect() as connection:
        between = connection.execute(text("SELECT copy.id, record.id FROM copy CROSS JOIN record")).all()
    migrate.upgrade(url, "0006")

    with engine.connect() as connection:
        after = connection.execute(text("SELECT copies_temporary FROM agency")).all()
    assert [tuple(row) for row in before] == [(False, None)]
    assert [tuple(row) for row in between] == [(ids["copy"], ids["record"])]
    assert [tuple(row) for row in after] == [(False,)]
