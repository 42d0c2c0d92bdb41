"""Signed heads of a log: made under the head lock, stored, and told of by the very next entry.

So a checkpoint that is taken away leaves an entry that speaks of it, and one that is slipped in has no entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coordination.audit import checkpoints
from coordination.audit.events import Event
from coordination.audit.models import Checkpoint
from coordination.audit.service import append_queued, head, lock_head, record_unattended
from coordination.core import clock
from coordination.core.db import db


@dataclass(frozen=True, slots=True)
class Trust:
    """What a log's checkpoints are held against: its name, the keys that may have signed, and how a signature is verified."""

    origin: str
    keys: Sequence[checkpoints.VerifierKey]
    verify: checkpoints.Verify


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs the log's checkpoints now."""

    key: checkpoints.VerifierKey
    sign: checkpoints.Signer


def make(municipality_id: UUID, agency_id: UUID, signatory: Signatory) -> checkpoints.Checkpoint:
    """Sign the log as it stands, with everything queued so far, and let the next entry tell of it.

    The head stays locked until the transaction ends. The checkpoint's origin is the name of the key, as ``origin_of`` makes it.
    """
    session = db.session()
    append_queued(session)
    lock_head(session, agency_id)
    frontier, last_at = head(session, agency_id)
    at = max(clock.now(), last_at) if last_at else clock.now()
    checkpoint = checkpoints.Checkpoint(signatory.key.name, frontier.size, frontier.root(), at)
    session.add(
        Checkpoint(
            municipality_id=municipality_id,
            agency_id=agency_id,
            size=checkpoint.size,
            root=checkpoint.root,
            note=checkpoints.sign(checkpoint, signatory.key, signatory.sign),
            made_at=at,
        )
    )
    session.flush()
    size, root = checkpoint.size, checkpoint.root
    record_unattended(municipality_id, agency_id, Event.CHECKPOINT_MADE, size=size, root=root)
    append_queued(session)
    return checkpoint
