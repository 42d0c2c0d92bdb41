"""The plan of a case: goals, how they go, actions, and the plan on paper for the young person."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists
from coordination.cases.drafts import GOAL_NEW, Subject
from coordination.cases.reading import OpenRecord
from coordination.core.errors import NotFound
from coordination.disclosure.overview import may, open_plan
from coordination.planning import plan, queries
from coordination.web import drafting, views
from coordination.web.forms.plans import ActionForm, ActionTermsForm, FollowUpForm, GoalForm
from coordination.web.guard import requires
from coordination.web.presenting import plans as presenting
from coordination.web.presenting.records import Offers, RecordView, record_view
from policies.permissions import Permission

bp = Blueprint("plans", __name__)


@bp.get("/arenden/<uuid:case_id>/plan")
@requires(Permission.PLANNING_PLAN_READ)
def show(case_id: UUID) -> ResponseReturnValue:
    overview = open_plan(views.actor(), case_id)
    found = queries.plan_of(overview.records)
    reader = views.reader({*overview.handler_ids, *views.writers(overview.records), *presenting.users_of(found)})
    write = may(views.actor(), Permission.PLANNING_PLAN_WRITE, overview.facts)
    offers = Offers(write=False, disclose=views.offered(overview).disclose)

    def drawn(record: OpenRecord) -> RecordView:
        return record_view(record, overview.sights, reader, offers)

    view = presenting.of(found, reader, drawn, write=write)
    new_url = url_for("plans.new_goal", case_id=case_id) if write else None
    print_url = url_for("paper.choose", case_id=case_id) if view.goals or view.loose else None
    values = {"plan": view, "new_url": new_url, "print_url": print_url}
    return views.case_page("plans/show.html", overview, reader, "plans.show", **values)


@bp.route("/arenden/<uuid:case_id>/plan/mal/nytt", methods=["GET", "POST"])
@requires(Permission.PLANNING_PLAN_WRITE)
def new_goal(case_id: UUID) -> ResponseReturnValue:
    actor, subject = views.actor(), Subject(GOAL_NEW, case_id)
    case = lists.one(actor, case_id, Permission.PLANNING_PLAN_WRITE)
    taken = drafting.taken_up(subject)
    form = GoalForm(drafting.values(taken))
    made, status = views.submitted(form, lambda: plan.add_goal(actor, case_id, form.draft()))
    if made:
        drafting.saved(subject)
        flash(_("Målet är sparat. Bara ni ser det tills ni delar det."), "success")
        return redirect(f"{url_for('plans.show', case_id=case_id)}#goal-{made[0].id}")
    draft = drafting.bar(subject, taken)
    return render_template("plans/goal.html", form=form, case=case, draft=draft), status


@bp.route("/mal/<uuid:goal_id>/uppfoljning", methods=["GET", "POST"])
@requires(Permission.PLANNING_PLAN_WRITE)
def follow_up(goal_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), FollowUpForm()
    goal = plan.own_goal(actor, goal_id)
    form.offer()
    if not form.is_submitted():
        form.status.data, form.follow_up_on.data = goal.status, goal.follow_up_on
    done, status = views.submitted(
        form, lambda: plan.follow_up(actor, goal_id, form.status.data, form.follow_up_on.data)
    )
    if done:
        flash(_("Uppföljningen är sparad."), "success")
        return redirect(f"{url_for('plans.show', case_id=goal.case_id)}#goal-{goal_id}")
    case = lists.one(actor, goal.case_id, Permission.PLANNING_PLAN_WRITE)
    return render_template("plans/follow_up.html", form=form, case=case, goal_id=goal_id), status


@bp.route("/mal/<uuid:goal_id>/atgarder/ny", methods=["GET", "POST"])
@requires(Permission.PLANNING_PLAN_WRITE)
def new_action(goal_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ActionForm()
    goal = plan.readable_goal(actor, goal_id, Permission.PLANNING_PLAN_WRITE)
    _offer(form, goal.case_id)
    if not form.is_submitted():
        form.begin()
    made, status = views.submitted(form, lambda: plan.add_action(actor, goal_id, form.text.data or "", form.terms()))
    if made:
        flash(_("Åtgärden är sparad. Bara ni ser den tills ni delar den."), "success")
        return redirect(f"{url_for('plans.show', case_id=goal.case_id)}#action-{made[0].id}")
    case = lists.one(actor, goal.case_id, Permission.PLANNING_PLAN_WRITE)
    return render_template("plans/action.html", form=form, case=case, saved=None), status


@bp.route("/atgarder/<uuid:action_id>/andra", methods=["GET", "POST"])
@requires(Permission.PLANNING_PLAN_WRITE)
def change_action(action_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ActionTermsForm()
    action = plan.own_action(actor, action_id)
    _offer(form, action.case_id)
    if not form.is_submitted():
        form.fill(action)
    read = _version(form)
    done, status = views.submitted(form, lambda: plan.change_action(actor, action_id, read, form.terms()))
    if done:
        flash(_("Ändringen är sparad."), "success")
        return redirect(f"{url_for('plans.show', case_id=action.case_id)}#action-{action_id}")
    saved = _meanwhile(form, action_id) if status == views.CONFLICT else None
    case = lists.one(actor, action.case_id, Permission.PLANNING_PLAN_WRITE)
    return render_template("plans/action.html", form=form, case=case, saved=saved), status


def _offer(form: ActionTermsForm, case_id: UUID) -> None:
    people = plan.to_be_responsible(case_id)
    reader = views.reader({who.user_id for who in people if who.user_id})
    form.offer(presenting.responsible_choices(people, reader))


def _meanwhile(form: ActionTermsForm, action_id: UUID) -> presenting.SavedTerms:
    """Return what somebody has saved meanwhile, and let what was typed stand on it."""
    action = plan.own_action(views.actor(), action_id)
    form.version.data = str(action.version)
    people = {action.changed_by, *([action.responsible_user_id] if action.responsible_user_id else [])}
    return presenting.saved_terms(action, views.reader(people))


def _version(form: ActionTermsForm) -> int:
    try:
        return int(form.version.data or "")
    except ValueError:
        raise NotFound from None
