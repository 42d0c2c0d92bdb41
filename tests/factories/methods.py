"""A case taken through its method: what each phase asks for, done as the ones whose it is to do."""

from uuid import UUID

from coordination.cases import closing, phases
from coordination.cases import service as cases
from coordination.cases.models import Case
from coordination.consent import queries as consents
from coordination.core.db import db
from policies.methods.conditions import Condition
from policies.permissions import AgencyKind
from tests.factories.cases import written
from tests.factories.disclosure import consented
from tests.factories.world import SharedCase, World, considered

ANSWERS = (consents.conditions,)


def consultation(world: World) -> SharedCase:
    """A case in the consultation, which nobody but the social services takes part in."""
    social = world.actor(AgencyKind.SOCIAL_SERVICES)
    case = world.act(social, cases.open_case, "sig")
    return SharedCase(world, case.id, social, case.id, case.id, {social.agency_id: social}, {})


def moved(shared: SharedCase, *to: str) -> None:
    """Move a case through these phases."""
    for phase in to:
        shared.world.act(shared.social, phases.move, shared.id, phase, ANSWERS)


def mapped(shared: SharedCase, *agency_ids: UUID) -> None:
    """Bring a case from the referral to the mapping, with everything it takes; these agencies say that they will act."""
    considered(shared.world, shared.social, shared.id, Condition.TARGET_GROUP_CHECKED)
    moved(shared, "assessment")
    written(shared, shared.social, "Bedömning", "Hör till målgruppen.", kind="assessment")
    moved(shared, "consent")
    consented(shared, *agency_ids)
    for agency_id in agency_ids:
        shared.world.act(shared.handlers[agency_id], phases.will_act, shared.id)
    moved(shared, "mapping")


def closed(shared: SharedCase, code: str = "moved") -> None:
    """Close a case for a reason, from the referral on."""
    moved(shared, "closing")
    shared.world.act(shared.social, closing.give_exit, shared.id, code)
    written(shared, shared.social, "Avslut", "Familjen har flyttat.", kind="closing_note")
    moved(shared, "evaluated")


def row_of(shared: SharedCase) -> Case:
    """Return the case's own row, as it is stored."""
    with shared.world.acting(shared.social):
        row = db.session.get_one(Case, shared.id)
        db.session.expunge(row)
        return row
