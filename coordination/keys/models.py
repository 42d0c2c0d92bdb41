"""Keys as rows, in a schema of their own with its own, short backup retention (so that disposal reaches backups too).

Nothing here opens anything without the master key, which is never in the database.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Code, Count, Id, InMunicipality, Moment, Ref, Sealed
from coordination.core.db import Base

SCHEMA = {"schema": "keys"}


class AgencyKey(InMunicipality, Base):
    """A version of an agency's key, wrapped by the master key. The newest without ``retired_at`` wraps new grants."""

    __tablename__ = "agency_key"
    __table_args__ = (UniqueConstraint("agency_id", "version"), SCHEMA)

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    version: Mapped[int]
    wrapped: Mapped[Sealed]
    master_id: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[Moment]
    retired_at: Mapped[datetime | None]


class IndexKey(InMunicipality, Base):
    """An agency's key for its blind index. It stays when the agency key rotates, or every digest would have to be made anew."""

    __tablename__ = "index_key"
    __table_args__ = SCHEMA

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    wrapped: Mapped[Sealed]
    master_id: Mapped[str] = mapped_column(String(16))


class SigningKey(Base):
    """An Ed25519 key that signs or has signed checkpoints; the private half wrapped by the master key, empty once retired."""

    __tablename__ = "signing_key"
    __table_args__ = SCHEMA

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    public: Mapped[Sealed]
    wrapped: Mapped[Sealed]
    master_id: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[Moment]
    retired_at: Mapped[datetime | None]


class KeyGrant(InMunicipality, Base):
    """One part version's key, wrapped for one agency: no row, no key, no content."""

    __tablename__ = "key_grant"
    __table_args__ = (Index("ix_key_grant_agency_version", "agency_id", "key_version", "part_version_id"), SCHEMA)

    part_version_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    key_version: Mapped[int]
    wrapped: Mapped[Sealed]


class BlindIndexRow(InMunicipality, Base):
    """A keyed digest of a name token, number or account that one agency may search by.

    It is tied to the part version it came from, so that a closed copy takes its search words with it.
    """

    __tablename__ = "blind_index"
    __table_args__ = (
        Index("ix_blind_index_lookup", "agency_id", "kind", "digest"),
        Index("ix_blind_index_source", "part_version_id", "agency_id"),
        SCHEMA,
    )

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[Code]
    digest: Mapped[Sealed]
    case_id: Mapped[Ref]
    person_id: Mapped[Ref]
    part_version_id: Mapped[Ref]


class SealedNote(InMunicipality, Base):
    """A stated reason, sealed for the agency whose log points at it: free text may name people, the log may not."""

    __tablename__ = "sealed_note"
    __table_args__ = SCHEMA

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    key_version: Mapped[int]
    wrapped: Mapped[Sealed]
    sealed: Mapped[Sealed]
    created_at: Mapped[Moment]


class Rotation(InMunicipality, Base):
    """A rotation of one agency's key: how far it has come, so that it can be resumed after a stop."""

    __tablename__ = "rotation"
    __table_args__ = SCHEMA

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    from_version: Mapped[int]
    to_version: Mapped[int]
    total: Mapped[Count]
    done: Mapped[Count]
    started_at: Mapped[Moment]
    finished_at: Mapped[datetime | None]
