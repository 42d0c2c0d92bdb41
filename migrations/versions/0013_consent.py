"""Consent in full: the rule it was given under, custody, language, what was taken back in part, and reservations.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APP = "samverkan_app"
NAMED = "municipality_id = nullif(current_setting('app.municipality_id', true), '')::uuid"
CODE = sa.String(length=80)
RULE = "CASE WHEN signed_age < 12 THEN 'under_12' WHEN signed_age < 15 THEN 'from_12' WHEN signed_age < 18 THEN 'from_15' ELSE 'from_18' END"


def upgrade() -> None:
    for column in (
        sa.Column("rule_id", CODE, nullable=True),
        sa.Column("custody_ground", CODE, nullable=True),
        sa.Column("against_guardians", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("language", CODE, nullable=False, server_default="sv"),
        sa.Column("interpreter", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("information", CODE, nullable=True),
    ):
        op.add_column("consent", column)
    op.execute(f"UPDATE consent SET rule_id = {RULE}")
    op.alter_column("consent", "rule_id", nullable=False)
    for name in ("against_guardians", "language", "interpreter"):
        op.alter_column("consent", name, server_default=None)
    _table(
        "consent_narrowing",
        {"consent_id": "consent", "recorded_by": "app_user"},
        sa.Column("agency_ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("kinds", ARRAY(CODE), nullable=False),
        sa.Column("purposes", ARRAY(CODE), nullable=False),
        sa.Column("withdrawn_by", CODE, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
    )
    _table(
        "consent_reservation",
        {"consent_id": "consent", "agency_id": "agency"},
        sa.Column("note_ref", sa.Uuid(), nullable=False),
        sa.UniqueConstraint("consent_id", "agency_id", name=op.f("uq_consent_reservation_consent_id_agency_id")),
    )


def downgrade() -> None:
    """Go back. What was taken back in part would hold again: such a consent is taken back whole, for nothing less is safe."""
    op.execute(
        "UPDATE consent SET withdrawn_at = part.withdrawn_at, withdrawn_by = part.withdrawn_by,"
        " withdrawal_recorded_by = part.recorded_by FROM consent_narrowing AS part"
        " WHERE part.consent_id = consent.id AND consent.withdrawn_at IS NULL"
    )
    op.execute("DELETE FROM keys.sealed_note WHERE id IN (SELECT note_ref FROM consent_reservation)")
    for table in ("consent_reservation", "consent_narrowing"):
        op.drop_table(table)
    for name in ("information", "interpreter", "language", "against_guardians", "custody_ground", "rule_id"):
        op.drop_column("consent", name)


def _table(name: str, refers: dict[str, str], *columns: sa.Column[object] | sa.Constraint) -> None:
    """Create a table of one municipality's rows, guarded as every other, with what it refers to."""
    refers = {**refers, "municipality_id": "municipality"}
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=False) for column in refers),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, table in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in ("municipality_id", "consent_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY municipality ON {name} USING ({NAMED}) WITH CHECK ({NAMED})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {name} TO {APP}")
