"""Disclosures: the page where one is prepared, shown as the recipient will get it and decided; one opened; its end; copies."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import copies, lists, service
from coordination.disclosure import choosing, details, ledger
from coordination.disclosure.choosing import Options
from coordination.disclosure.overview import Overview, open_case, sights_of
from coordination.disclosure.service import DisclosureDraft, Prepared, disclose, prepare, revocable, revoke
from coordination.web import messages, views
from coordination.web.forms.cases import ConfirmForm
from coordination.web.forms.sharing import DiscloseForm, EndForm
from coordination.web.guard import requires
from coordination.web.presenting import disclosing, phrases
from coordination.web.presenting.lists import ledger_lines, sight_of
from policies.permissions import Permission

bp = Blueprint("disclosures", __name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the form has come to: which bases fit, what would be given, whether it was given, and with which status to answer."""

    status: int = 200
    options: Options | None = None
    draft: DisclosureDraft | None = None
    ready: Prepared | None = None
    given: UUID | None = None


@bp.route("/arenden/<uuid:case_id>/dela", methods=["GET", "POST"])
@requires(Permission.CASE_DISCLOSE)
def new(case_id: UUID) -> ResponseReturnValue:
    form, overview = DiscloseForm(), open_case(views.actor(), case_id)
    reader = views.reader({*overview.handler_ids, *views.writers(overview.records), *_receivers(overview)})
    form.offer([(one, reader.agencies[one].name) for one in overview.agency_ids if one != reader.agency_id])
    answer = _answered(case_id, form) if form.is_submitted() else _begun(form, overview)
    if answer.given is not None and answer.draft is not None:
        flash(_("Delat med %(agency)s.", agency=reader.agencies[answer.draft.recipient_id].name), "success")
        return redirect(url_for("disclosures.show", disclosure_id=answer.given))
    page = disclosing.page(form, overview, reader, _working(overview), answer.options)
    preview = disclosing.preview(overview, reader, answer.draft, answer.ready)
    return render_template("disclosures/new.html", form=form, page=page, preview=preview), answer.status


@bp.get("/delningar/<uuid:disclosure_id>")
@requires(Permission.CASE_READ)
def show(disclosure_id: UUID) -> ResponseReturnValue:
    actor = views.actor()
    opened = details.open_disclosure(actor, disclosure_id)
    reader = views.reader({opened.row.decided_by, *views.writers(opened.records)})
    return render_template(
        "disclosures/show.html",
        line=ledger_lines([opened.row], {}, reader)[0],
        view=sight_of(opened.row, reader),
        opened=opened,
        own=opened.row.from_agency_id == actor.agency_id,
        purpose=phrases.PURPOSES[opened.purpose],
        ended=phrases.ENDED.get(opened.row.ended_why or ""),
        basis=phrases.basis_named(opened.row.basis_id, opened.row.basis_in_force_from),
        records=disclosing.given_records(opened.records, sights_of(actor, opened.records), reader),
        case=lists.one(actor, opened.row.case_id, Permission.CASE_READ),
    )


@bp.route("/delningar/<uuid:disclosure_id>/avsluta", methods=["GET", "POST"])
@requires(Permission.CASE_REVOKE)
def end(disclosure_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), EndForm()
    revocable(actor, disclosure_id)
    row, back = ledger.one(actor, disclosure_id), url_for("disclosures.show", disclosure_id=disclosure_id)
    done, status = views.submitted(form, lambda: revoke(actor, disclosure_id, form.why.data))
    if done:
        flash(_("Delningen är avslutad. Kopian är stängd för mottagarens handläggare."), "success")
        return redirect(back)
    line = ledger_lines([row], {}, views.reader({row.decided_by}))[0]
    return render_template("disclosures/end.html", form=form, line=line, back_url=back), status


@bp.route("/delningar/<uuid:disclosure_id>/kopior", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_COPY_DECIDE)
def copies_held(disclosure_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConfirmForm()
    held = copies.held_from(actor, disclosure_id)
    row, back = ledger.one(actor, disclosure_id), url_for("disclosures.show", disclosure_id=disclosure_id)
    done, status = views.submitted(form, lambda: copies.dispose_all(actor, disclosure_id))
    if done:
        flash(_("Kopian är gallrad. Ingen hos er kan öppna den igen."), "success")
        return redirect(back)
    line = ledger_lines([row], {}, views.reader({row.decided_by}))[0]
    due = min((copy.decision_due for copy in held if copy.decision_due), default=None)
    return render_template("disclosures/copies.html", form=form, line=line, due=due, back_url=back), status


def _begun(form: DiscloseForm, overview: Overview) -> Answer:
    """Fill in what the way here has chosen: a record with all its parts."""
    record_id = views.chosen(request.args, "uppgift")
    parts = [str(part.id) for record in overview.records if record.id == record_id for part in record.parts]
    form.begin(parts)
    return Answer()


def _answered(case_id: UUID, form: DiscloseForm) -> Answer:
    """Take the form as far as it goes: the bases that fit, then what would be given, then the decision."""
    actor, wanted = views.actor(), request.form.get("action", "ask")
    if not form.can_ask():
        return Answer(views.UNPROCESSABLE)
    found, status = views.attempt(form, lambda: choosing.options(actor, case_id, form.question()))
    options = found[0] if found else None
    if options is None or wanted == "ask":
        return Answer(status, options)
    drafts, status = views.submitted(form, lambda: form.draft(options.consent_ends))
    if not drafts:
        return Answer(status, options)
    decided, status = views.attempt(form, lambda: _decided(case_id, form, drafts[0], give=wanted == "disclose"))
    if not decided:
        return Answer(status, options)
    ready, given = decided[0]
    if wanted == "disclose" and given is None:
        form.form_errors.append(messages.sentence("preview_changed"))
        status = views.CONFLICT
    form.seen.data = ready.fingerprint(drafts[0])
    return Answer(status, options, drafts[0], ready, given)


def _decided(case_id: UUID, form: DiscloseForm, draft: DisclosureDraft, *, give: bool) -> tuple[Prepared, UUID | None]:
    """Prepare the disclosure; decide it only if it is exactly what the preview showed."""
    ready = prepare(views.actor(), case_id, draft)
    if not give or form.seen.data != ready.fingerprint(draft):
        return ready, None
    return ready, disclose(views.actor(), case_id, draft).id


def _receivers(overview: Overview) -> set[UUID]:
    return {user_id for users in _working(overview).values() for user_id in users}


def _working(overview: Overview) -> dict[UUID, list[UUID]]:
    """Return who can receive at each party, by agency."""
    return {one: [row.user_id for row in service.handlers(overview.case.id, one)] for one in overview.agency_ids}
