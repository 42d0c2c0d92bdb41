"""A decision not to give something away, as typed in."""

from uuid import UUID

from coordination.core import clock
from coordination.disclosure.refusals import RefusalDraft

WHAT = "Frånvaro under hösten"
WHY = "Den unge har inte sagt ja, och uppgiften behövs inte för det de ska göra."


def refusal(agency_id: UUID, **changed: object) -> RefusalDraft:
    """A refusal to an agency that asked today."""
    values: dict[str, object] = {
        "agency_id": agency_id,
        "asked_on": clock.today(),
        "purpose": "support",
        "what": WHAT,
        "basis_id": "OSL_12_2_SAMTYCKE",
        "reason_code": "no_consent",
        "reason": WHY,
    }
    return RefusalDraft(**{**values, **changed})  # type: ignore[arg-type]  # a test changes what it is about
