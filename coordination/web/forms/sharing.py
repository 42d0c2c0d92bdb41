"""Forms about what others may know: a disclosure and its end."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from coordination.core import clock
from coordination.core.errors import Invalid, NotFound
from coordination.disclosure.deciding import DecisionDraft
from coordination.disclosure.service import REVOKE_REASONS
from coordination.web.forms.common import (
    LONG,
    DayField,
    ManyField,
    OneField,
    choice_list,
    choices,
    ids,
    picked,
    required,
)
from coordination.web.presenting import phrases

MONTH = timedelta(days=30)


class EndForm(FlaskForm):
    """Why a disclosure ends."""

    why = OneField(
        _("Varför avslutas delningen?"),
        [picked(_("Välj varför delningen avslutas."))],
        choices=choice_list((reason, phrases.ENDED[reason]) for reason in REVOKE_REASONS),
    )


class DiscloseForm(FlaskForm):
    """A decision to disclose: what, to whom, for what, on which basis, weighed how, until when."""

    parts = ManyField(_("Vad vill du dela?"), [picked(_("Välj minst ett stycke att dela."))], validate_choice=False)
    recipients = ManyField(_("Vem ska få se?"), [picked(_("Välj minst en mottagare."))])
    purpose = OneField(
        _("Vad behöver mottagaren det till?"),
        [picked(_("Välj vad mottagaren behöver uppgifterna till."))],
        choices=choices(phrases.PURPOSES),
    )
    initiative = OneField(
        _("Vem tog initiativet?"),
        [picked(_("Välj vem som tog initiativet."))],
        choices=choice_list([("own", _("Vi lämnar ut på eget initiativ")), ("asked", _("Mottagaren har frågat"))]),
        default="own",
    )
    basis = OneField(_("Med vilket stöd?"), [picked(_("Välj rättsligt stöd."))], validate_choice=False)
    duty = OneField(_("Vilken lag säger att uppgiften ska lämnas?"), [Optional()], validate_choice=False)
    harm_test = TextAreaField(
        _("Hur påverkas den unge och närstående om mottagaren får veta?"), [required(_("Skriv din prövning.")), LONG]
    )
    until = OneField(_("Till och med"), [picked(_("Välj hur länge delningen ska gälla."))], validate_choice=False)
    until_date = DayField(_("Datum"), _("Skriv ett datum, till exempel 2027-03-01."), optional=True)
    seen = HiddenField()
    action = StringField()

    BEGINNING = ("parts", "recipients", "purpose", "initiative")

    def offer(self, agencies: Sequence[tuple[UUID, str]]) -> None:
        """Offer the other parties of the case."""
        self.recipients.choices = choice_list(agencies)

    def begin(self, parts: list[str]) -> None:
        """Fill in what has been chosen on the way here."""
        self.parts.data = parts

    def drop(self, recipient: str) -> None:
        """Take a recipient away."""
        self.recipients.data = [one for one in self.recipients.data or [] if one != recipient]

    def can_ask(self) -> bool:
        """Tell whether enough is filled in to ask which bases fit; what is missing is marked."""
        missing = [name for name in self.BEGINNING if not self[name].validate(self)]
        return not missing

    def question(self) -> DecisionDraft:
        """Return what bears on the legal basis."""
        return self._draft("", None, clock.today())

    def draft(self, consent_ends: date | None) -> DecisionDraft:
        """Return the decision as typed. Raises Invalid where no end can be read."""
        return self._draft(self.basis.data, self.duty.data or None, self.end(consent_ends))

    def end(self, consent_ends: date | None) -> date:
        """Return the last day chosen. Raises Invalid where there is none."""
        chosen = {"month": clock.today() + MONTH, "consent": consent_ends, "date": self.until_date.data}
        last = chosen.get(self.until.data)
        if last is None:
            raise Invalid("until_missing", until="until_missing")
        return last

    def _draft(self, basis_id: str, duty_id: str | None, until: date) -> DecisionDraft:
        return DecisionDraft(
            part_ids=_part_ids(self.parts.data or []),
            recipient_ids=ids(self.recipients.data or []),
            basis_id=basis_id,
            duty_id=duty_id,
            purpose=self.purpose.data,
            own_initiative=self.initiative.data == "own",
            harm_test=self.harm_test.data or "",
            until=until,
        )


def _part_ids(values: Sequence[str]) -> list[UUID]:
    """Return the ids of parts; what is no id is a part that does not exist."""
    try:
        return [UUID(value) for value in values]
    except ValueError:
        raise NotFound from None
