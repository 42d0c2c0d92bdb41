"""Who takes part: municipalities, agencies (controller and branch), users, roles, sessions and the means of signing in."""

from datetime import datetime
from secrets import token_bytes
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coordination.core.columns import Code, Id, Moment
from coordination.core.db import Base
from policies.permissions import Role


class Municipality(Base):
    """A Swedish municipality, with its four-digit code."""

    __tablename__ = "municipality"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(4), unique=True)
    name: Mapped[str] = mapped_column(String(80))


class Agency(Base):
    """A controller together with an independent branch (OSL 8:1, 8:2): the tenant inside a municipality.

    ``copies_temporary``: its disposal schedule says, by ``copies_decision``, that what it is given is of temporary significance.
    """

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("municipality_id", "name"),)

    id: Mapped[Id]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    kind: Mapped[Code]
    employer: Mapped[Code | None]
    name: Mapped[str] = mapped_column(String(80))
    controller: Mapped[str] = mapped_column(String(120))
    branch: Mapped[str] = mapped_column(String(120))
    mark: Mapped[str] = mapped_column(String(2))
    copies_temporary: Mapped[bool] = mapped_column(default=False, server_default=false())
    copies_decision: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[Moment]
    closed_at: Mapped[datetime | None]


class UserRole(Base):
    """A user holds a role; what the role may do stands in ``policies/permissions.py``."""

    __tablename__ = "user_role"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(80), primary_key=True)


class User(Base):
    """A person who signs in, in one agency. An e-mail address is free again when its user has left.

    ``digest``: wants to be told by mail, once a day, how many things wait.
    """

    __tablename__ = "app_user"
    __table_args__ = (
        Index("uq_app_user_email", func.lower(text("email")), unique=True, postgresql_where=text("left_at IS NULL")),
    )

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    email: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2), default="sv")
    digest: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[Moment]
    left_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(255))
    totp_secret: Mapped[str | None] = mapped_column(String(255))
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    recovery_digests: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), default=list)
    passkey_handle: Mapped[bytes] = mapped_column(LargeBinary, unique=True, default=lambda: token_bytes(32))
    role_rows: Mapped[list[UserRole]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    agency: Mapped[Agency] = relationship(lazy="joined")
    passkeys: Mapped[list["Passkey"]] = relationship(cascade="all, delete-orphan", order_by="Passkey.id")

    @property
    def roles(self) -> frozenset[Role]:
        """The roles the user holds now."""
        return frozenset(Role(row.role) for row in self.role_rows)

    @property
    def is_active(self) -> bool:
        """Whether the user may sign in: has not left, and the agency is open."""
        return self.left_at is None and self.agency.closed_at is None

    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the id as the session keeps it (with the two marks above, what Flask-Login asks of a user)."""
        return str(self.id)

    @property
    def has_second_factor(self) -> bool:
        """Whether there is anything but the password to sign in with."""
        return self.totp_secret is not None or bool(self.passkeys)


class Passkey(Base):
    """A registered passkey (W3C WebAuthn, level 2): it signs in by itself, as it has verified its user."""

    __tablename__ = "passkey"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Moment]
    used_at: Mapped[datetime | None]


class UserSession(Base):
    """A server-side session. The browser holds a random token; only its digest is stored."""

    __tablename__ = "user_session"

    id: Mapped[Id]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), index=True)
    client: Mapped[str | None] = mapped_column(String(80))


class Invitation(Base):
    """A one-time link for a user; only the digest of its token is stored. ``purpose`` says what it is for."""

    __tablename__ = "invitation"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    purpose: Mapped[Code]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    sent_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A failed attempt, by keyed digest of account and of address, so that guessing is slowed without locking out a colleague."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account", "account_digest", "at"),
        Index("ix_sign_in_attempt_address", "address_digest", "at"),
    )

    id: Mapped[Id]
    account_digest: Mapped[bytes] = mapped_column(LargeBinary)
    address_digest: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[Moment]
