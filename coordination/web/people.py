"""The people of a case: adding one, reading who one is, and the separate door to a protected identity."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import custody, lists, people
from coordination.cases.people import PersonView
from coordination.web import views
from coordination.web.forms.cases import PersonForm, ReasonForm
from coordination.web.forms.consents import CustodyForm
from coordination.web.guard import requires
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from policies.case_roles import CaseRole
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
        custody=phrases.custody(person.custody),
        custody_url=_custody_url(person, reader),
        owner=reader.agencies[person.owner_agency_id],
        case=lists.one(views.actor(), case_id, Permission.CASE_READ),
        back_url=url_for("cases.people_tab", case_id=case_id),
    )


@bp.route("/personer/<uuid:person_id>/vardnad", methods=["GET", "POST"])
@requires(Permission.CASE_PEOPLE_MANAGE)
def change_custody(person_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), CustodyForm()
    guardian = custody.guardian(actor, person_id)
    form.offer()
    back = url_for("cases.people_tab", case_id=guardian.case_id)
    done, status = views.submitted(form, lambda: custody.change(actor, person_id, form.custody.data))
    if done:
        flash(_("Vårdnaden är ändrad. Se efter om samtyckena fortfarande räcker."), "success")
        return redirect(back)
    case = lists.one(actor, guardian.case_id, Permission.CASE_PEOPLE_MANAGE)
    return render_template("people/custody.html", form=form, case=case, back_url=back), status


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


def _custody_url(person: PersonView, reader: Reader) -> str | None:
    """Return where a guardian's part in custody is changed, for the agency that added them."""
    own = person.role == CaseRole.GUARDIAN and person.owner_agency_id == reader.agency_id
    return (
        url_for("people.change_custody", person_id=person.id)
        if own and views.held(Permission.CASE_PEOPLE_MANAGE)
        else None
    )
