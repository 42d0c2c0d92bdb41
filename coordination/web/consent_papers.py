"""Consent on paper: the form to print, blank or filled in, and the signed paper that comes back."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists
from coordination.consent import papers, printing
from coordination.reports.consent_form import as_pdf
from coordination.web import drafting, views
from coordination.web.consents import offer
from coordination.web.forms.consents import ConsentForm, PaperForm
from coordination.web.guard import requires
from coordination.web.presenting import consent_forms as presenting
from policies.consent_information import Variant
from policies.permissions import Permission

bp = Blueprint("consent_papers", __name__)


@bp.get("/samtycken/blankett.pdf")
@requires(Permission.CASE_CONSENT_RECORD)
def blank() -> ResponseReturnValue:
    return _sent(as_pdf(presenting.blank(_print(_variant(request.args.get("sprak"))))))


@bp.post("/arenden/<uuid:case_id>/samtycke/blankett.pdf")
@requires(Permission.CASE_CONSENT_RECORD)
def filled(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConsentForm()
    offer(form, lists.one(actor, case_id, Permission.CASE_CONSENT_RECORD))
    variant = _variant(form.variant.data)
    people = printing.people_for_paper(actor, case_id, variant.value)
    return _sent(as_pdf(presenting.filled(form, _print(variant), people)))


@bp.route("/samtycken/<uuid:consent_id>/papper", methods=["GET", "POST"])
@requires(Permission.CASE_CONSENT_RECORD)
def attach(consent_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), PaperForm()
    consent = papers.without_paper(actor, consent_id)
    back = url_for("consents.show", consent_id=consent_id)
    done, status = views.submitted(form, lambda: _attached(consent_id, form))
    if done:
        flash(_("Papperet är bifogat."), "success")
        return redirect(back)
    case = lists.one(actor, consent.case_id, Permission.CASE_CONSENT_RECORD)
    lost = drafting.FILE_LOST in request.args
    return render_template("consents/attach.html", form=form, case=case, lost=lost, back_url=back), status


def _attached(consent_id: UUID, form: PaperForm) -> None:
    papers.attach(views.actor(), consent_id, form.file.data.filename or "", form.file.data.stream)


def _print(variant: Variant) -> presenting.Print:
    user_id = views.actor().user_id
    reader = views.reader({user_id})
    return presenting.Print(variant, reader.own.name, reader.signed(user_id))


def _variant(asked: str | None) -> Variant:
    return Variant(asked) if asked in set(Variant) else Variant.SWEDISH


def _sent(made: bytes) -> Response:
    """Return a paper under a name that says nothing of anybody."""
    headers = {"Content-Disposition": "attachment; filename=blankett.pdf"}
    return Response(made, content_type="application/pdf", headers=headers)
