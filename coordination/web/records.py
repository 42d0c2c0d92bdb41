"""An agency's own records: writing, changing, reading one with its history, and its attachments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from coordination.cases import attachments, lists, people, reading, records
from coordination.cases.content import FileInfo
from coordination.cases.drafts import RECORD_EDIT, RECORD_NEW, Subject
from coordination.cases.reading import Which
from coordination.cases.records import Record
from coordination.core.errors import Invalid, NotFound
from coordination.disclosure import history as histories
from coordination.disclosure.overview import sights_of
from coordination.web import drafting, views
from coordination.web import record_merges as merges
from coordination.web.forms.records import AttachmentForm, RecordForm
from coordination.web.guard import View, requires
from coordination.web.presenting import histories as history_views
from coordination.web.presenting import phases as phase_views
from coordination.web.presenting.people import called
from coordination.web.presenting.records import Offers, edit_url, record_view
from policies.methods import phases
from policies.permissions import Permission
from policies.record_kinds import RecordKind, kinds_for, note_kinds

bp = Blueprint("records", __name__)

SANDBOX = {"sandbox": "", "default-src": "'none'"}
"""An attachment that a browser shows in spite of everything may run nothing and reach nothing."""


def sandboxed(view: View) -> View:
    """Answer with a policy of its own in place of the pages'."""
    view.talisman_view_options = {"content_security_policy": SANDBOX}  # type: ignore[attr-defined]  # read by Talisman
    return view


def as_download(content: Iterator[bytes], info: FileInfo) -> Response:
    """Answer with an attachment, to be saved and never shown in place."""
    response = Response(content, mimetype=info.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=info.name)
    response.headers["Content-Length"] = str(info.size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.route("/arenden/<uuid:case_id>/uppgifter/ny", methods=["GET", "POST"])
@requires(Permission.CASE_RECORD_WRITE)
def new(case_id: UUID) -> ResponseReturnValue:
    actor, subject = views.actor(), Subject(RECORD_NEW, case_id)
    case = lists.one(actor, case_id, Permission.CASE_RECORD_WRITE)
    taken = drafting.taken_up(subject)
    form = RecordForm(drafting.values(taken))
    _offer(form, case, note_kinds(actor.agency_kind))
    if not form.is_submitted() and taken is None:
        form.begin(request.args.get("slag", ""))
    page = _Page(form, case, None, drafting.bar(subject, taken), url_for("cases.show", case_id=case_id))
    if _wants_room(form):
        return page.drawn()
    made, status = views.submitted(form, lambda: records.write(actor, case_id, form.draft()))
    if made:
        drafting.saved(subject)
        flash(_("Uppgiften är sparad. Bara ni ser den tills ni delar den."), "success")
        return redirect(f"{page.back_url}#record-{made[0].id}")
    return page.drawn(), status


@bp.get("/uppgifter/<uuid:record_id>")
@requires(Permission.CASE_READ)
def show(record_id: UUID) -> ResponseReturnValue:
    return _page("records/show.html", records.open_record(views.actor(), record_id))


@bp.get("/uppgifter/<uuid:record_id>/utskrift")
@requires(Permission.CASE_READ)
def paper(record_id: UUID) -> ResponseReturnValue:
    return _page("records/paper.html", records.print_record(views.actor(), record_id))


@bp.route("/uppgifter/<uuid:record_id>/andra", methods=["GET", "POST"])
@requires(Permission.CASE_RECORD_WRITE)
def edit(record_id: UUID) -> ResponseReturnValue:
    actor, subject = views.actor(), Subject(RECORD_EDIT, record_id)
    own = records.own_record(actor, record_id, Permission.CASE_RECORD_WRITE)
    case = lists.one(actor, own.case_id, Permission.CASE_RECORD_WRITE)
    taken = drafting.taken_up(subject)
    page, unsettled = _editing(own, case, drafting.bar(subject, taken), drafting.values(taken))
    if unsettled:
        return merges.page(unsettled, page.form, page.draft, asked=not taken)
    if _wants_room(page.form):
        return page.drawn()
    if not page.form.is_submitted() and taken is None:
        page.form.fill(records.open_record(actor, record_id))
    saved, status = views.submitted(
        page.form, lambda: records.edit(actor, record_id, _version(page.form), page.form.draft())
    )
    if saved:
        return _saved(subject, page)
    return _clashed(subject, page) if status == views.CONFLICT else (page.drawn(), status)


@bp.get("/uppgifter/<uuid:record_id>/historik")
@requires(Permission.CASE_READ)
def history(record_id: UUID) -> ResponseReturnValue:
    past = histories.of_record(views.actor(), record_id)
    reader = views.reader(part.written_by for part in past.versions)
    return render_template(
        "records/history.html",
        history=history_views.of(past, reader),
        case=lists.one(views.actor(), past.record.case_id, Permission.CASE_READ),
        back_url=url_for("records.show", record_id=record_id),
    )


@bp.route("/uppgifter/<uuid:record_id>/bilagor/ny", methods=["GET", "POST"])
@requires(Permission.CASE_RECORD_WRITE)
def attach(record_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), AttachmentForm()
    own = records.own_record(actor, record_id, Permission.CASE_RECORD_WRITE)
    back = url_for("records.show", record_id=record_id)
    done, status = views.submitted(form, lambda: _attached(record_id, form.file.data))
    if done:
        flash(_("Filen är bifogad."), "success")
        return redirect(back)
    case = lists.one(actor, own.case_id, Permission.CASE_RECORD_WRITE)
    lost = drafting.FILE_LOST in request.args
    return render_template("records/attach.html", form=form, case=case, lost=lost, back_url=back), status


@bp.get("/bilagor/<uuid:part_id>")
@sandboxed
@requires(Permission.CASE_READ)
def download(part_id: UUID) -> ResponseReturnValue:
    actor = views.actor()
    opened = attachments.open_attachment(actor, part_id)
    return as_download(stream_with_context(attachments.stream(actor, opened.place)), opened.info)


def _page(template: str, opened: reading.OpenRecord) -> str:
    actor = views.actor()
    own = opened.owner_agency_id == actor.agency_id
    reader = views.reader({opened.created_by, *(part.written_by for part in opened.parts)})
    offers = Offers(open=False, disclose=own and views.held(Permission.CASE_DISCLOSE))
    return render_template(
        template,
        record=record_view(opened, sights_of(actor, [opened]), reader, offers),
        record_id=opened.id,
        own=own,
        edit_url=edit_url(opened),
        owner=reader.agencies[opened.owner_agency_id],
        case=lists.one(actor, opened.case_id, Permission.CASE_READ),
        back_url=url_for("cases.show", case_id=opened.case_id),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """The page on which a record is written or changed."""

    form: RecordForm
    case: lists.CaseRow
    record: Record | None
    draft: drafting.Bar
    back_url: str

    def drawn(self) -> str:
        values = {"form": self.form, "case": self.case, "record": self.record, "draft": self.draft}
        warned = phase_views.traits(self.form.warned)
        return render_template("records/edit.html", **values, warned=warned, back_url=self.back_url)


def _editing(
    own: Record, case: lists.CaseRow, draft: drafting.Bar, values: MultiDict[str, str]
) -> tuple[_Page, merges.Merging | None]:
    """Return the page of an edit, filled in; and the merge that comes first where choices lack, or a draft's base has moved."""
    form, unsettled = merges.arrived(own.id, values)
    _offer(form, case, kinds_for(views.actor().agency_kind))
    if unsettled is None and draft.continued and form.version.data != str(own.version):
        unsettled = merges.between(own.id, form)
    return _Page(form, case, own, draft, _home(own)), unsettled


def _home(own: Record) -> str:
    """Return where one goes on from an edit: what a plan says is read in the plan."""
    if own.kind == Which.PLAN:
        return url_for("plans.show", case_id=own.case_id)
    return url_for("records.show", record_id=own.id)


def _saved(subject: Subject, page: _Page) -> ResponseReturnValue:
    drafting.saved(subject)
    flash(_("Ändringen är sparad. Det som redan har delats är som det var."), "success")
    return redirect(page.back_url)


def _clashed(subject: Subject, page: _Page) -> ResponseReturnValue:
    """Answer that somebody saved meanwhile, with both versions. What was typed is kept as a draft at once."""
    begun = merges.between(subject.target_id, page.form)
    drafting.keep(subject)
    return merges.page(begun, page.form, page.draft, status=views.CONFLICT)


def _offer(form: RecordForm, case: lists.CaseRow, kinds: Sequence[RecordKind]) -> None:
    known = people.known_in_case(views.actor(), case.id)
    form.anonymous = not phases(case.method)[case.phase].identified
    form.offer(kinds, [(person.id, called(person)) for person in known])


def _wants_room(form: RecordForm) -> bool:
    """Give room for one part more if that is what the button asked for."""
    if not form.is_submitted() or request.form.get("action") != "add":
        return False
    form.add_part()
    return True


def _version(form: RecordForm) -> int:
    try:
        return int(form.version.data or "")
    except ValueError:
        raise NotFound from None


def _attached(record_id: UUID, file: FileStorage) -> UUID:
    if not file.filename:
        raise Invalid("file_empty", file="file_empty")
    return attachments.attach(views.actor(), record_id, file.filename, file.stream)  # type: ignore[arg-type]  # werkzeug's stream is typed as IO[bytes]
