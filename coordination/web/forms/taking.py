"""The form in which what was received is taken into the own file."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Optional

from coordination.disclosure.taking import Stated, Takeable, TakeDraft
from coordination.web.forms.common import (
    LONG,
    ManyField,
    OneField,
    PickField,
    asked_ids,
    choice_list,
    picked,
    required,
)
from coordination.web.presenting import phrases
from policies.record_kinds import RecordKind

KEEP, DISPOSE = "keep", "dispose"


class TakeForm(FlaskForm):
    """Why, what, as what kind of own record, and what becomes of the copy."""

    ground = OneField(_("På vilken grund?"), [picked(_("Välj på vilken grund ni tar in det."))])
    reason = TextAreaField(
        _("Varför ska ni dokumentera det?"),
        [required(_("Skriv varför ni ska dokumentera det.")), LONG],
        description=_("Med egna ord. Skälet förseglas och sparas i er logg. Avsändaren ser det inte."),
        render_kw={"rows": 3},
    )
    parts = ManyField(_("Vad vill du ta in?"), [picked(_("Välj minst ett stycke att ta in."))], validate_choice=False)
    kind = PickField(
        _("Slag i er akt"), [Optional()], description=_("Vem det gäller tas alltid in som just det, oavsett slag.")
    )
    copy = OneField(
        _("Vad händer med kopian?"),
        [picked(_("Välj vad som händer med kopian."))],
        choices=choice_list(
            [(KEEP, _("Kopian är kvar")), (DISPOSE, _("Gallra kopian genast, det går inte att ångra"))]
        ),
        default=KEEP,
    )
    action = StringField()

    def offer(self, found: Takeable, kinds: Sequence[RecordKind]) -> None:
        """Offer the grounds the agency can have and the kinds it may write."""
        self.ground.choices = choice_list((ground.id, phrases.said(ground.title)) for ground in found.grounds)
        self.kind.choices = choice_list((kind.id, phrases.in_language(kind.label_sv, kind.label_en)) for kind in kinds)

    def states_why(self) -> bool:
        """Tell whether ground and reason are filled in; what is missing is marked."""
        missing = [name for name in ("ground", "reason") if not self[name].validate(self)]
        return not missing

    def stated(self) -> Stated:
        """Return the ground and the reason as typed."""
        return Stated(self.ground.data or "", self.reason.data or "")

    def draft(self) -> TakeDraft:
        """Return what is to be taken in, as chosen. Raises NotFound for what is no id of a part."""
        return TakeDraft(
            part_ids=asked_ids(self.parts.data or []),
            kind=self.kind.data or "",
            stated=self.stated(),
            dispose=self.copy.data == DISPOSE,
        )
