"""The form in which a registrar says why a closed copy is opened."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from coordination.web.forms.common import LONG, required


class RegistrarForm(FlaskForm):
    """Why a closed copy is opened."""

    reason = TextAreaField(
        _("Skäl"),
        [required(_("Skriv varför du behöver öppna kopian.")), LONG],
        description=_(
            "Till exempel ”Begäran om allmän handling, dnr 2026/118”. Skriv inte vem som frågar: den får vara anonym. "
            "Skälet förseglas, sparas i loggen och granskas."
        ),
        render_kw={"rows": 3},
    )
