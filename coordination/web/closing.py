"""How a case ends: why, what becomes of a consultation that goes nowhere, and how it went half a year and a year later."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import closing, lists
from coordination.web import views
from coordination.web.forms.closing import ConsultationForm, ExitForm, OutcomeForm
from coordination.web.guard import requires
from policies.methods import method
from policies.permissions import Permission

bp = Blueprint("closing", __name__, url_prefix="/arenden/<uuid:case_id>")


@bp.route("/avslut", methods=["GET", "POST"])
@requires(Permission.CASE_CLOSE)
def exit_code(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ExitForm()
    case = lists.one(actor, case_id, Permission.CASE_CLOSE)
    form.offer(method(case.method).exits.values())
    back = url_for("phases.move", case_id=case_id)
    done, status = views.submitted(form, lambda: _given(case_id, form))
    if done:
        flash(_("Skälet är antecknat."), "success")
        return redirect(back)
    return render_template("closing/exit_code.html", form=form, case=case, back_url=back), status


@bp.route("/samradet/avsluta", methods=["GET", "POST"])
@requires(Permission.CASE_CLOSE)
def consultation(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConsultationForm()
    case = lists.one(actor, case_id, Permission.CASE_CLOSE)
    table = method(case.method)
    form.offer(table.consultation_ends.values())
    done, status = views.submitted(form, lambda: _ended(case_id, form))
    if done:
        flash(_("Samrådet är avslutat."), "success")
        return redirect(url_for("cases.index"))
    kept = table.limits["consultation_kept"].number
    back = url_for("phases.move", case_id=case_id)
    return render_template("closing/consultation.html", form=form, case=case, kept=kept, back_url=back), status


@bp.route("/utfall", methods=["GET", "POST"])
@requires(Permission.CASE_FOLLOW_UP)
def outcome(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), OutcomeForm()
    due = closing.follow_up_of(actor, case_id)
    form.offer(method(due.method).outcomes.values())
    done, status = views.submitted(form, lambda: _recorded(case_id, form))
    if done:
        flash(_("Tack. Svaret är sparat utan koppling till ärendet."), "success")
        return redirect(url_for("day.show"))
    lists.one(actor, case_id, Permission.CASE_FOLLOW_UP)
    return render_template("closing/outcome.html", form=form, due=due, back_url=url_for("day.show")), status


def _given(case_id: UUID, form: ExitForm) -> bool:
    closing.give_exit(views.actor(), case_id, form.exit_code.data)
    return True


def _ended(case_id: UUID, form: ConsultationForm) -> bool:
    closing.end_consultation(views.actor(), case_id, form.reason.data, at_once=bool(form.at_once.data))
    return True


def _recorded(case_id: UUID, form: OutcomeForm) -> bool:
    closing.record_outcome(views.actor(), case_id, form.outcome.data)
    return True
