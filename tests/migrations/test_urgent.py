"""The migration of urgent requests leaves what was sealed before it; going down, what only it could open goes with it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from coordination.core import embedded_postgres, migrate
from coordination.core.embedded_postgres import OWNER, Server
from coordination.core.ids import new_id
from tests.migrations.test_copies import ROWS

NOTE = """
    INSERT INTO keys.sealed_note (id, municipality_id, agency_id, key_version, wrapped, sealed, created_at)
    VALUES (:{name}, :municipality, :agency, 1, 'x', 'x', now())
"""
SHIFT = """
    INSERT INTO on_call (id, municipality_id, agency_id, user_id, starts_at, ends_at, telephone, added_by, added_at)
    VALUES (:shift, :municipality, :agency, :user, now(), now() + interval '1 day', '010-565 00 00', :user, now())
"""
URGENT = """
    INSERT INTO urgent_request
        (id, municipality_id, case_id, from_agency_id, to_agency_id, purpose, basis_id, basis_in_force_from, sent_ref,
         received_ref, sent_by, sent_at, closes_at, weighed_ref)
    VALUES (:urgent, :municipality, :case, :agency, :agency, 'immediate_danger', 'OSL_10_2_NODV', '2009-06-30', :sent,
            :received, :user, now(), now() + interval '1 day', :weighed)
"""


@pytest.fixture
def url(postgres: Server, database: str) -> Iterator[str]:
    name = f"{database}_urgent"
    embedded_postgres.drop_database(postgres, name)
    embedded_postgres.ensure_database(postgres, name)
    yield postgres.url(OWNER, name)
    embedded_postgres.drop_database(postgres, name)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


def test_what_was_sealed_before_stays_and_what_an_urgent_request_said_goes(url: str, engine: Engine) -> None:
    names = ("municipality", "agency", "user", "case", "record", "part", "version", "copy")
    ids = {name: new_id() for name in (*names, "before", "sent", "received", "weighed", "shift", "urgent")}
    migrate.upgrade(url, "0008")
    with engine.begin() as connection:
        for row in (*ROWS, NOTE.format(name="before")):
            connection.execute(text(row), ids)

    migrate.upgrade(url, "0009")
    with engine.begin() as connection:
        for row in (*(NOTE.format(name=name) for name in ("sent", "received", "weighed")), SHIFT, URGENT):
            connection.execute(text(row), ids)
    migrate.downgrade(url, "0008")
    with engine.connect() as connection:
        between = set(connection.scalars(text("SELECT id FROM keys.sealed_note")))
    migrate.upgrade(url, "0009")

    with engine.connect() as connection:
        after = connection.scalar(text("SELECT count(*) FROM on_call, urgent_request"))
    assert between == {ids["before"], ids["weighed"]}
    assert after == 0
