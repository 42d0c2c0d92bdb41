"""The migration of consents keeps those there are under the rule for their age; going down, what was taken back in part is taken back whole."""

from sqlalchemy import Connection, Engine, text

from coordination.core import migrate
from tests.factories.stored import one_case

BEFORE = "0012"
AFTER = "0013"
PERSON = """
    INSERT INTO case_person
        (id, municipality_id, case_id, owner_agency_id, role, protection, number_kind, added_by, added_at)
    VALUES (:person, :municipality, :case, :agency, 'subject', 'none', 'none', :user, now())
"""
CONSENT = """
    INSERT INTO consent
        (id, municipality_id, case_id, owner_agency_id, person_id, agency_ids, kinds, purposes, form, signed_age,
         without_guardian, valid_from, valid_to, recorded_by, recorded_at)
    VALUES (:{name}, :municipality, :case, :agency, :person, ARRAY[:agency], ARRAY['contact_note'], ARRAY['support'],
            'oral', {age}, false, current_date, current_date + 30, :user, now())
"""
NOTE = """
    INSERT INTO keys.sealed_note (id, municipality_id, agency_id, key_version, wrapped, sealed, created_at)
    VALUES (:note, :municipality, :agency, 1, 'x', 'x', now())
"""
NARROWED = """
    INSERT INTO consent_narrowing
        (id, municipality_id, consent_id, agency_ids, kinds, purposes, withdrawn_by, withdrawn_at, recorded_by)
    VALUES (:narrowing, :municipality, :child, ARRAY[:agency], '{}', '{}', 'youth', now(), :user)
"""
RESERVED = """
    INSERT INTO consent_reservation (id, municipality_id, consent_id, agency_id, note_ref)
    VALUES (:reservation, :municipality, :child, :agency, :note)
"""


def test_consents_keep_holding_and_what_was_taken_back_in_part_never_holds_again(url: str, engine: Engine) -> None:
    migrate.upgrade(url, BEFORE)
    with engine.begin() as connection:
        ids = one_case(connection, "person", "child", "youth", "note", "narrowing", "reservation")
        connection.execute(text(PERSON), ids)
        for name, age in (("child", 11), ("youth", 17)):
            connection.execute(text(CONSENT.format(name=name, age=age)), ids)

    migrate.upgrade(url, AFTER)
    with engine.begin() as connection:
        rules = _pairs(connection, "rule_id")
        for row in (NOTE, NARROWED, RESERVED):
            connection.execute(text(row), ids)
    migrate.downgrade(url, BEFORE)
    with engine.connect() as connection:
        taken = _pairs(connection, "withdrawn_by")
        notes = connection.scalar(text("SELECT count(*) FROM keys.sealed_note"))
    migrate.upgrade(url, AFTER)

    with engine.connect() as connection:
        after = _pairs(connection, "rule_id")
    assert rules == after == {11: "under_12", 17: "from_15"}
    assert taken == {11: "youth", 17: None}
    assert notes == 0


def _pairs(connection: Connection, column: str) -> dict[int, str | None]:
    rows = connection.execute(text(f"SELECT signed_age, {column} FROM consent"))  # a name of ours
    return {row[0]: row[1] for row in rows}
