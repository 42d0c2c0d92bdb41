"""Taking what was received into the own file: why first, then which parts, then what becomes of the copy."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from coordination.cases import lists
from coordination.cases.reading import OpenRecord
from coordination.disclosure import taking
from coordination.disclosure.taking import Takeable
from coordination.web import views
from coordination.web.forms.taking import TakeForm
from coordination.web.guard import requires
from coordination.web.presenting.taking import page
from policies.permissions import Permission
from policies.record_kinds import kinds_for

bp = Blueprint("taking", __name__)


@bp.route("/delningar/<uuid:disclosure_id>/ta-in", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_COPY_TAKE)
def new(disclosure_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), TakeForm()
    found = taking.find(actor, disclosure_id)
    form.offer(found, kinds_for(actor.agency_kind))
    back, status = url_for("disclosures.show", disclosure_id=disclosure_id), 200
    if request.form.get("action") == "take":
        made, status = views.submitted(form, lambda: taking.take(actor, disclosure_id, form.draft()))
        if made:
            number = len(made[0])
            flash(
                ngettext("Intaget i er akt som en uppgift.", "Intaget i er akt som %(num)s uppgifter.", number),
                "success",
            )
            return redirect(back)
    opened, opening = _opened(form, found)
    case = lists.one(actor, found.case_id, Permission.CASE_READ)
    shown = page(found, opened, form, views.reader())
    return render_template("taking/new.html", form=form, page=shown, case=case, back_url=back), max(status, opening)


def _opened(form: TakeForm, found: Takeable) -> tuple[Sequence[OpenRecord], int]:
    """Open what there is to choose from: what can be read at once, what has closed only when it is stated why."""
    if not found.closed:
        return taking.open_readable(views.actor(), found), 200
    if not form.is_submitted():
        return [], 200
    if not form.states_why():
        return [], views.UNPROCESSABLE
    opened, status = views.attempt(form, lambda: taking.open_closed(views.actor(), found, form.stated()))
    return (opened[0] if opened else []), status
