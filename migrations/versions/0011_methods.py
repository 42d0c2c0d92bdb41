"""What a method asks of a case: checks, answers, clocks, conflicts of interest, and how it went when it is over.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APP = "samverkan_app"
NAMED = "municipality_id = nullif(current_setting('app.municipality_id', true), '')::uuid"
CODE = sa.String(length=80)
MOMENT = sa.DateTime(timezone=True)

OF_A_CASE = ("first_action_at", "followed_up_first", "followed_up_last", "disposed_at")


def upgrade() -> None:
    op.add_column("case", sa.Column("raised_at", MOMENT, nullable=False, server_default=sa.func.now()))
    op.execute('UPDATE "case" SET raised_at = opened_at')
    for name in OF_A_CASE:
        op.add_column("case", sa.Column(name, MOMENT, nullable=True))
    op.add_column("case", sa.Column("exit_code", CODE, nullable=True))
    op.add_column("participation", sa.Column("acts_since", MOMENT, nullable=True))
    op.add_column("participation", sa.Column("acts_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_participation_acts_by"), "participation", "app_user", ["acts_by"], ["id"])
    # Who has worked in a case past its consent has answered by doing so: nobody is made to answer again.
    op.execute("UPDATE participation SET acts_since = started_at, acts_by = started_by WHERE ended_at IS NULL")
    _table(
        "case_check",
        {"case_id": "case", "agency_id": "agency", "done_by": "app_user"},
        {},
        sa.Column("condition", CODE, nullable=False),
        sa.Column("note_ref", sa.Uuid(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.UniqueConstraint("case_id", "condition", name=op.f("uq_case_check_case_id_condition")),
    )
    _table(
        "conflict_of_interest",
        {"case_id": "case", "agency_id": "agency", "user_id": "app_user", "set_by": "app_user"},
        {"ended_by": "app_user"},
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("reason_ref", sa.Uuid(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_reason_ref", sa.Uuid(), nullable=True),
    )
    op.create_index(
        "uq_conflict_running",
        "conflict_of_interest",
        ["case_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _table(
        "case_outcome",
        {"agency_id": "agency"},
        {},
        sa.Column("method", CODE, nullable=False),
        sa.Column("exit_code", CODE, nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", CODE, nullable=False),
    )
    op.create_index(op.f("ix_case_outcome_agency_id"), "case_outcome", ["agency_id"])
    _table(
        "consultation_count",
        {"agency_id": "agency"},
        {},
        sa.Column("method", CODE, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "agency_id", "method", "month", "reason", name=op.f("uq_consultation_count_agency_id_method_month_reason")
        ),
    )


def downgrade() -> None:
    # What was considered can be opened from the check alone; why somebody was disqualified is what the log points at, and stays.
    op.execute("DELETE FROM keys.sealed_note WHERE id IN (SELECT note_ref FROM case_check)")
    for table in ("consultation_count", "case_outcome", "conflict_of_interest", "case_check"):
        op.drop_table(table)
    for name in ("acts_by", "acts_since"):
        op.drop_column("participation", name)
    for name in ("exit_code", *reversed(OF_A_CASE), "raised_at"):
        op.drop_column("case", name)


def _table(
    name: str, needed: dict[str, str], if_any: dict[str, str], *columns: sa.Column[object] | sa.Constraint
) -> None:
    """Create a table of one municipality's rows, guarded as every other, with what it refers to."""
    needed = {**needed, "municipality_id": "municipality"}
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=column in if_any) for column in (*needed, *if_any)),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, table in {**needed, **if_any}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_municipality_id"), name, ["municipality_id"])
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY municipality ON {name} USING ({NAMED}) WITH CHECK ({NAMED})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {name} TO {APP}")
