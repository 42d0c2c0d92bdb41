"""What takes a case away from somebody, and from everybody: a conflict of interest, and that it is closed."""

from datetime import timedelta

from coordination.cases import conflicts
from coordination.cases import service as cases
from coordination.cases.models import Case
from coordination.core import clock
from coordination.core.db import db
from policies.permissions import GRANTS, AgencyKind, Permission, Role
from tests.security.matrix.building import Builder
from tests.security.matrix.people import MAIN, PLACES
from tests.security.matrix.seeds import Kind
from tests.security.matrix.things import What

SOCIAL = AgencyKind.SOCIAL_SERVICES.value


def conflicts_of_interest(made: Builder) -> None:
    """Let everybody whose relation says so have a conflict of interest; an assignment is left from before it."""
    reference = next(seed.word for seed in made.seeds.sown if seed.kind is Kind.REFERENCE and seed.case == MAIN)
    for (relation, role), actor in made.actors.items():
        if PLACES[relation].conflict and role in GRANTS[Permission.CASE_CONFLICT_DECLARE]:
            made.act(actor, conflicts.declare_unseen, reference, "Nära släkt med familjen")
            made.left_over(actor, MAIN)
    for row in made.act(made.manager(SOCIAL), conflicts.running, made.cases[MAIN]):
        made.add(What.CONFLICT, str(row.user_id), MAIN, SOCIAL, conflict_id=row.id)


def a_case_long_closed(made: Builder) -> None:
    """A case that closed half a year ago, whose outcome is to be asked for; whoever led it is nobody who tries anything."""
    lead = made.moves_in(AgencyKind.SOCIAL_SERVICES, Role.SIG_COORDINATOR, "led the closed case")
    case = made.act(lead, cases.open_case, "sig")
    with made.worlds[False].acting(lead):
        row = db.session.get_one(Case, case.id)
        row.phase, row.exit_code, row.closed_at = "evaluated", "moved", clock.now() - timedelta(days=200)
    made.add(What.CLOSED, "closed", "", SOCIAL, case_id=case.id)
