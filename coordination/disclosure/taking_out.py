"""Taking the ledger out of the service as a file: what it holds, and the line in the log that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.disclosure import exchanges, ledger, refusals
from coordination.disclosure.exchanges import Exchange
from coordination.disclosure.ledger import LedgerRow, Wanted
from coordination.disclosure.refusals import RefusalRow
from policies.access import Actor

MOST = {"csv": 10_000, "pdf": 1_000}
"""More rows than this are no list to read: a file takes a shorter period."""


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What a file holds: disclosures, refusals, or questions and answers."""

    disclosures: Sequence[LedgerRow]
    refusals: Sequence[RefusalRow]
    exchanges: Sequence[Exchange]

    @property
    def deciders(self) -> set[UUID]:
        """Who decided what it holds."""
        decided = {row.decided_by for row in self.disclosures} | {row.decided_by for row in self.refusals}
        return decided | {row.by for row in self.exchanges if row.by}


def take_out(actor: Actor, kind: str, wanted: Wanted, sort: str) -> TakenOut:
    """Return what the actor's agency has ``given``, ``received``, ``refused`` or ``exchanged``, and log that it left the service.

    Raises Forbidden without a fresh re-authentication, Invalid where it is more than such a file takes.
    """
    most = MOST[sort]
    found = TakenOut(
        disclosures=ledger.every(actor, wanted, most, given=kind == "given") if kind in {"given", "received"} else [],
        refusals=refusals.every(actor, wanted, most) if kind == "refused" else [],
        exchanges=exchanges.every(actor, wanted, most) if kind == "exchanged" else [],
    )
    number = len(found.disclosures) + len(found.refusals) + len(found.exchanges)
    audit.record(actor, Event.LEDGER_EXPORTED, count=number, format=sort, kind=kind)
    return found
