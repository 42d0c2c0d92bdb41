"""Row-level security and the application role's rights.

PostgreSQL refuses every row of a municipality that the transaction has not named. The application role reads and writes
what it needs, and may only add to the access log: no update, no delete.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APP = "samverkan_app"

GUARDED = (
    '"case"',
    "case_phase",
    "reference_counter",
    "case_person",
    "protected_reader",
    "participation",
    "assignment",
    "record",
    "part",
    "part_version",
    "file_chunk",
    "copy",
    "consent",
    "consent_signature",
    "disclosure",
    "disclosure_item",
    "keys.agency_key",
    "keys.index_key",
    "keys.key_grant",
    "keys.blind_index",
    "keys.sealed_note",
    "keys.rotation",
    "audit.entry",
    "audit.node",
    "audit.checkpoint",
    "audit.verification",
)
"""Tables whose rows belong to one municipality. ``review_assignment`` has a rule of its own below."""

NEVER_DELETED = (
    "disclosure",
    "disclosure_item",
    '"case"',
    "participation",
    "consent",
    "consent_signature",
    "municipality",
    "agency",
    "app_user",
)

NAMED = "municipality_id = nullif(current_setting('app.municipality_id', true), '')::uuid"
REVIEWER = "reviewer_id = nullif(current_setting('app.user_id', true), '')::uuid"


def upgrade() -> None:
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY municipality ON {table} USING ({NAMED}) WITH CHECK ({NAMED})")
    op.execute("ALTER TABLE review_assignment ENABLE ROW LEVEL SECURITY")
    # A reviewer finds their own assignments before any municipality is named: the assignment is what names it.
    op.execute(f"CREATE POLICY reading ON review_assignment FOR SELECT USING ({NAMED} OR {REVIEWER})")
    op.execute(f"CREATE POLICY giving ON review_assignment FOR INSERT WITH CHECK ({NAMED})")
    op.execute(f"CREATE POLICY ending ON review_assignment FOR UPDATE USING ({NAMED}) WITH CHECK ({NAMED})")
    for schema in ("public", "keys", "audit"):
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA keys TO {APP}")
    op.execute(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA audit TO {APP}")
    for table in NEVER_DELETED:
        op.execute(f"REVOKE DELETE ON {table} FROM {APP}")
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {APP}")
    op.execute(f"REVOKE DELETE ON review_assignment FROM {APP}")


def downgrade() -> None:
    for schema in ("public", "keys", "audit"):
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {APP}")
        op.execute(f"REVOKE USAGE ON SCHEMA {schema} FROM {APP}")
    for policy in ("reading", "giving", "ending"):
        op.execute(f"DROP POLICY {policy} ON review_assignment")
    op.execute("ALTER TABLE review_assignment DISABLE ROW LEVEL SECURITY")
    for table in GUARDED:
        op.execute(f"DROP POLICY municipality ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
