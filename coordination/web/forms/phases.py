"""Forms of a case's way through its method: the next phase, what is considered first, the first joint action."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from coordination.web.forms.common import LONG, ManyField, MomentField, OneField, choice_list, picked, required
from coordination.web.presenting import phases, phrases
from policies.methods import Choice, Phase


class PhaseForm(FlaskForm):
    """Where the case goes next."""

    phase = OneField(_("Ny fas"), [picked(_("Välj vilken fas ärendet ska till."))])

    def offer(self, steps: Sequence[Phase]) -> None:
        """Offer these phases."""
        self.phase.choices = choice_list((step.id, phrases.phase(step)) for step in steps)


class CheckForm(FlaskForm):
    """What the leading agency has considered, every question of it, and how."""

    considered = ManyField(
        _("Det här har ni tänkt igenom"), [required(_("Kryssa i varje fråga när ni har tänkt igenom den."))]
    )
    words = TextAreaField(
        _("Vad ni kom fram till"),
        [required(_("Skriv vad ni kom fram till.")), LONG],
        description=_("Kort, men så att en kollega förstår. Förseglas och syns bara hos er."),
        render_kw={"rows": 5},
    )

    def offer(self, questions: Sequence[Choice]) -> None:
        """Offer these questions."""
        self.considered.choices = choice_list((one.id, phases.choice(one)) for one in questions)


class FirstActionForm(FlaskForm):
    """When the agencies first did something together."""

    at = MomentField(
        _("När gjorde ni något tillsammans första gången?"), _("Skriv dag och tid, till exempel 2026-11-30 18:00.")
    )
