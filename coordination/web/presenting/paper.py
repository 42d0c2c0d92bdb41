"""A plan in the words that the young person reads: short sentences, no words of the agencies' own (easy Swedish, easy English)."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from coordination.cases.content import PartKind
from coordination.core.clock import STOCKHOLM
from coordination.planning.queries import Plan, PlannedAction, PlannedGoal
from coordination.reports.plans import PaperAction, PaperGoal, PlanPaper
from coordination.web.presenting.plans import words
from coordination.web.presenting.reader import Reader
from policies.bases import Text
from policies.planning import plan_table


def of(plan: Plan, reader: Reader, signed: str, now: datetime, language: str) -> PlanPaper:
    """Return the paper in a language of its own, whatever language the page is in."""
    with force_locale(language):
        goals = [_goal(number, goal, reader, language) for number, goal in enumerate(plan.goals, start=1)]
        return PlanPaper(
            title=str(_("Din plan")),
            lines=[
                str(_("Det här är planen för dig. Den säger vad som ska bli bättre och vem som gör vad.")),
                str(_("Du får fråga om allt som står här. Säg till om något är fel.")),
            ],
            goals=[*goals, *_loose(plan.loose, reader, language)],
            columns=(str(_("Vad ska göras?")), str(_("Vem gör det?")), str(_("Senast")), str(_("Hur går det?"))),
            own_words_label=str(_("Det här säger du själv:")),
            status_label=str(_("Hur går det?")),
            made=str(
                _(
                    "Utskriven %(when)s av %(who)s, %(agency)s.",
                    when=now.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H.%M"),
                    who=signed,
                    agency=reader.own.name,
                )
            ),
            language=language,
        )


def _goal(number: int, goal: PlannedGoal, reader: Reader, language: str) -> PaperGoal:
    return PaperGoal(
        heading=str(_("Mål %(number)s", number=number)),
        text=words(goal.record),
        own_words=words(goal.record, PartKind.OWN_VIEW),
        status=_said(plan_table().goals[goal.row.status].easy, language),
        actions=[_action(action, reader, language) for action in goal.actions],
    )


def _loose(actions: Sequence[PlannedAction], reader: Reader, language: str) -> list[PaperGoal]:
    if not actions:
        return []
    return [PaperGoal(str(_("Mer som ska göras")), "", "", "", [_action(one, reader, language) for one in actions])]


def _action(action: PlannedAction, reader: Reader, language: str) -> PaperAction:
    row = action.row
    name = reader.name(row.responsible_user_id) if row.responsible_user_id else ""
    return PaperAction(
        words(action.record),
        ", ".join(word for word in (name, reader.agencies[row.responsible_agency_id].name) if word),
        str(format_date(row.due_on, "d MMMM y")),
        _said(plan_table().actions[row.status].easy, language),
    )


def _said(text: Text, language: str) -> str:
    return text.en if language == "en" else text.sv
