"""The form in which a decision not to disclose is written down."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Optional

from coordination.core import clock
from coordination.disclosure.refusals import REASONS, RefusalDraft
from coordination.web.forms.common import (
    LONG,
    SHORT,
    DayField,
    OneField,
    PickField,
    choice_list,
    choices,
    picked,
    required,
)
from coordination.web.presenting import phrases

ASKED, OWN = "asked", "own"


class RefusalForm(FlaskForm):
    """What was asked or considered, by or about whom, on which basis, and why it is not given."""

    agency = PickField(_("Vilken part gäller det?"), [picked(_("Välj en part i listan."))])
    initiative = OneField(
        _("Hade de frågat?"),
        [picked(_("Välj om de hade frågat."))],
        choices=choice_list([(ASKED, _("Ja, de frågade")), (OWN, _("Nej, vi övervägde det själva"))]),
    )
    asked_on = DayField(_("Dag då de frågade"), _("Skriv ett datum, till exempel 2026-11-12."), optional=True)
    purpose = PickField(
        _("Vad skulle det användas till?"),
        [picked(_("Välj vad uppgifterna skulle användas till."))],
        choices=choices({"": _("Välj"), **phrases.PURPOSES}),
    )
    what = StringField(
        _("Vad gällde frågan?"),
        [required(_("Skriv med neutrala ord vad frågan gällde.")), SHORT],
        description=_("Neutralt, till exempel ”frånvaro under hösten”. Ses bara av er."),
    )
    basis = PickField(_("Vilket stöd prövade ni?"), [Optional()])
    reason_code = OneField(
        _("Varför lämnas det inte ut?"),
        [picked(_("Välj varför uppgifterna inte lämnas ut."))],
        choices=choice_list((reason, phrases.REFUSED[reason]) for reason in REASONS),
    )
    reason = TextAreaField(
        _("Er prövning"),
        [required(_("Skriv varför uppgifterna inte lämnas ut.")), LONG],
        description=_("Så att någon annan kan följa den. Ses bara av er, aldrig av den som frågade."),
        render_kw={"rows": 4},
    )

    def offer(self, agencies: Iterable[tuple[UUID, str]], bases: Sequence[tuple[str, str]]) -> None:
        """Offer the other agencies of the municipality, and the bases there are."""
        self.agency.choices = choice_list([("", _("Välj")), *agencies])
        self.basis.choices = choice_list([("", _("Inget stöd gick att pröva")), *bases])

    def begin(self, agency: str, purpose: str, initiative: str, basis: str) -> None:
        """Fill in what was chosen on the page where one thought of sharing."""
        self.agency.data, self.purpose.data, self.basis.data = agency, purpose, basis
        self.initiative.data = initiative or OWN
        self.asked_on.data = clock.today() if initiative == ASKED else None

    def draft(self) -> RefusalDraft:
        """Return the refusal as typed."""
        return RefusalDraft(
            agency_id=UUID(self.agency.data),
            asked_on=self._asked_on(),
            purpose=self.purpose.data,
            what=self.what.data or "",
            basis_id=self.basis.data or None,
            reason_code=self.reason_code.data,
            reason=self.reason.data or "",
        )

    def _asked_on(self) -> date | None:
        return (self.asked_on.data or clock.today()) if self.initiative.data == ASKED else None
