"""Goals, how they went, and actions.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APP = "samverkan_app"
NAMED = "municipality_id = nullif(current_setting('app.municipality_id', true), '')::uuid"
CODE = sa.String(length=80)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _table(
        "goal",
        {"case_id": "case", "record_id": "record", "owner_agency_id": "agency", "added_by": "app_user"},
        {},
        sa.Column("status", CODE, nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.UniqueConstraint("record_id", name=op.f("uq_goal_record_id")),
    )
    op.create_index("ix_goal_case", "goal", ["case_id"])
    _table(
        "goal_step",
        {"goal_id": "goal", "set_by": "app_user"},
        {},
        sa.Column("status", CODE, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
    )
    op.create_index("ix_goal_step_goal", "goal_step", ["goal_id", "id"])
    _table(
        "action",
        {
            "case_id": "case",
            "goal_id": "goal",
            "record_id": "record",
            "owner_agency_id": "agency",
            "responsible_agency_id": "agency",
            "added_by": "app_user",
            "changed_by": "app_user",
        },
        {"responsible_user_id": "app_user"},
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", CODE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("record_id", name=op.f("uq_action_record_id")),
    )
    op.create_index("ix_action_goal", "action", ["goal_id"])
    op.create_index("ix_action_case", "action", ["case_id"])
    op.create_index("ix_action_responsible", "action", ["responsible_agency_id", "due_on"])


def downgrade() -> None:
    # What goals and actions say stays: each is a record of its owner's, and the timeline shows it.
    for table in ("action", "goal_step", "goal"):
        op.drop_table(table)


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
