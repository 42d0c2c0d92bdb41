"""The migration of requests keeps assignments going up; going down, nobody keeps a case open who broke its glass."""

from sqlalchemy import Engine, text

from coordination.core import migrate
from tests.factories.stored import one_case

ASSIGNED = """
    INSERT INTO assignment (id, municipality_id, case_id, agency_id, user_id, starts_at, ends_at, assigned_by)
    VALUES (:assignment, :municipality, :case, :agency, :user, now(), now() + interval '90 days', :user)
"""
BROKEN = """
    INSERT INTO assignment
        (id, municipality_id, case_id, agency_id, user_id, starts_at, ends_at, assigned_by, emergency_reason)
    VALUES (:broken, :municipality, :case, :agency, :user, now(), now() + interval '3 hours', :user, :broken)
"""
NOTICE = """
    INSERT INTO emergency_notice (id, municipality_id, assignment_id, case_id, user_id)
    VALUES (:broken, :municipality, :broken, :case, :user)
"""


def test_assignments_survive_and_broken_glass_does_not_become_one(url: str, engine: Engine) -> None:
    migrate.upgrade(url, "0006")
    with engine.begin() as connection:
        ids = one_case(connection, "assignment", "broken")
        connection.execute(text(ASSIGNED), ids)

    migrate.upgrade(url, "0007")
    with engine.begin() as connection:
        for row in (BROKEN, NOTICE):
            connection.execute(text(row), ids)
    migrate.downgrade(url, "0006")
    with engine.connect() as connection:
        between = connection.scalars(text("SELECT id FROM assignment")).all()
    migrate.upgrade(url, "0007")

    with engine.connect() as connection:
        after = connection.execute(text("SELECT id, emergency_reason FROM assignment")).all()
    assert between == [ids["assignment"]]
    assert [tuple(row) for row in after] == [(ids["assignment"], None)]
