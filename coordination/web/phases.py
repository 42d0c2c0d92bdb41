"""A case's way through its method: on to the next phase, what is considered first, who will act, and the first joint action."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists, phases
from coordination.web import views
from coordination.web.forms.phases import CheckForm, FirstActionForm, PhaseForm
from coordination.web.guard import requires
from coordination.web.presenting import phases as phase_views
from coordination.web.presenting import phrases
from policies.methods.conditions import SENTENCES, Condition
from policies.permissions import Permission

bp = Blueprint("phases", __name__, url_prefix="/arenden/<uuid:case_id>")


@bp.route("/fas", methods=["GET", "POST"])
@requires(Permission.CASE_PHASE_MOVE)
def move(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), PhaseForm()
    row = lists.one(actor, case_id, Permission.CASE_PHASE_MOVE)
    standing = phases.standing_of(actor, case_id, views.ANSWERS)
    form.offer([step.phase for step in standing.steps])
    moved, status = views.submitted(form, lambda: phases.move(actor, case_id, form.phase.data, views.ANSWERS))
    if moved:
        flash(_("Ärendet är nu i en ny fas."), "success")
        return redirect(url_for("cases.show", case_id=case_id))
    return render_template(
        "phases/move.html",
        form=form,
        case=row,
        now=phrases.phase(standing.phase),
        steps=phase_views.next_lines(standing, case_id),
        consultation=standing.phase.id if not standing.phase.identified else None,
        back_url=url_for("cases.show", case_id=case_id),
    ), status


@bp.route("/egen-provning", methods=["GET", "POST"])
@requires(Permission.CASE_PHASE_MOVE)
def own_screening(case_id: UUID) -> ResponseReturnValue:
    return _check(case_id, Condition.OWN_SCREENING)


@bp.route("/malgrupp", methods=["GET", "POST"])
@requires(Permission.CASE_PHASE_MOVE)
def target_group(case_id: UUID) -> ResponseReturnValue:
    return _check(case_id, Condition.TARGET_GROUP_CHECKED)


@bp.post("/deltar")
@requires(Permission.CASE_ACT)
def act(case_id: UUID) -> ResponseReturnValue:
    phases.will_act(views.actor(), case_id)
    flash(_("Ni har svarat att ni ska göra något i ärendet."), "success")
    return redirect(url_for("cases.people_tab", case_id=case_id))


@bp.route("/forsta-atgard", methods=["GET", "POST"])
@requires(Permission.CASE_PHASE_MOVE)
def first_action(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), FirstActionForm()
    case = lists.one(actor, case_id, Permission.CASE_PHASE_MOVE)
    done, status = views.submitted(form, lambda: phases.acted(actor, case_id, form.at.moment))
    back = url_for("cases.show", case_id=case_id)
    if done:
        flash(_("Den första gemensamma åtgärden är antecknad."), "success")
        return redirect(back)
    return render_template("phases/first_action.html", form=form, case=case, back_url=back), status


def _check(case_id: UUID, condition: Condition) -> ResponseReturnValue:
    actor, form = views.actor(), CheckForm()
    case = lists.one(actor, case_id, Permission.CASE_PHASE_MOVE)
    done = phases.open_check(actor, case_id, condition)
    form.offer(phases.questions(case.method, condition))
    back = url_for("phases.move", case_id=case_id)
    made, status = views.submitted(form, lambda: _checked(case_id, condition, form))
    if made:
        flash(_("Prövningen är antecknad."), "success")
        return redirect(back)
    by = views.reader({done.done_by}).name(done.done_by) if done else ""
    title = _(SENTENCES[condition])
    return render_template(
        "phases/check.html", form=form, case=case, done=done, by=by, title=title, back_url=back
    ), status


def _checked(case_id: UUID, condition: Condition, form: CheckForm) -> bool:
    considered = frozenset(form.considered.data or [])
    phases.check(views.actor(), case_id, condition, considered, form.words.data or "")
    return True
