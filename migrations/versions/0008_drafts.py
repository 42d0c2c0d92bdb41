"""Drafts: what somebody has typed and not saved, sealed; and who saved a record last.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APP = "samverkan_app"
NAMED = "municipality_id = nullif(current_setting('app.municipality_id', true), '')::uuid"


def upgrade() -> None:
    op.add_column("record", sa.Column("edited_by", sa.Uuid(), nullable=True))
    op.add_column("record", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_record_edited_by"), "record", "app_user", ["edited_by"], ["id"])
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_draft_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_draft_case_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_draft_municipality_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_draft_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index("ix_draft_user", "draft", ["user_id", "case_id"])
    op.create_index("ix_draft_saved", "draft", ["saved_at"])
    op.create_index(op.f("ix_draft_municipality_id"), "draft", ["municipality_id"])
    op.execute("ALTER TABLE draft ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY municipality ON draft USING ({NAMED}) WITH CHECK ({NAMED})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON draft TO {APP}")


def downgrade() -> None:
    # A draft is nobody's record: it goes with its table, and so do the keys that open drafts and nothing else.
    op.execute("DELETE FROM keys.key_grant WHERE part_version_id IN (SELECT id FROM draft)")
    op.drop_table("draft")
    op.drop_constraint(op.f("fk_record_edited_by"), "record", type_="foreignkey")
    op.drop_column("record", "edited_at")
    op.drop_column("record", "edited_by")
