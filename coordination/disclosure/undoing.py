"""Undoing a disclosure that nobody has opened yet: as if the letter had been taken out of the letter box."""

from uuid import UUID

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict
from coordination.disclosure import ledger
from coordination.disclosure.ledger import LedgerRow
from coordination.disclosure.models import Disclosure
from coordination.disclosure.service import revocable
from policies.access import Actor

UNDONE = "undone"


def undo(actor: Actor, disclosure_id: UUID) -> Disclosure:
    """Take a disclosure of the actor's agency back, with its copies, their keys and their search words.

    Raises NotFound, Forbidden as ``revoke`` does, and Conflict once it has ended or somebody there has opened a copy. Whoever
    opens a copy holds its row meanwhile, and so does this: one of the two comes first, and the other learns of it.
    """
    disclosure = revocable(actor, disclosure_id)
    if disclosure.revoked_at is not None:
        raise Conflict("disclosure_already_ended")
    gone = copies.take_back(disclosure.id)
    disclosure.revoked_at, disclosure.revoked_by, disclosure.revoked_why = clock.now(), actor.user_id, UNDONE
    db.session.flush()
    for agency_id in (disclosure.from_agency_id, disclosure.to_agency_id):
        audit.record(
            actor,
            Event.DISCLOSURE_UNDONE,
            agency_id=agency_id,
            case_id=disclosure.case_id,
            disclosure_id=disclosure.id,
            copies=gone,
        )
    return disclosure


def undoable(row: LedgerRow) -> bool:
    """Tell whether a disclosure is still to be undone: it runs, and nobody has opened it."""
    return row.ended_on is None and row.opened_on is None and row.until >= clock.today()


def undo_decision(actor: Actor, disclosure_id: UUID) -> int:
    """Undo everything that the decision behind a disclosure gave and nobody has opened; return how much.

    Raises as ``undo`` does, but for what others have opened already: that stays as it is.
    """
    decision_id = revocable(actor, disclosure_id).decision_record_id
    waiting = [row for row in ledger.of_decision(actor, decision_id) if undoable(row)]
    if not waiting:
        raise Conflict("copy_already_opened")
    for row in waiting:
        undo(actor, row.id)
    return len(waiting)
