"""The form of break-glass: which case, why, and that 112 has been thought of."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField

from coordination.cases.break_glass import BreakGlassDraft
from coordination.web.forms.common import LONG, SHORT, required


class BreakGlassForm(FlaskForm):
    """A case of one's own agency that must be opened at once."""

    text = StringField(
        _("Ärendenummer, personnummer eller namn"),
        [required(_("Skriv vilket ärende det gäller.")), SHORT],
        description=_("Hela namnet, eller numret. Stämmer flera ärenden behövs ärendenummer eller personnummer."),
    )
    reason = TextAreaField(
        _("Varför behöver du öppna ärendet nu?"),
        [required(_("Skriv varför du behöver öppna ärendet nu.")), LONG],
        description=_("Minst några ord. Skälet sparas förseglat, visas för dem som arbetar i ärendet och granskas."),
        render_kw={"rows": 3},
    )
    thought_of_112 = BooleanField(
        _("Jag har tänkt på 112, och på att ringa den som arbetar i ärendet"),
        [required(_("Kryssa i att du har tänkt på 112 och på att ringa."))],
    )

    def draft(self) -> BreakGlassDraft:
        """Return what was typed."""
        return BreakGlassDraft(self.text.data or "", self.reason.data or "", bool(self.thought_of_112.data))
