"""The forms of log review: what a reviewer looks for, and what a manager lets somebody review."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from coordination.identity.queries import Person
from coordination.oversight.queries import Reviewer
from coordination.oversight.service import Search
from coordination.web.forms.common import SHORT, DayField, PickField, choice_list, picked
from coordination.web.presenting import review

_ALL = ("", _("Alla"))
_DAY = _("Skriv en dag, till exempel 2026-11-30.")


class SearchFields(FlaskForm):
    """What a reviewer looks for within the assignment."""

    period_from = DayField(_("Från"), _DAY, optional=True)
    period_to = DayField(_("Till och med"), _DAY, optional=True)
    event = PickField(
        _("Händelse"), choices=choice_list([_ALL, *((kind, label) for kind, (label, _means) in review.KINDS.items())])
    )
    actor = PickField(_("Vem"), choices=choice_list([_ALL]))
    reference = StringField(_("Ärendenummer"), [SHORT])
    before = IntegerField(validators=[Optional()], widget=HiddenInput())

    def offer(self, people: Sequence[Person]) -> None:
        """Let those be chosen who have a line in the log."""
        self.actor.choices = choice_list([_ALL, *((person.user_id, person.name) for person in people)])

    def search(self) -> Search:
        """Return what was filled in."""
        return Search(
            since=self.period_from.data,
            until=self.period_to.data,
            user_id=UUID(self.actor.data) if self.actor.data else None,
            actions=review.events_of(self.event.data or ""),
            reference=(self.reference.data or "").strip(),
        )


class AssignmentFields(FlaskForm):
    """Who may review the agency's log, of which period, and until when."""

    reviewer = PickField(_("Vem som granskar"), [picked(_("Välj vem som ska granska."))])
    period_from = DayField(_("Loggen från"), _DAY)
    period_to = DayField(_("Loggen till och med"), _DAY)
    valid_until = DayField(
        _("Uppdraget gäller till och med"), _DAY, description=_("Efter den dagen kan loggen inte öppnas.")
    )

    def offer(self, reviewers: Sequence[Reviewer]) -> None:
        """Let the regional coordinators be chosen who do not work in the agency."""
        named = ((one.user_id, f"{one.name}, {one.agency_name}") for one in reviewers)
        self.reviewer.choices = choice_list([("", _("Välj")), *named])

    def values(self) -> tuple[UUID, date, date, date]:
        """Return what was filled in, in the order the service takes it."""
        days = (self.period_from.data, self.period_to.data, self.valid_until.data)
        first, last, until = (day for day in days if day is not None)
        return UUID(self.reviewer.data), first, last, until
