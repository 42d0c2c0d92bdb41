"""Giving something to another agency, on a consent."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from coordination.cases import reading
from coordination.consent import service as consents
from coordination.core import clock
from coordination.disclosure import service as disclosures
from policies.access import Actor
from tests.factories.cases import parts_of
from tests.factories.world import SharedCase, consent

WEIGHED = "Mottagaren behöver veta det. Mindre räcker inte. Den unge vet om det."


def consented(shared: SharedCase, *agency_ids: UUID, days: int = 90) -> UUID:
    """Record a consent to these agencies; return its id."""
    return shared.world.act(shared.social, consents.record, shared.id, consent(shared, *agency_ids, days=days)).id


def given(
    shared: SharedCase, sender: Actor, record_id: UUID, recipient_id: UUID, *, days: int = 90, only: Sequence[int] = ()
) -> UUID:
    """Disclose a record, or only the parts at these places, on the consent that covers it; return the disclosure's id."""
    parts = parts_of(shared, sender, record_id)
    chosen = [parts[place] for place in only] if only else parts
    return shared.world.act(sender, disclosures.disclose, shared.id, draft(chosen, recipient_id, days)).id


def named(shared: SharedCase, recipient_id: UUID, *, days: int = 90) -> UUID:
    """Tell an agency who the young person is; return the disclosure's id."""
    with shared.world.acting(shared.social):
        known = reading.identities(shared.social.agency_id, shared.id)
        parts = [part.id for record in known if record.about_person_id == shared.subject_id for part in record.parts]
    return shared.world.act(shared.social, disclosures.disclose, shared.id, draft(parts, recipient_id, days)).id


def draft(part_ids: Sequence[UUID], recipient_id: UUID, days: int = 90) -> disclosures.DisclosureDraft:
    """A disclosure as typed in."""
    return disclosures.DisclosureDraft(
        part_ids=part_ids,
        recipient_id=recipient_id,
        basis_id="OSL_12_2_SAMTYCKE",
        duty_id=None,
        purpose="support",
        own_initiative=True,
        harm_test=WEIGHED,
        until=clock.today() + timedelta(days=days),
    )
