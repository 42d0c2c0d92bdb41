"""The installation's own tables: mail that waits to be sent, and how the worker's jobs went. Ids, times, counts and codes only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Code, Id, InMunicipality, Moment
from coordination.core.db import Base


class OutboxMessage(InMunicipality, Base):
    """A message to one user, by its kind and a number; its words and the address are found when it is sent.

    ``key`` says what it is about, so that it is written once. ``next_try_at`` is there until it is settled by ``outcome``.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("municipality_id", "key"),
        Index("ix_outbox_message_due", "municipality_id", "next_try_at", postgresql_where=text("outcome IS NULL")),
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    kind: Mapped[Code]
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(160))
    message_id: Mapped[str] = mapped_column(String(320))
    queued_at: Mapped[Moment]
    next_try_at: Mapped[datetime | None]
    tries: Mapped[int]
    hand_overs: Mapped[int]
    failing_since: Mapped[datetime | None]
    fault: Mapped[Code | None]
    outcome: Mapped[Code | None]
    settled_at: Mapped[datetime | None]


class JobRun(Base):
    """How a job went last. ``owed_since`` is there from when it is taken on until it is done: whoever leads next does it anew."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(80), primary_key=True)
    worker: Mapped[str | None] = mapped_column(String(160))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    pieces: Mapped[int]
    failed: Mapped[int]
    error: Mapped[Code | None]
    tries: Mapped[int]
    failing_since: Mapped[datetime | None]
    owed_since: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
