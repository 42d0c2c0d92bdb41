"""The migration of methods dates what was there before; going down, what only it could open goes with it."""

from sqlalchemy import Engine, text

from coordination.core import migrate
from tests.factories.stored import one_case

PARTICIPATION = """
    INSERT INTO participation (id, municipality_id, case_id, agency_id, started_at, started_by)
    VALUES (:part, :municipality, :case, :agency, now() - interval '3 days', :user)
"""
NOTE = """
    INSERT INTO keys.sealed_note (id, municipality_id, agency_id, key_version, wrapped, sealed, created_at)
    VALUES (:{name}, :municipality, :agency, 1, 'x', 'x', now())
"""
CHECK = """
    INSERT INTO case_check (id, municipality_id, case_id, agency_id, condition, note_ref, done_by, done_at)
    VALUES (:check, :municipality, :case, :agency, 'own_screening', :considered, :user, now())
"""
CONFLICT = """
    INSERT INTO conflict_of_interest (id, municipality_id, case_id, agency_id, user_id, set_by, set_at, reason_ref)
    VALUES (:conflict, :municipality, :case, :agency, :user, :user, now(), :why)
"""


def test_what_was_there_is_dated_and_what_was_considered_goes(url: str, engine: Engine) -> None:
    migrate.upgrade(url, "0010")
    with engine.begin() as connection:
        ids = one_case(connection, "considered", "why", "check", "conflict")
        connection.execute(text(PARTICIPATION), ids)

    migrate.upgrade(url, "0011")
    with engine.begin() as connection:
        dated = connection.execute(
            text(
                'SELECT raised_at = opened_at AS raised, acts_since = started_at AS acts FROM "case" c'
                " JOIN participation p ON p.case_id = c.id"
            )
        ).one()
        for row in (*(NOTE.format(name=name) for name in ("considered", "why")), CHECK, CONFLICT):
            connection.execute(text(row), ids)
    migrate.downgrade(url, "0010")
    with engine.connect() as connection:
        between = set(connection.scalars(text("SELECT id FROM keys.sealed_note")))
    migrate.upgrade(url, "0011")

    with engine.connect() as connection:
        after = connection.scalar(text("SELECT count(*) FROM case_check, conflict_of_interest"))
    assert tuple(dated) == (True, True)
    assert between == {ids["why"]}
    assert after == 0
