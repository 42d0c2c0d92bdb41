"""Forms of conflicts of interest: declared by oneself, also before seeing the case; set by a manager, and ended."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from coordination.web.forms.common import LONG, SHORT, PickField, choice_list, picked, required


class DeclareForm(FlaskForm):
    """That one has a conflict of interest in a case."""

    reason = TextAreaField(
        _("Varför är du jävig?"),
        [required(_("Skriv varför du är jävig.")), LONG],
        description=_("Till exempel ”nära släkt”. Förseglas. Din chef och den som granskar loggen kan läsa det."),
        render_kw={"rows": 2},
    )


class UnseenForm(DeclareForm):
    """The same, for a case that one has not seen."""

    reference = StringField(
        _("Ärendenummer"),
        [required(_("Skriv ärendenumret.")), SHORT],
        description=_("Du får inte veta om ärendet finns. Finns det hos er visas det aldrig för dig."),
    )


class SetForm(FlaskForm):
    """That a colleague has one."""

    user = PickField(_("Kollega"), [picked(_("Välj en kollega."))])
    reason = TextAreaField(
        _("Varför är kollegan jävig?"),
        [required(_("Skriv varför kollegan är jävig.")), LONG],
        description=_("Förseglas. Den som är chef och den som granskar loggen kan läsa det."),
        render_kw={"rows": 2},
    )

    def offer(self, colleagues: Sequence[tuple[UUID, str]]) -> None:
        """Offer these colleagues."""
        self.user.choices = choice_list([("", _("Välj")), *colleagues])


class EndForm(FlaskForm):
    """Why there is none any more."""

    reason = TextAreaField(
        _("Varför finns det inget jäv längre?"),
        [required(_("Skriv varför det inte finns något jäv längre.")), LONG],
        render_kw={"rows": 2},
    )
