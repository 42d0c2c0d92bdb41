"""The front door: what a visitor meets, where each role lands, and "Min dag" for those who work in cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from coordination.cases import break_glass, closing, lists
from coordination.cases.lists import CaseRow
from coordination.core import clock
from coordination.planning import queries as planning
from coordination.planning import reminders
from coordination.planning.reminders import CASES, Undecided, Waiting
from coordination.web import views
from coordination.web.cases import start_actions
from coordination.web.guard import public, requires
from coordination.web.presenting import lists as list_views
from coordination.web.presenting import phrases, plans
from coordination.web.presenting.emergencies import running_lines
from coordination.web.presenting.head import Action
from coordination.web.presenting.reader import Reader
from policies.permissions import HANDLERS, Permission, Role

bp = Blueprint("day", __name__)

FIRST_PAGES = (
    (HANDLERS, "day.show"),
    (frozenset({Role.UNIT_MANAGER, Role.REGISTRAR}), "cases.index"),
    (frozenset({Role.ADMINISTRATOR}), "admin.index"),
    (frozenset({Role.REGIONAL_COORDINATOR}), "log.index"),
)
"""Where each role begins, the first that fits."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number at the top of the day, with where to go about it."""

    number: int
    text: str
    url: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something only the reader's agency can decide."""

    text: str
    url: str
    reference: str
    agency: None
    due: str
    tone: str


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    if g.get("actor") is None:
        return render_template("public/start.html", sign_in_url=url_for("security.login"))
    endpoint = next(endpoint for roles, endpoint in FIRST_PAGES if roles & views.actor().roles)
    return redirect(url_for(endpoint))


@bp.get("/min-dag")
@requires(Permission.CASE_LIST_READ)
def show() -> ResponseReturnValue:
    actor = views.actor()
    rows = lists.mine(actor, limit=CASES).rows
    waiting = reminders.waiting(actor, [row.id for row in rows])
    reader = views.reader({row.decided_by for row in waiting.shared})
    return render_template(
        "cases/day.html",
        today_words=_today(),
        counts=_counts(waiting),
        cases=list_views.case_lines(rows, waiting.consents, reader),
        shared=list_views.ledger_lines(waiting.shared, {row.id: row.name for row in rows if row.name}, reader),
        tasks=_tasks(waiting.copies, rows, reader),
        consents=list_views.endings(rows, waiting.consents, reader),
        late=_late(reader),
        follow_ups=_follow_ups(reader),
        **_emergencies(waiting),
        agency=reader.own,
        actions=_actions(),
    )


def _emergencies(waiting: Waiting) -> dict[str, Sequence[object]]:
    running = running_lines(break_glass.running(views.actor()))
    return {"emergencies": running, "notices": views.notice_lines_of(waiting.notices)}


def _late(reader: Reader) -> list[tuple[str, str, list[plans.LateLine]]]:
    """Return the lists of late actions that hold something: the reader's own, and for a coordinator what has been late for long."""
    actor = views.actor()
    found = [
        ("late", _("Försenade åtgärder"), plans.late_lines(planning.late(actor), reader)),
        (
            "escalated",
            _("Länge försenade åtgärder i dina ärenden"),
            plans.late_lines(planning.escalated(actor), reader),
        ),
    ]
    return [one for one in found if one[2]]


def _actions() -> list[Action]:
    """Return the buttons of the day: what starts a case, and what is urgent and break-glass for those who may."""
    sends = [Action(_("Brådskande begäran"), url_for("urgent.index"), "tertiary", "warning")]
    opens = [Action(_("Nödöppning"), url_for("break_glass.new"), "tertiary", "warning")]
    return [
        *start_actions(),
        *(sends if views.held(Permission.DISCLOSURE_URGENT_SEND) else []),
        *(opens if views.held(Permission.CASE_EMERGENCY_OPEN) else []),
    ]


def _today() -> str:
    today = clock.today()
    written = format_date(today, _("EEEE d MMMM"))
    return str(_("%(day)s, vecka %(week)s", day=written, week=today.isocalendar().week))


def _counts(waiting: Waiting) -> list[Count]:
    """Return the numbers of the day that are not zero: silence looks like silence."""
    urgent, tasks, ending = waiting.urgent, len(waiting.copies), waiting.ending
    questions, shared = waiting.questions, len(waiting.shared)
    found = [
        Count(
            urgent,
            ngettext("brådskande begäran väntar på er", "brådskande begäranden väntar på er", urgent),
            url_for("urgent.index"),
            "danger",
        ),
        Count(
            tasks, ngettext("kopia att ta ställning till", "kopior att ta ställning till", tasks), "#tasks", "danger"
        ),
        Count(
            questions,
            ngettext("fråga från en annan part", "frågor från andra parter", questions),
            url_for("matches.index"),
            "warn",
        ),
        Count(ending, ngettext("samtycke går ut snart", "samtycken går ut snart", ending), "#consents", "warn"),
        Count(shared, ngettext("delning är ny för er", "delningar är nya för er", shared), "#shared"),
    ]
    return [count for count in found if count.number]


def _follow_ups(reader: Reader) -> list[Task]:
    """Return the closed cases whose outcome is to be asked for, the earliest date first."""
    return [
        Task(
            _("Uppföljning efter %(months)s månader", months=one.months),
            url_for("closing.outcome", case_id=one.case_id),
            one.reference,
            None,
            _("sedan %(day)s", day=phrases.day(one.due, reader.today)),
            "",
        )
        for one in closing.follow_ups(views.actor())
    ]


def _tasks(waiting: Sequence[Undecided], rows: Sequence[CaseRow], reader: Reader) -> list[Task]:
    """Return one task for each disclosure whose copies wait for a decision, the earliest date first."""
    references = {row.id: row.reference for row in rows}
    return [_task(one, references[one.case_id], reader) for one in waiting]


def _task(one: Undecided, reference: str, reader: Reader) -> Task:
    due = _("senast %(day)s", day=phrases.day(one.due, reader.today))
    url = url_for("disclosures.copies_held", disclosure_id=one.disclosure_id)
    return Task(_("Ta ställning till en kopia"), url, reference, None, due, "danger" if one.due < reader.today else "")
