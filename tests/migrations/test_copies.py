"""The migration of copies keeps what is stored, and begins with what an agency has not decided: that copies are kept."""

from sqlalchemy import Engine, text

from coordination.core import migrate
from tests.factories.stored import one_case


def test_copies_and_records_survive_up_down_and_up_again(url: str, engine: Engine) -> None:
    migrate.upgrade(url, "0005")
    with engine.begin() as connection:
        ids = one_case(connection)

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
