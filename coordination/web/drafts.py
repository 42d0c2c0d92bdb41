"""Drafts: keeping one, by a button or while somebody types; the list of one's own; throwing one away."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _

from coordination.cases import drafts
from coordination.cases.drafts import RECORD_EDIT, Subject
from coordination.core.errors import NotFound
from coordination.web import drafting, views
from coordination.web.forms.cases import ConfirmForm
from coordination.web.guard import requires
from policies.permissions import Permission

bp = Blueprint("drafts", __name__)


@bp.get("/utkast")
@requires(Permission.CASE_DRAFT_KEEP)
def index() -> ResponseReturnValue:
    return render_template("drafts/index.html", drafts=drafting.waiting(drafts.own(views.actor())))


@bp.post("/arenden/<uuid:case_id>/utkast")
@requires(Permission.CASE_DRAFT_KEEP)
def keep_in_case(case_id: UUID) -> ResponseReturnValue:
    form = drafting.sent_form()
    if form is None or form == RECORD_EDIT:
        raise NotFound
    return _kept(Subject(form, case_id))


@bp.post("/uppgifter/<uuid:record_id>/utkast")
@requires(Permission.CASE_DRAFT_KEEP)
def keep_of_record(record_id: UUID) -> ResponseReturnValue:
    return _kept(Subject(RECORD_EDIT, record_id))


@bp.route("/utkast/<uuid:draft_id>/kasta", methods=["GET", "POST"])
@requires(Permission.CASE_DRAFT_KEEP)
def throw_away(draft_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConfirmForm()
    row = drafts.one(actor, draft_id)
    done, status = views.submitted(form, lambda: drafts.throw_away(actor, draft_id))
    if done:
        flash(_("Utkastet är kastat."), "success")
        return redirect(url_for("drafts.index"))
    [shown] = drafting.waiting([row])
    return render_template("drafts/throw_away.html", form=form, draft=shown, back_url=url_for("drafts.index")), status


def _kept(subject: Subject) -> ResponseReturnValue:
    """Keep a draft and say when: to the script in a word, to the button by the form filled in again."""
    kept = drafting.keep(subject)
    said = _("Utkast sparat kl. %(time)s", time=format_time(kept.saved_at, "HH.mm"))
    if request.accept_mimetypes.best == "application/json":
        return jsonify(said=said)
    flash(said, "success")
    return redirect(drafting.url_of(subject, kept.id))
