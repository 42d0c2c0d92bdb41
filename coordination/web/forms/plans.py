"""Forms of a plan: a goal, how it goes, an action, and what of it goes on paper."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from coordination.core import clock
from coordination.planning.plan import Action, GoalDraft, Responsible, Terms
from coordination.web.forms.common import (
    DayField,
    ManyField,
    OneField,
    PickField,
    choice_list,
    choices,
    ids,
    picked,
    required,
)
from coordination.web.presenting import phrases
from policies.planning import Status, plan_table

WORDS = Length(max=2_000, message=_("Skriv högst 2 000 tecken."))
LANGUAGES: Mapping[str, LazyString] = {"sv": _("Lättläst svenska"), "en": _("Lättläst engelska")}
_DAY = _("Skriv ett datum, till exempel 2026-11-12.")


def _statuses(rows: Iterable[Status]) -> list[Any]:
    return choice_list((row.id, phrases.said(row.label)) for row in rows)


class GoalForm(FlaskForm):
    """A goal."""

    text = TextAreaField(
        _("Vad ska bli bättre?"),
        [required(_("Skriv målet.")), WORDS],
        description=_("Ett mål i taget, så konkret att alla ser när det är nått."),
        render_kw={"rows": 3},
    )
    own_words = TextAreaField(
        _("Den unges egna ord"),
        [Optional(), WORDS],
        description=_("Så som den unge själv säger det. Delas för sig."),
        render_kw={"rows": 3},
    )
    follow_up_on = DayField(_("När ska målet följas upp?"), _DAY, optional=True)

    def draft(self) -> GoalDraft:
        """Return the goal as typed."""
        return GoalDraft(self.text.data or "", self.own_words.data or "", self.follow_up_on.data)


class FollowUpForm(FlaskForm):
    """How it goes with a goal."""

    status = OneField(_("Hur går det?"), [picked(_("Välj hur det går."))])
    follow_up_on = DayField(_("När ska målet följas upp nästa gång?"), _DAY, optional=True)

    def offer(self) -> None:
        """Offer what the table says of goals."""
        self.status.choices = _statuses(plan_table().goals.values())


class ActionTermsForm(FlaskForm):
    """Who does an action, when, and how it goes."""

    responsible = PickField(
        _("Vem ansvarar?"),
        [picked(_("Välj vem som ansvarar."))],
        description=_("Den som ansvarar ser åtgärden först när den har delats med deras part."),
    )
    starts_on = DayField(_("Börjar"), _DAY)
    due_on = DayField(_("Senast klar"), _DAY)
    status = PickField(_("Hur går det?"), [picked(_("Välj hur det går."))])
    version = HiddenField()

    def offer(self, people: Sequence[tuple[str, str]]) -> None:
        """Offer who can be responsible, and what the table says of actions."""
        self.responsible.choices = choice_list([("", _("Välj")), *people])
        self.status.choices = _statuses(plan_table().actions.values())

    def begin(self) -> None:
        """Fill in what a new action begins with."""
        self.starts_on.data, self.status.data = clock.today(), next(iter(plan_table().actions))

    def fill(self, row: Action) -> None:
        """Fill in an action as it is."""
        self.responsible.data = value_of(Responsible(row.responsible_agency_id, row.responsible_user_id))
        self.starts_on.data, self.due_on.data, self.status.data = row.starts_on, row.due_on, row.status
        self.version.data = str(row.version)

    def terms(self) -> Terms:
        """Return the neutral side of the action as typed."""
        agency, _separator, user = (self.responsible.data or "").partition(":")
        who = Responsible(UUID(agency), UUID(user) if user else None)
        today = clock.today()
        return Terms(who, self.starts_on.data or today, self.due_on.data or today, self.status.data or "")


class ActionForm(ActionTermsForm):
    """A new action."""

    text = TextAreaField(_("Vad ska göras?"), [required(_("Skriv vad som ska göras.")), WORDS], render_kw={"rows": 3})


class PrintForm(Form):
    """What of a plan goes on paper, and in which language; read from the address."""

    ta_med = ManyField(_("Vad ska vara med?"))
    sprak = OneField(_("Språk"), choices=choices(LANGUAGES), default="sv")

    def offer(self, rows: Sequence[tuple[UUID, str]]) -> None:
        """Offer the goals and actions that the reader's agency can read; all are chosen to begin with."""
        self.ta_med.choices = choice_list(rows)
        if not self.ta_med.data:
            self.ta_med.data = [str(record_id) for record_id, _label in rows]

    def chosen(self) -> list[UUID]:
        """Return the records chosen; what was not offered is left out by whoever opens them."""
        return ids(value for value in self.ta_med.data or [] if _is_id(value))


def value_of(who: Responsible) -> str:
    """Return somebody who can be responsible as a form's value."""
    return f"{who.agency_id}:{who.user_id}" if who.user_id else str(who.agency_id)


def _is_id(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False
