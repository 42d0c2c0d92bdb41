"""What an agency does with the copies it is given: takes them into its own file, or disposes of them at once.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agency", sa.Column("copies_temporary", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("agency", sa.Column("copies_decision", sa.String(length=200), nullable=True))
    op.add_column("record", sa.Column("source_on", sa.Date(), nullable=True))
    op.add_column("copy", sa.Column("taken_record_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_copy_taken_record_id"), "copy", "record", ["taken_record_id"], ["id"])
    op.add_column("copy", sa.Column("disposed_why", sa.String(length=80), nullable=True))


def downgrade() -> None:
    op.drop_column("copy", "disposed_why")
    op.drop_constraint(op.f("fk_copy_taken_record_id"), "copy", type_="foreignkey")
    op.drop_column("copy", "taken_record_id")
    op.drop_column("record", "source_on")
    op.drop_column("agency", "copies_decision")
    op.drop_column("agency", "copies_temporary")
