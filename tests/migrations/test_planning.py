"""The migration of plans leaves the records that goals and actions were written in; going down, only the neutral columns go."""

from sqlalchemy import Engine, text

from coordination.core import migrate
from tests.factories.stored import one_case

GOAL = """
    INSERT INTO goal (id, municipality_id, case_id, record_id, owner_agency_id, status, follow_up_on, added_by, added_at)
    VALUES (:goal, :municipality, :case, :record, :agency, 'begun', current_date, :user, now())
"""
STEP = """
    INSERT INTO goal_step (id, municipality_id, goal_id, status, set_by, set_at)
    VALUES (:step, :municipality, :goal, 'begun', :user, now())
"""
ACTION = """
    INSERT INTO action
        (id, municipality_id, case_id, goal_id, record_id, owner_agency_id, responsible_agency_id, responsible_user_id,
         starts_on, due_on, status, version, added_by, added_at, changed_by, changed_at)
    VALUES (:action, :municipality, :case, :goal, :record, :agency, :agency, :user, current_date, current_date, 'planned',
            1, :user, now(), :user, now())
"""


def test_what_goals_and_actions_say_stays_when_the_plan_goes(url: str, engine: Engine) -> None:
    migrate.upgrade(url, "0012")
    with engine.begin() as connection:
        ids = one_case(connection, "goal", "step", "action")
        for row in (GOAL, STEP, ACTION):
            connection.execute(text(row), ids)

    migrate.downgrade(url, "0011")
    with engine.connect() as connection:
        between = connection.scalar(text("SELECT count(*) FROM record JOIN part ON part.record_id = record.id"))
    migrate.upgrade(url, "0012")

    with engine.connect() as connection:
        after = connection.scalar(text("SELECT count(*) FROM goal, goal_step, action"))
    assert between == 1
    assert after == 0
