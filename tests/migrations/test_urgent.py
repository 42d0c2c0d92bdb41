"""The migration of urgent requests leaves what was sealed before it; going down, what only it could open goes with it."""

from sqlalchemy import Engine, text

from coordination.core import migrate
from tests.factories.stored import one_case

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


def test_what_was_sealed_before_stays_and_what_an_urgent_request_said_goes(url: str, engine: Engine) -> None:
    migrate.upgrade(url, "0008")
    with engine.begin() as connection:
        ids = one_case(connection, "before", "sent", "received", "weighed", "shift", "urgent")
        connection.execute(text(NOTE.format(name="before")), ids)

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
