"""Agency keys, index keys and the signing key: unwrapped by the master key when needed, never stored open."""

from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, select, text

from coordination.core import clock
from coordination.core.db import db
from coordination.core.ids import new_id
from coordination.core.prepared import Prepared, asked
from coordination.keys import vault
from coordination.keys.models import AgencyKey, IndexKey, SigningKey
from coordination.keys.provider import KeyProvider

SIGNING_KEY_NAME = "samverkan"
_INSTALLATION = UUID(int=0)

_ONE_MAKES_IT = text("SELECT pg_advisory_xact_lock(hashtextextended('signing-key', 0))")

_bound: list[KeyProvider] = []


class CurrentKey(NamedTuple):
    """An agency's newest key, open."""

    version: int
    key: bytes


class Signer(NamedTuple):
    """The installation's signing key: its name, its public half, and its private half, open."""

    name: str
    public: bytes
    private: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message."""
        return vault.sign(self.private, message)


def bind(provider: KeyProvider) -> None:
    """Let this process take its master key from ``provider``; bound once at start, as the database engine is."""
    _bound[:] = [provider]


def provider() -> KeyProvider:
    """Return the bound key provider. Raises RuntimeError before ``bind``."""
    if not _bound:
        raise RuntimeError("no key provider is bound")
    return _bound[0]


def create(agency_id: UUID, municipality_id: UUID) -> None:
    """Give a new agency its first key and its index key."""
    _new_version(agency_id, municipality_id, 1)
    master = provider().current()
    place = vault.context("keys.index_key", agency_id, agency_id, 1)
    db.session.add(
        IndexKey(
            agency_id=agency_id,
            municipality_id=municipality_id,
            wrapped=master.wrap(vault.new_key(), place),
            master_id=master.version_id,
        )
    )
    db.session.flush()


def add_version(agency_id: UUID) -> int:
    """Make a new newest version of an agency's key and retire the one before; return its number."""
    old = db.session.scalars(
        select(AgencyKey).where(AgencyKey.agency_id == agency_id, AgencyKey.retired_at.is_(None)).with_for_update()
    ).one()
    old.retired_at = clock.now()
    _new_version(agency_id, old.municipality_id, old.version + 1)
    db.session.flush()
    return old.version + 1


def current(agency_id: UUID) -> CurrentKey:
    """Return the key that new grants of an agency are wrapped with.

    The row is held for the transaction, so that a rotation cannot retire the key under a grant being written.
    """
    wanted = (
        select(AgencyKey.version, AgencyKey.wrapped, AgencyKey.id, AgencyKey.master_id)
        .where(AgencyKey.agency_id == agency_id, AgencyKey.retired_at.is_(None))
        .with_for_update(read=True, key_share=True)
    )
    # A rotation that commits while we wait for the row makes it disappear from the answer; the next try sees the new one.
    row = db.session.execute(wanted).one_or_none() or db.session.execute(wanted).one()
    return CurrentKey(row.version, _open(row.id, agency_id, row.version, row.wrapped, row.master_id))


_VERSIONS = Prepared(
    lambda: select(AgencyKey.version, AgencyKey.wrapped, AgencyKey.id, AgencyKey.master_id).where(
        AgencyKey.agency_id == asked("agency", Uuid())
    )
)


def versions(agency_id: UUID) -> dict[int, bytes]:
    """Return every version of an agency's key, open, by its number; empty for an agency the transaction may not see."""
    rows = _VERSIONS.rows(agency=agency_id)
    return {row.version: _open(row.id, agency_id, row.version, row.wrapped, row.master_id) for row in rows}


def index_key(agency_id: UUID) -> bytes:
    """Return the key of an agency's blind index."""
    row = db.session.execute(select(IndexKey.wrapped, IndexKey.master_id).where(IndexKey.agency_id == agency_id)).one()
    return provider().get(row.master_id).unwrap(row.wrapped, vault.context("keys.index_key", agency_id, agency_id, 1))


def signer() -> Signer:
    """Return the installation's signing key, made the first time it is asked for."""
    wanted = select(SigningKey).where(SigningKey.retired_at.is_(None))
    row = db.session.scalars(wanted).one_or_none()
    if row is None:
        db.session.execute(_ONE_MAKES_IT)
        row = db.session.scalars(wanted).one_or_none() or _new_signing_key()
    place = vault.context("keys.signing_key", row.id, _INSTALLATION, 1)
    return Signer(row.name, row.public, provider().get(row.master_id).unwrap(row.wrapped, place))


def replace_signing_key() -> Signer:
    """Sign with a new key from now on: the private half of the old one is destroyed, its public half kept, so that the
    checkpoints it signed can still be verified.
    """
    db.session.execute(_ONE_MAKES_IT)
    for old in db.session.scalars(select(SigningKey).where(SigningKey.retired_at.is_(None)).with_for_update()):
        old.retired_at, old.wrapped = clock.now(), b""
    _new_signing_key()
    return signer()


def signing_public_keys() -> list[tuple[str, bytes]]:
    """Return the name and public half of every signing key the installation has had."""
    rows = db.session.execute(select(SigningKey.name, SigningKey.public).order_by(SigningKey.created_at))
    return [(row.name, row.public) for row in rows]


def masters_in_use() -> set[str]:
    """Return the versions of the master key that the named municipality's keys, and the signing keys, are wrapped with."""
    used = (
        select(AgencyKey.master_id),
        select(IndexKey.master_id),
        select(SigningKey.master_id).where(SigningKey.retired_at.is_(None)),
    )
    return {master_id for rows in used for master_id in db.session.scalars(rows.distinct())}


def rewrap_with_current_master() -> int:
    """Wrap every key of the named municipality, and the signing keys, with the newest master key; return how many changed."""
    newest = provider().current()
    changed = 0
    for row in db.session.scalars(select(AgencyKey).where(AgencyKey.master_id != newest.version_id).with_for_update()):
        place = vault.context("keys.agency_key", row.id, row.agency_id, row.version)
        row.wrapped, row.master_id, changed = _moved(row.wrapped, row.master_id, place), newest.version_id, changed + 1
    for index in db.session.scalars(select(IndexKey).where(IndexKey.master_id != newest.version_id).with_for_update()):
        place = vault.context("keys.index_key", index.agency_id, index.agency_id, 1)
        index.wrapped, index.master_id, changed = (
            _moved(index.wrapped, index.master_id, place),
            newest.version_id,
            changed + 1,
        )
    for key in db.session.scalars(
        select(SigningKey)
        .where(SigningKey.master_id != newest.version_id, SigningKey.retired_at.is_(None))
        .with_for_update()
    ):
        place = vault.context("keys.signing_key", key.id, _INSTALLATION, 1)
        key.wrapped, key.master_id, changed = _moved(key.wrapped, key.master_id, place), newest.version_id, changed + 1
    db.session.flush()
    return changed


def _moved(wrapped: bytes, master_id: str, place: bytes) -> bytes:
    return provider().current().wrap(provider().get(master_id).unwrap(wrapped, place), place)


def _new_version(agency_id: UUID, municipality_id: UUID, version: int) -> None:
    master = provider().current()
    row_id = new_id()
    place = vault.context("keys.agency_key", row_id, agency_id, version)
    db.session.add(
        AgencyKey(
            id=row_id,
            municipality_id=municipality_id,
            agency_id=agency_id,
            version=version,
            wrapped=master.wrap(vault.new_key(), place),
            master_id=master.version_id,
            created_at=clock.now(),
        )
    )


def _new_signing_key() -> SigningKey:
    master, private, row_id = provider().current(), vault.signing_key_new(), new_id()
    row = SigningKey(
        id=row_id,
        name=SIGNING_KEY_NAME,
        public=vault.public_of(private),
        wrapped=master.wrap(private, vault.context("keys.signing_key", row_id, _INSTALLATION, 1)),
        master_id=master.version_id,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


@lru_cache(maxsize=1024)
def _opened(master_id: str, wrapped: bytes, place: bytes) -> bytes:
    # What lies in memory here is no more than the master key, which lies there too, can open.
    return provider().get(master_id).unwrap(wrapped, place)


def _open(row_id: UUID, agency_id: UUID, version: int, wrapped: bytes, master_id: str) -> bytes:
    return _opened(master_id, wrapped, vault.context("keys.agency_key", row_id, agency_id, version))
