"""Sealing and grants: a part version has a key of its own, and an agency can open it only with a grant to that key."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select

from coordination.core import clock
from coordination.core.db import db
from coordination.core.ids import new_id
from coordination.keys import agency_keys, vault
from coordination.keys.blind_index import Term, TermKind
from coordination.keys.models import BlindIndexRow, KeyGrant, SealedNote

CannotOpen = vault.CannotOpen
CONTENT_VERSION = 1


class Place(NamedTuple):
    """Where a sealed text lies: in which municipality, part and version."""

    municipality_id: UUID
    part_id: UUID
    part_version_id: UUID


class DraftPlace(NamedTuple):
    """Whose draft it is, and of what: it opens for nobody and nowhere else."""

    municipality_id: UUID
    draft_id: UUID
    user_id: UUID
    case_id: UUID
    form: str
    target_id: UUID


SealedPart = Any
"""A row of a query with ``part_version_id``, ``part_id``, ``sealed`` and, of one agency's grant to it, ``key_version`` and ``wrapped``."""


def seal_part(agency_id: UUID, place: Place, plaintext: bytes) -> bytes:
    """Seal a new part version with a new key and grant that key to its owner; return the sealed bytes to store."""
    key = vault.new_key()
    _add_grant(agency_id, place, key)
    return vault.seal(key, plaintext, _content(place.part_version_id, place.part_id))


def seal_file(
    agency_id: UUID, place: Place, description: bytes, chunks: Iterable[bytes]
) -> tuple[bytes, Iterator[bytes]]:
    """Seal an attachment: its description, and its content as a stream of sealed chunks, under one new key."""
    key = vault.new_key()
    _add_grant(agency_id, place, key)
    content = vault.seal_stream(key, chunks, _file(place.part_version_id, place.part_id))
    return vault.seal(key, description, _content(place.part_version_id, place.part_id)), content


class Opener:
    """An agency's keys, fetched before the rows they are to open.

    The order matters during a rotation: a key is destroyed only when no row needs it, so whoever holds the keys first can
    open every row read afterwards; a version made meanwhile is fetched when it is met.
    """

    def __init__(self, agency_id: UUID) -> None:
        """Fetch the agency's keys, in the running transaction."""
        self._agency_id = agency_id
        self._keys = agency_keys.versions(agency_id)

    def key(self, version: int) -> bytes:
        """Return one version of the agency's key. Raises CannotOpen if there is none."""
        if version not in self._keys:
            self._keys |= agency_keys.versions(self._agency_id)
        if version not in self._keys:
            raise CannotOpen
        return self._keys[version]

    def open(self, parts: Sequence[SealedPart]) -> list[bytes]:
        """Open part versions, in order. Raises CannotOpen if any grant, row or content is not what it was."""
        opened: list[bytes] = []
        for version, run in _runs(parts):
            opened += vault.open_many(self.key(version), [self._locked(part) for part in run])
        return opened

    def _locked(self, part: SealedPart) -> vault.Locked:
        grant_at = grant_place(part.part_version_id, self._agency_id, part.key_version)
        return part.wrapped, grant_at, part.sealed, _content(part.part_version_id, part.part_id)


def open_file(agency_id: UUID, place: Place, sealed_chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield an attachment's content as it verifies. Raises CannotOpen without a grant, or at the first piece that is wrong."""
    key = _granted_key(agency_id, place.part_version_id)
    return vault.open_stream(key, sealed_chunks, _file(place.part_version_id, place.part_id))


def grant(place: Place, owner_agency_id: UUID, recipient_agency_id: UUID) -> None:
    """Give an agency the key of a part version that another holds; a grant that is already there stays as it is."""
    key = _granted_key(owner_agency_id, place.part_version_id)
    held = db.session.scalar(
        select(func.count()).where(
            KeyGrant.part_version_id == place.part_version_id, KeyGrant.agency_id == recipient_agency_id
        )
    )
    if not held:
        _add_grant(recipient_agency_id, place, key)


def withdraw_grant(part_version_id: UUID, agency_id: UUID) -> int:
    """Take an agency's key to a part version away, with its search words; return how many grants to it are left."""
    unindex(part_version_id, agency_id)
    db.session.execute(
        delete(KeyGrant).where(KeyGrant.part_version_id == part_version_id, KeyGrant.agency_id == agency_id)
    )
    left = db.session.scalar(select(func.count()).where(KeyGrant.part_version_id == part_version_id))
    return left or 0


def index(agency_id: UUID, place: Place, case_id: UUID, person_id: UUID, terms: Iterable[Term]) -> None:
    """Let an agency search by these terms, as long as it may read the part version they came from."""
    key = agency_keys.index_key(agency_id)
    db.session.add_all(
        BlindIndexRow(
            municipality_id=place.municipality_id,
            agency_id=agency_id,
            kind=term.kind,
            digest=_digest(key, term),
            case_id=case_id,
            person_id=person_id,
            part_version_id=place.part_version_id,
        )
        for term in set(terms)
    )


def unindex(part_version_id: UUID, agency_id: UUID) -> None:
    """Take an agency's search words of a part version away."""
    db.session.execute(
        delete(BlindIndexRow).where(
            BlindIndexRow.part_version_id == part_version_id, BlindIndexRow.agency_id == agency_id
        )
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A search word found: of whom, in which case, and in which part version it stands."""

    case_id: UUID
    person_id: UUID
    part_version_id: UUID


def hits(agency_id: UUID, term: Term) -> set[Hit]:
    """Return where a term stands in the agency's index; whether the agency may still read what it stands in is the caller's to ask."""
    rows = db.session.execute(
        select(BlindIndexRow.case_id, BlindIndexRow.person_id, BlindIndexRow.part_version_id).where(
            BlindIndexRow.agency_id == agency_id,
            BlindIndexRow.kind == term.kind,
            BlindIndexRow.digest == _digest(agency_keys.index_key(agency_id), term),
        )
    )
    return {Hit(row.case_id, row.person_id, row.part_version_id) for row in rows}


def index_digest(agency_id: UUID, term: Term) -> bytes:
    """Return a term as an agency's own index writes it: it can be looked for there later, and nowhere else."""
    return _digest(agency_keys.index_key(agency_id), term)


def standing(agency_id: UUID, kind: TermKind, digests: Iterable[bytes]) -> list[tuple[bytes, Hit]]:
    """Return where terms stand in the agency's index, by their digests there. What may be told of it is the caller's to ask."""
    rows = db.session.execute(
        select(
            BlindIndexRow.digest, BlindIndexRow.case_id, BlindIndexRow.person_id, BlindIndexRow.part_version_id
        ).where(
            BlindIndexRow.agency_id == agency_id, BlindIndexRow.kind == kind, BlindIndexRow.digest.in_(set(digests))
        )
    )
    return [(row.digest, Hit(row.case_id, row.person_id, row.part_version_id)) for row in rows]


def digest_for_log(agency_id: UUID, term: Term) -> str:
    """Return a keyed digest of a search, so that repeated searches can be told from each other without the words."""
    return _digest(agency_keys.index_key(agency_id), term).hex()


def seal_note(agency_id: UUID, municipality_id: UUID, text: str) -> UUID:
    """Seal a stated reason for an agency and return its id, which is all the log gets."""
    current, note_id, key = agency_keys.current(agency_id), new_id(), vault.new_key()
    db.session.add(
        SealedNote(
            id=note_id,
            municipality_id=municipality_id,
            agency_id=agency_id,
            key_version=current.version,
            wrapped=vault.wrap(current.key, key, note_place(note_id, agency_id, current.version)),
            sealed=vault.seal(
                key, text.encode(), vault.context("keys.sealed_note", note_id, agency_id, CONTENT_VERSION)
            ),
            created_at=clock.now(),
        )
    )
    db.session.flush()
    return note_id


def open_notes(agency_id: UUID, note_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Open stated reasons of an agency, by id. Raises CannotOpen."""
    opener = Opener(agency_id)
    rows = db.session.scalars(
        select(SealedNote).where(SealedNote.agency_id == agency_id, SealedNote.id.in_(set(note_ids)))
    ).all()
    return {row.id: _open_note(row, opener) for row in rows}


def seal_draft(agency_id: UUID, place: DraftPlace, plaintext: bytes) -> bytes:
    """Seal a draft with a new key granted to its author's agency; what the draft said before can no longer be opened."""
    forget_drafts([place.draft_id])
    key = vault.new_key()
    _add_grant(agency_id, Place(place.municipality_id, place.draft_id, place.draft_id), key)
    return vault.seal(key, plaintext, _draft(place))


def open_draft(agency_id: UUID, place: DraftPlace, sealed: bytes) -> bytes:
    """Open a draft for the one who wrote it. Raises CannotOpen for any other user, case, form or target."""
    return vault.open_sealed(_granted_key(agency_id, place.draft_id), sealed, _draft(place))


def forget(part_version_ids: Collection[UUID]) -> None:
    """Delete every key to these part versions, whoever holds it, and the search words they gave: nobody can open them again."""
    db.session.execute(delete(KeyGrant).where(KeyGrant.part_version_id.in_(part_version_ids)))
    db.session.execute(delete(BlindIndexRow).where(BlindIndexRow.part_version_id.in_(part_version_ids)))


def forget_notes(note_ids: Collection[UUID]) -> None:
    """Delete stated reasons with their keys."""
    db.session.execute(delete(SealedNote).where(SealedNote.id.in_(note_ids)))


def forget_drafts(draft_ids: Sequence[UUID]) -> None:
    """Delete the keys of drafts, so that disposal reaches backups too."""
    db.session.execute(delete(KeyGrant).where(KeyGrant.part_version_id.in_(draft_ids)))


def _open_note(row: SealedNote, opener: Opener) -> str:
    key = vault.unwrap(opener.key(row.key_version), row.wrapped, note_place(row.id, row.agency_id, row.key_version))
    return vault.open_sealed(
        key, row.sealed, vault.context("keys.sealed_note", row.id, row.agency_id, CONTENT_VERSION)
    ).decode()


def _add_grant(agency_id: UUID, place: Place, key: bytes) -> None:
    current = agency_keys.current(agency_id)
    db.session.add(
        KeyGrant(
            municipality_id=place.municipality_id,
            part_version_id=place.part_version_id,
            agency_id=agency_id,
            key_version=current.version,
            wrapped=vault.wrap(current.key, key, grant_place(place.part_version_id, agency_id, current.version)),
        )
    )


def _granted_key(agency_id: UUID, part_version_id: UUID) -> bytes:
    opener = Opener(agency_id)
    row = db.session.execute(
        select(KeyGrant.key_version, KeyGrant.wrapped).where(
            KeyGrant.part_version_id == part_version_id, KeyGrant.agency_id == agency_id
        )
    ).one_or_none()
    if row is None:
        raise CannotOpen
    return vault.unwrap(
        opener.key(row.key_version), row.wrapped, grant_place(part_version_id, agency_id, row.key_version)
    )


def _runs(parts: Sequence[SealedPart]) -> Iterator[tuple[int, list[SealedPart]]]:
    """Cut into runs of one key version, in order: during a rotation two versions are in use."""
    run: list[SealedPart] = []
    for part in parts:
        if run and run[-1].key_version != part.key_version:
            yield run[-1].key_version, run
            run = []
        run.append(part)
    if run:
        yield run[-1].key_version, run


def _digest(key: bytes, term: Term) -> bytes:
    return vault.blind_digest(key, term.kind.encode() + b"\x00" + term.value)


def _content(part_version_id: UUID, part_id: UUID) -> bytes:
    return vault.context("part_version", part_version_id, part_id, CONTENT_VERSION)


def _file(part_version_id: UUID, part_id: UUID) -> bytes:
    return vault.context("file_chunk", part_version_id, part_id, CONTENT_VERSION)


def _draft(place: DraftPlace) -> bytes:
    """Return what a draft is bound to; each half has a length of its own making, so no two drafts have the same."""
    author = vault.context("draft", place.draft_id, place.user_id, CONTENT_VERSION)
    return author + vault.context(place.form, place.case_id, place.target_id, CONTENT_VERSION)


def grant_place(part_version_id: UUID, agency_id: UUID, key_version: int) -> bytes:
    """Return what a grant is bound to: the part version, the agency, and the version of the agency's key."""
    return vault.context("keys.key_grant", part_version_id, agency_id, key_version)


def note_place(note_id: UUID, agency_id: UUID, key_version: int) -> bytes:
    """Return what the key of a stated reason is bound to."""
    return vault.context("keys.sealed_note.key", note_id, agency_id, key_version)
