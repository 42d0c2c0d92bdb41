"""The plan's neutral side: whose a goal or an action is, its dates and how it goes. What it says lies sealed in its record.

A mapping needs no table of its own: it is a record, and which factor has which value is content.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Code, Id, InMunicipality, Moment
from coordination.core.db import Base


class Goal(InMunicipality, Base):
    """One goal of a plan. Its words are the parts of ``record_id``, and whoever can open none of them knows of no goal."""

    __tablename__ = "goal"
    __table_args__ = (Index("ix_goal_case", "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"), unique=True)
    owner_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    status: Mapped[Code]
    follow_up_on: Mapped[date | None]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    added_at: Mapped[Moment]


class GoalStep(InMunicipality, Base):
    """How it went with a goal on a day, as somebody of its owner said: the goal's history, only ever added to."""

    __tablename__ = "goal_step"
    __table_args__ = (Index("ix_goal_step_goal", "goal_id", "id"),)

    id: Mapped[Id]
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("goal.id"))
    status: Mapped[Code]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    set_at: Mapped[Moment]


class Action(InMunicipality, Base):
    """What somebody does towards a goal, from a day to a day. ``version`` counts changes and guards against overwriting."""

    __tablename__ = "action"
    __table_args__ = (
        Index("ix_action_goal", "goal_id"),
        Index("ix_action_case", "case_id"),
        Index("ix_action_responsible", "responsible_agency_id", "due_on"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("goal.id"))
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"), unique=True)
    owner_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    responsible_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    responsible_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    starts_on: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[Code]
    version: Mapped[int]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    added_at: Mapped[Moment]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    changed_at: Mapped[Moment]
