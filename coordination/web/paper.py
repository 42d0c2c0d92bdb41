"""The plan on paper for the young person: what is chosen of it, as a page to print and as a PDF. Each time is logged."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coordination.cases import lists
from coordination.core import clock
from coordination.disclosure.overview import open_plan
from coordination.planning import queries
from coordination.reports.pdf import plan_as_pdf
from coordination.reports.plans import PlanPaper
from coordination.web import views
from coordination.web.forms.plans import PrintForm
from coordination.web.guard import requires
from coordination.web.presenting import paper as presenting
from coordination.web.presenting import plans as plan_views
from policies.permissions import Permission

bp = Blueprint("paper", __name__)

FILE_NAME = "plan.pdf"
"""It says nothing of anybody: it ends up in a folder of downloads."""


@bp.get("/arenden/<uuid:case_id>/plan/utskrift")
@requires(Permission.PLANNING_PLAN_PRINT)
def choose(case_id: UUID) -> ResponseReturnValue:
    overview = open_plan(views.actor(), case_id)
    form = PrintForm(request.args)
    form.offer(plan_views.choices(queries.plan_of(overview.records)))
    case = lists.one(views.actor(), case_id, Permission.PLANNING_PLAN_PRINT)
    return render_template("paper/choose.html", form=form, case=case)


@bp.get("/arenden/<uuid:case_id>/plan/papper")
@requires(Permission.PLANNING_PLAN_PRINT)
def page(case_id: UUID) -> ResponseReturnValue:
    case = lists.one(views.actor(), case_id, Permission.PLANNING_PLAN_PRINT)
    return render_template("paper/plan.html", paper=_made(case_id, "page"), case=case)


@bp.get("/arenden/<uuid:case_id>/plan/papper.pdf")
@requires(Permission.PLANNING_PLAN_PRINT)
def pdf(case_id: UUID) -> ResponseReturnValue:
    made = _made(case_id, "pdf")
    if not made.goals:
        return redirect(url_for("paper.choose", case_id=case_id))
    headers = {"Content-Disposition": f"attachment; filename={FILE_NAME}"}
    return Response(plan_as_pdf(made), content_type="application/pdf", headers=headers)


def _made(case_id: UUID, file_format: str) -> PlanPaper:
    """Return what was chosen as a paper, and log that it was printed."""
    actor, form = views.actor(), PrintForm(request.args)
    plan = queries.to_print(actor, case_id, form.chosen(), file_format)
    reader = views.reader({actor.user_id, *plan_views.users_of(plan)})
    language = "en" if form.sprak.data == "en" else "sv"
    return presenting.of(plan, reader, reader.signed(actor.user_id), clock.now(), language)
