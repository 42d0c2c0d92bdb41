"""The migration of mail and jobs gives everybody there is the daily digest, and goes down with what only it could hold."""

from sqlalchemy import Engine, text

from coordination.core import migrate
from tests.factories.stored import one_case

MESSAGE = """
    INSERT INTO outbox_message
        (id, municipality_id, user_id, kind, number, key, message_id, queued_at, next_try_at, tries, hand_overs)
    VALUES (:{name}, :municipality, :user, 'digest', 3, '{name}', '<1@localhost>', now(), now(), 0, 0)
"""
RUN = "INSERT INTO job_run (job, pieces, failed, tries, owed_since) VALUES ('prove_logs', 0, 0, 0, now())"


def test_users_keep_all_they_had_and_are_sent_the_digest_until_they_say_no(url: str, engine: Engine) -> None:
    migrate.upgrade(url, "0009")
    with engine.begin() as connection:
        ids = one_case(connection, "first", "second")

    migrate.upgrade(url, "0010")
    with engine.begin() as connection:
        wanted = connection.scalars(text("SELECT digest FROM app_user")).all()
        for name in ("first", "second"):
            connection.execute(text(MESSAGE.format(name=name)), ids)
        connection.execute(text(RUN))
        connection.execute(text("UPDATE app_user SET digest = false"))
    migrate.downgrade(url, "0009")
    with engine.connect() as connection:
        between = connection.scalars(text("SELECT id FROM app_user")).all()
    migrate.upgrade(url, "0010")

    with engine.connect() as connection:
        after = connection.execute(
            text("SELECT (SELECT count(*) FROM outbox_message), (SELECT count(*) FROM job_run), digest FROM app_user")
        ).all()
    assert wanted == [True]
    assert between == [ids["user"]]
    assert [tuple(row) for row in after] == [(0, 0, True)]
