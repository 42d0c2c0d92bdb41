"""Disclosures: the page where one is prepared, shown as each recipient will get it and decided; one opened; its end; copies."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import copies, lists, service
from coordination.cases.drafts import DISCLOSURE, OpenDraft, Subject
from coordination.disclosure import choosing, deciding, details, ledger, taking, undoing
from coordination.disclosure.choosing import Options
from coordination.disclosure.deciding import DecisionDraft, Prepared
from coordination.disclosure.ledger import LedgerRow
from coordination.disclosure.overview import Overview, open_case, sights_of
from coordination.disclosure.service import revocable, revoke
from coordination.web import drafting, views
from coordination.web.forms.cases import ConfirmForm
from coordination.web.forms.sharing import DiscloseForm, EndForm
from coordination.web.guard import requires
from coordination.web.presenting import disclosing, phases, phrases, previewing
from coordination.web.presenting.lists import closing, ledger_lines, outcomes, sight_of
from coordination.web.presenting.reader import Reader
from policies.permissions import Permission

bp = Blueprint("disclosures", __name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the form has come to: which bases fit, what would be given, whether it was given, and with which status to answer."""

    status: int = 200
    options: Options | None = None
    draft: DecisionDraft | None = None
    ready: Prepared | None = None
    given: list[UUID] = field(default_factory=list)
    done: str = ""


@bp.route("/arenden/<uuid:case_id>/dela", methods=["GET", "POST"])
@requires(Permission.CASE_DISCLOSE)
def new(case_id: UUID) -> ResponseReturnValue:
    overview, subject = open_case(views.actor(), case_id), Subject(DISCLOSURE, case_id)
    taken = drafting.taken_up(subject)
    form = DiscloseForm(drafting.values(taken))
    reader = views.reader({*overview.handler_ids, *views.writers(overview.records), *_receivers(overview)})
    form.offer([(one, reader.agencies[one].name) for one in overview.agency_ids if one != reader.agency_id])
    answer = _answered(overview, form, reader) if form.is_submitted() else _begun(form, overview, taken)
    if answer.given and answer.draft is not None:
        drafting.saved(subject)
        flash(_("Delat med %(agencies)s.", agencies=_names(answer.draft, reader)), "success")
        flash(url_for("disclosures.undo", disclosure_id=answer.given[0]), "undo")
        return redirect(url_for("disclosures.show", disclosure_id=answer.given[0]))
    offers = disclosing.Offers(_working(overview), answer.options, views.offered(overview).record_consent, answer.done)
    page = disclosing.page(form, overview, reader, offers)
    previews = previewing.previews(overview, reader, answer.draft, answer.ready)
    values = {"draft": drafting.bar(subject, taken), "warned": _warned(overview, answer.draft)}
    return render_template("disclosures/new.html", form=form, page=page, previews=previews, **values), answer.status


@bp.get("/delningar/<uuid:disclosure_id>")
@requires(Permission.CASE_READ)
def show(disclosure_id: UUID) -> ResponseReturnValue:
    actor = views.actor()
    opened = details.open_disclosure(actor, disclosure_id)
    reader = views.reader({opened.row.decided_by, *views.writers(opened.records), *filter(None, [opened.opener])})
    return render_template(
        "disclosures/show.html",
        line=ledger_lines([opened.row], {}, reader)[0],
        view=sight_of(opened.row, reader),
        opened=opened,
        own=opened.row.from_agency_id == actor.agency_id,
        purpose=phrases.PURPOSES[opened.purpose],
        closed=closing(opened.row, reader),
        opener=reader.signed(opened.opener) if opened.opener else "",
        basis=phrases.basis_named(opened.row.basis_id, opened.row.basis_in_force_from),
        records=previewing.given_records(opened.records, sights_of(actor, opened.records), reader),
        outcomes=outcomes(opened.decision, reader),
        kinds={one.kind: phrases.kind(one.kind) for one in opened.taken},
        undoable=opened.row.from_agency_id == actor.agency_id and undoing.undoable(opened.row),
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


@bp.route("/delningar/<uuid:disclosure_id>/angra", methods=["GET", "POST"])
@requires(Permission.CASE_REVOKE)
def undo(disclosure_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConfirmForm()
    revocable(actor, disclosure_id)
    row, back = ledger.one(actor, disclosure_id), url_for("disclosures.show", disclosure_id=disclosure_id)
    whole = request.form.get("action") == "all"
    done, status = views.submitted(
        form, lambda: (undoing.undo_decision if whole else undoing.undo)(actor, disclosure_id)
    )
    if done:
        flash(_("Delningen är ångrad. Ingen hos mottagaren hann öppna den."), "success")
        return redirect(back)
    late = status == views.CONFLICT or not undoing.undoable(row)
    return render_template("disclosures/undo.html", form=form, late=late, back_url=back, **_undoing(row)), status


@bp.route("/delningar/<uuid:disclosure_id>/kopior", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_COPY_DECIDE)
def copies_held(disclosure_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ConfirmForm()
    if (gone := copies.gone_by_schedule(actor, disclosure_id)) is not None:
        return _gone(disclosure_id, gone)
    held = copies.held_from(actor, disclosure_id)
    row, back = ledger.one(actor, disclosure_id), url_for("disclosures.show", disclosure_id=disclosure_id)
    done, status = views.submitted(form, lambda: copies.dispose_all(actor, disclosure_id))
    if done:
        flash(_("Kopian är gallrad. Ingen hos er kan öppna den igen."), "success")
        return redirect(back)
    line = ledger_lines([row], {}, views.reader({row.decided_by}))[0]
    due = min((copy.decision_due for copy in held if copy.decision_due), default=None)
    take_url = _take_url(row)
    return render_template(
        "disclosures/copies.html", form=form, line=line, due=due, take_url=take_url, back_url=back
    ), status


def _take_url(row: LedgerRow) -> str | None:
    """Return where what was given can be taken into the own file first, if there is anything that nobody has taken in."""
    left = taking.something_left(views.actor(), row.case_id, row.id)
    return url_for("taking.new", disclosure_id=row.id) if left else None


def _gone(disclosure_id: UUID, gone: copies.Gone) -> ResponseReturnValue:
    """Say that there is nothing left to decide about: the agency's schedule disposed of the copy as it closed."""
    row = ledger.one(views.actor(), disclosure_id)
    line = ledger_lines([row], {}, views.reader({row.decided_by}))[0]
    back = url_for("disclosures.show", disclosure_id=disclosure_id)
    return render_template("disclosures/gone.html", gone=gone, line=line, back_url=back)


def _begun(form: DiscloseForm, overview: Overview, taken: OpenDraft | None) -> Answer:
    """Fill in what the way here has chosen: a record with all its parts; or go on from a draft, as far as it goes."""
    if taken:
        asks = all(form[name].data for name in form.BEGINNING)
        return replace(_asked(overview.case.id, form)[1], status=200) if asks else Answer()
    record_id = views.chosen(request.args, "uppgift")
    parts = [str(part.id) for record in overview.records if record.id == record_id for part in record.parts]
    form.begin(parts)
    return Answer()


def _answered(overview: Overview, form: DiscloseForm, reader: Reader) -> Answer:
    """Do what the button pressed says: take a recipient away, ask one to name a handler, or take the form as far as it goes."""
    wanted, _colon, about = request.form.get("action", "ask").partition(":")
    if wanted == "drop":
        form.drop(about)
        return _asked(overview.case.id, form)[1]
    if wanted == "name_handler":
        return _handler_asked(overview, form, reader, views.chosen({"id": about}, "id"))
    return _decided(overview.case.id, form, wanted)


def _handler_asked(overview: Overview, form: DiscloseForm, reader: Reader, agency_id: UUID | None) -> Answer:
    if agency_id not in overview.agency_ids or agency_id is None:
        return _asked(overview.case.id, form)[1]
    case_id = overview.case.id
    done, status = views.attempt(form, lambda: service.ask_for_handler(views.actor(), case_id, agency_id))
    answer = _asked(case_id, form)[1]
    said = _("%(agency)s är ombedd att utse handläggare.", agency=reader.agencies[agency_id].name)
    return replace(answer, status=max(status, answer.status), done=said if done else "")


def _asked(case_id: UUID, form: DiscloseForm) -> tuple[Options | None, Answer]:
    """Answer which bases fit, as far as it is known what is given to whom and why."""
    if not form.can_ask():
        return None, Answer(views.UNPROCESSABLE)
    found, status = views.attempt(form, lambda: choosing.options(views.actor(), case_id, form.question()))
    options = found[0] if found else None
    return options, Answer(status, options)


def _decided(case_id: UUID, form: DiscloseForm, wanted: str) -> Answer:
    """Take the form as far as it goes: the bases that fit, then what would be given, then the decision."""
    options, answer = _asked(case_id, form)
    if options is None or wanted == "ask":
        return answer
    drafts, status = views.submitted(form, lambda: form.draft(options.consent_ends))
    if not drafts:
        return Answer(status, options)
    draft, shown = drafts[0], form.seen.data
    prepared, status = views.attempt(form, lambda: deciding.prepare(views.actor(), case_id, draft))
    if not prepared:
        return Answer(status, options)
    form.seen.data = prepared[0].fingerprint(draft)
    if wanted != "disclose":
        return Answer(status, options, draft, prepared[0])
    made, status = views.attempt(form, lambda: deciding.decide(views.actor(), case_id, draft, seen=shown or ""))
    given = [disclosure.id for disclosure in made[0]] if made else []
    return Answer(status, options, draft, prepared[0], given)


def _undoing(row: LedgerRow) -> dict[str, Any]:
    """Return what the page that asks once more tells of a disclosure."""
    reader = views.reader({row.decided_by})
    end_url = url_for("disclosures.end", disclosure_id=row.id) if row.ended_on is None else None
    return {"line": ledger_lines([row], {}, reader)[0], "others": _others(row, reader), "end_url": end_url}


def _others(row: LedgerRow, reader: Reader) -> str:
    """Return the names of those whom the same decision gave something that can be undone as well."""
    rows = ledger.of_decision(views.actor(), row.decision_id)
    names = [reader.agencies[one.to_agency_id].name for one in rows if one.id != row.id and undoing.undoable(one)]
    return phrases.together(names) if names else ""


def _warned(overview: Overview, draft: DecisionDraft | None) -> list[str]:
    return phases.given_traits(overview, draft.part_ids) if draft is not None else []


def _names(draft: DecisionDraft, reader: Reader) -> str:
    return phrases.together(reader.agencies[one].name for one in dict.fromkeys(draft.recipient_ids))


def _receivers(overview: Overview) -> set[UUID]:
    return {user_id for users in _working(overview).values() for user_id in users}


def _working(overview: Overview) -> dict[UUID, list[UUID]]:
    """Return who can receive at each party, by agency."""
    return {one: [row.user_id for row in service.handlers(overview.case.id, one)] for one in overview.agency_ids}
