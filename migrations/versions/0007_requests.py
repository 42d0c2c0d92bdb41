"""Blind match requests, and break-glass inside one's own agency.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APP = "samverkan_app"
NAMED = "municipality_id = nullif(current_setting('app.municipality_id', true), '')::uuid"
RIGHTS = {
    "match_request": "SELECT, INSERT",  # what was asked stays as it was asked
    "match_hit": "SELECT, INSERT, UPDATE",
    "emergency_notice": "SELECT, INSERT, UPDATE",
}
CODE = sa.String(length=80)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("assignment", sa.Column("emergency_reason", sa.Uuid(), nullable=True))
    _table(
        "match_request",
        {"case_id": "case", "person_id": "case_person", "from_agency_id": "agency", "to_agency_id": "agency"}
        | {"asked_by": "app_user"},
        sa.Column("purpose", CODE, nullable=False),
        sa.Column("basis_id", CODE, nullable=False),
        sa.Column("basis_in_force_from", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("reason_ref", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
    )
    op.create_index("ix_match_request_case", "match_request", ["case_id"])
    op.create_index("ix_match_request_from", "match_request", ["from_agency_id", "id"])
    op.create_index("ix_match_request_to", "match_request", ["to_agency_id", "closes_at"])
    _table(
        "match_hit",
        {"request_id": "match_request", "agency_id": "agency", "case_id": "case", "person_id": "case_person"},
        sa.Column("question_ref", sa.Uuid(), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("outcome", CODE, nullable=True),
        sa.Column("basis_id", CODE, nullable=True),
        sa.Column("basis_in_force_from", sa.Date(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), sa.ForeignKey("app_user.id", name="fk_match_hit_contact_id"), nullable=True),
        sa.Column("weighed_ref", sa.Uuid(), nullable=True),
        sa.Column("answer_ref", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), sa.ForeignKey("app_user.id", name="fk_match_hit_decided_by"), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.UniqueConstraint("request_id", "case_id", name=op.f("uq_match_hit_request_id_case_id")),
    )
    op.create_index("ix_match_hit_agency", "match_hit", ["agency_id", "id"])
    op.create_index("ix_match_hit_case", "match_hit", ["case_id"])
    _table(
        "emergency_notice",
        {"assignment_id": "assignment", "case_id": "case", "user_id": "app_user"},
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.UniqueConstraint("assignment_id", "user_id", name=op.f("uq_emergency_notice_assignment_id_user_id")),
    )
    op.create_index("ix_emergency_notice_user", "emergency_notice", ["user_id", "seen_at"])


def downgrade() -> None:
    for table in ("emergency_notice", "match_hit", "match_request"):
        op.drop_table(table)
    # Without the column a row that opened a case for three hours would be an assignment like any other.
    op.execute("DELETE FROM assignment WHERE emergency_reason IS NOT NULL")
    op.drop_column("assignment", "emergency_reason")


def _table(name: str, references: dict[str, str], *columns: sa.Column[object] | sa.Constraint) -> None:
    """Create a table of one municipality's rows, guarded as every other, with the references it cannot be without."""
    every = {**references, "municipality_id": "municipality"}
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=False) for column in every),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, table in every.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_municipality_id"), name, ["municipality_id"])
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY municipality ON {name} USING ({NAMED}) WITH CHECK ({NAMED})")
    op.execute(f"GRANT {RIGHTS[name]} ON {name} TO {APP}")
