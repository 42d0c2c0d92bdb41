"""Forms of urgent requests: the request, the answer, why it cannot be disclosed; and a shift on the on-call list."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from coordination.disclosure.on_call import ShiftDraft
from coordination.disclosure.refusals import REASONS
from coordination.disclosure.urgent import UrgentDraft, Words
from coordination.disclosure.urgent_received import ReplyDraft
from coordination.identity.queries import Person
from coordination.web.forms.common import (
    LONG,
    SHORT,
    MomentField,
    OneField,
    PickField,
    choice_list,
    picked,
    required,
)
from coordination.web.presenting import phrases

NUMBER = Length(max=40, message=_("Skriv högst 40 tecken."))
_MOMENT = _("Skriv dag och tid, till exempel 2026-11-30 18:00.")


class AgeField(IntegerField):
    """An age in whole years, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the age, and say in our words when it cannot be read."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(str(_("Skriv åldern med siffror."))) from None


class UrgentForm(FlaskForm):
    """An urgent request to one other agency's on-call person."""

    agency = PickField(_("Till vilken part?"), [picked(_("Välj vilken part begäran går till."))])
    danger = TextAreaField(
        _("Vilken är faran?"),
        [required(_("Skriv vilken faran är.")), LONG],
        description=_("Vad som händer eller kan hända, och när. Skriv så lite som möjligt om personen."),
        render_kw={"rows": 3},
    )
    needed = TextAreaField(
        _("Vad behöver ni veta eller få gjort?"),
        [required(_("Skriv vad ni behöver.")), LONG],
        render_kw={"rows": 2},
    )
    about = TextAreaField(
        _("Vem gäller det?"),
        [required(_("Skriv vem det gäller.")), LONG],
        description=_("Det som behövs för att de ska förstå vem. Inget slås upp, varken hos er eller hos dem."),
        render_kw={"rows": 2},
    )
    age = AgeField(
        _("Personens ålder"),
        [Optional(), NumberRange(0, 120, message=_("Skriv en ålder mellan 0 och 120."))],
        description=_("Om ni vet. Flera stöd gäller bara den som är under 18 år."),
    )
    basis = PickField(
        _("Med vilket stöd lämnar ni det ni skriver här?"),
        [picked(_("Välj rättsligt stöd."))],
        description=_("Begäran är själv ett utlämnande. Ändamålet är att avvärja en omedelbar fara."),
    )
    call_back = StringField(
        _("På vilket nummer når de dig nu?"), [required(_("Skriv ett nummer de kan ringa.")), NUMBER]
    )
    case = PickField(
        _("Ärende"),
        [Optional()],
        description=_("Om det gäller ett ärende du arbetar i. Den andra parten får inte veta vilket."),
    )

    def offer(
        self,
        agencies: Iterable[tuple[UUID, str]],
        bases: Sequence[tuple[str, str]],
        cases: Iterable[tuple[UUID, str]],
    ) -> None:
        """Offer the other agencies, the bases there are, and the reader's own cases."""
        self.agency.choices = choice_list([("", _("Välj")), *agencies])
        self.basis.choices = choice_list([("", _("Välj")), *bases])
        self.case.choices = choice_list([("", _("Inget ärende")), *cases])

    def draft(self) -> UrgentDraft:
        """Return the request as typed."""
        typed = (self.danger.data, self.needed.data, self.about.data)
        danger, needed, about = ((text or "").strip() for text in typed)
        return UrgentDraft(
            agency_id=UUID(self.agency.data),
            case_id=UUID(self.case.data) if self.case.data else None,
            words=Words(danger, needed, about, self.age.data, (self.call_back.data or "").strip()),
            basis_id=self.basis.data,
        )


class ReplyForm(FlaskForm):
    """An answer to an urgent request, and the decision behind it."""

    words = TextAreaField(
        _("Svar"),
        [required(_("Skriv vad ni svarar.")), LONG],
        description=_("Det som behövs för att avvärja faran, inte mer. Förseglas till dem och till er."),
        render_kw={"rows": 4},
    )
    basis = PickField(_("Med vilket stöd svarar ni?"), [picked(_("Välj rättsligt stöd."))])
    harm_test = TextAreaField(
        _("Hur påverkas den det gäller och närstående av att de får veta?"),
        [required(_("Skriv din prövning.")), LONG],
        description=_("Menprövningen. Ses bara av er."),
        render_kw={"rows": 3},
    )

    def offer(self, bases: Sequence[tuple[str, str]]) -> None:
        """Offer the bases there are."""
        self.basis.choices = choice_list([("", _("Välj")), *bases])

    def draft(self) -> ReplyDraft:
        """Return the answer as typed."""
        return ReplyDraft(self.words.data or "", self.basis.data, self.harm_test.data or "")


class UrgentRefusalForm(FlaskForm):
    """Why it cannot be disclosed."""

    reason_code = OneField(
        _("Varför kan det inte lämnas ut?"),
        [picked(_("Välj varför det inte kan lämnas ut."))],
        choices=choice_list((reason, phrases.REFUSED[reason]) for reason in REASONS),
    )
    reason = TextAreaField(
        _("Er prövning"),
        [required(_("Skriv varför det inte kan lämnas ut.")), LONG],
        description=_("Så att någon annan kan följa den. Ses bara av er, aldrig av den som frågade."),
        render_kw={"rows": 3},
    )


class ShiftForm(FlaskForm):
    """Who is on call, from when, until when, at which telephone."""

    user = PickField(_("Vem har jouren?"), [picked(_("Välj vem som har jouren."))])
    starts_at = MomentField(_("Från"), _MOMENT)
    ends_at = MomentField(_("Till"), _MOMENT)
    telephone = StringField(
        _("Jourens telefon"),
        [required(_("Skriv jourens telefonnummer.")), NUMBER, SHORT],
        description=_("Funktionens nummer, aldrig någons privata: den som skickar en brådskande begäran får se det."),
    )

    def offer(self, able: Sequence[Person]) -> None:
        """Offer those who work in cases in the agency."""
        named = ((one.user_id, ", ".join(filter(None, (one.name, one.title)))) for one in able)
        self.user.choices = choice_list([("", _("Välj")), *named])

    def draft(self) -> ShiftDraft:
        """Return the shift as typed."""
        return ShiftDraft(
            UUID(self.user.data), self.starts_at.moment, self.ends_at.moment, (self.telephone.data or "").strip()
        )
