"""Who takes part: agencies by invitation, people by assignment. A manager sees the neutral row of the case and no content."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists, service
from coordination.cases.lists import CaseRow
from coordination.identity import queries as identity
from coordination.web import views
from coordination.web.forms.cases import AssignForm, ConfirmForm, InviteForm
from coordination.web.guard import requires
from coordination.web.presenting import people as people_views
from coordination.web.presenting.lists import case_lines
from policies.permissions import HANDLERS, Permission

bp = Blueprint("participants", __name__, url_prefix="/arenden/<uuid:case_id>")


@bp.route("/parter", methods=["GET", "POST"])
@requires(Permission.CASE_PARTICIPANTS_MANAGE)
def index(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), InviteForm()
    case = lists.one(actor, case_id, Permission.CASE_PARTICIPANTS_MANAGE)
    outside = [row for row in identity.agencies_of(actor.municipality_id) if row.id not in case.agency_ids]
    form.offer([(row.id, row.name) for row in outside])
    done, status = views.submitted(form, lambda: service.invite_agency(actor, case_id, UUID(form.agency.data)))
    if done:
        flash(_("Parten är inbjuden. Dess chef utser handläggare."), "success")
        return redirect(url_for("participants.index", case_id=case_id))
    back = url_for("cases.people_tab", case_id=case_id)
    return render_template(
        "participants/index.html", form=form, case=case, parties=_parties(case), outside=outside, back_url=back
    ), status


@bp.route("/parter/<uuid:agency_id>/avsluta", methods=["GET", "POST"])
@requires(Permission.CASE_PARTICIPANTS_MANAGE)
def end_participation(case_id: UUID, agency_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConfirmForm()
    case = lists.one(actor, case_id, Permission.CASE_PARTICIPANTS_MANAGE)
    agency = views.participant(case, agency_id)
    back = url_for("participants.index", case_id=case_id)
    done, status = views.submitted(form, lambda: service.end_participation(actor, case_id, agency_id))
    if done:
        flash(_("%(agency)s är inte längre med i ärendet.", agency=agency.name), "success")
        return redirect(back)
    return render_template("participants/end.html", form=form, case=case, agency=agency, back_url=back), status


@bp.route("/handlaggare", methods=["GET", "POST"])
@requires(Permission.CASE_ASSIGN)
def handlers(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), AssignForm()
    case = lists.one(actor, case_id, Permission.CASE_ASSIGN)
    form.offer([(one.user_id, one.name) for one in identity.colleagues(actor.agency_id) if one.roles & HANDLERS])
    named = bool(form.named_for_protected.data)
    done, status = views.submitted(
        form, lambda: service.assign(actor, case_id, UUID(form.user.data), named_for_protected=named)
    )
    if done:
        flash(_("Uppdraget gäller nu, i 90 dagar."), "success")
        return redirect(url_for("participants.handlers", case_id=case_id))
    running = service.handlers(case_id, actor.agency_id)
    reader = views.reader(row.user_id for row in running)
    line = case_lines([case], {}, reader)[0]
    workers = people_views.workers(running, reader)
    jav = url_for("conflicts.index", case_id=case_id) if views.held(Permission.CASE_CONFLICT_MANAGE) else None
    return render_template(
        "participants/handlers.html", form=form, case=case, line=line, workers=workers, conflicts_url=jav
    ), status


@bp.route("/handlaggare/<uuid:user_id>/avsluta", methods=["GET", "POST"])
@requires(Permission.CASE_ASSIGN)
def end_assignment(case_id: UUID, user_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConfirmForm()
    case = lists.one(actor, case_id, Permission.CASE_ASSIGN)
    worker = views.worker(case_id, user_id)
    done, status = views.submitted(form, lambda: service.end_assignment(actor, case_id, user_id))
    if done:
        flash(_("Uppdraget är avslutat."), "success")
        return redirect(
            url_for("cases.index") if user_id == actor.user_id else url_for("participants.handlers", case_id=case_id)
        )
    back = url_for("participants.handlers", case_id=case_id)
    return render_template(
        "participants/end_assignment.html", form=form, case=case, worker=worker, back_url=back
    ), status


def _parties(case: CaseRow) -> list[people_views.Party]:
    return people_views.parties(case.id, case.agency_ids, views.reader())
