"""The mapping of a case: what has been found out, over time, and writing it down."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists, records
from coordination.cases.drafts import MAPPING_NEW, Subject
from coordination.cases.reading import OpenRecord
from coordination.core.errors import NotFound
from coordination.disclosure.overview import may, open_mapping
from coordination.planning import mapping
from coordination.web import drafting, views
from coordination.web.forms.mapping import MappingForm
from coordination.web.guard import requires
from coordination.web.presenting import mapping as presenting
from coordination.web.presenting.records import Offers, record_view
from policies.permissions import Permission

bp = Blueprint("mapping", __name__)


@bp.get("/arenden/<uuid:case_id>/kartlaggning")
@requires(Permission.PLANNING_MAPPING_READ)
def show(case_id: UUID) -> ResponseReturnValue:
    overview = open_mapping(views.actor(), case_id)
    reader = views.reader({*overview.handler_ids, *views.writers(overview.records)})
    write = may(views.actor(), Permission.PLANNING_MAPPING_WRITE, overview.facts)
    offers = Offers(write=write, disclose=views.offered(overview).disclose)
    chosen = views.chosen(request.args, "forst"), views.chosen(request.args, "sedan")
    return views.case_page(
        "mapping/show.html",
        overview,
        reader,
        "mapping.show",
        owned=presenting.by_owner(overview.records, reader, chosen),
        drawn={one.id: record_view(one, overview.sights, reader, offers) for one in overview.records},
        new_url=url_for("mapping.new", case_id=case_id) if write else None,
    )


@bp.route("/arenden/<uuid:case_id>/kartlaggning/ny", methods=["GET", "POST"])
@requires(Permission.PLANNING_MAPPING_WRITE)
def new(case_id: UUID) -> ResponseReturnValue:
    actor, subject = views.actor(), Subject(MAPPING_NEW, case_id)
    case = lists.one(actor, case_id, Permission.PLANNING_MAPPING_WRITE)
    taken = drafting.taken_up(subject)
    form = MappingForm(drafting.values(taken))
    if not form.is_submitted() and taken is None:
        form.begin()
    page = _Page(form, case, drafting.bar(subject, taken))
    if _wants_room(form):
        return page.drawn()
    made, status = views.submitted(form, lambda: mapping.write(actor, case_id, form.draft()))
    if made:
        drafting.saved(subject)
        flash(_("Kartläggningen är sparad. Bara ni ser den tills ni delar den."), "success")
        return redirect(f"{page.back_url}#record-{made[0].id}")
    return page.drawn(), status


@bp.route("/kartlaggningar/<uuid:record_id>/andra", methods=["GET", "POST"])
@requires(Permission.PLANNING_MAPPING_WRITE)
def edit(record_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), MappingForm()
    own = mapping.own(actor, record_id)
    case = lists.one(actor, own.case_id, Permission.PLANNING_MAPPING_WRITE)
    if not form.is_submitted():
        form.fill(records.open_record(actor, record_id))
    page = _Page(form, case)
    if _wants_room(form):
        return page.drawn()
    saved, status = views.submitted(form, lambda: mapping.edit(actor, record_id, _version(form), form.draft()))
    if saved:
        flash(_("Ändringen är sparad. Det som redan har delats är som det var."), "success")
        return redirect(f"{page.back_url}#record-{record_id}")
    return _Page(form, case, saved=_meanwhile(form, record_id, status)).drawn(), status


@dataclass(frozen=True, slots=True)
class _Page:
    """The page on which a mapping is written or changed; ``saved`` is what somebody else has saved meanwhile."""

    form: MappingForm
    case: lists.CaseRow
    draft: drafting.Bar | None = None
    saved: OpenRecord | None = None

    @property
    def back_url(self) -> str:
        return url_for("mapping.show", case_id=self.case.id)

    def drawn(self) -> str:
        said = {str(one.part.id): one.body for one in mapping.stated(self.saved)} if self.saved else {}
        return render_template(
            "mapping/edit.html",
            form=self.form,
            case=self.case,
            draft=self.draft,
            groups=presenting.groups(self.form, self.saved),
            meanwhile=said if self.saved else None,
            back_url=self.back_url,
        )


def _meanwhile(form: MappingForm, record_id: UUID, status: int) -> OpenRecord | None:
    """Return what somebody has saved meanwhile, and let what was typed stand on it."""
    if status != views.CONFLICT:
        return None
    saved = records.open_record(views.actor(), record_id)
    form.rebase(saved)
    return saved


def _wants_room(form: MappingForm) -> bool:
    """Give room for one statement more if that is what the button asked for."""
    if not form.is_submitted() or request.form.get("action") != "add":
        return False
    form.add_statement()
    return True


def _version(form: MappingForm) -> int:
    try:
        return int(form.version.data or "")
    except ValueError:
        raise NotFound from None
