"""Decisions not to disclose, and that an agency without a handler has been asked to name one.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APP = "samverkan_app"
NAMED = "municipality_id = nullif(current_setting('app.municipality_id', true), '')::uuid"


def upgrade() -> None:
    op.add_column("participation", sa.Column("handler_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("participation", sa.Column("handler_asked_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_participation_handler_asked_by"), "participation", "app_user", ["handler_asked_by"], ["id"]
    )
    op.create_table(
        "refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_agency_id", sa.Uuid(), nullable=False),
        sa.Column("to_agency_id", sa.Uuid(), nullable=False),
        sa.Column("own_initiative", sa.Boolean(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("purpose", sa.String(length=80), nullable=False),
        sa.Column("basis_id", sa.String(length=80), nullable=True),
        sa.Column("basis_in_force_from", sa.Date(), nullable=True),
        sa.Column("reason_code", sa.String(length=80), nullable=False),
        sa.Column("decision_record_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_refusal_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_refusal_decided_by")),
        sa.ForeignKeyConstraint(["decision_record_id"], ["record.id"], name=op.f("fk_refusal_decision_record_id")),
        sa.ForeignKeyConstraint(["from_agency_id"], ["agency.id"], name=op.f("fk_refusal_from_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_refusal_municipality_id")),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agency.id"], name=op.f("fk_refusal_to_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    op.create_index("ix_refusal_case", "refusal", ["case_id"])
    op.create_index("ix_refusal_from", "refusal", ["from_agency_id", "id"])
    op.create_index(op.f("ix_refusal_municipality_id"), "refusal", ["municipality_id"])
    op.create_index("ix_disclosure_decision", "disclosure", ["decision_record_id"])
    op.execute("ALTER TABLE refusal ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY municipality ON refusal USING ({NAMED}) WITH CHECK ({NAMED})")
    # What was decided stays as it was decided: nothing of it is changed or taken away.
    op.execute(f"GRANT SELECT, INSERT ON refusal TO {APP}")


def downgrade() -> None:
    op.drop_index("ix_disclosure_decision", "disclosure")
    op.drop_table("refusal")
    op.drop_constraint(op.f("fk_participation_handler_asked_by"), "participation", type_="foreignkey")
    op.drop_column("participation", "handler_asked_by")
    op.drop_column("participation", "handler_asked_at")
