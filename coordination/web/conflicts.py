"""Conflicts of interest: declared on the case page or by reference, set and ended by a manager."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import conflicts, lists
from coordination.identity import queries as identity
from coordination.web import views
from coordination.web.forms.conflicts import DeclareForm, EndForm, SetForm, UnseenForm
from coordination.web.guard import requires
from policies.permissions import Permission

bp = Blueprint("conflicts", __name__)


@bp.route("/jav", methods=["GET", "POST"])
@requires(Permission.CASE_CONFLICT_DECLARE)
def unseen() -> ResponseReturnValue:
    form = UnseenForm()
    done, status = views.submitted(form, lambda: _declared_unseen(form))
    if done:
        flash(_("Noterat. Finns ärendet hos er visas det inte för dig."), "success")
        return redirect(url_for("conflicts.unseen"))
    return render_template("conflicts/unseen.html", form=form), status


@bp.route("/arenden/<uuid:case_id>/jav/anmal", methods=["GET", "POST"])
@requires(Permission.CASE_CONFLICT_DECLARE)
def declare(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), DeclareForm()
    case = lists.one(actor, case_id, Permission.CASE_CONFLICT_DECLARE)
    done, status = views.submitted(form, lambda: _declared(case_id, form))
    if done:
        flash(_("Noterat. Ärendet visas inte längre för dig. Din chef ser att det behövs någon annan."), "success")
        return redirect(url_for("cases.index"))
    return render_template("conflicts/declare.html", form=form, case=case), status


@bp.route("/arenden/<uuid:case_id>/jav", methods=["GET", "POST"])
@requires(Permission.CASE_CONFLICT_MANAGE)
def index(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), SetForm()
    case = lists.one(actor, case_id, Permission.CASE_CONFLICT_MANAGE)
    form.offer([(one.user_id, one.name) for one in identity.colleagues(actor.agency_id)])
    done, status = views.submitted(form, lambda: _set(case_id, form))
    if done:
        flash(_("Ärendet visas inte längre för kollegan."), "success")
        return redirect(url_for("cases.index") if form.user.data == str(actor.user_id) else _list(case_id))
    rows = conflicts.running(actor, case_id)
    reader = views.reader({user for row in rows for user in (row.user_id, row.set_by)})
    return render_template("conflicts/index.html", form=form, case=case, rows=rows, reader=reader), status


@bp.route("/jav/<uuid:conflict_id>/hav", methods=["GET", "POST"])
@requires(Permission.CASE_CONFLICT_MANAGE)
def end(conflict_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), EndForm()
    row = conflicts.one(actor, conflict_id)
    done, status = views.submitted(form, lambda: conflicts.end(actor, conflict_id, form.reason.data or ""))
    if done:
        flash(_("Jävet är hävt. Utse kollegan på nytt om hen ska arbeta i ärendet."), "success")
        return redirect(_list(done[0]))
    case = lists.one(actor, row.case_id, Permission.CASE_CONFLICT_MANAGE)
    name = views.reader({row.user_id}).name(row.user_id)
    return render_template("conflicts/end.html", form=form, case=case, name=name, back_url=_list(row.case_id)), status


def _list(case_id: UUID) -> str:
    return url_for("conflicts.index", case_id=case_id)


def _declared(case_id: UUID, form: DeclareForm) -> bool:
    conflicts.declare(views.actor(), case_id, form.reason.data or "")
    return True


def _declared_unseen(form: UnseenForm) -> bool:
    conflicts.declare_unseen(views.actor(), form.reference.data or "", form.reason.data or "")
    return True


def _set(case_id: UUID, form: SetForm) -> bool:
    conflicts.set_for(views.actor(), case_id, UUID(form.user.data), form.reason.data or "")
    return True
