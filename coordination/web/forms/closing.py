"""Forms of how a case ends: why, what becomes of a consultation, and how it went."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField

from coordination.web.forms.common import OneField, choice_list, picked
from coordination.web.presenting import phases
from policies.methods import Choice


class ExitForm(FlaskForm):
    """Why a case ends."""

    exit_code = OneField(_("Varför avslutas ärendet?"), [picked(_("Välj varför ärendet avslutas."))])

    def offer(self, codes: Iterable[Choice]) -> None:
        """Offer these codes."""
        self.exit_code.choices = choice_list((one.id, phases.choice(one)) for one in codes)


class ConsultationForm(FlaskForm):
    """Why a consultation goes no further."""

    reason = OneField(_("Varför går samrådet inte vidare?"), [picked(_("Välj varför samrådet inte går vidare."))])
    at_once = BooleanField(
        _("Gallra genast"),
        description=_("Då finns inget kvar att läsa, hos er eller någon annan. Det går inte att ångra."),
    )

    def offer(self, codes: Iterable[Choice]) -> None:
        """Offer these codes."""
        self.reason.choices = choice_list((one.id, phases.choice(one)) for one in codes)


class OutcomeForm(FlaskForm):
    """How it went."""

    outcome = OneField(_("Hur är läget nu?"), [picked(_("Välj hur läget är."))])

    def offer(self, codes: Iterable[Choice]) -> None:
        """Offer these codes."""
        self.outcome.choices = choice_list((one.id, phases.choice(one)) for one in codes)
