"""Mail that waits to be sent, how the worker's jobs went, and who wants the daily digest.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APP = "samverkan_app"
NAMED = "municipality_id = nullif(current_setting('app.municipality_id', true), '')::uuid"
CODE = sa.String(length=80)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("message_id", sa.String(length=320), nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("hand_overs", sa.Integer(), nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("fault", CODE, nullable=True),
        sa.Column("outcome", CODE, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_outbox_message_municipality_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_outbox_message_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("municipality_id", "key", name=op.f("uq_outbox_message_municipality_id_key")),
    )
    op.create_index(op.f("ix_outbox_message_municipality_id"), "outbox_message", ["municipality_id"])
    op.create_index(
        "ix_outbox_message_due",
        "outbox_message",
        ["municipality_id", "next_try_at"],
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.execute("ALTER TABLE outbox_message ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY municipality ON outbox_message USING ({NAMED}) WITH CHECK ({NAMED})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON outbox_message TO {APP}")
    op.create_table(
        "job_run",
        sa.Column("job", CODE, nullable=False),
        sa.Column("worker", sa.String(length=160), nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("error", CODE, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("owed_since", MOMENT, nullable=True),
        sa.Column("retry_at", MOMENT, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_run")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON job_run TO {APP}")
    op.add_column("app_user", sa.Column("digest", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("app_user", "digest")
    op.drop_table("job_run")
    op.drop_table("outbox_message")
