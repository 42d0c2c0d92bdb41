"""Break-glass: opening a case of one's own agency for three hours, ending it, and confirming that one has seen a colleague's."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import break_glass
from coordination.web import views
from coordination.web.forms.break_glass import BreakGlassForm
from coordination.web.forms.cases import ConfirmForm
from coordination.web.guard import requires
from policies.permissions import Permission

bp = Blueprint("break_glass", __name__)


@bp.route("/nodoppning", methods=["GET", "POST"])
@requires(Permission.CASE_EMERGENCY_OPEN)
def new() -> ResponseReturnValue:
    form = BreakGlassForm()
    done, status = views.submitted(form, lambda: break_glass.open_case(views.actor(), form.draft()))
    if done and done[0] is not None:
        flash(_opened(done[0]), "success")
        return redirect(url_for("cases.show", case_id=done[0]))
    if done:
        form.form_errors.append(_("Det finns inget ärende hos er som stämmer, eller fler än ett. Sökningen är loggad."))
        status = views.UNPROCESSABLE
    return render_template("break_glass/new.html", form=form, hours=break_glass.LASTS.seconds // 3600), status


def _opened(case_id: UUID) -> str:
    """Say what was done: who works in the case already has broken no glass, and nobody is told."""
    if break_glass.running(views.actor(), case_id):
        return str(_("Ärendet är öppet för dig. De som arbetar i det får veta det."))
    return str(_("Du arbetar redan i ärendet. Ingen nödöppning behövdes."))


@bp.route("/arenden/<uuid:case_id>/nodoppning/avsluta", methods=["GET", "POST"])
@requires(Permission.CASE_EMERGENCY_CLOSE)
def end(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConfirmForm()
    row = break_glass.one_running(actor, case_id)
    done, status = views.submitted(form, lambda: break_glass.end(actor, case_id))
    if done:
        flash(_("Nödöppningen är avslutad."), "success")
        return redirect(url_for("day.show"))
    back = url_for("cases.show", case_id=case_id)
    return render_template("break_glass/end.html", form=form, row=row, back_url=back), status


@bp.post("/nodoppningar/<uuid:notice_id>/sedd")
@requires(Permission.CASE_EMERGENCY_CLOSE)
def seen(notice_id: UUID) -> ResponseReturnValue:
    case_id = break_glass.seen(views.actor(), notice_id)
    flash(_("Du har kvitterat nödöppningen."), "success")
    to_case = request.form.get("from") == "case"
    return redirect(url_for("cases.access", case_id=case_id) if to_case else url_for("day.show"))
