"""The on-call list of one's own agency, which its manager keeps."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.disclosure import on_call
from coordination.web import views
from coordination.web.forms.cases import ConfirmForm
from coordination.web.forms.urgent import ShiftForm
from coordination.web.guard import requires
from coordination.web.presenting import urgent as presenting
from policies.permissions import Permission

bp = Blueprint("on_call", __name__, url_prefix="/jour")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_ON_CALL_MANAGE)
def index() -> ResponseReturnValue:
    actor, form = views.actor(), ShiftForm()
    roster = on_call.roster(actor)
    form.offer(roster.able)
    done, status = views.submitted(form, lambda: on_call.add(actor, form.draft()))
    if done:
        flash(_("Jouren är inlagd."), "success")
        return redirect(url_for("on_call.index"))
    reader = views.reader({shift.user_id for shift in roster.shifts})
    lines, gaps = presenting.shift_lines(roster.shifts, reader), presenting.gap_lines(roster.gaps)
    page = render_template("urgent/on_call.html", form=form, lines=lines, gaps=gaps, agency=reader.own)
    return page, status


@bp.route("/<uuid:shift_id>/avsluta", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_ON_CALL_MANAGE)
def end(shift_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConfirmForm()
    shift = on_call.one(actor, shift_id)
    done, status = views.submitted(form, lambda: on_call.end(actor, shift_id))
    if done:
        flash(_("Jouren är avslutad."), "success")
        return redirect(url_for("on_call.index"))
    [line] = presenting.shift_lines([shift], views.reader({shift.user_id}))
    return render_template("urgent/end_on_call.html", form=form, line=line), status
