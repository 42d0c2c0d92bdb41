"""The people of a case: adding one, reading who one is, and the separate door to a protected identity."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists, people
from coordination.web import views
from coordination.web.forms.cases import PersonForm, ReasonForm
from coordination.web.guard import requires
from coordination.web.presenting import phrases
from policies.permissions import Permission

bp = Blueprint("people", __name__)


@bp.route("/arenden/<uuid:case_id>/personer/ny", methods=["GET", "POST"])
@requires(Permission.CASE_PEOPLE_MANAGE)
def new(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), PersonForm()
    case = lists.one(actor, case_id, Permission.CASE_PEOPLE_MANAGE)
    back = url_for("cases.people_tab", case_id=case_id)
    made, status = views.submitted(form, lambda: people.add_person(actor, case_id, form.draft()))
    if made:
        flash(_("Personen är tillagd."), "success")
        return redirect(back)
    return render_template("people/new.html", form=form, case=case, back_url=back), status


@bp.get("/personer/<uuid:person_id>")
@requires(Permission.CASE_READ)
def show(person_id: UUID) -> ResponseReturnValue:
    person = people.open_person(views.actor(), person_id)
    case_id = people.case_of(views.actor(), person_id)
    reader = views.reader()
    return render_template(
        "people/show.html",
        person=person,
        part=phrases.role(person.role),
        owner=reader.agencies[person.owner_agency_id],
        case=lists.one(views.actor(), case_id, Permission.CASE_READ),
        back_url=url_for("cases.people_tab", case_id=case_id),
    )


@bp.route("/personer/<uuid:person_id>/skyddad", methods=["GET", "POST"])
@requires(Permission.CASE_PROTECTED_READ)
def protected(person_id: UUID) -> ResponseReturnValue:
    form = ReasonForm()
    known = people.protected_person(views.actor(), person_id)
    reader, back = views.reader(), url_for("cases.people_tab", case_id=known.case_id)
    opened, status = views.submitted(
        form, lambda: people.open_protected(views.actor(), person_id, form.reason.data or "")
    )
    if not opened:
        return render_template("people/protected.html", form=form, part=phrases.role(known.role), back_url=back), status
    return render_template(
        "people/show.html",
        person=opened[0],
        part=phrases.role(known.role),
        protection=phrases.PROTECTIONS[opened[0].protection],
        owner=reader.agencies[opened[0].owner_agency_id],
        case=lists.one(views.actor(), known.case_id, Permission.CASE_READ),
        back_url=back,
    )
