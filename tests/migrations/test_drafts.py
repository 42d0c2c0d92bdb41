"""The migration of drafts keeps records, begins with nobody having edited them, and takes no draft's key along down."""

from sqlalchemy import Engine, text

from coordination.core import migrate
from tests.factories.stored import one_case

BEFORE = "0007"
DRAFT = (
    "INSERT INTO draft (id, municipality_id, user_id, agency_id, case_id, form, target_id, page_id, sealed, saved_at)"
    " VALUES (:draft, :municipality, :user, :agency, :case, 'record_new', :case, :draft, decode('00', 'hex'), now())"
)
GRANT = (
    "INSERT INTO keys.key_grant (municipality_id, part_version_id, agency_id, key_version, wrapped)"
    " VALUES (:municipality, :{}, :agency, 1, decode('00', 'hex'))"
)


def test_records_survive_up_down_and_up_again_and_drafts_go_with_their_keys(url: str, engine: Engine) -> None:
    migrate.upgrade(url, BEFORE)
    with engine.begin() as connection:
        ids = one_case(connection, "draft")

    migrate.upgrade(url, "0008")
    with engine.begin() as connection:
        before = connection.execute(text("SELECT id, edited_by, edited_at FROM record")).all()
        connection.execute(text("UPDATE record SET edited_by = :user, edited_at = now()"), ids)
        for row in (DRAFT, GRANT.format("draft"), GRANT.format("version")):
            connection.execute(text(row), ids)
    migrate.downgrade(url, BEFORE)
    with engine.connect() as connection:
        between = connection.scalars(text("SELECT part_version_id FROM keys.key_grant")).all()
    migrate.upgrade(url, "0008")

    with engine.connect() as connection:
        after = connection.execute(text("SELECT id, edited_by FROM record")).all()
        drafts = connection.scalar(text("SELECT count(*) FROM draft"))
    assert [tuple(row) for row in before] == [(ids["record"], None, None)]
    assert between == [ids["version"]]
    assert ([tuple(row) for row in after], drafts) == ([(ids["record"], None)], 0)
