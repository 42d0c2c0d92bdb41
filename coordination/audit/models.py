"""The access log as rows: entries, the nodes of each agency's tree, checkpoints and verifications.

The application role may insert and select here, never update or delete. Entries and nodes have no foreign keys: agencies
are never deleted, and every line would lock, and so write to, the rows of its agency and municipality.
"""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Code, Count, Id, InMunicipality, Moment, Ref, Sealed
from coordination.core.db import Base


class LogEntry(Base):
    """One event in one agency's log. ``canonical`` is what the tree has hashed; the other columns are copies to filter by."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_agency_at", "agency_id", "at"),
        Index("ix_entry_agency_case", "agency_id", "case_id", "seq"),
        Index("ix_entry_agency_user", "agency_id", "user_id", "seq"),
        {"schema": "audit"},
    )

    agency_id: Mapped[Ref] = mapped_column(primary_key=True)
    seq: Mapped[Count] = mapped_column(primary_key=True)
    id: Mapped[Ref]
    at: Mapped[Moment]
    action: Mapped[Code]
    user_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    outcome: Mapped[str] = mapped_column(String(20))
    canonical: Mapped[str] = mapped_column(Text)
    municipality_id: Mapped[Ref]


class LogNode(Base):
    """A complete node of an agency's Merkle tree (RFC 9162); level 0 holds the leaf hashes and outlives the entries."""

    __tablename__ = "node"
    __table_args__ = ({"schema": "audit"},)

    agency_id: Mapped[Ref] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[Count] = mapped_column("node_index", primary_key=True)
    hash: Mapped[Sealed]
    municipality_id: Mapped[Ref]


class Checkpoint(InMunicipality, Base):
    """A signed statement of an agency's tree at one size (C2SP tlog-checkpoint)."""

    __tablename__ = "checkpoint"
    __table_args__ = (Index("ix_checkpoint_agency_size", "agency_id", "size"), {"schema": "audit"})

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    size: Mapped[Count]
    root: Mapped[Sealed]
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Moment]


class Verification(InMunicipality, Base):
    """One check of a whole log: what was found, when. A fault is a code and a position, never content."""

    __tablename__ = "verification"
    __table_args__ = (Index("ix_verification_agency_at", "agency_id", "at"), {"schema": "audit"})

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    at: Mapped[Moment]
    size: Mapped[Count]
    root: Mapped[Sealed]
    ok: Mapped[bool]
    fault: Mapped[str | None] = mapped_column(String(200))
