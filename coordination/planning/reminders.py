"""What waits for a person: the numbers of "Min dag", which the daily digest tells too.

One way to count for both, so that a digest can never count what the page would not show.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import break_glass, copies, lists
from coordination.cases.break_glass import Notice
from coordination.consent import queries as consents
from coordination.consent.service import ConsentView
from coordination.core import clock, outbox
from coordination.core.outbox import Kind
from coordination.disclosure import ledger, matched, urgent_received
from coordination.disclosure.ledger import LedgerRow
from coordination.disclosure.overview import SOON_DAYS
from coordination.identity import queries as identity
from policies.access import Actor
from policies.permissions import GRANTS, Permission

CASES = 12
"""How many of one's own cases the day looks at; the rest are in the list."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A disclosure whose copies wait for the agency to decide, and by when."""

    disclosure_id: UUID
    case_id: UUID
    due: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody. ``consents`` is what runs, by case; ``copies`` begins with the earliest date."""

    urgent: int
    copies: Sequence[Undecided]
    questions: int
    consents: Mapping[UUID, ConsentView]
    shared: Sequence[LedgerRow]
    notices: Sequence[Notice]

    @property
    def ending(self) -> int:
        """How many consents run out soon."""
        today = clock.today()
        return sum((consent.valid_to - today).days <= SOON_DAYS for consent in self.consents.values())

    @property
    def number(self) -> int:
        """How many things wait."""
        found = (self.copies, self.shared, self.notices)
        return self.urgent + self.questions + self.ending + sum(len(things) for things in found)


def waiting(actor: Actor, case_ids: Collection[UUID]) -> Waiting:
    """Return what waits for the actor; of copies and consents what belongs to these cases, which are the actor's own."""
    return Waiting(
        urgent=urgent_received.undecided(actor) if _holds(actor, Permission.DISCLOSURE_URGENT_READ) else 0,
        copies=_undecided(actor, case_ids),
        questions=matched.undecided(actor) if _holds(actor, Permission.DISCLOSURE_MATCH_READ) else 0,
        consents=consents.running(actor.agency_id, case_ids),
        shared=ledger.new_to(actor),
        notices=break_glass.notices(actor),
    )


def write_digest(user_id: UUID) -> int:
    """Let a person be sent how many things wait for them today, once a day, and log it; return the number.

    Nothing is sent to whoever has turned it off, cannot sign in, has no such page, or has nothing that waits.
    """
    user = identity.active_user(user_id)
    if user is None or not user.digest or not user.has_second_factor:
        return 0
    actor = identity.actor_of(user, None, fresh=False)
    if not _holds(actor, Permission.CASE_LIST_READ):
        return 0
    number = waiting(actor, lists.own_ids(actor, CASES)).number
    if number and outbox.queue(Kind.DIGEST, [user_id], actor.municipality_id, clock.today(), number):
        audit.record_unattended(
            actor.municipality_id, actor.agency_id, Event.DIGEST_WRITTEN, user=user_id, count=number
        )
    return number


def _undecided(actor: Actor, case_ids: Collection[UUID]) -> list[Undecided]:
    found: dict[UUID, Undecided] = {}
    for copy in copies.due(actor, case_ids):
        if copy.decision_due is not None:
            found.setdefault(copy.disclosure_id, Undecided(copy.disclosure_id, copy.case_id, copy.decision_due))
    return list(found.values())


def _holds(actor: Actor, permission: Permission) -> bool:
    return bool(GRANTS[permission] & actor.roles)
