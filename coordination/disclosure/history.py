"""An own record through time: every version of its parts, and which of them each recipient was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coordination.cases import records
from coordination.cases.models import Part, Record
from coordination.cases.reading import OpenPart
from coordination.core.db import db
from coordination.disclosure.overview import Sight, given_of
from policies.access import Actor
from policies.permissions import Permission


@dataclass(frozen=True, slots=True)
class History:
    """A record's versions, oldest first within each part, and who was given which, by version."""

    record: Record
    versions: Sequence[OpenPart]
    removed: frozenset[UUID]
    given: Mapping[UUID, Sequence[Sight]]


def of_record(actor: Actor, record_id: UUID) -> History:
    """Open an own record's whole history and log it. Raises NotFound, Forbidden."""
    versions = records.history(actor, record_id)
    record = records.own_record(actor, record_id, Permission.CASE_READ)
    removed = select(Part.id).where(Part.record_id == record.id, Part.removed_at.is_not(None))
    given = given_of(actor, {part.id for part in versions})
    return History(record, versions, frozenset(db.session.scalars(removed)), given)
