"""Refusals: the page where one is written down, from where one thought of sharing or because somebody asked; and one opened."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists
from coordination.core import clock
from coordination.disclosure import refusals
from coordination.identity import queries as identity
from coordination.web import views
from coordination.web.forms.refusing import RefusalForm
from coordination.web.guard import requires
from coordination.web.presenting import phrases
from coordination.web.presenting.lists import refusal_lines
from policies.bases import basis_table
from policies.permissions import Permission

bp = Blueprint("refusals", __name__)

BEGIN = "begin"


@bp.route("/arenden/<uuid:case_id>/dela-inte", methods=["GET", "POST"])
@requires(Permission.CASE_REFUSE)
def new(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), RefusalForm()
    case = lists.one(actor, case_id, Permission.CASE_REFUSE)
    others = (row for row in identity.agencies_of(actor.municipality_id) if row.id != actor.agency_id)
    form.offer(((row.id, row.name) for row in others), _bases())
    done, status = _begun(form) if request.form.get("action") == BEGIN else _written(form, case_id)
    if done:
        flash(_("Beslutet att inte lämna ut är antecknat."), "success")
        return redirect(url_for("refusals.show", refusal_id=done[0]))
    back = url_for("cases.show", case_id=case_id)
    return render_template("refusals/new.html", form=form, case=case, agency=views.reader().own, back_url=back), status


@bp.get("/avslag/<uuid:refusal_id>")
@requires(Permission.CASE_READ)
def show(refusal_id: UUID) -> ResponseReturnValue:
    opened = refusals.open_refusal(views.actor(), refusal_id)
    line = refusal_lines([opened.row], views.reader({opened.row.decided_by}))[0]
    return render_template("refusals/show.html", opened=opened, line=line)


def _written(form: RefusalForm, case_id: UUID) -> tuple[list[UUID], int]:
    return views.submitted(form, lambda: refusals.refuse(views.actor(), case_id, form.draft()).id)


def _begun(form: RefusalForm) -> tuple[list[UUID], int]:
    """Fill in what the page "Dela uppgifter" had chosen when its writer thought better of it."""
    said = request.form
    form.begin(*(said.get(name, "") for name in ("recipients", "purpose", "initiative", "basis")))
    for name in ("what", "reason", "reason_code"):
        form[name].data = ""
    return [], 200


def _bases() -> list[tuple[str, str]]:
    """Return the bases in force, as they are chosen from: what each is called, and its provision."""
    rows = (row for row in basis_table().versions_for(clock.today()) if row.in_force(clock.today()))
    return [(row.id, f"{phrases.said(row.title)}, {phrases.provision(row.source)}") for row in rows]
