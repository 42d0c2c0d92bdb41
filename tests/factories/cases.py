"""Somebody of a small municipality at their browser, and what they have written."""

from uuid import UUID

from coordination.cases import reading, records
from policies.access import Actor
from tests.browser import Browser
from tests.factories.identity import Account, signed_in
from tests.factories.world import SharedCase, World, note


def visit(world: World, actor: Actor) -> Browser:
    """Open a browser in which the actor has signed in, confirmed just now."""
    account = Account(actor.user_id, actor.agency_id, actor.municipality_id, "", "", None, ())
    return signed_in(Browser(world.app), account)


def written(shared: SharedCase, actor: Actor, title: str, *texts: str, kind: str = "contact_note") -> UUID:
    """Write a record in the case, a part for each text; return its id."""
    return shared.world.act(actor, records.write, shared.id, note(kind, title, *texts)).id


def parts_of(shared: SharedCase, actor: Actor, record_id: UUID) -> list[UUID]:
    """Return the ids of a record's parts as the actor's agency can open them, the title first."""
    with shared.world.acting(actor):
        record = reading.one_record(actor.agency_id, record_id)
        return [part.id for part in record.parts] if record else []
